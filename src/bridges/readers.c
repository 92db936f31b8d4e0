#include "bridges/readers.h"

#include "base/alloc.h"
#include "bridges/private_file.h"
#include "crypto/digest.h"

#define PATH_MAX_BYTES 4096
#define STAT_MAX_BYTES 4096
#define TEXT_MAX_BYTES ((size_t)64 << 10U)
#define NOTE_MAX_BYTES 8192
#define OTHERS_MAX 64 /* lines; of more parallel readers the oldest are forgotten */

/* Fields of /proc/PID/stat, counted behind the name of the program (Source: proc(5)). */
#define STAT_PARENT 1
#define STAT_STARTED 19

void cl_reader_cleanup(struct cl_reader *reader)
{
    cl_free(reader->path);
    cl_free(reader->others);
    *reader = (struct cl_reader){.path = NULL};
}

/* One number of a line of them. */
static enum cl_code number_at(struct cl_str line, size_t index, int64_t *ret, struct cl_err *err)
{
    struct cl_str word = CL_STR_NONE;

    for (size_t i = 0; i <= index; i++)
        (void)cl_str_cut(line, ' ', &word, &line);
    return cl_parse_i64(word, ret, err);
}

/* The name of the program, in parentheses, may hold blanks and parentheses itself. */
static enum cl_code read_stat(const struct cl_world *world, const char *path, size_t index,
                              int64_t *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(STAT_MAX_BYTES);

    CL_TRY(world->read_file(world->ctx, path, &text, err));
    struct cl_str rest = cl_buf_view(&text);
    for (size_t at = cl_str_find(rest, ')'); at < rest.len; at = cl_str_find(rest, ')'))
        rest = cl_str_skip(rest, at + 1);
    return number_at(cl_str_trim(rest), index, ret, err);
}

static enum cl_code find_parent(const struct cl_world *world, struct cl_reader *ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(64);

    CL_TRY(read_stat(world, "/proc/self/stat", STAT_PARENT, &ret->pid, err));
    cl_buf_addf(&path, "/proc/%lld/stat", (long long)ret->pid);
    CL_TRY(cl_buf_ok(&path, err));
    return read_stat(world, path.ptr, STAT_STARTED, &ret->started, err);
}

static enum cl_code add_digest(const struct cl_issue_client_request *request, struct cl_buf *ret,
                               struct cl_err *err)
{
    const struct cl_str parts[] = {request->ref.text, request->resource_type, request->resource_id};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX_BYTES);
    char digest[CL_SHA256_HEX_SIZE];

    for (size_t i = 0; i < CL_COUNT(parts); i++) {
        cl_buf_add(&text, parts[i]);
        cl_buf_add_char(&text, '\n');
    }
    CL_TRY(cl_buf_ok(&text, err));
    CL_TRY(cl_sha256_hex(cl_buf_view(&text), digest, err));
    cl_buf_add_c(ret, digest);
    return CL_OK;
}

/* The folder of the session, or one of a known name below /tmp: that may be somebody else's trap,
 * so it has to be this user's alone. */
static enum cl_code add_folder(const struct cl_world *world, struct cl_buf *ret, struct cl_err *err)
{
    uid_t user = world->user_id(world->ctx);
    struct cl_file_info info = {.exists = false};

    enum cl_code code = cl_session_folder_add(world, ret, err);
    if (code != CL_E_NOT_FOUND)
        return code;
    cl_buf_addf(ret, "/tmp/cleat-%u", (unsigned)user);
    CL_TRY(cl_buf_ok(ret, err));
    CL_TRY(world->make_dir(world->ctx, ret->ptr, 0700, err));
    CL_TRY(world->stat_file(world->ctx, ret->ptr, &info, err));
    if (!info.is_directory || info.owner != user || (info.mode & 077U) != 0)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "'%s' is open to others", ret->ptr);
    return CL_OK;
}

static enum cl_code name_note(const struct cl_world *world,
                              const struct cl_issue_client_request *request, char **ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);

    CL_TRY(add_folder(world, &path, err));
    cl_buf_add_c(&path, "/readers-");
    CL_TRY(add_digest(request, &path, err));
    return cl_buf_take(&path, ret, err);
}

/* Takes a line in; what is no line of a note, or has ended, is forgotten. */
static void take_line(struct cl_str line, int64_t now_at, struct cl_reader *reader,
                      struct cl_buf *others)
{
    struct cl_err ignored = CL_ERR_NONE;
    int64_t pid = 0;
    int64_t started = 0;
    int64_t ends_at = 0;

    if (number_at(line, 0, &pid, &ignored) != CL_OK ||
        number_at(line, 1, &started, &ignored) != CL_OK ||
        number_at(line, 2, &ends_at, &ignored) != CL_OK || ends_at <= now_at)
        return;
    if (pid == reader->pid && started == reader->started) {
        reader->asks_again = true;
        return;
    }
    cl_buf_addf(others, "%lld %lld %lld\n", (long long)pid, (long long)started, (long long)ends_at);
}

/* The newest stand first. */
static enum cl_code read_note(const struct cl_world *world, struct cl_reader *ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(NOTE_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf others = CL_BUF(NOTE_MAX_BYTES);
    struct cl_err absent = CL_ERR_NONE;
    struct cl_str line = CL_STR_NONE;

    /* One that cannot be read is written anew, or is not: see cl_reader_note. */
    CL_IGNORE(world->read_file(world->ctx, ret->path, &text, &absent));
    struct cl_str rest = cl_buf_view(&text);
    for (size_t i = 0; i < OTHERS_MAX && rest.len > 0; i++) {
        (void)cl_str_cut(rest, '\n', &line, &rest);
        take_line(line, cl_world_now_s(world), ret, &others);
    }
    return cl_buf_take(&others, &ret->others, err);
}

void cl_reader_find(const struct cl_world *world, const struct cl_issue_client_request *request,
                    struct cl_reader *ret)
{
    CL_AUTO(cl_reader) struct cl_reader found = {.path = NULL};
    struct cl_err ignored = CL_ERR_NONE;

    if (find_parent(world, &found, &ignored) != CL_OK ||
        name_note(world, request, &found.path, &ignored) != CL_OK ||
        read_note(world, &found, &ignored) != CL_OK)
        return;
    *ret = found;
    found = (struct cl_reader){.path = NULL};
}

void cl_reader_note(const struct cl_world *world, const struct cl_reader *reader, int64_t ends_at)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF((size_t)2 * NOTE_MAX_BYTES);
    struct cl_err ignored = CL_ERR_NONE;

    if (reader->path == NULL)
        return;
    cl_buf_addf(&text, "%lld %lld %lld\n", (long long)reader->pid, (long long)reader->started,
                (long long)ends_at);
    cl_buf_add_c(&text, reader->others);
    /* Without the note a refused credential is not noticed, but this one is good. */
    if (cl_buf_ok(&text, &ignored) == CL_OK) {
        CL_IGNORE(
            world->replace_file(world->ctx, reader->path, cl_buf_view(&text), 0600, &ignored));
    }
}
