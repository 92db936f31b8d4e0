#ifndef CLEAT_TESTS_TEMP_DIR_H
#define CLEAT_TESTS_TEMP_DIR_H

/** Makes an empty folder for one test and gives its path, to be handed to temp_dir_remove. */
char *temp_dir_new(void);

/** Removes the folder with everything in it, and frees `path`. */
void temp_dir_remove(char *path);

/** "dir/name", on libc's heap. */
char *temp_path(const char *dir, const char *name);

/** How many names the folder holds. */
int temp_count(const char *dir);

/** For cmocka_unit_test_setup_teardown: `*state` is the path. */
int temp_dir_setup(void **state);
int temp_dir_teardown(void **state);

#endif
