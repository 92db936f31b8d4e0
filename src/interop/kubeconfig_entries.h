#ifndef CLEAT_INTEROP_KUBECONFIG_ENTRIES_H
#define CLEAT_INTEROP_KUBECONFIG_ENTRIES_H

#include "codec/yaml.h"
#include "codec/yaml_edit.h"
#include "interop/kubeconfig_edit.h"

/* What kubeconfig_login.c and kubeconfig_logout.c share: entries, their marks, edits of a file. */

#define CL_KUBE_CURRENT "current-context"

struct cl_kube_list {
    const char *key;    /* "clusters" */
    const char *member; /* "cluster": what holds an entry's own members */
};
extern const struct cl_kube_list cl_kube_clusters;
extern const struct cl_kube_list cl_kube_users;
extern const struct cl_kube_list cl_kube_contexts;

/* One entry of a list. Nodes and texts die with the parsed file. */
struct cl_kube_entry {
    size_t index;
    struct cl_str name;
    const struct cl_yaml_node *body; /* {server: ...} */
    const struct cl_yaml_node *mark; /* NULL: Cleat did not write it */
};

/** The n-th entry; false behind the last one. */
bool cl_kube_entry_at(const struct cl_yaml *yaml, const struct cl_kube_list *list, size_t index,
                      struct cl_kube_entry *ret);

/** The entry of that name; false when there is none. */
bool cl_kube_entry_find(const struct cl_yaml *yaml, const struct cl_kube_list *list,
                        struct cl_str name, struct cl_kube_entry *ret);

bool cl_kube_owns(const struct cl_kube_owner *owner, const struct cl_yaml_node *mark);

/** Parses what a file holds now. CL_E_LOCAL_CONFIG with path, line and reason. */
enum cl_code cl_kube_parse(const struct cl_kube_file *file, struct cl_yaml **ret,
                           struct cl_err *err) CL_MUST_USE;

/** Every file parses, its lists are lists of named entries, and no name stands twice in one. */
enum cl_code cl_kube_check(const struct cl_kube_files *files, struct cl_err *err) CL_MUST_USE;

/** The first file that has the entry, which wins; NULL: none has. */
enum cl_code cl_kube_file_of(const struct cl_kube_files *files, const struct cl_kube_list *list,
                             struct cl_str name, struct cl_kube_file **ret, struct cl_err *err)
    CL_MUST_USE;

/* Edits: the file holds the new text afterwards, or the old one on failure. */
enum cl_code cl_kube_add(struct cl_kube_file *file, const struct cl_kube_list *list,
                         const json_t *item, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_kube_replace(struct cl_kube_file *file, const struct cl_kube_list *list,
                             size_t index, const json_t *item, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_kube_drop(struct cl_kube_file *file, const struct cl_kube_list *list, size_t index,
                          const struct cl_yaml_source *empty, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_kube_set(struct cl_kube_file *file, const char *key,
                         const struct cl_yaml_source *source, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_kube_set_text(struct cl_kube_file *file, const struct cl_yaml *yaml,
                              const struct cl_yaml_node *scalar, struct cl_str value,
                              struct cl_err *err) CL_MUST_USE;

/** A file without any value gets the two lines that every kubeconfig begins with, and one above
 *  them that tells who made it. */
enum cl_code cl_kube_begin(struct cl_kube_file *file, struct cl_err *err) CL_MUST_USE;

/** Takes them out again when nothing else is left; a file that was made for them is to be removed.
 */
enum cl_code cl_kube_end(struct cl_kube_file *file, struct cl_err *err) CL_MUST_USE;

/** A source as marks write it, "= []" or "-" for a key that was not there, and back. */
void cl_kube_add_source(struct cl_buf *buf, const struct cl_yaml_source *source);
struct cl_yaml_source cl_kube_source_of(struct cl_str text);

/** What makes `name` the current context, " name"; JSON, where the file is JSON. */
enum cl_code cl_kube_current_source(const struct cl_yaml *yaml, struct cl_str name,
                                    struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/**
 * The contexts that Cleat made current stand in a row, each remembering what was current before
 * it. Takes `name` out of that row: whoever remembers it remembers `previous` instead, which is
 * what `name` remembered. Nothing happens when that is empty.
 */
enum cl_code cl_kube_hand_on(const struct cl_kube_files *files, struct cl_str name,
                             struct cl_str previous, struct cl_err *err) CL_MUST_USE;

#endif
