#include "interop/aws_profiles.h"

#include "base/alloc.h"

/* A section of a file that describes a profile. */
struct place {
    char *profile;        /* owned */
    struct cl_str header; /* view of the parsed file */
};

struct file {
    struct cl_ini *ini;
    char *path; /* owned */
    struct place *places;
    size_t count;
    size_t capacity;
};

struct cl_aws_profiles {
    struct file files[2]; /* by enum cl_aws_file */
};

static void file_cleanup(struct file *file)
{
    for (size_t i = 0; i < file->count; i++)
        cl_free(file->places[i].profile);
    cl_free(file->places);
    cl_free(file->path);
    cl_ini_free(file->ini);
}

void cl_aws_profiles_free(struct cl_aws_profiles *profiles)
{
    if (profiles == NULL)
        return;
    file_cleanup(&profiles->files[CL_AWS_CONFIG]);
    file_cleanup(&profiles->files[CL_AWS_CREDENTIALS]);
    cl_free(profiles);
}

void cl_aws_profiles_cleanup(struct cl_aws_profiles **profiles)
{
    cl_aws_profiles_free(*profiles);
}

/* --- reading ------------------------------------------------------------------------------- */

/* In the config file [default] and [profile NAME] are profiles, anything else is not; in the
 * credentials file the header itself is the name. CL_E_NOT_FOUND: no profile. */
static enum cl_code profile_of(enum cl_aws_file kind, struct cl_str header, char **ret,
                               struct cl_err *err)
{
    if (kind == CL_AWS_CREDENTIALS || cl_str_eq_c(header, "default"))
        return cl_str_dup(header, ret, err);
    return cl_ini_header_name(header, "profile", ret, err);
}

/* The same, NULL when the header is no profile's. */
static enum cl_code profile_or_null(enum cl_aws_file kind, struct cl_str header, char **ret,
                                    struct cl_err *err)
{
    struct cl_err no_profile = CL_ERR_NONE;
    enum cl_code code = profile_of(kind, header, ret, &no_profile);

    if (code == CL_OK || code == CL_E_NOT_FOUND || code == CL_E_INVALID)
        return CL_OK;
    *err = no_profile;
    return code;
}

enum cl_code cl_aws_config_same_profile(struct cl_str a, struct cl_str b, bool *ret,
                                        struct cl_err *err)
{
    CL_AUTO(cl_string) char *profile_a = NULL;
    CL_AUTO(cl_string) char *profile_b = NULL;

    if (cl_str_eq(a, b)) {
        *ret = true;
        return CL_OK;
    }
    CL_TRY(profile_or_null(CL_AWS_CONFIG, a, &profile_a, err));
    CL_TRY(profile_or_null(CL_AWS_CONFIG, b, &profile_b, err));
    *ret = profile_a != NULL && profile_b != NULL && strcmp(profile_a, profile_b) == 0;
    return CL_OK;
}

static enum cl_code add_place(struct file *file, char *profile_take, struct cl_str header,
                              struct cl_err *err)
{
    void *grown =
        cl_array_grow(file->places, &file->capacity, file->count + 1, sizeof(*file->places));

    if (grown == NULL) {
        cl_free(profile_take);
        return cl_err_no_memory(err);
    }
    file->places = grown;
    file->places[file->count++] = (struct place){.profile = profile_take, .header = header};
    return CL_OK;
}

static enum cl_code index_places(enum cl_aws_file kind, struct file *file, struct cl_err *err)
{
    for (size_t i = 0; i < cl_ini_section_count(file->ini); i++) {
        const struct cl_ini_section *section = cl_ini_section(file->ini, i);
        char *profile = NULL;

        if (section->ignored)
            continue;
        CL_TRY(profile_or_null(kind, section->name, &profile, err));
        if (profile != NULL)
            CL_TRY(add_place(file, profile, section->name, err));
    }
    return CL_OK;
}

static enum cl_code parse_file(enum cl_aws_file kind, struct cl_str text, const char *path,
                               struct file *file, struct cl_err *err)
{
    CL_TRY(cl_str_dup(cl_str_of(path), &file->path, err));
    if (cl_ini_parse(text, &file->ini, err) != CL_OK) {
        if (err->code == CL_E_INVALID)
            err->code = CL_E_LOCAL_CONFIG;
        return cl_err_wrap(err, "cannot read %s", path);
    }
    return index_places(kind, file, err);
}

enum cl_code cl_aws_profiles_parse(const struct cl_aws_profile_texts *texts,
                                   struct cl_aws_profiles **ret, struct cl_err *err)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = cl_alloc(sizeof(*profiles));

    if (profiles == NULL)
        return cl_err_no_memory(err);
    CL_TRY(parse_file(CL_AWS_CONFIG, texts->config, texts->config_path,
                      &profiles->files[CL_AWS_CONFIG], err));
    CL_TRY(parse_file(CL_AWS_CREDENTIALS, texts->credentials, texts->credentials_path,
                      &profiles->files[CL_AWS_CREDENTIALS], err));
    *ret = CL_MOVE(profiles);
    return CL_OK;
}

/* --- asking -------------------------------------------------------------------------------- */

bool cl_aws_profiles_has(const struct cl_aws_profiles *profiles, struct cl_str profile)
{
    for (size_t f = 0; f < CL_COUNT(profiles->files); f++) {
        for (size_t i = 0; i < profiles->files[f].count; i++) {
            if (cl_str_eq_c(profile, profiles->files[f].places[i].profile))
                return true;
        }
    }
    return false;
}

enum cl_code cl_aws_profiles_names(const struct cl_aws_profiles *profiles, struct cl_strs *ret,
                                   struct cl_err *err)
{
    for (size_t f = 0; f < CL_COUNT(profiles->files); f++) {
        for (size_t i = 0; i < profiles->files[f].count; i++) {
            struct cl_str name = cl_str_of(profiles->files[f].places[i].profile);
            if (!cl_strs_has(ret, name))
                CL_TRY(cl_strs_add(ret, name, err));
        }
    }
    return CL_OK;
}

struct cl_str cl_aws_profile_get_in(const struct cl_aws_profiles *profiles, enum cl_aws_file file,
                                    struct cl_str profile, const char *key)
{
    const struct file *in = &profiles->files[file];

    /* Later sections win; two spellings of one profile are one. */
    for (size_t i = in->count; i > 0; i--) {
        if (!cl_str_eq_c(profile, in->places[i - 1].profile))
            continue;
        const struct cl_ini_entry *entry = cl_ini_lookup(in->ini, in->places[i - 1].header, key);
        if (entry != NULL)
            return entry->value;
    }
    return CL_STR_NONE;
}

struct cl_str cl_aws_profile_get(const struct cl_aws_profiles *profiles, struct cl_str profile,
                                 const char *key)
{
    struct cl_str value = cl_aws_profile_get_in(profiles, CL_AWS_CREDENTIALS, profile, key);

    return value.len > 0 ? value : cl_aws_profile_get_in(profiles, CL_AWS_CONFIG, profile, key);
}

/* The [services NAME] section that the profile names. */
static enum cl_code services_section(const struct cl_aws_profiles *profiles, struct cl_str name,
                                     struct cl_str *ret, struct cl_err *err)
{
    const struct cl_ini *ini = profiles->files[CL_AWS_CONFIG].ini;

    for (size_t i = 0; i < cl_ini_section_count(ini); i++) {
        CL_AUTO(cl_string) char *found = NULL;
        struct cl_err other_form = CL_ERR_NONE;
        struct cl_str header = cl_ini_section(ini, i)->name;

        if (cl_ini_header_name(header, "services", &found, &other_form) == CL_OK &&
            cl_str_eq_c(name, found)) {
            *ret = header;
            return CL_OK;
        }
    }
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "%s has no section [services %.*s]",
                      profiles->files[CL_AWS_CONFIG].path, CL_STR_ARG(name));
}

enum cl_code cl_aws_profile_endpoint(const struct cl_aws_profiles *profiles, struct cl_str profile,
                                     const char *service, struct cl_str *ret, struct cl_err *err)
{
    struct cl_str name = cl_aws_profile_get(profiles, profile, "services");
    struct cl_str section = CL_STR_NONE;
    struct cl_str found = CL_STR_NONE;

    if (name.len > 0) {
        CL_TRY(services_section(profiles, name, &section, err));
        found = cl_ini_nested(profiles->files[CL_AWS_CONFIG].ini, section, service, "endpoint_url");
    }
    *ret = found.len > 0 ? found : cl_aws_profile_get(profiles, profile, "endpoint_url");
    return CL_OK;
}

enum cl_code cl_aws_profiles_warnings(const struct cl_aws_profiles *profiles, struct cl_strs *ret,
                                      struct cl_err *err)
{
    for (size_t f = 0; f < CL_COUNT(profiles->files); f++) {
        const struct file *file = &profiles->files[f];
        for (size_t i = 0; i < cl_ini_warning_count(file->ini); i++) {
            CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8192);
            const struct cl_ini_warning *warning = cl_ini_warning(file->ini, i);
            cl_buf_addf(&text, "%s, line %zu: %s", file->path, warning->line, warning->text);
            CL_TRY(cl_buf_ok(&text, err));
            CL_TRY(cl_strs_add(ret, cl_buf_view(&text), err));
        }
    }
    return CL_OK;
}
