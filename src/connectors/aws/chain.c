#include "connectors/aws/chain.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/time.h"
#include "connectors/aws/chain_places.h"

void aws_found_cleanup(struct aws_found *found)
{
    for (size_t i = 0; i < found->role_count; i++) {
        cl_free(found->roles[i].profile);
        cl_free(found->roles[i].role_arn);
        cl_free(found->roles[i].external_id);
        cl_free(found->roles[i].role_session_name);
    }
    cl_free(found->profile);
    cl_free(found->region);
    cl_secret_free(found->access_key_id);
    cl_secret_free(found->secret_access_key);
    cl_secret_free(found->session_token);
    cl_map_cleanup(&found->endpoints);
    cl_strs_cleanup(&found->looked_at);
    cl_strs_cleanup(&found->warnings);
    *found = (struct aws_found){.profile = NULL};
}

/* A place and what was there. */
static enum cl_code note(struct aws_found *found, struct cl_err *err, const char *format, ...)
    CL_PRINTF(3, 4);

static enum cl_code note(struct aws_found *found, struct cl_err *err, const char *format, ...)
{
    va_list args;
    char line[512];

    va_start(args, format);
    if (vsnprintf(line, sizeof(line), format, args) < 0)
        line[0] = '\0';
    va_end(args);
    return cl_strs_add(&found->looked_at, cl_str_of(line), err);
}

/* --- environment --------------------------------------------------------------------------- */

static enum cl_code set_secret(struct cl_secret **slot, struct cl_str value, struct cl_err *err)
{
    struct cl_secret *secret = NULL;

    if (value.len == 0)
        return CL_OK;
    CL_TRY(cl_secret_new(cl_str_trim(value), &secret, err));
    cl_secret_free(*slot);
    *slot = secret;
    return CL_OK;
}

static enum cl_code environment_token(const struct cl_world *world, struct aws_found *found,
                                      struct cl_str *ret, struct cl_err *err)
{
    struct cl_str current = cl_world_env(world, "AWS_SESSION_TOKEN");
    struct cl_str legacy = cl_world_env(world, "AWS_SECURITY_TOKEN");

    *ret = current.len > 0 ? current : legacy;
    if (current.len > 0 && legacy.len > 0 && !cl_str_eq(current, legacy)) {
        return cl_strs_add(&found->warnings,
                           CL_STR("AWS_SESSION_TOKEN and AWS_SECURITY_TOKEN differ: the former is "
                                  "used, some tools use the latter"),
                           err);
    }
    return CL_OK;
}

static enum cl_code from_environment(const struct cl_world *world, struct aws_found *found,
                                     struct cl_err *err)
{
    struct cl_str secret = cl_world_env(world, "AWS_SECRET_ACCESS_KEY");
    struct cl_str expires = cl_world_env(world, "AWS_CREDENTIAL_EXPIRATION");
    struct cl_str token = CL_STR_NONE;

    if (secret.len == 0) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "the environment has AWS_ACCESS_KEY_ID, but AWS_SECRET_ACCESS_KEY is "
                          "missing");
    }
    CL_TRY(environment_token(world, found, &token, err));
    CL_TRY(set_secret(&found->access_key_id, cl_world_env(world, "AWS_ACCESS_KEY_ID"), err));
    CL_TRY(set_secret(&found->secret_access_key, secret, err));
    CL_TRY(set_secret(&found->session_token, token, err));
    if (token.len > 0 && expires.len > 0 &&
        cl_time_parse_rfc3339(expires, &found->expires_at, err) != CL_OK) {
        err->code = CL_E_LOCAL_CONFIG;
        return cl_err_wrap(err, "AWS_CREDENTIAL_EXPIRATION");
    }
    found->provider = AWS_FOUND_ENVIRONMENT;
    return note(found, err, "environment variables: a key");
}

static bool environment_has_key(const struct cl_world *world)
{
    return cl_world_env(world, "AWS_ACCESS_KEY_ID").len > 0;
}

/* --- profiles ------------------------------------------------------------------------------ */

struct following {
    const struct cl_world *world;
    const struct cl_aws_profiles *profiles;
    struct aws_found *found;
    struct cl_strs visited;
};

static enum cl_code take_keys(struct following *following, enum cl_aws_file file,
                              enum aws_provider provider, struct cl_str profile, struct cl_err *err)
{
    const struct cl_aws_profiles *profiles = following->profiles;
    struct aws_found *found = following->found;
    struct cl_str secret = cl_aws_profile_get_in(profiles, file, profile, "aws_secret_access_key");

    if (secret.len == 0) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "profile '%.*s' has aws_access_key_id, but aws_secret_access_key is "
                          "missing",
                          CL_STR_ARG(profile));
    }
    CL_TRY(set_secret(&found->access_key_id,
                      cl_aws_profile_get_in(profiles, file, profile, "aws_access_key_id"), err));
    CL_TRY(set_secret(&found->secret_access_key, secret, err));
    CL_TRY(set_secret(&found->session_token,
                      cl_aws_profile_get_in(profiles, file, profile, "aws_session_token"), err));
    found->provider = provider;
    return note(found, err, "profile '%.*s' in the %s file: a key", CL_STR_ARG(profile),
                file == CL_AWS_CREDENTIALS ? "credentials" : "config");
}

/*
 * Ways to get credentials that this version leaves to the AWS CLI. Some are tried before the keys
 * of the credentials file, some after: with keys at hand those would not even be looked at.
 */
enum other_rank { BEFORE_KEYS, AFTER_KEYS };

static enum cl_code refuse_other_providers(const struct following *following, struct cl_str profile,
                                           enum other_rank rank, struct cl_err *err)
{
    static const struct {
        const char *key;
        const char *what;
        enum other_rank rank;
    } others[] = {{"web_identity_token_file", "a web identity", BEFORE_KEYS},
                  {"sso_account_id", "IAM Identity Center (SSO)", BEFORE_KEYS},
                  {"sso_role_name", "IAM Identity Center (SSO)", BEFORE_KEYS},
                  {"sso_session", "IAM Identity Center (SSO)", AFTER_KEYS},
                  {"login_session", "a login session", AFTER_KEYS},
                  {"credential_process", "a credential process", AFTER_KEYS}};

    for (size_t i = 0; i < CL_COUNT(others); i++) {
        if (others[i].rank != rank ||
            cl_aws_profile_get(following->profiles, profile, others[i].key).len == 0)
            continue;
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG,
                         "profile '%.*s' gets its credentials from %s, which cannot be taken over",
                         CL_STR_ARG(profile), others[i].what);
        return cl_err_hint(err,
                           "export them with 'aws configure export-credentials --profile %.*s "
                           "--format env' and try again",
                           CL_STR_ARG(profile));
    }
    return CL_OK;
}

static bool has_keys(const struct following *following, struct cl_str profile)
{
    return cl_aws_profile_get(following->profiles, profile, "aws_access_key_id").len > 0;
}

static enum cl_code keys_of(struct following *following, struct cl_str profile, struct cl_err *err)
{
    const struct cl_aws_profiles *profiles = following->profiles;

    CL_TRY(refuse_other_providers(following, profile, BEFORE_KEYS, err));
    if (cl_aws_profile_get_in(profiles, CL_AWS_CREDENTIALS, profile, "aws_access_key_id").len > 0)
        return take_keys(following, CL_AWS_CREDENTIALS, AWS_FOUND_CREDENTIALS_FILE, profile, err);
    CL_TRY(refuse_other_providers(following, profile, AFTER_KEYS, err));
    if (has_keys(following, profile))
        return take_keys(following, CL_AWS_CONFIG, AWS_FOUND_CONFIG_FILE, profile, err);
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "profile '%.*s' has no credentials",
                      CL_STR_ARG(profile));
}

static enum cl_code dup_setting(const struct following *following, struct cl_str profile,
                                const char *key, char **ret, struct cl_err *err)
{
    struct cl_str value = cl_aws_profile_get(following->profiles, profile, key);

    return value.len == 0 ? CL_OK : cl_str_dup(value, ret, err);
}

/* Fills the next free role; roles are collected from the profile inwards. */
static enum cl_code add_role(struct following *following, struct cl_str profile, struct cl_err *err)
{
    struct aws_found *found = following->found;
    struct cl_str duration = cl_aws_profile_get(following->profiles, profile, "duration_seconds");
    struct cl_err not_a_number = CL_ERR_NONE;

    if (found->role_count == AWS_ROLES_MAX) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "profiles name each other more than %d deep",
                          AWS_ROLES_MAX);
    }
    struct aws_found_role *role = &found->roles[found->role_count++];
    CL_TRY(cl_str_dup(profile, &role->profile, err));
    CL_TRY(dup_setting(following, profile, "role_arn", &role->role_arn, err));
    CL_TRY(dup_setting(following, profile, "external_id", &role->external_id, err));
    CL_TRY(dup_setting(following, profile, "role_session_name", &role->role_session_name, err));
    if (duration.len > 0) /* what is no number is ignored, as by the SDKs */
        CL_IGNORE(cl_parse_i64(duration, &role->duration_s, &not_a_number));
    return note(found, err, "profile '%.*s': role %s", CL_STR_ARG(profile), role->role_arn);
}

static enum cl_code refuse_mfa(const struct following *following, struct cl_str profile,
                               struct cl_err *err)
{
    if (cl_aws_profile_get(following->profiles, profile, "mfa_serial").len == 0)
        return CL_OK;
    (void)cl_err_set(err, CL_E_LOCAL_CONFIG,
                     "profile '%.*s' needs an MFA code for its role, which cannot be given "
                     "unattended",
                     CL_STR_ARG(profile));
    return cl_err_hint(err, "use a role that trusts the key without MFA, or register the session "
                            "with auth method 'sts-token'");
}

static enum cl_code from_credential_source(struct following *following, struct cl_str profile,
                                           struct cl_str source, struct cl_err *err)
{
    if (!cl_str_eq_c(source, "Environment")) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "profile '%.*s' takes its credentials from '%.*s', which cannot be taken "
                          "over",
                          CL_STR_ARG(profile), CL_STR_ARG(source));
    }
    if (!environment_has_key(following->world)) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "profile '%.*s' takes its credentials from the environment, which has "
                          "none",
                          CL_STR_ARG(profile));
    }
    return from_environment(following->world, following->found, err);
}

static enum cl_code loop_error(const struct following *following, struct cl_str profile,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *visited = NULL;

    CL_TRY(cl_strs_join(&following->visited, " -> ", &visited, err));
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "profiles name each other in a loop: %s -> %.*s",
                      visited, CL_STR_ARG(profile));
}

/* Where the role of `profile` gets its own credentials; *ret empty when keys were taken. */
static enum cl_code next_source(struct following *following, struct cl_str profile,
                                struct cl_str *ret, struct cl_err *err)
{
    struct cl_str source = cl_aws_profile_get(following->profiles, profile, "source_profile");
    struct cl_str kind = cl_aws_profile_get(following->profiles, profile, "credential_source");

    *ret = CL_STR_NONE;
    if (source.len > 0 && kind.len > 0) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "profile '%.*s' has both source_profile and credential_source",
                          CL_STR_ARG(profile));
    }
    if (kind.len > 0)
        return from_credential_source(following, profile, kind, err);
    if (source.len == 0) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "profile '%.*s' has a role_arn, but neither source_profile nor "
                          "credential_source",
                          CL_STR_ARG(profile));
    }
    if (!cl_aws_profiles_has(following->profiles, source)) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "profile '%.*s' names source_profile '%.*s', which does not exist",
                          CL_STR_ARG(profile), CL_STR_ARG(source));
    }
    *ret = source;
    return CL_OK;
}

/* From profile to source profile until one has keys. One with keys that is a source keeps to
 * them, also when it has a role. */
static enum cl_code follow(struct following *following, struct cl_str profile, struct cl_err *err)
{
    bool is_source = false;

    while (profile.len > 0) {
        bool assumes =
            cl_aws_profile_get(following->profiles, profile, "role_arn").len > 0 &&
            cl_aws_profile_get(following->profiles, profile, "web_identity_token_file").len == 0;

        if (!assumes || (is_source && has_keys(following, profile)))
            return keys_of(following, profile, err);
        if (cl_strs_has(&following->visited, profile))
            return loop_error(following, profile, err);
        CL_TRY(cl_strs_add(&following->visited, profile, err));
        CL_TRY(refuse_mfa(following, profile, err));
        CL_TRY(add_role(following, profile, err));
        CL_TRY(next_source(following, profile, &profile, err));
        is_source = true;
    }
    return CL_OK;
}

/* Collected from the outermost inwards, assumed from the innermost outwards. */
static void reverse_roles(struct aws_found *found)
{
    for (size_t i = 0; i < found->role_count / 2; i++) {
        struct aws_found_role swap = found->roles[i];
        found->roles[i] = found->roles[found->role_count - 1 - i];
        found->roles[found->role_count - 1 - i] = swap;
    }
}

static enum cl_code from_profile(const struct cl_world *world,
                                 const struct cl_aws_profiles *profiles, struct cl_str profile,
                                 struct aws_found *ret, struct cl_err *err)
{
    struct following following = {.world = world, .profiles = profiles, .found = ret};

    enum cl_code code = follow(&following, profile, err);
    cl_strs_cleanup(&following.visited);
    reverse_roles(ret);
    return code;
}

/* --- the chain ----------------------------------------------------------------------------- */

static struct cl_str choose_profile(const struct cl_world *world, struct cl_str given,
                                    bool *ret_named)
{
    struct cl_str first = cl_world_env(world, "AWS_PROFILE");
    struct cl_str second = cl_world_env(world, "AWS_DEFAULT_PROFILE");

    *ret_named = given.len + first.len + second.len > 0;
    if (given.len > 0)
        return given;
    if (first.len > 0)
        return first;
    return second.len > 0 ? second : CL_STR("default");
}

static enum cl_code no_such_profile(const struct cl_world *world,
                                    const struct cl_aws_profiles *profiles, struct cl_str profile,
                                    struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *list = NULL;
    CL_AUTO(cl_string) char *config = NULL;
    CL_AUTO(cl_string) char *credentials = NULL;

    CL_TRY(cl_aws_profiles_names(profiles, &names, err));
    CL_TRY(cl_strs_join(&names, ", ", &list, err));
    CL_TRY(cl_aws_config_path(world, &config, err));
    CL_TRY(cl_aws_credentials_path(world, &credentials, err));
    const char *nearest = cl_strs_nearest(&names, profile);
    (void)cl_err_set(err, CL_E_INVALID,
                     "there is no AWS profile '%.*s' in %s and %s; profiles found: %s",
                     CL_STR_ARG(profile), config, credentials, names.count > 0 ? list : "none");
    return nearest == NULL ? err->code : cl_err_hint(err, "Did you mean '%s'?", nearest);
}

static enum cl_code nothing_found(const struct cl_world *world, struct cl_err *err)
{
    CL_AUTO(cl_string) char *config = NULL;
    CL_AUTO(cl_string) char *credentials = NULL;

    CL_TRY(cl_aws_config_path(world, &config, err));
    CL_TRY(cl_aws_credentials_path(world, &credentials, err));
    (void)cl_err_set(err, CL_E_LOCAL_CONFIG,
                     "no AWS credentials found: looked at the environment (AWS_ACCESS_KEY_ID), %s "
                     "and %s (profile 'default')",
                     credentials, config);
    return cl_err_hint(err, "run 'aws configure', or name another profile with --profile");
}

static enum cl_code find_keys(const struct cl_world *world, const struct cl_aws_profiles *profiles,
                              struct cl_str given, struct aws_found *found, struct cl_err *err)
{
    struct cl_str profile = cl_str_of(found->profile);

    if (given.len == 0 && environment_has_key(world)) {
        found->profile_given = false; /* AWS_PROFILE still says where, not whose */
        return from_environment(world, found, err);
    }
    CL_TRY(note(found, err, "environment variables: %s",
                given.len > 0 ? "skipped, a profile was named" : "no AWS_ACCESS_KEY_ID"));
    if (!cl_aws_profiles_has(profiles, profile)) {
        return found->profile_given ? no_such_profile(world, profiles, profile, err)
                                    : nothing_found(world, err);
    }
    return from_profile(world, profiles, profile, found, err);
}

enum cl_code aws_chain_find(const struct cl_world *world, struct cl_str profile,
                            struct aws_found *ret, struct cl_err *err)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = NULL;
    struct cl_str chosen = choose_profile(world, profile, &ret->profile_given);

    CL_TRY(cl_aws_profiles_load(world, &profiles, err));
    CL_TRY(cl_str_dup(chosen, &ret->profile, err));
    CL_TRY(cl_aws_profiles_warnings(profiles, &ret->warnings, err));
    CL_TRY(find_keys(world, profiles, profile, ret, err));
    return aws_chain_places(world, profiles, ret, err);
}
