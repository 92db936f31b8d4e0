#include "cli/table_layout.h"

#include <string.h>

#define PADDING 2
#define FLOOR (12 + PADDING)
#define NARROWEST_TABLE 60

/* What gives way when columns do not fit, in this order. */
static const char *const droppable[] = {"labels",      "owner",  "shared", "expires_in",
                                        "integration", "source", "id",     "component_id"};

/* Some columns of a table: those of one class, or all. */
struct group {
    const struct cl_column *columns; /* NULL: all */
    enum cl_column_class class;
    size_t floor;
};

static bool is_member(const struct group *group, const size_t *widths, size_t at)
{
    if (widths[at] <= group->floor)
        return false;
    return group->columns == NULL || group->columns[at].class == group->class;
}

/* n / d to the nearest whole number, a tie to the even one. */
static size_t round_half_even(size_t n, size_t d)
{
    size_t quotient = n / d;
    size_t twice = 2 * (n % d);

    if (twice > d || (twice == d && quotient % 2 == 1))
        return quotient + 1;
    return quotient;
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t sum(const size_t *widths, size_t count)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += widths[i];
    return total;
}

/* The largest width in the group below `below`; its floor when there is none. */
static size_t largest(const struct group *group, const size_t *widths, size_t count, size_t below)
{
    size_t found = group->floor;

    for (size_t i = 0; i < count; i++) {
        if (is_member(group, widths, i) && widths[i] < below && widths[i] > found)
            found = widths[i];
    }
    return found;
}

static size_t count_of(const struct group *group, const size_t *widths, size_t count, size_t width)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += is_member(group, widths, i) && widths[i] == width;
    return found;
}

/* Takes `excess` from the columns of width `width`, at most `limit` from each; returns the rest. */
static size_t shave(const struct group *group, size_t *widths, size_t count, size_t width,
                    size_t limit, size_t excess)
{
    size_t left = count_of(group, widths, count, width);
    size_t rest = excess;

    for (size_t i = 0; i < count && left > 0; i++) {
        if (!is_member(group, widths, i) || widths[i] != width)
            continue;
        size_t taken = min_size(limit, round_half_even(rest, left));
        widths[i] -= taken;
        rest -= taken;
        left--;
    }
    return rest;
}

/* Levels the widest columns of the group down; returns what they could not give. */
static size_t level(const struct group *group, size_t *widths, size_t count, size_t excess)
{
    while (excess > 0) {
        size_t widest = largest(group, widths, count, SIZE_MAX);
        size_t step = widest - largest(group, widths, count, widest);

        if (step == 0)
            break;
        excess = shave(group, widths, count, widest, min_size(excess, step), excess);
    }
    return excess;
}

static size_t borders(const size_t *widths, size_t count)
{
    size_t shown = 0;

    for (size_t i = 0; i < count; i++)
        shown += widths[i] > 0;
    return shown + 1;
}

size_t cl_layout_total(const size_t *widths, size_t count)
{
    return sum(widths, count) + borders(widths, count);
}

static void take_evenly(size_t *widths, size_t count, size_t rest)
{
    for (size_t i = 0; i < count; i++) {
        size_t taken = min_size(widths[i], round_half_even(rest, count - i));
        widths[i] -= taken;
        rest -= taken;
    }
}

void cl_layout_fold(size_t *widths, size_t count, size_t total)
{
    const struct group all = {.columns = NULL};
    size_t available = total > count + 1 ? total - (count + 1) : 0;

    for (size_t i = 0; i < count; i++)
        widths[i] = min_size(widths[i], available);
    size_t excess = sum(widths, count) - min_size(sum(widths, count), available);
    take_evenly(widths, count, level(&all, widths, count, excess));
}

static bool fits(const size_t *widths, size_t count, size_t total)
{
    return cl_layout_total(widths, count) <= total;
}

static bool squeeze(const struct cl_column *columns, size_t *widths, size_t count, size_t total)
{
    static const enum cl_column_class order[] = {CL_COLUMN_FREE, CL_COLUMN_NAME};

    for (size_t i = 0; i < CL_COUNT(order) && !fits(widths, count, total); i++) {
        struct group group = {.columns = columns, .class = order[i], .floor = FLOOR};
        (void)level(&group, widths, count, cl_layout_total(widths, count) - total);
    }
    return fits(widths, count, total);
}

static size_t column_of(const struct cl_column *columns, size_t count, const char *key)
{
    size_t at = 0;

    while (at < count && strcmp(columns[at].key, key) != 0)
        at++;
    return at;
}

/* An id may go only where a name tells the rows apart. */
static bool may_drop(const struct cl_column *columns, size_t count, const char *key)
{
    bool is_id = cl_str_ends(cl_str_of(key), CL_STR("id"));

    return !is_id || column_of(columns, count, "name") < count;
}

bool cl_layout_smart(const struct cl_column *columns, size_t *widths, size_t count, size_t total)
{
    size_t natural[CL_TABLE_COLUMNS];

    if (total < NARROWEST_TABLE || count > CL_TABLE_COLUMNS)
        return false;
    (void)memcpy(natural, widths, count * sizeof(*widths));
    if (squeeze(columns, widths, count, total))
        return true;
    for (size_t i = 0; i < CL_COUNT(droppable); i++) {
        size_t at = column_of(columns, count, droppable[i]);
        if (at == count || !may_drop(columns, count, droppable[i]))
            continue;
        natural[at] = 0;
        (void)memcpy(widths, natural, count * sizeof(*widths));
        if (squeeze(columns, widths, count, total))
            return true;
    }
    return false;
}
