#include "store_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/alloc.h"
#include "base/world_files.h"
#include "codec/json.h"
#include "fake_type.h"
#include "store/local.h"
#include "test.h"

#define US_PER_S 1000000
#define FILE_MAX_BYTES ((size_t)64 << 20U)

static int64_t now_us(void *ctx)
{
    return __atomic_load_n(&((struct store_fixture *)ctx)->now_us, __ATOMIC_RELAXED);
}

static enum cl_code proceed(void *ctx, struct cl_err *err)
{
    struct store_fixture *fixture = ctx;

    /* Herds of threads come through here too. */
    if (__atomic_add_fetch(&fixture->made, 1, __ATOMIC_RELAXED) != fixture->fail_at)
        return CL_OK;
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "injected fault");
}

static enum cl_code random_bytes(void *ctx, void *out, size_t len, struct cl_err *err)
{
    const struct cl_world real = cl_world_real();

    CL_TRY(proceed(ctx, err));
    return real.random(real.ctx, out, len, err);
}

static enum cl_code read_file(void *ctx, const char *path, struct cl_buf *ret, struct cl_err *err)
{
    CL_TRY(proceed(ctx, err));
    return cl_files_read(NULL, path, ret, err);
}

static enum cl_code stat_file(void *ctx, const char *path, struct cl_file_info *ret,
                              struct cl_err *err)
{
    CL_TRY(proceed(ctx, err));
    return cl_files_stat(NULL, path, ret, err);
}

static enum cl_code create_file(void *ctx, const char *path, struct cl_str content, mode_t mode,
                                struct cl_err *err)
{
    CL_TRY(proceed(ctx, err));
    return cl_files_create(NULL, path, content, mode, err);
}

static enum cl_code make_dir(void *ctx, const char *path, mode_t mode, struct cl_err *err)
{
    CL_TRY(proceed(ctx, err));
    return cl_files_make_dir(NULL, path, mode, err);
}

static enum cl_code lock_file(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                              struct cl_err *err)
{
    CL_TRY(proceed(ctx, err));
    return cl_files_lock(NULL, path, deadline_ms, ret, err);
}

/* In memory where there is such a place: the tests flush to disk thousands of times. */
static void make_folder(struct store_fixture *fixture)
{
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    (void)snprintf(fixture->folder, sizeof(fixture->folder), "%s/cleat-store-XXXXXX", parent);
    assert_non_null(mkdtemp(fixture->folder));
}

struct store_fixture *store_fixture_closed(void)
{
    struct store_fixture *fixture = calloc(1, sizeof(*fixture));

    cl_json_setup();
    assert_non_null(fixture);
    make_folder(fixture);
    fixture->now_us = STORE_NOW_AT * US_PER_S;
    fixture->world = cl_world_real();
    fixture->world.ctx = fixture;
    fixture->world.now_us = now_us;
    fixture->world.random = random_bytes;
    fixture->world.read_file = read_file;
    fixture->world.stat_file = stat_file;
    fixture->world.create_file = create_file;
    fixture->world.make_dir = make_dir;
    fixture->world.lock_file = lock_file;
    return fixture;
}

struct store_fixture *store_fixture_new(void)
{
    struct store_fixture *fixture = store_fixture_closed();

    store_fixture_open(fixture);
    return fixture;
}

enum cl_code store_fixture_try_open(struct store_fixture *fixture, struct cl_err *err)
{
    return cl_store_open_local(&fixture->world, fixture->folder, &fixture->store, &fixture->sealer,
                               err);
}

void store_fixture_open(struct store_fixture *fixture)
{
    assert_ok(store_fixture_try_open(fixture, &fixture->err), &fixture->err);
}

void store_fixture_close(struct store_fixture *fixture)
{
    if (fixture->store != NULL)
        fixture->store->ops->free(fixture->store);
    fixture->store = NULL;
    fixture->sealer = NULL;
}

static void remove_files(const struct store_fixture *fixture)
{
    DIR *folder = opendir(fixture->folder);

    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.')
            (void)unlink(store_fixture_path(fixture, entry->d_name));
    }
    (void)closedir(folder);
}

void store_fixture_free(struct store_fixture *fixture)
{
    store_fixture_close(fixture);
    (void)chmod(fixture->folder, 0700);
    remove_files(fixture);
    (void)rmdir(fixture->folder);
    free(fixture);
}

const char *store_fixture_path(const struct store_fixture *fixture, const char *name)
{
    static char path[512];

    (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
    return path;
}

struct cl_buf store_fixture_read(const struct store_fixture *fixture, const char *name)
{
    struct cl_buf content = CL_BUF(FILE_MAX_BYTES);
    struct cl_err err;
    enum cl_code rc = cl_files_read(NULL, store_fixture_path(fixture, name), &content, &err);

    assert_true(rc == CL_OK || rc == CL_E_NOT_FOUND);
    return content;
}

void store_fixture_write(const struct store_fixture *fixture, const char *name,
                         struct cl_str content)
{
    struct cl_err err;
    const char *path = store_fixture_path(fixture, name);

    (void)unlink(path);
    assert_ok(cl_files_create(NULL, path, content, 0600, &err), &err);
}

void store_fixture_copy(struct store_fixture *fixture, const struct store_fixture *from)
{
    static const char *const names[] = {"cleat.db", "cleat.db-wal", "key"};

    remove_files(fixture);
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        struct cl_buf content = store_fixture_read(from, names[i]);
        if (content.ptr != NULL)
            store_fixture_write(fixture, names[i], cl_buf_view(&content));
        cl_buf_cleanup(&content);
    }
}

static sqlite3 *open_database(const struct store_fixture *fixture)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(store_fixture_path(fixture, "cleat.db"), &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 5000);
    return db;
}

void store_fixture_sql(const struct store_fixture *fixture, const char *statements)
{
    sqlite3 *db = open_database(fixture);

    if (sqlite3_exec(db, statements, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", statements, sqlite3_errmsg(db));
    (void)sqlite3_close(db);
}

int64_t store_fixture_number(const struct store_fixture *fixture, const char *query)
{
    sqlite3 *db = open_database(fixture);
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db, query, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", query, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return number;
}

const char *store_id(int number)
{
    static _Thread_local char ids[4][37];
    static _Thread_local int next;
    char *id = ids[next++ % 4];

    (void)snprintf(id, sizeof(ids[0]), "%08x-0000-4000-8000-000000000000", (unsigned)number);
    return id;
}

static char *copy(const char *text)
{
    char *ret = NULL;
    struct cl_err err;

    assert_ok(cl_str_dup(cl_str_of(text), &ret, &err), &err);
    return ret;
}

static void set_secret(struct cl_config *config, const char *name, const char *value)
{
    struct cl_secret *secret = NULL;
    struct cl_err err;

    assert_ok(cl_secret_new(cl_str_of(value), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(config, name, secret, &err), &err);
}

struct cl_connector store_connector(int number, const char *name)
{
    struct cl_connector conn = {.type = &fake_type, .skew_s = CL_SKEW_UNSET, .generation = 1};
    struct cl_err err;
    char password[128];

    conn.method = cl_type_method(&fake_type, CL_STR("minted"));
    (void)snprintf(conn.id, sizeof(conn.id), "%s", store_id(number));
    (void)snprintf(password, sizeof(password), "%s-%s", STORE_CANARY, name);
    conn.name = copy(name);
    conn.owner = copy("tester");
    conn.secrets_loaded = true;
    assert_ok(cl_strs_add(&conn.resource_types, CL_STR("fake-box"), &err), &err);
    assert_ok(cl_config_set_text(&conn.config, "realm", CL_STR("r1"), &err), &err);
    set_secret(&conn.config, "password", password);
    assert_ok(cl_strs_add(&conn.secret_names, CL_STR("password"), &err), &err);
    (void)snprintf(conn.secret_id, sizeof(conn.secret_id), "%s", store_id(number + 0x1000));
    assert_ok(cl_map_set(&conn.labels, CL_STR("env"), CL_STR("dev"), &err), &err);
    assert_ok(cl_map_set(&conn.labels, CL_STR("team"), CL_STR("ml"), &err), &err);
    assert_ok(cl_map_set(&conn.facts, CL_STR("account"), CL_STR("42"), &err), &err);
    conn.created_at_us = (STORE_NOW_AT + number) * US_PER_S;
    conn.updated_at_us = conn.created_at_us;
    return conn;
}

struct cl_component store_component(int number, const char *name)
{
    struct cl_component component = {.kind = cl_kind_at(0), .flavor = cl_flavor_at(0)};
    struct cl_err err;

    (void)snprintf(component.id, sizeof(component.id), "%s", store_id(number));
    component.name = copy(name);
    component.owner = copy("tester");
    assert_ok(cl_config_set_text(&component.config, "path", CL_STR("s3://zenfiles"), &err), &err);
    assert_ok(cl_map_set(&component.labels, CL_STR("env"), CL_STR("dev"), &err), &err);
    component.created_at_us = (STORE_NOW_AT + number) * US_PER_S;
    component.updated_at_us = component.created_at_us;
    return component;
}

struct cl_audit_event store_event(const char *action)
{
    return (struct cl_audit_event){.at_us = STORE_NOW_AT * US_PER_S,
                                   .actor = "tester",
                                   .action = action,
                                   .source = "local",
                                   .outcome = "ok"};
}

void store_insert(struct store_fixture *fixture, int number, const char *name)
{
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(number, name);
    struct cl_audit_event event = store_event("connector.create");

    assert_ok(fixture->store->ops->connector_insert(fixture->store, &conn, &event, &fixture->err),
              &fixture->err);
}

struct cl_connector store_get(struct store_fixture *fixture, int number)
{
    struct cl_connector conn = {.id = ""};

    assert_ok(fixture->store->ops->connector_find(fixture->store, cl_str_of(store_id(number)),
                                                  false, true, &conn, &fixture->err),
              &fixture->err);
    return conn;
}

struct cl_str store_secret(const struct cl_connector *conn, const char *name)
{
    return cl_secret_expose(cl_config_secret(&conn->config, name));
}

static enum cl_code add_action(void *ctx, const struct cl_audit_event *event, struct cl_err *err)
{
    (void)err;
    cl_buf_addf(ctx, "%s\n", event->action);
    return CL_OK;
}

struct cl_buf store_actions(struct store_fixture *fixture)
{
    struct cl_buf actions = CL_BUF(65536);

    assert_ok(fixture->store->ops->audit_each(fixture->store, add_action, &actions, &fixture->err),
              &fixture->err);
    return actions;
}

struct opening {
    struct cl_store *store;
    cl_connector_fn visit;
    void *ctx;
};

static enum cl_code open_and_visit(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    const struct opening *opening = ctx;
    CL_AUTO(cl_connector) struct cl_connector open = {.id = ""};

    CL_TRY(opening->store->ops->connector_find(opening->store, cl_str_of(conn->id), false, true,
                                               &open, err));
    return opening->visit(opening->ctx, &open, err);
}

enum cl_code store_each_open(struct cl_store *store, cl_connector_fn visit, void *ctx,
                             struct cl_err *err)
{
    struct opening opening = {.store = store, .visit = visit, .ctx = ctx};

    return store->ops->connector_each(store, open_and_visit, &opening, err);
}
