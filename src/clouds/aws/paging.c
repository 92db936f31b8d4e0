#include "clouds/aws/paging.h"

/* A service that hands out ever new tokens with ever empty pages must not hold us up. */
#define MAX_PAGES 1000

static size_t max_items(const struct aws_listing *listing)
{
    return listing->max_items == 0 ? AWS_LIST_MAX_ITEMS : listing->max_items;
}

size_t aws_listing_page_size(const struct aws_listing *listing, size_t most)
{
    size_t left = max_items(listing) - listing->count;

    return left < most ? left : most;
}

enum cl_code aws_listing_add(struct aws_listing *listing, const struct aws_item *item,
                             struct cl_err *err)
{
    if (listing->count == max_items(listing)) {
        listing->truncated = true;
        listing->done = true;
        return CL_OK;
    }
    CL_TRY(listing->found(listing->ctx, item, err));
    listing->count++;
    return CL_OK;
}

enum cl_code aws_listing_turn(struct aws_listing *listing, struct cl_str next_token,
                              struct cl_err *err)
{
    if (listing->done)
        return CL_OK;
    if (next_token.len == 0) {
        listing->done = true;
        return CL_OK;
    }
    if (listing->count == max_items(listing) || cl_strs_has(&listing->tokens, next_token) ||
        listing->tokens.count == MAX_PAGES) {
        listing->truncated = true;
        listing->done = true;
        return CL_OK;
    }
    return cl_strs_add(&listing->tokens, next_token, err);
}

struct cl_str aws_listing_token(const struct aws_listing *listing)
{
    if (listing->tokens.count == 0)
        return CL_STR_NONE;
    return cl_str_of(listing->tokens.items[listing->tokens.count - 1]);
}

void aws_listing_cleanup(struct aws_listing *listing)
{
    cl_strs_cleanup(&listing->tokens);
}
