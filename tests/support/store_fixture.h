#ifndef CLEAT_TESTS_STORE_FIXTURE_H
#define CLEAT_TESTS_STORE_FIXTURE_H

#include "store/store.h"

/*
 * A local store in a temporary folder of its own, in the real world but for the clock, and with
 * file operations that can be made to fail. Its connectors are of the fake types (fake_type.h).
 */

#define STORE_NOW_AT INT64_C(1715690096) /* 2024-05-14T12:34:56Z, when the clock starts */
#define STORE_CANARY "canary-5up3r-53cr3t"

struct store_fixture {
    struct cl_world world; /* its ctx is the fixture */
    char folder[64];
    struct cl_store *store; /* NULL while closed */
    struct cl_sealer *sealer;
    int64_t now_us;
    int64_t fail_at; /* the n-th file operation of the world fails; 0: none */
    int64_t made;
    struct cl_err err; /* of the last operation that was expected to succeed */
};

/** A new folder; the store is open. Fails the test when it cannot be. */
struct store_fixture *store_fixture_new(void);

/** A new folder; nothing is in it. */
struct store_fixture *store_fixture_closed(void);

/** Closes the store and removes the folder. */
void store_fixture_free(struct store_fixture *fixture);

enum cl_code store_fixture_try_open(struct store_fixture *fixture, struct cl_err *err);
void store_fixture_open(struct store_fixture *fixture);
void store_fixture_close(struct store_fixture *fixture);

/** Replaces the files of `fixture`, which must be closed, by copies of those of `from`. */
void store_fixture_copy(struct store_fixture *fixture, const struct store_fixture *from);

/** "FOLDER/NAME"; valid until the next call. */
const char *store_fixture_path(const struct store_fixture *fixture, const char *name);

/** A whole file, empty when there is none; cl_buf_cleanup by the caller. */
struct cl_buf store_fixture_read(const struct store_fixture *fixture, const char *name);
void store_fixture_write(const struct store_fixture *fixture, const char *name,
                         struct cl_str content);

/** Runs SQL on the database through a connection of its own, as somebody else would. */
void store_fixture_sql(const struct store_fixture *fixture, const char *statements);
int64_t store_fixture_number(const struct store_fixture *fixture, const char *query);

/* Values. Ids are made of the number: 1 is 00000001-0000-4000-8000-000000000000. */
const char *store_id(int number); /* static; four of them are valid at a time */

/**
 * A connector of method `minted` with realm r1, password STORE_CANARY-NAME, two labels and a fact.
 * cl_connector_cleanup by the caller.
 */
struct cl_connector store_connector(int number, const char *name);
struct cl_component store_component(int number, const char *name);
struct cl_audit_event store_event(const char *action);

/** Inserts store_connector(number, name), with an event. */
void store_insert(struct store_fixture *fixture, int number, const char *name);

/** Finds by id, secrets included; fails the test when it cannot. */
struct cl_connector store_get(struct store_fixture *fixture, int number);

/** Visits every connector as connector_each does, but with its secrets. */
enum cl_code store_each_open(struct cl_store *store, cl_connector_fn visit, void *ctx,
                             struct cl_err *err);

/** The value of a secret attribute, as text; empty when it is not there. */
struct cl_str store_secret(const struct cl_connector *conn, const char *name);

/** Every row of the audit, "action\n" each, after checking the chain. */
struct cl_buf store_actions(struct store_fixture *fixture);

#endif
