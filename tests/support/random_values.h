#ifndef CLEAT_TESTS_RANDOM_VALUES_H
#define CLEAT_TESTS_RANDOM_VALUES_H

#include "core/api.h"

/*
 * Values of core with anything in them that their types allow, the same ones for the same seed.
 * All of them are made to be encoded: text is UTF-8 without NUL, times fit RFC 3339.
 */
struct dice {
    uint64_t state;
};

struct dice dice_of(uint64_t seed);
uint64_t dice_roll(struct dice *dice, uint64_t sides); /* 0 .. sides - 1 */
bool dice_maybe(struct dice *dice);

/** Text of up to `max` characters, quotes, control and wide characters among them. Owned. */
char *random_text(struct dice *dice, size_t max);
/** The same, or NULL. */
char *random_some_text(struct dice *dice, size_t max);

void random_strs(struct dice *dice, struct cl_strs *ret);
void random_map(struct dice *dice, struct cl_map *ret);
void random_error(struct dice *dice, struct cl_err *ret); /* CL_OK now and then */
void random_config(struct dice *dice, struct cl_config *ret);
void random_connector(struct dice *dice, struct cl_connector *ret);
void random_issued(struct dice *dice, struct cl_issued *ret);
void random_resources(struct dice *dice, struct cl_resource_list *ret);
void random_component(struct dice *dice, struct cl_component *ret);
void random_discovered(struct dice *dice, struct cl_discovered *ret);
void random_query(struct dice *dice, struct cl_query *ret);

#endif
