#ifndef CLEAT_APP_ISSUE_CACHE_H
#define CLEAT_APP_ISSUE_CACHE_H

#include "app/internal.h"

/* Issued credentials as the local store keeps them: sealed, one per everything they depend on. */

/**
 * Connector, generation, method, resource and life time as one text, and for an implicit method a
 * digest of whose credentials the environment has. Owned by the caller.
 */
enum cl_code app_cache_key(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_resolved *scope, int64_t ttl_s, char **ret,
                           struct cl_err *err) CL_MUST_USE;

/** CL_E_NOT_FOUND when nothing is kept, or what is kept cannot be read. */
enum cl_code app_cache_get(struct app *app, const char *key, struct cl_issued *ret,
                           struct cl_err *err) CL_MUST_USE;

/** Keeps the credential and writes the audit row in one transaction. */
enum cl_code app_cache_put(struct app *app, const struct cl_connector *conn, const char *key,
                           const struct cl_issued *issued, const struct cl_audit_event *event,
                           struct cl_err *err) CL_MUST_USE;

/**
 * One flight per key, between threads and processes.
 * @param wait  false: CL_E_TIMEOUT at once when somebody else flies
 * @return CL_E_TIMEOUT (the call's deadline), CL_E_INTERRUPTED
 */
enum cl_code app_cache_lock(struct app *app, const struct cl_call *call, const char *key, bool wait,
                            int *ret, struct cl_err *err) CL_MUST_USE;

/* An issue that failed. */
struct app_failure {
    const struct cl_connector *conn;
    const char *key;
    const struct cl_err *what;
    const struct cl_audit_event *event;
};

/**
 * Audits a failure and remembers it: a refusal for this generation of the connector, for 5 s,
 * doubling to 60 s, so that a herd of callers does not lock the account; what may pass by itself
 * for this key alone, for a minute. Failures of this machine are only audited.
 */
enum cl_code app_cache_put_failure(struct app *app, const struct cl_call *call,
                                   const struct app_failure *failure, struct cl_err *err)
    CL_MUST_USE;

/** The remembered refusal as this call's error, or CL_OK when there is none. */
enum cl_code app_cache_check_refusal(struct app *app, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
    CL_MUST_USE;

/** What failed for the key after `since_us` as this call's error, or CL_OK when nothing did. */
enum cl_code app_cache_check_failure(struct app *app, const char *key, int64_t since_us,
                                     struct cl_err *err) CL_MUST_USE;

#endif
