#include "interop/docker_read.h"

#include "base/alloc.h"
#include "base/redact.h"
#include "codec/base64.h"
#include "codec/json_build.h"
#include "interop/docker_helper.h"
#include "interop/json_edit.h"

#define SECRET_MAX ((size_t)256 * 1024)
#define PATIENCE_MS 20000
#define SHOWN_MAX 160
#define ANSWER_DEPTH 4

void cl_docker_credential_cleanup(struct cl_docker_credential *credential)
{
    cl_secret_free(credential->username);
    cl_secret_free(credential->password);
    *credential = CL_DOCKER_CREDENTIAL_NONE;
}

void cl_docker_knowledge_cleanup(struct cl_docker_knowledge *knowledge)
{
    for (size_t i = 0; i < knowledge->count; i++) {
        cl_free(knowledge->items[i].key);
        cl_free(knowledge->items[i].helper);
    }
    cl_free(knowledge->items);
    cl_free(knowledge->store);
    *knowledge = (struct cl_docker_knowledge){.items = NULL};
}

static enum cl_code parse(struct cl_str text, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *file = NULL;

    if (cl_str_trim(text).len == 0)
        return CL_OK;
    CL_TRY(cl_json_parse_limited(text, CL_JSON_EDIT_MAX_BYTES, CL_JSON_MAX_DEPTH, &file, err));
    if (!json_is_object(file))
        return cl_err_set(err, CL_E_INVALID, "JSON line 1: not an object");
    *ret = CL_MOVE(file);
    return CL_OK;
}

/* Where the registries stand. The oldest format has them at its top, and knows no helpers; only
 * Docker knows one for all registries. */
static json_t *auths_of(enum cl_docker_file kind, json_t *file)
{
    return kind == CL_DOCKER_LEGACY ? file : cl_json_get(file, "auths");
}

/* --- what a file knows ---------------------------------------------------------------------- */

static enum cl_code add(struct cl_docker_knowledge *knowledge, const char *key,
                        struct cl_str helper, struct cl_err *err)
{
    struct cl_docker_known *items =
        cl_array_grow(knowledge->items, &knowledge->capacity, knowledge->count + 1, sizeof(*items));

    if (items == NULL)
        return cl_err_no_memory(err);
    knowledge->items = items;
    struct cl_docker_known *known = &items[knowledge->count++];
    *known = (struct cl_docker_known){.key = NULL};
    CL_TRY(cl_str_dup(cl_str_of(key), &known->key, err));
    return helper.len == 0 ? CL_OK : cl_str_dup(helper, &known->helper, err);
}

static bool holds_credential(const json_t *entry)
{
    return cl_json_str(entry, "auth").len > 0 || cl_json_str(entry, "identitytoken").len > 0 ||
           cl_json_str(entry, "password").len > 0;
}

/* A registry's own helper goes before everything else, as in Docker. */
static enum cl_code add_helpers(const json_t *file, struct cl_docker_knowledge *ret,
                                struct cl_err *err)
{
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(cl_json_get(file, "credHelpers"), key, value)
    {
        if (cl_json_text(value).len > 0)
            CL_TRY(add(ret, key, cl_json_text(value), err));
    }
    return CL_OK;
}

static enum cl_code add_auths(json_t *auths, const json_t *helpers, struct cl_str store,
                              struct cl_docker_knowledge *ret, struct cl_err *err)
{
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(auths, key, value)
    {
        if (cl_json_str(helpers, key).len > 0)
            continue;
        if (store.len > 0 || holds_credential(value))
            CL_TRY(add(ret, key, store, err));
    }
    return CL_OK;
}

enum cl_code cl_docker_knowledge_read(enum cl_docker_file kind, struct cl_str text,
                                      struct cl_docker_knowledge *ret, struct cl_err *err)
{
    CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge all = {.items = NULL};
    CL_AUTO(cl_json) json_t *file = NULL;

    CL_TRY(parse(text, &file, err));
    const json_t *top = kind == CL_DOCKER_LEGACY ? NULL : file;
    struct cl_str store = cl_json_str(kind == CL_DOCKER_CONFIG ? file : NULL, "credsStore");
    CL_TRY(add_helpers(top, &all, err));
    CL_TRY(add_auths(auths_of(kind, file), cl_json_get(top, "credHelpers"), store, &all, err));
    if (store.len > 0)
        CL_TRY(cl_str_dup(store, &all.store, err));
    CL_MOVE_TO(ret, all);
    return CL_OK;
}

/* --- a credential in the file --------------------------------------------------------------- */

static enum cl_code make(struct cl_str username, struct cl_str password,
                         struct cl_docker_credential *ret, struct cl_err *err)
{
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;

    CL_TRY(cl_secret_new(username, &credential.username, err));
    CL_TRY(cl_secret_new(password, &credential.password, err));
    CL_MOVE_TO(ret, credential);
    return CL_OK;
}

/* base64 of user:password; some tools pad the password with NULs. */
static enum cl_code decode(struct cl_str auth, struct cl_docker_credential *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf pair = CL_BUF_SECRET(SECRET_MAX);
    struct cl_err why = CL_ERR_NONE;
    struct cl_str username = CL_STR_NONE;
    struct cl_str password = CL_STR_NONE;

    enum cl_code code = cl_base64_decode(auth, CL_BASE64_STANDARD, &pair, &why);
    if (code != CL_OK && code != CL_E_INVALID) {
        *err = why;
        return code;
    }
    bool split = cl_str_cut(cl_buf_view(&pair), ':', &username, &password);
    while (password.len > 0 && password.ptr[password.len - 1] == '\0')
        password.len--;
    if (code != CL_OK || !split || username.len == 0)
        return cl_err_set(err, CL_E_INVALID, "its 'auth' is not base64 of a user and a password");
    return make(username, password, ret, err);
}

enum cl_code cl_docker_credential_read(enum cl_docker_file kind, struct cl_str text,
                                       const char *key, struct cl_docker_credential *ret,
                                       struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *file = NULL;

    CL_TRY(parse(text, &file, err));
    const json_t *entry = cl_json_get(auths_of(kind, file), key);
    struct cl_str token = cl_json_str(entry, "identitytoken");
    if (token.len > 0)
        return make(CL_STR(CL_DOCKER_TOKEN_USER), token, ret, err);
    if (cl_json_str(entry, "auth").len > 0)
        return decode(cl_json_str(entry, "auth"), ret, err);
    if (cl_json_str(entry, "username").len == 0 || cl_json_str(entry, "password").len == 0)
        return cl_err_set(err, CL_E_INVALID, "no credential of '%s' stands there", key);
    return make(cl_json_str(entry, "username"), cl_json_str(entry, "password"), ret, err);
}

/* --- helpers -------------------------------------------------------------------------------- */

/* A name goes into a program's name: no path, no option. */
static enum cl_code add_program(const char *helper, struct cl_buf *program, struct cl_err *err)
{
    struct cl_str name = cl_str_of(helper);

    if (name.len == 0 || name.len > 64 ||
        !cl_str_only(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "the name of a credential helper holds more than letters and digits");
    }
    cl_buf_addf(program, "docker-credential-%s", helper);
    return cl_buf_ok(program, err);
}

/* One call of a helper. */
struct helper_call {
    const char *program;
    char *action;
    struct cl_str input;
    struct cl_str secret; /* that stands in the input; empty: none */
    struct cl_buf said;   /* what it printed */
    int status;           /* and how it ended */
};

static enum cl_code run(const struct cl_world *world, struct helper_call *call, struct cl_err *err)
{
    CL_AUTO(cl_string) char *program = NULL;
    struct cl_child child = {.input = call->input,
                             .deadline_ms = world->monotonic_ms(world->ctx) + PATIENCE_MS};

    CL_TRY(cl_str_dup(cl_str_of(call->program), &program, err));
    char *argv[] = {program, call->action, NULL};
    child.argv = argv;
    if (world->run(world->ctx, &child, &call->said, &call->status, err) == CL_OK)
        return CL_OK;
    if (err->code == CL_E_NOT_FOUND)
        err->code = CL_E_LOCAL_TOOL_MISSING;
    return err->code;
}

/* What it says may repeat what it was given, or what it has. */
static enum cl_code report(const struct helper_call *call, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(1024);
    struct cl_str text = cl_str_trim(cl_buf_view(&call->said));

    if (cl_str_eq(text, CL_STR(CL_DOCKER_NOT_FOUND)))
        return cl_err_set(err, CL_E_NOT_FOUND, "%s has no such credential", call->program);
    cl_buf_add_redacted(&shown, text, &call->secret, 1, SHOWN_MAX);
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "%s ended with %d: %.*s", call->program, call->status,
                      CL_STR_ARG(cl_buf_view(&shown)));
}

static enum cl_code parse_answer(const char *program, struct cl_str text,
                                 struct cl_docker_credential *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *answer = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_json_parse_limited(text, SECRET_MAX, ANSWER_DEPTH, &answer, &why);
    struct cl_str username = cl_json_str(answer, "Username");
    struct cl_str secret = cl_json_str(answer, "Secret");

    if (code != CL_OK && code != CL_E_INVALID) {
        *err = why;
        return code;
    }
    if (username.len == 0 || secret.len == 0)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "%s answers with no credential", program);
    return make(username, secret, ret, err);
}

static void helper_call_cleanup(struct helper_call *call)
{
    cl_buf_cleanup(&call->said);
}

enum cl_code cl_docker_helper_ask(const struct cl_world *world, const char *helper, const char *key,
                                  struct cl_docker_credential *ret, struct cl_err *err)
{
    static char action[] = "get";
    CL_AUTO(cl_buf) struct cl_buf program = CL_BUF(256);
    CL_AUTO(helper_call)
    struct helper_call call = {.action = action,
                               .input = cl_str_of(key),
                               .secret = CL_STR_NONE,
                               .said = CL_BUF_SECRET(SECRET_MAX)};

    CL_TRY(add_program(helper, &program, err));
    call.program = program.ptr;
    CL_TRY(run(world, &call, err));
    if (call.status != 0)
        return report(&call, err);
    return parse_answer(call.program, cl_buf_view(&call.said), ret, err);
}

static enum cl_code add_document(const char *key, const struct cl_docker_credential *credential,
                                 struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *document = NULL;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "ServerURL", key);
    cl_json_add_str(&build, "Username", cl_secret_expose(credential->username));
    cl_json_add_str(&build, "Secret", cl_secret_expose(credential->password));
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_COMPACT);
    return cl_buf_ok(ret, err);
}

static enum cl_code tell(const struct cl_world *world, const char *helper, struct helper_call *call,
                         struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf program = CL_BUF(256);

    CL_TRY(add_program(helper, &program, err));
    call->program = program.ptr;
    CL_TRY(run(world, call, err));
    return call->status == 0 ? CL_OK : report(call, err);
}

enum cl_code cl_docker_helper_keep(const struct cl_world *world, const char *helper,
                                   const char *key, const struct cl_docker_credential *credential,
                                   struct cl_err *err)
{
    static char action[] = "store";
    CL_AUTO(cl_buf) struct cl_buf document = CL_BUF_SECRET(SECRET_MAX);

    CL_TRY(add_document(key, credential, &document, err));
    CL_AUTO(helper_call)
    struct helper_call call = {.action = action,
                               .input = cl_buf_view(&document),
                               .secret = cl_secret_expose(credential->password),
                               .said = CL_BUF_SECRET(SECRET_MAX)};
    return tell(world, helper, &call, err);
}

enum cl_code cl_docker_helper_drop(const struct cl_world *world, const char *helper,
                                   const char *key, struct cl_err *err)
{
    static char action[] = "erase";
    CL_AUTO(helper_call)
    struct helper_call call = {.action = action,
                               .input = cl_str_of(key),
                               .secret = CL_STR_NONE,
                               .said = CL_BUF_SECRET(SECRET_MAX)};

    return tell(world, helper, &call, err);
}
