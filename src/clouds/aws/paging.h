#ifndef CLEAT_CLOUDS_AWS_PAGING_H
#define CLEAT_CLOUDS_AWS_PAGING_H

#include "base/strs.h"

#define AWS_LIST_MAX_ITEMS 10000

/* One thing that was found; views that die with the call. */
struct aws_item {
    struct cl_str name;
    struct cl_str region; /* of a bucket, when S3 tells it; empty otherwise */
};

/** Takes one item. An error ends the listing and is its result. */
typedef enum cl_code (*aws_item_fn)(void *ctx, const struct aws_item *item, struct cl_err *err);

/* Where the items of all pages go, and how far a listing has come. */
struct aws_listing {
    aws_item_fn found;
    void *ctx;
    size_t max_items; /* 0: AWS_LIST_MAX_ITEMS */
    /* Results; zero at the start. */
    size_t count;
    bool truncated;        /* there is more than was listed */
    struct cl_strs tokens; /* of the pages so far; the last one is for the next request */
    bool done;
};

/** Hands an item on, or ends the listing when it has as many as it may. */
enum cl_code aws_listing_add(struct aws_listing *listing, const struct aws_item *item,
                             struct cl_err *err) CL_MUST_USE;

/**
 * Ends a page. The listing is done when there is no token for another, when it has as many items
 * as it may, and when a token comes again, which would go on for ever.
 */
enum cl_code aws_listing_turn(struct aws_listing *listing, struct cl_str next_token,
                              struct cl_err *err) CL_MUST_USE;

/** How many items to ask for: what is still wanted, `most` if the service gives no more at once. */
size_t aws_listing_page_size(const struct aws_listing *listing, size_t most);

/** The token of the next request; empty for the first. */
struct cl_str aws_listing_token(const struct aws_listing *listing);

void aws_listing_cleanup(struct aws_listing *listing);

#endif
