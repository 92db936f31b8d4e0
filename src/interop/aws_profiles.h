#ifndef CLEAT_INTEROP_AWS_PROFILES_H
#define CLEAT_INTEROP_AWS_PROFILES_H

#include "base/world.h"
#include "codec/ini.h"

/*
 * The profiles of the AWS tools: the config file and the credentials file as one.
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
struct cl_aws_profiles;

/** Where the two files are: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE or ~/.aws/...; `~`,
 * `~user` and $VAR expanded. Owned by the caller. CL_E_LOCAL_CONFIG when HOME is needed and not
 * set. */
enum cl_code cl_aws_config_path(const struct cl_world *world, char **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_aws_credentials_path(const struct cl_world *world, char **ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Reads both files; a missing one is empty.
 * @return CL_E_LOCAL_CONFIG: unreadable, or does not parse (file, line, reason)
 */
enum cl_code cl_aws_profiles_load(const struct cl_world *world, struct cl_aws_profiles **ret,
                                  struct cl_err *err) CL_MUST_USE;

/** The same from text. `*_path` is what errors and warnings call the file. */
struct cl_aws_profile_texts {
    struct cl_str config;
    const char *config_path;
    struct cl_str credentials;
    const char *credentials_path;
};
enum cl_code cl_aws_profiles_parse(const struct cl_aws_profile_texts *texts,
                                   struct cl_aws_profiles **ret, struct cl_err *err) CL_MUST_USE;

void cl_aws_profiles_free(struct cl_aws_profiles *profiles);
void cl_aws_profiles_cleanup(struct cl_aws_profiles **profiles);

bool cl_aws_profiles_has(const struct cl_aws_profiles *profiles, struct cl_str profile);

/** Names, each once, in the order of the files. */
enum cl_code cl_aws_profiles_names(const struct cl_aws_profiles *profiles, struct cl_strs *ret,
                                   struct cl_err *err) CL_MUST_USE;

/**
 * Do two headers of the config file mean one profile: [default] and [profile default], [profile x]
 * and [profile "x"]?
 */
enum cl_code cl_aws_config_same_profile(struct cl_str a, struct cl_str b, bool *ret,
                                        struct cl_err *err) CL_MUST_USE;

/** A setting of a profile: the credentials file wins over the config file. Empty: not set. */
struct cl_str cl_aws_profile_get(const struct cl_aws_profiles *profiles, struct cl_str profile,
                                 const char *key);

enum cl_aws_file { CL_AWS_CONFIG, CL_AWS_CREDENTIALS };

/** The same, looking at one of the files only: where static keys stand decides their rank. */
struct cl_str cl_aws_profile_get_in(const struct cl_aws_profiles *profiles, enum cl_aws_file file,
                                    struct cl_str profile, const char *key);

/**
 * Endpoint for a service ("s3"): the profile's services section, then its endpoint_url. Empty:
 * none. CL_E_LOCAL_CONFIG when the profile names a services section that does not exist.
 */
enum cl_code cl_aws_profile_endpoint(const struct cl_aws_profiles *profiles, struct cl_str profile,
                                     const char *service, struct cl_str *ret, struct cl_err *err)
    CL_MUST_USE;

/** What other tools would stumble over, "file, line: reason". */
enum cl_code cl_aws_profiles_warnings(const struct cl_aws_profiles *profiles, struct cl_strs *ret,
                                      struct cl_err *err) CL_MUST_USE;

#endif
