#include "cli/commands/query_args.h"

#define SIZE_MOST 10000

static const char *const logical[] = {"and", "or", NULL};

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "sort-by", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER, .value = "[asc:|desc:]COLUMN",
     .help = "Sort by this column; created, ascending, by default."},
    {.name = "page", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER, .value = "N",
     .help = "Show this page; 1 by default."},
    {.name = "size", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER, .value = "N",
     .help = "Rows on a page, 1 to 10000; 20 by default.", .env = "CLEAT_PAGE_SIZE"},
    {.name = "columns", .brief = "c", .kind = CL_OPTION_VALUE, .group = CL_GROUP_OUTPUT, .value = "LIST",
     .help = "Columns to print, separated by commas; all for every one, +key and -key change the usual ones."},
    {.name = "all", .kind = CL_OPTION_FLAG, .group = CL_GROUP_FILTER,
     .help = "Show every page."},
    {.name = "logical-operator", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER, .value = "and|or",
     .choices = logical, .help = "How several filters combine; and by default."},
};
/* clang-format on */

const struct cl_option_set cl_list_options = CL_OPTION_SET(options);

static enum cl_code set_sort(const char *given, struct cl_query *query, struct cl_err *err)
{
    struct cl_str column = cl_str_of(given);

    query->descending = cl_str_starts(column, CL_STR("desc:"));
    if (query->descending) {
        column = cl_str_skip(column, CL_STR("desc:").len);
    } else if (cl_str_starts(column, CL_STR("asc:"))) {
        column = cl_str_skip(column, CL_STR("asc:").len);
    }
    return cl_str_dup(column, &query->sort_by, err);
}

static enum cl_code set_size(struct cl_cli *cli, const struct cl_args *args, struct cl_query *query,
                             struct cl_err *err)
{
    struct cl_str given = cl_str_of(cl_args_value(args, "size"));
    bool is_given = cl_args_has(args, "size");
    struct cl_str text = is_given ? given : cl_world_env(cli->world, "CLEAT_PAGE_SIZE");
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    if (!is_given && text.len == 0)
        return CL_OK;
    if (cl_parse_i64(text, &query->size, err) == CL_OK && query->size >= 1 &&
        query->size <= SIZE_MOST)
        return CL_OK;
    cl_buf_add_quoted(&shown, text, 100);
    return cl_err_set(err, CL_E_INVALID, "%s: '%s' is not a number from 1 to %d",
                      is_given ? "--size" : "CLEAT_PAGE_SIZE", shown.ptr != NULL ? shown.ptr : "",
                      SIZE_MOST);
}

enum cl_code cl_query_from_args(struct cl_cli *cli, const struct cl_args *args,
                                struct cl_query *ret, struct cl_err *err)
{
    const char *sort = cl_args_value(args, "sort-by");
    const char *combine = cl_args_value(args, "logical-operator");

    *ret = cl_query_default();
    if (sort != NULL)
        CL_TRY(set_sort(sort, ret, err));
    CL_TRY(set_size(cli, args, ret, err));
    CL_TRY(cl_args_i64(args, "page", &ret->page, err));
    if (ret->page < 1)
        return cl_err_set(err, CL_E_INVALID, "--page must be 1 or more");
    ret->all = cl_args_flag(args, "all", false);
    ret->any = combine != NULL && strcmp(combine, "or") == 0;
    return CL_OK;
}

enum cl_code cl_query_add_options(const struct cl_args *args, const char *const *names,
                                  struct cl_query *query, struct cl_err *err)
{
    for (; *names != NULL; names++) {
        CL_AUTO(cl_string) char *field = NULL;
        const char *value = NULL;

        CL_TRY(cl_value_field_name(*names, &field, err));
        for (size_t i = 0; (value = cl_args_item(args, *names, i)) != NULL; i++)
            CL_TRY(cl_query_add_filter(query, cl_str_of(field), cl_str_of(value), err));
    }
    return CL_OK;
}
