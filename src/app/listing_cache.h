#ifndef CLEAT_APP_LISTING_CACHE_H
#define CLEAT_APP_LISTING_CACHE_H

#include "app/internal.h"

/*
 * What discoveries found, kept for `list-resources --cached`: one list per connector, generation
 * and resource type (empty: all of the connector's). Names of resources are no secrets, so they
 * are not sealed; a changed connector forgets its lists.
 */

/** The kept list, its rows marked as cached, or CL_E_NOT_FOUND when none is young enough. */
enum cl_code app_listing_get(struct app *app, const struct cl_connector *conn,
                             struct cl_str resource_type, int64_t oldest_at,
                             struct cl_resource_list *ret, struct cl_err *err) CL_MUST_USE;

/** One list on its way to the store. Zero-initialised is empty. */
struct app_listing {
    char *key;
    char *text; /* NULL: nothing to keep */
};

void app_listing_cleanup(struct app_listing *listing);

/** Makes a list without errors ready to be kept; one with errors stays empty. */
enum cl_code app_listing_make(const struct cl_connector *conn, struct cl_str resource_type,
                              const struct cl_resource_list *list, struct app_listing *ret,
                              struct cl_err *err) CL_MUST_USE;

#endif
