#ifndef CLEAT_CLI_COMMANDS_TYPE_DOCUMENT_H
#define CLEAT_CLI_COMMANDS_TYPE_DOCUMENT_H

#include "cli/cli.h"
#include "core/api.h"

/* The pages of describe-type and list-types --detailed (cli.md §2.4), as document markup. */

enum cl_heading { CL_HEADING_BOX = 1, CL_HEADING_LINE = 2 };

void cl_type_document_add(struct cl_buf *markup, const struct cl_connector_type *type,
                          enum cl_heading heading);
void cl_resource_document_add(struct cl_buf *markup, const struct cl_connector_type *type,
                              const struct cl_resource_type *resource, enum cl_heading heading);
void cl_method_document_add(struct cl_buf *markup, const struct cl_auth_method *method,
                            enum cl_heading heading);

/** Appends the rule that closes a page. */
void cl_document_rule_add(struct cl_buf *markup);

/** Prints each type's document followed by those of its resource types and auth methods. */
enum cl_code cl_type_documents_print(struct cl_cli *cli, const struct cl_type_list *types,
                                     struct cl_err *err) CL_MUST_USE;

#endif
