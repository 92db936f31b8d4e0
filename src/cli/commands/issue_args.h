#ifndef CLEAT_CLI_COMMANDS_ISSUE_ARGS_H
#define CLEAT_CLI_COMMANDS_ISSUE_ARGS_H

#include "cli/cli.h"
#include "core/api.h"

/* The options of every command that uses a credential: which resource, for how long (cli.md §10).
 */
extern const struct cl_option_set cl_issue_options;

/** Connector, --resource-type and --resource-id; texts are borrowed from the arguments. */
struct cl_issue_client_request cl_issue_request_of(const struct cl_args *args,
                                                   struct cl_str purpose);

/** The request that all of cl_issue_options mean; texts are borrowed from the arguments. */
enum cl_code cl_issue_request_read(const struct cl_args *args, struct cl_str purpose,
                                   struct cl_issue_client_request *ret, struct cl_err *err)
    CL_MUST_USE;

/** Issues, and prints what the use case and the provider warn of. */
enum cl_code cl_issue_ask(struct cl_cli *cli, const struct cl_issue_client_request *request,
                          struct cl_issue_client_result *ret, struct cl_err *err) CL_MUST_USE;

/** Reads the options and issues. */
enum cl_code cl_issue_from_args(struct cl_cli *cli, const struct cl_args *args,
                                struct cl_str purpose, struct cl_issue_client_result *ret,
                                struct cl_err *err) CL_MUST_USE;

/**
 * For commands that other programs start: those show what stands on standard error as a message of
 * their own, so the hint joins the sentence. Returns `code`.
 */
enum cl_code cl_issue_one_line(enum cl_code code, struct cl_err *err) CL_MUST_USE;

#endif
