#ifndef CLEAT_BRIDGES_EXPORT_H
#define CLEAT_BRIDGES_EXPORT_H

#include "core/api.h"

/* What a tool needs to reach a resource, as text for a file of the user's own. Holds no secret. */

struct cl_export_format {
    const char *connector_type; /* of the client */
    const char *name;           /* "ssh-config" */
    enum cl_code (*add)(const struct cl_issued *issued, struct cl_buf *ret, struct cl_err *err);
};

/** Names of all formats, NULL-terminated. */
extern const char *const cl_export_names[];

/**
 * Appends the text.
 *
 * @return CL_E_UNSUPPORTED when this kind of credential has no such format
 */
enum cl_code cl_export(const struct cl_issue_client_result *client, struct cl_str format,
                       struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

#endif
