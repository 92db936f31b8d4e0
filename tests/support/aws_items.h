#ifndef CLEAT_TESTS_AWS_ITEMS_H
#define CLEAT_TESTS_AWS_ITEMS_H

#include "clouds/aws/paging.h"
#include "test.h"

/* What a listing found, as "name name@region ...". */
struct found_items {
    struct cl_buf text;
    size_t fail_at; /* refuses the n-th item; 0: none */
    size_t count;
};

#define FOUND_ITEMS ((struct found_items){.text = CL_BUF((size_t)1 << 20U)})

static inline enum cl_code take_item(void *ctx, const struct aws_item *item, struct cl_err *err)
{
    struct found_items *items = ctx;

    items->count++;
    if (items->count == items->fail_at)
        return cl_err_set(err, CL_E_INTERRUPTED, "enough");
    if (items->text.len > 0)
        cl_buf_add_char(&items->text, ' ');
    cl_buf_add(&items->text, item->name);
    if (item->region.len > 0) {
        cl_buf_add_char(&items->text, '@');
        cl_buf_add(&items->text, item->region);
    }
    return CL_OK;
}

static inline void found_items_cleanup(struct found_items *items)
{
    cl_buf_cleanup(&items->text);
}

#endif
