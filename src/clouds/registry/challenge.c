#include "clouds/registry/challenge.h"

#include <ctype.h>
#include <stdio.h>

#define MAX_VALUE_BYTES 16384

static const char token_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "!#$%&'*+-.^_`|~";
static const char token68_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/";

/* One header's text, and the challenge that its parameters belong to. */
struct reading {
    struct cl_str rest;
    bool started;
    bool has_realm;
    struct registry_challenge now;
};

static enum cl_code malformed(struct cl_err *err, const char *why)
{
    return cl_err_set(err, CL_E_PROVIDER, "the registry's WWW-Authenticate header %s", why);
}

/* --- pieces -------------------------------------------------------------------------------- */

static struct cl_str take_run(struct cl_str *rest, const char *set)
{
    struct cl_str run = cl_str_first(*rest, cl_str_span(*rest, set));

    *rest = cl_str_skip(*rest, run.len);
    return run;
}

static void skip_blanks(struct cl_str *rest)
{
    (void)take_run(rest, " \t");
}

static bool is_next(struct cl_str rest, char c)
{
    return rest.len > 0 && rest.ptr[0] == c;
}

/* What stands between quotes, its backslashes resolved. Commas in it separate nothing. */
static enum cl_code take_quoted(struct cl_str *rest, struct cl_buf *ret, struct cl_err *err)
{
    size_t at = 1;

    for (; at < rest->len && rest->ptr[at] != '"'; at++) {
        if (rest->ptr[at] == '\\')
            at++;
        if (at >= rest->len || iscntrl((unsigned char)rest->ptr[at]))
            return malformed(err, "holds a control character or ends in a backslash");
        cl_buf_add_char(ret, rest->ptr[at]);
    }
    if (at >= rest->len)
        return malformed(err, "has a quote that is not closed");
    *rest = cl_str_skip(*rest, at + 1);
    return CL_OK;
}

static enum cl_code take_value(struct cl_str *rest, struct cl_buf *ret, struct cl_err *err)
{
    if (is_next(*rest, '"'))
        return take_quoted(rest, ret, err);
    struct cl_str value = take_run(rest, token_bytes);
    if (value.len == 0)
        return malformed(err, "has a parameter without a value");
    cl_buf_add(ret, value);
    return CL_OK;
}

/* A scheme may be followed by one word instead of parameters: "Negotiate YWJj". */
static void skip_token68(struct cl_str *rest)
{
    struct cl_str behind = *rest;
    struct cl_str word = take_run(&behind, token68_bytes);

    (void)take_run(&behind, "=");
    skip_blanks(&behind);
    if (word.len > 0 && (behind.len == 0 || is_next(behind, ',')))
        *rest = behind;
}

/* --- challenges ---------------------------------------------------------------------------- */

static enum cl_code keep(struct cl_str value, char *ret, size_t size, struct cl_err *err)
{
    if (value.len >= size || cl_str_find(value, '\0') < value.len)
        return malformed(err, "holds a value that is too long");
    (void)memcpy(ret, value.ptr, value.len);
    ret[value.len] = '\0';
    return CL_OK;
}

/* Two realms in one challenge: whom to give the password to must not be a matter of taste. */
static enum cl_code keep_param(struct reading *reading, struct cl_str name, struct cl_str value,
                               struct cl_err *err)
{
    struct registry_challenge *now = &reading->now;

    if (cl_str_ieq(name, CL_STR("realm"))) {
        if (reading->has_realm)
            return malformed(err, "names two realms in one challenge");
        reading->has_realm = true;
        return keep(value, now->realm, sizeof(now->realm), err);
    }
    if (cl_str_ieq(name, CL_STR("service")))
        return keep(value, now->service, sizeof(now->service), err);
    return CL_OK;
}

/* The challenge that was read so far, if it is better than what there is. */
static void settle(struct reading *reading, struct registry_challenge *ret)
{
    struct registry_challenge *now = &reading->now;

    if (!reading->started)
        return;
    if (now->scheme == REGISTRY_SCHEME_NONE && ret->other[0] == '\0')
        (void)snprintf(ret->other, sizeof(ret->other), "%s", now->other);
    if (now->scheme <= ret->scheme ||
        (now->scheme == REGISTRY_SCHEME_BEARER && now->realm[0] == '\0'))
        return;
    if (now->scheme == REGISTRY_SCHEME_BASIC) /* there it is words for people */
        now->realm[0] = '\0';
    (void)snprintf(now->other, sizeof(now->other), "%s", ret->other);
    *ret = *now;
}

static void start(struct reading *reading, struct cl_str scheme)
{
    *reading = (struct reading){.rest = reading->rest, .started = true};
    if (cl_str_ieq(scheme, CL_STR("bearer"))) {
        reading->now.scheme = REGISTRY_SCHEME_BEARER;
    } else if (cl_str_ieq(scheme, CL_STR("basic"))) {
        reading->now.scheme = REGISTRY_SCHEME_BASIC;
    } else {
        (void)snprintf(reading->now.other, sizeof(reading->now.other), "%.*s",
                       CL_STR_ARG(cl_str_first(scheme, sizeof(reading->now.other) - 1)));
    }
    skip_token68(&reading->rest);
}

static enum cl_code read_param(struct reading *reading, struct cl_str name, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf value = CL_BUF(MAX_VALUE_BYTES);

    if (!reading->started)
        return malformed(err, "names no scheme");
    reading->rest = cl_str_skip(reading->rest, 1);
    skip_blanks(&reading->rest);
    CL_TRY(take_value(&reading->rest, &value, err));
    skip_blanks(&reading->rest);
    if (reading->rest.len > 0 && !is_next(reading->rest, ','))
        return malformed(err, "has something behind a value");
    CL_TRY(cl_buf_ok(&value, err));
    return keep_param(reading, name, cl_buf_view(&value), err);
}

/* A word with = behind it is a parameter, any other begins the next challenge. */
enum cl_code registry_challenge_add(struct cl_str value, struct registry_challenge *ret,
                                    struct cl_err *err)
{
    struct reading reading = {.rest = cl_str_trim(value)};

    if (value.len > MAX_VALUE_BYTES)
        return malformed(err, "is too long");
    while (reading.rest.len > 0) {
        (void)take_run(&reading.rest, ", \t");
        if (reading.rest.len == 0)
            break;
        struct cl_str word = take_run(&reading.rest, token_bytes);
        if (word.len == 0)
            return malformed(err, "holds an odd character");
        skip_blanks(&reading.rest);
        if (is_next(reading.rest, '=')) {
            CL_TRY(read_param(&reading, word, err));
            continue;
        }
        settle(&reading, ret);
        start(&reading, word);
    }
    settle(&reading, ret);
    return CL_OK;
}

enum cl_code registry_challenge_read(const struct cl_http_response *response,
                                     struct registry_challenge *ret, struct cl_err *err)
{
    struct cl_str rest = cl_buf_view(&response->headers);
    struct cl_str line;
    struct cl_str name;
    struct cl_str value;

    while (rest.len > 0) {
        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (cl_str_cut(line, ':', &name, &value) && cl_str_ieq(name, CL_STR("www-authenticate")))
            CL_TRY(registry_challenge_add(value, ret, err));
    }
    return CL_OK;
}
