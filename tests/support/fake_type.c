#include "fake_type.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789-"

struct fake_script fake_script;

void fake_script_reset(void)
{
    fake_script = (struct fake_script){.verify_code = CL_OK};
}

static enum cl_code run_hook(const char *operation, const struct cl_call *call,
                             const struct cl_connector *conn, struct cl_err *err)
{
    if (fake_script.hook == NULL)
        return CL_OK;
    return fake_script.hook(fake_script.hook_ctx, operation, call, conn, err);
}

static enum cl_code scripted(enum cl_code code, const char *operation, struct cl_err *err)
{
    if (code == CL_OK)
        return CL_OK;
    (void)cl_err_set(err, code, "the fake provider refused to %s", operation);
    (void)snprintf(err->upstream_code, sizeof(err->upstream_code), "FakeRefusal");
    err->upstream_status = 403;
    return code;
}

static bool is_type(const struct cl_resource_type *type, const char *id)
{
    return strcmp(type->id, id) == 0;
}

static enum cl_code canonical_id(const struct cl_connector *conn,
                                 const struct cl_resource_type *type, struct cl_str input,
                                 char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf id = CL_BUF(1024);
    struct cl_str prefix = is_type(type, "fake-box") ? CL_STR("box://") : CL_STR("jar:");

    (void)conn;
    if (is_type(type, "fake-realm"))
        return cl_str_dup(input, ret, err);
    if (cl_str_starts(input, prefix))
        input = cl_str_skip(input, prefix.len);
    if (input.len == 0 || !cl_str_only(input, LOWER))
        return cl_err_set(err, CL_E_ID_INVALID, "not the id of a %s; valid: %s", type->title,
                          type->id_forms);
    cl_buf_add(&id, prefix);
    cl_buf_add(&id, input);
    return cl_buf_take(&id, ret, err);
}

static enum cl_code default_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                               char **ret, struct cl_err *err)
{
    struct cl_str realm = cl_config_text(&conn->config, "realm");

    (void)type;
    *ret = NULL;
    if (realm.len == 0)
        realm = cl_str_of(cl_map_get(&conn->facts, "account"));
    return realm.len == 0 ? CL_OK : cl_str_dup(realm, ret, err);
}

static enum cl_code check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                 struct cl_err *err)
{
    struct cl_str realm = cl_config_text(&conn->config, "realm");

    if (cl_str_contains(realm, CL_STR("/")))
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute 'realm' must not contain '/'");
    if (cl_str_eq_c(realm, "odd"))
        CL_TRY(cl_strs_add(warnings, CL_STR("The realm is odd."), err));
    return CL_OK;
}

static enum cl_code verify(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err)
{
    (void)atomic_fetch_add(&fake_script.verify_calls, 1);
    (void)atomic_fetch_add(&fake_script.trusted_calls, scope->authenticated ? 1 : 0);
    CL_TRY(run_hook("verify", call, conn, err));
    CL_TRY(scripted(fake_script.verify_code, "verify", err));
    CL_TRY(cl_str_dup(CL_STR("fake:user/tester"), &ret->identity, err));
    if (fake_script.warning != NULL)
        CL_TRY(cl_strs_add(&ret->warnings, cl_str_of(fake_script.warning), err));
    if (fake_script.account == NULL)
        return CL_OK;
    return cl_map_set(&ret->facts, CL_STR("account"), cl_str_of(fake_script.account), err);
}

static enum cl_code check(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_scope *scope, struct cl_str what, struct cl_err *err)
{
    (void)scope;
    (void)what;
    CL_TRY(run_hook("check", call, conn, err));
    return scripted(fake_script.check_code, "check", err);
}

static const char *const *ids_of(const struct cl_resource_type *type)
{
    static const char *const boxes[] = {"box://alpha", "box://beta", NULL};
    static const char *const jars[] = {"jar:plum", NULL};

    if (is_type(type, "fake-box"))
        return fake_script.boxes == NULL ? boxes : fake_script.boxes;
    return fake_script.jars == NULL ? jars : fake_script.jars;
}

static enum cl_code list(const struct cl_call *call, const struct cl_connector *conn,
                         const struct cl_resource_type *type, struct cl_id_sink *sink,
                         struct cl_err *err)
{
    const char *only = fake_script.list_fails_for;

    (void)atomic_fetch_add(&fake_script.list_calls, 1);
    CL_TRY(run_hook("list", call, conn, err));
    if (only == NULL || is_type(type, only))
        CL_TRY(scripted(fake_script.list_code, "list", err));
    for (const char *const *id = ids_of(type); *id != NULL; id++)
        CL_TRY(sink->add(sink->ctx, cl_str_of(*id), err));
    if (fake_script.list_warning != NULL && sink->warn != NULL)
        CL_TRY(sink->warn(sink->ctx, cl_str_of(fake_script.list_warning), err));
    sink->truncated = fake_script.truncated;
    return CL_OK;
}

static enum cl_code set_secret(struct cl_config *config, const char *name, const char *value,
                               struct cl_err *err)
{
    struct cl_secret *secret = NULL;

    CL_TRY(cl_secret_new(cl_str_of(value), &secret, err));
    return cl_config_set_secret_take(config, name, secret, err);
}

static enum cl_code mint(const struct cl_call *call, const struct cl_issue_request *request,
                         int serial, struct cl_issued *ret, struct cl_err *err)
{
    char token[64];
    int64_t ttl_s = fake_script.issued_ttl_s != 0 ? fake_script.issued_ttl_s : request->ttl_s;

    (void)snprintf(token, sizeof(token), "canary-token-%d", serial);
    ret->issued_at = cl_world_now_s(call->world);
    ret->expires_at = ret->issued_at + (ttl_s == 0 ? 300 : ttl_s);
    ret->refresh_after = cl_refresh_after(ret->issued_at, ret->expires_at, 1000);
    ret->provider_scoped = true;
    return set_secret(&ret->config, "session_token", token, err);
}

static enum cl_code pass_on(const struct cl_call *call, const struct cl_connector *conn,
                            struct cl_issued *ret, struct cl_err *err)
{
    struct cl_secret *copy = NULL;

    ret->issued_at = cl_world_now_s(call->world);
    ret->long_lived = true;
    CL_TRY(cl_secret_copy(cl_config_secret(&conn->config, "password"), &copy, err));
    return cl_config_set_secret_take(&ret->config, "password", copy, err);
}

static enum cl_code issue(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_issue_request *request, struct cl_issued *ret,
                          struct cl_err *err)
{
    bool open = conn->method->issues == CL_ISSUES_PASS_THROUGH;
    int serial = atomic_fetch_add(&fake_script.issue_calls, 1) + 1;

    CL_TRY(run_hook("issue", call, conn, err));
    CL_TRY(scripted(fake_script.issue_code, "issue", err));
    CL_TRY(cl_str_dup(CL_STR("fake"), &ret->connector_type, err));
    CL_TRY(cl_str_dup(open ? CL_STR("open") : CL_STR("minted"), &ret->auth_method, err));
    CL_TRY(cl_str_dup(cl_str_of(request->type->id), &ret->resource_type, err));
    CL_TRY(cl_str_dup(cl_str_of(request->id), &ret->resource_id, err));
    CL_TRY(cl_str_dup(CL_STR("fake-1"), &ret->provider_request_id, err));
    CL_TRY(cl_config_set_text(&ret->config, "realm", cl_config_text(&conn->config, "realm"), err));
    return open ? pass_on(call, conn, ret, err) : mint(call, request, serial, ret, err);
}

static enum cl_code revoke(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_issued *issued, struct cl_err *err)
{
    (void)issued;
    (void)atomic_fetch_add(&fake_script.revoke_calls, 1);
    return run_hook("revoke", call, conn, err);
}

static bool can_revoke(const struct cl_connector *conn)
{
    (void)conn;
    return !fake_script.has_nothing_to_revoke;
}

static enum cl_code surroundings(const struct cl_call *call, const struct cl_connector *conn,
                                 struct cl_buf *ret, struct cl_err *err)
{
    CL_TRY(run_hook("surroundings", call, conn, err));
    cl_buf_add(ret, cl_str_of(fake_script.around));
    return cl_buf_ok(ret, err);
}

/* Finds a password in FAKE_PASSWORD, and the realm in the source option or FAKE_REALM. */
static enum cl_code discover(const struct cl_call *call, const struct cl_discover_request *request,
                             struct cl_discovered *ret, struct cl_err *err)
{
    struct cl_str password = cl_world_env(call->world, "FAKE_PASSWORD");
    const char *corner = cl_map_get(request->sources, "corner");

    (void)atomic_fetch_add(&fake_script.discover_calls, 1);
    CL_TRY(run_hook("discover", call, NULL, err));
    CL_TRY(scripted(fake_script.discover_code, "discover", err));
    CL_TRY(cl_strs_add(&ret->looked_at, CL_STR("FAKE_PASSWORD"), err));
    if (password.len == 0)
        return cl_err_set(err, CL_E_NOT_FOUND, "no fake credentials; looked at FAKE_PASSWORD");
    CL_TRY(cl_str_dup(request->method == NULL ? CL_STR("minted") : cl_str_of(request->method->id),
                      &ret->auth_method, err));
    CL_TRY(cl_str_dup(CL_STR("FAKE_PASSWORD"), &ret->source, err));
    CL_TRY(cl_config_set_text(&ret->config, "realm",
                              corner == NULL ? CL_STR("r1") : cl_str_of(corner), err));
    struct cl_secret *secret = NULL;
    CL_TRY(cl_secret_new(password, &secret, err));
    return cl_config_set_secret_take(&ret->config, "password", secret, err);
}

static enum cl_code show(const char *item, struct cl_strs *list, struct cl_discovered *ret,
                         struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf label = CL_BUF(256);

    cl_buf_addf(&label, "box %s", item);
    CL_TRY(cl_strs_add(&ret->looked_at, cl_buf_view(&label), err));
    return cl_strs_add(list, cl_str_of(item), err);
}

static enum cl_code scan(const struct cl_call *call, const struct cl_discover_request *request,
                         struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;

    CL_TRY(run_hook("scan", call, NULL, err));
    CL_TRY(scripted(fake_script.scan_code, "show itself", err));
    if (fake_script.warning != NULL)
        CL_TRY(cl_strs_add(&ret->warnings, cl_str_of(fake_script.warning), err));
    if (!request->unknown_only)
        CL_TRY(show("known", &list, ret, err));
    for (size_t i = 0; fake_script.shown != NULL && fake_script.shown[i] != NULL; i++)
        CL_TRY(show(fake_script.shown[i], &list, ret, err));
    return cl_config_set_list(&ret->config, "tags", &list, err);
}

static const struct cl_connector_ops fake_ops = {
    .canonical_id = canonical_id,
    .default_id = default_id,
    .check_config = check_config,
    .verify = verify,
    .list = list,
    .check = check,
    .issue = issue,
    .surroundings = surroundings,
    .revoke = revoke,
    .can_revoke = can_revoke,
    .discover = discover,
    .scan = scan,
};

static const struct cl_connector_ops other_ops = {
    .verify = verify,
    .issue = issue,
};

static const char *const modes[] = {"fast", "safe", NULL};

static const struct cl_attr open_attrs[] = {
    {.name = "realm", .required = true, .help = "Realm"},
    {.name = "password", .kind = CL_ATTR_SECRET, .required = true, .help = "Password"},
    {.name = "tags", .kind = CL_ATTR_LIST, .help = "Tags"},
    {.name = "level", .kind = CL_ATTR_INT, .help = "Level"},
    {.name = "strict", .kind = CL_ATTR_BOOL, .help = "Strict"},
    {.name = "mode", .choices = modes, .help = "Mode", .max_bytes = 16},
};

static const struct cl_attr minted_attrs[] = {
    {.name = "realm", .required = true, .help = "Realm"},
    {.name = "password", .kind = CL_ATTR_SECRET, .required = true, .help = "Password"},
    {.name = "session_token", .kind = CL_ATTR_SECRET, .help = "Session token"},
};

static const struct cl_attr ambient_attrs[] = {
    {.name = "realm", .help = "Realm"},
};

static const struct cl_attr key_attrs[] = {
    {.name = "api_key", .kind = CL_ATTR_SECRET, .required = true, .help = "API key"},
};

static const struct cl_auth_method fake_methods[] = {
    {
        .id = "open",
        .title = "Fake Open",
        .description = "Hands out what it was given.",
        .attrs = open_attrs,
        .attr_count = CL_COUNT(open_attrs),
        .issues = CL_ISSUES_PASS_THROUGH,
        .may_expire = true,
    },
    {
        .id = "minted",
        .title = "Fake Minted",
        .description = "Issues credentials.",
        .attrs = minted_attrs,
        .attr_count = CL_COUNT(minted_attrs),
        .min_ttl_s = 60,
        .max_ttl_s = 3600,
        .default_ttl_s = 600,
        .issues = CL_ISSUES_TEMPORARY,
    },
    {
        .id = "ambient",
        .title = "Fake Ambient",
        .description = "Uses what is around.",
        .attrs = ambient_attrs,
        .attr_count = CL_COUNT(ambient_attrs),
        .issues = CL_ISSUES_FIXED,
        .implicit = true,
    },
};

static const struct cl_auth_method other_methods[] = {
    {
        .id = "key",
        .title = "Other Key",
        .description = "A key.",
        .attrs = key_attrs,
        .attr_count = CL_COUNT(key_attrs),
        .issues = CL_ISSUES_PASS_THROUGH,
    },
};

static const char *const jar_methods[] = {"minted", "ambient", NULL};

static const struct cl_resource_type fake_resources[] = {
    {
        .id = "fake-realm",
        .title = "Fake realm",
        .emoji = "\xF0\x9F\x94\xB6",
        .description = "The realm itself.",
        .id_forms = "{realm}",
    },
    {
        .id = "fake-box",
        .title = "Fake box",
        .emoji = "\xF0\x9F\x93\xA6",
        .description = "A box.",
        .id_forms = "box://{name}, {name}",
        .supports_instances = true,
    },
    {
        .id = "fake-jar",
        .title = "Fake jar",
        .emoji = "\xF0\x9F\x90\xB3",
        .description = "A jar.",
        .id_forms = "jar:{name}, {name}",
        .methods = jar_methods,
        .supports_instances = true,
    },
};

static const struct cl_resource_type other_resources[] = {
    {
        .id = "other-thing",
        .title = "Other thing",
        .emoji = "\xF0\x9F\x8C\x80",
        .description = "A thing.",
        .id_forms = "anything",
        .supports_instances = true,
    },
};

static const struct cl_source_option fake_sources[] = {
    {.name = "corner", .help = "Realm to look in"},
};

static const struct cl_shown_fact fake_facts[] = {
    {.name = "account", .label = "ACCOUNT"},
};

const struct cl_connector_type fake_type = {
    .id = "fake",
    .rank = 20,
    .title = "Fake Service Connector",
    .emoji = "\xF0\x9F\x94\xB6",
    .description = "Exists in tests only.",
    .ops = &fake_ops,
    .methods = fake_methods,
    .method_count = CL_COUNT(fake_methods),
    .resources = fake_resources,
    .resource_count = CL_COUNT(fake_resources),
    .sources = fake_sources,
    .source_count = CL_COUNT(fake_sources),
    .shown_facts = fake_facts,
    .shown_fact_count = CL_COUNT(fake_facts),
};

const struct cl_connector_type other_type = {
    .id = "other",
    .rank = 10,
    .title = "Other Service Connector",
    .emoji = "\xF0\x9F\x8C\x80",
    .description = "Exists in tests only.",
    .ops = &other_ops,
    .methods = other_methods,
    .method_count = CL_COUNT(other_methods),
    .resources = other_resources,
    .resource_count = CL_COUNT(other_resources),
};

static enum cl_code fill(const char *method, struct cl_connector *conn, struct cl_err *err)
{
    (void)snprintf(conn->id, sizeof(conn->id), "11111111-2222-4333-8444-555555555555");
    CL_TRY(cl_str_dup(CL_STR("crate"), &conn->name, err));
    CL_TRY(cl_str_dup(CL_STR(""), &conn->description, err));
    CL_TRY(cl_str_dup(CL_STR("tester"), &conn->owner, err));
    for (size_t i = 0; i < fake_type.resource_count; i++) {
        if (cl_resource_allows(&fake_resources[i], conn->method))
            CL_TRY(cl_strs_add(&conn->resource_types, cl_str_of(fake_resources[i].id), err));
    }
    CL_TRY(cl_config_set_text(&conn->config, "realm", CL_STR("r1"), err));
    if (strcmp(method, "ambient") == 0)
        return CL_OK;
    CL_TRY(set_secret(&conn->config, "password", "canary-pass", err));
    return cl_strs_add(&conn->secret_names, CL_STR("password"), err);
}

enum cl_code fake_connector(const char *method, struct cl_connector *ret, struct cl_err *err)
{
    CL_AUTO(cl_connector)
    struct cl_connector conn = {
        .type = &fake_type,
        .method = cl_type_method(&fake_type, cl_str_of(method)),
        .skew_s = CL_SKEW_UNSET,
        .secrets_loaded = true,
        .generation = 1,
    };

    if (conn.method == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "no fake method '%s'", method);
    CL_TRY(fill(method, &conn, err));
    *ret = conn;
    conn = (struct cl_connector){.name = NULL};
    return CL_OK;
}

enum cl_code fake_input(struct cl_input *input, const char *name, const char *value,
                        struct cl_err *err)
{
    struct cl_secret *secret = NULL;

    if (value != NULL)
        CL_TRY(cl_secret_new(cl_str_of(value), &secret, err));
    return cl_input_add_take(input, cl_str_of(name), secret, err);
}
