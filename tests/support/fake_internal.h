#ifndef CLEAT_TESTS_FAKE_INTERNAL_H
#define CLEAT_TESTS_FAKE_INTERNAL_H

#include <pthread.h>

#include "fake_world.h"

/* What the parts of the fake world share. Everything is guarded by `lock`. */

struct fake_entry {
    char *path;
    char *content; /* NULL: a folder */
    size_t len;
    mode_t mode;
    uid_t owner;
    int lock; /* who holds it; 0: nobody */
    pthread_t holder;
};

struct fake_reply {
    char *method; /* NULL: any */
    char *match;  /* NULL: any */
    int status;
    char *headers;
    char *body;
    bool used;
};

struct fake_run {
    char *program;
    int status;
    char *out;
    bool used;
};

/* Growing arrays of libc's heap. */
struct fake_list {
    void *items;
    size_t count;
};

struct fake_world {
    struct cl_transport transport; /* first: the transport's address is the fake's */
    struct cl_world world;
    pthread_mutex_t lock;
    pthread_cond_t unlocked; /* a file's lock was given back */
    int64_t now_us;
    int64_t monotonic_ms;
    uint64_t random_blocks;
    int64_t calls_made;
    int64_t fail_at;
    int locks_given;
    char **variables; /* NULL-terminated, or NULL */
    struct fake_list entries;
    struct fake_list replies;
    struct fake_list requests; /* char * */
    char *exec;
    struct fake_list runs; /* struct fake_run */
    char *ran;
};

/** A copy of `text`, NULL of NULL; the test dies when there is no memory. */
char *fake_copy(const char *text);
char *fake_copy_bytes(struct cl_str bytes);

/** Room for one more item at the end, zeroed. */
void *fake_list_push(struct fake_list *list, size_t item_size);

/** Counts an outside call; false when this is the one that must fail. Call it with `lock` held. */
bool fake_proceed(struct fake_world *fake);

/** The file functions go into the world, the sending one into the transport. */
void fake_files_install(struct cl_world *world);
void fake_files_cleanup(struct fake_world *fake);
void fake_http_install(struct cl_transport *transport);
void fake_http_cleanup(struct fake_world *fake);

#endif
