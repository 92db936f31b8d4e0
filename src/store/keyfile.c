#include "store/keyfile.h"

#include "base/alloc.h"
#include "crypto/aead.h"
#include "crypto/digest.h"

#define CONTENT_MAX_BYTES 4096
#define FIRST_LINE "cleat key file, version 1"
#define CHECKSUM_CHARS 16

void cl_keyfile_cleanup(struct cl_keyfile *file)
{
    cl_secret_free(file->key);
    *file = (struct cl_keyfile){.key = NULL};
}

enum cl_code cl_keyfile_new(const struct cl_world *world, struct cl_keyfile *ret,
                            struct cl_err *err)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};

    CL_TRY(cl_uuid_new(world, file.id, err));
    CL_TRY(cl_aead_key_new(world, &file.key, err));
    *ret = file;
    file.key = NULL;
    return CL_OK;
}

/* The checksum tells a file that was damaged from one that belongs to another store. */
static enum cl_code add_checksum(struct cl_str body, struct cl_buf *ret, struct cl_err *err)
{
    char hex[CL_SHA256_HEX_SIZE];

    CL_TRY(cl_sha256_hex(body, hex, err));
    cl_buf_addf(ret, "check %.*s\n", CHECKSUM_CHARS, hex);
    return cl_buf_ok(ret, err);
}

enum cl_code cl_keyfile_format(const struct cl_keyfile *file, struct cl_buf *ret,
                               struct cl_err *err)
{
    struct cl_str key = cl_secret_expose(file->key);

    cl_buf_addf(ret, FIRST_LINE "\nid %s\nkey ", file->id);
    cl_buf_add_hex(ret, key.ptr, key.len);
    cl_buf_add_c(ret, "\n");
    CL_TRY(cl_buf_ok(ret, err));
    return add_checksum(cl_buf_view(ret), ret, err);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct cl_str hex, char ret[CL_AEAD_KEY_BYTES])
{
    if (hex.len != (size_t)2 * CL_AEAD_KEY_BYTES)
        return false;
    for (size_t i = 0; i < CL_AEAD_KEY_BYTES; i++) {
        int high = digit_of(hex.ptr[2 * i]);
        int low = digit_of(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (char)(high * 16 + low);
    }
    return true;
}

/* The text behind `label` on the next line; false when the line is another. */
static bool next_line(struct cl_str *rest, struct cl_str label, struct cl_str *ret)
{
    struct cl_str line;

    if (!cl_str_cut(*rest, '\n', &line, rest) || !cl_str_starts(line, label))
        return false;
    *ret = cl_str_skip(line, label.len);
    return true;
}

static enum cl_code unusable(struct cl_err *err, const char *how)
{
    (void)cl_err_set(err, CL_E_FAILED, "%s", how);
    return cl_err_hint(err, "Restore it from a backup. Without it the stored secrets cannot be "
                            "read; nothing was changed.");
}

static enum cl_code garbled(struct cl_err *err)
{
    return unusable(err, "is cut short or was changed");
}

static enum cl_code take_key(struct cl_str hex, struct cl_keyfile *file, struct cl_err *err)
{
    char bytes[CL_AEAD_KEY_BYTES];

    enum cl_code rc = read_hex(hex, bytes)
                          ? cl_secret_new(cl_str_make(bytes, sizeof(bytes)), &file->key, err)
                          : garbled(err);
    cl_wipe(bytes, sizeof(bytes));
    return rc;
}

/* `rest` is what stands behind the key. */
static enum cl_code check_sum(struct cl_str content, struct cl_str rest, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf expected = CL_BUF(64);

    CL_TRY(add_checksum(cl_str_first(content, content.len - rest.len), &expected, err));
    return cl_str_eq(rest, cl_buf_view(&expected)) ? CL_OK : garbled(err);
}

enum cl_code cl_keyfile_parse(struct cl_str content, struct cl_keyfile *ret, struct cl_err *err)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
    struct cl_str rest = content;
    struct cl_str version;
    struct cl_str id;
    struct cl_str key;

    if (!next_line(&rest, CL_STR("cleat key file, version "), &version))
        return garbled(err);
    if (!cl_str_eq(version, CL_STR("1")))
        return unusable(err, "was written by a newer Cleat");
    if (!next_line(&rest, CL_STR("id "), &id) || id.len >= sizeof(file.id) || !cl_is_uuid(id))
        return garbled(err);
    (void)memcpy(file.id, id.ptr, id.len);
    if (!next_line(&rest, CL_STR("key "), &key))
        return garbled(err);
    CL_TRY(take_key(key, &file, err));
    CL_TRY(check_sum(content, rest, err));
    *ret = file;
    file.key = NULL;
    return CL_OK;
}

static enum cl_code check_mode(const struct cl_world *world, const char *path, struct cl_err *err)
{
    struct cl_file_info info = {.exists = false};

    if (world->stat_file(world->ctx, path, &info, err) != CL_OK) {
        err->code = CL_E_FAILED;
        return cl_err_hint(err, "Check the permissions of the folder.");
    }
    if (!info.exists)
        return cl_err_set(err, CL_E_NOT_FOUND, "key file '%s' does not exist", path);
    if ((info.mode & 077U) == 0)
        return CL_OK;
    (void)cl_err_set(err, CL_E_FAILED, "key file '%s' may be used by others (mode %04o)", path,
                     (unsigned)info.mode);
    return cl_err_hint(err,
                       "Run: chmod 600 '%s'. If others had access to this machine, replace the "
                       "credentials in the store as well.",
                       path);
}

enum cl_code cl_keyfile_read(const struct cl_world *world, const char *path, struct cl_keyfile *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF_SECRET(CONTENT_MAX_BYTES);

    CL_TRY(check_mode(world, path, err));
    enum cl_code rc = world->read_file(world->ctx, path, &content, err);
    if (rc == CL_E_NOT_FOUND)
        return rc;
    if (rc != CL_OK) {
        err->code = CL_E_FAILED;
        return cl_err_hint(err, "It should be a file that your user can read.");
    }
    if (cl_keyfile_parse(cl_buf_view(&content), ret, err) == CL_OK)
        return CL_OK;
    return cl_err_wrap(err, "key file '%s'", path);
}

enum cl_code cl_keyfile_create(const struct cl_world *world, const char *path,
                               const struct cl_keyfile *file, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF_SECRET(CONTENT_MAX_BYTES);

    CL_TRY(cl_keyfile_format(file, &content, err));
    enum cl_code rc =
        world->create_file(world->ctx, path, cl_buf_view(&content), CL_KEYFILE_MODE, err);
    if (rc == CL_OK || rc == CL_E_CONFLICT)
        return rc;
    err->code = CL_E_SECRET_STORE;
    return cl_err_hint(err, "Check the permissions of the folder and the space on the disk.");
}
