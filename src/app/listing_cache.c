#include "app/listing_cache.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "codec/json.h"
#include "core/api_codec.h"
#include "core/dup.h"

#define LIST_MAX_BYTES ((size_t)4 << 20U)

void app_listing_cleanup(struct app_listing *listing)
{
    cl_free(listing->key);
    cl_free(listing->text);
    *listing = (struct app_listing){.key = NULL};
}

static enum cl_code key_of(const struct cl_connector *conn, struct cl_str resource_type, char **ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(1024);

    cl_buf_addf(&key, "listed|%s|%" PRId64 "|%.*s", conn->id, conn->generation,
                CL_STR_ARG(resource_type));
    return cl_buf_take(&key, ret, err);
}

static bool is_young(const struct cl_resource_list *list, int64_t oldest_at)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].listed_at < oldest_at)
            return false;
    }
    return list->count > 0;
}

/* A renamed connector keeps its generation's lists under its new name. */
static enum cl_code adopt(const struct cl_connector *conn, struct cl_resource_list *list,
                          struct cl_err *err)
{
    CL_TRY(cl_replace_text(&list->name, cl_str_of(conn->name), err));
    for (size_t i = 0; i < list->count; i++)
        list->rows[i].cached = true;
    return CL_OK;
}

enum cl_code app_listing_get(struct app *app, const struct cl_connector *conn,
                             struct cl_str resource_type, int64_t oldest_at,
                             struct cl_resource_list *ret, struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(LIST_MAX_BYTES);
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_string) char *key = NULL;
    struct cl_store *store = NULL;

    CL_TRY(key_of(conn, resource_type, &key, err));
    CL_TRY(app_store(app, &store, err));
    CL_TRY(store->ops->cache_get(store, cl_str_of(key), &text, err));
    CL_TRY(cl_json_parse(cl_buf_view(&text), &json, err));
    CL_TRY(cl_resource_list_decode(json, &list, err));
    if (!is_young(&list, oldest_at))
        return cl_err_set(err, CL_E_NOT_FOUND, "the last discovery is too long ago");
    CL_TRY(adopt(conn, &list, err));
    *ret = list;
    list = (struct cl_resource_list){.id = ""};
    return CL_OK;
}

enum cl_code app_listing_make(const struct cl_connector *conn, struct cl_str resource_type,
                              const struct cl_resource_list *list, struct app_listing *ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;

    if (cl_resource_list_code(list) != CL_OK)
        return CL_OK;
    CL_TRY(key_of(conn, resource_type, &ret->key, err));
    CL_TRY(cl_resource_list_encode(list, &json, err));
    return cl_json_dump(json, CL_JSON_COMPACT, &ret->text, err);
}
