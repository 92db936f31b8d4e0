#ifndef CLEAT_TESTS_STORE_OPS_H
#define CLEAT_TESTS_STORE_OPS_H

#include "store_fixture.h"

/* The operations of a store, short: each with an audit event of its own; and what tests compare. */

/* A reference, whether names may be cut, how the search ends, and what it finds. */
struct store_lookup_case {
    const char *ref;
    bool name_prefix;
    enum cl_code code;
    const char *name; /* or, where nothing is found, the hint */
};

enum cl_code store_do_insert(struct store_fixture *at, const struct cl_connector *conn,
                             struct cl_err *err);
enum cl_code store_do_update(struct store_fixture *at, const struct cl_connector *conn,
                             struct cl_err *err);
enum cl_code store_do_delete(struct store_fixture *at, int number, bool force, struct cl_strs *ret,
                             struct cl_err *err);
enum cl_code store_do_find(struct store_fixture *at, const char *ref, bool name_prefix,
                           struct cl_connector *ret, struct cl_err *err);
enum cl_code store_do_link(struct store_fixture *at, int component, const char *connector,
                           const char *resource,
                           struct cl_err *err); /* of generation 1; NULL: none */
void store_add_component(struct store_fixture *at, int number, const char *name);
enum cl_code store_do_put(struct store_fixture *at, const char *key, int connector,
                          int64_t generation, const char *sealed);
/** "-" stands for nothing that is kept. */
void assert_cached(struct store_fixture *at, const char *key, const char *want);
/** The whole audit, "action\n" each, its chain checked. */
void assert_actions(struct store_fixture *at, const char *want);
/** Every connector in order, "NAME " each. */
void assert_names(struct store_fixture *at, const char *want);
void assert_same_map(const struct cl_map *a, const struct cl_map *b);
void assert_same_strs(const struct cl_strs *a, const struct cl_strs *b);
void assert_same_text(const char *a, const char *b);
void assert_same_config(const struct cl_config *a, const struct cl_config *b);
void assert_same_connector(const struct cl_connector *a, const struct cl_connector *b);

#endif
