#include "temp_dir.h"

#include <assert.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *temp_dir_new(void)
{
    const char *base = getenv("TMPDIR");
    char *path = temp_path(base == NULL ? "/tmp" : base, "cleat-test-XXXXXX");
    const char *made = mkdtemp(path);

    assert(made != NULL);
    return path;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void temp_dir_remove(char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(path);
}

char *temp_path(const char *dir, const char *name)
{
    char *path = NULL;

    int len = asprintf(&path, "%s/%s", dir, name);
    assert(len > 0);
    return path;
}

int temp_count(const char *dir)
{
    DIR *open_dir = opendir(dir);
    int count = 0;

    assert(open_dir != NULL);
    for (const struct dirent *entry = readdir(open_dir); entry != NULL; entry = readdir(open_dir))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 ? 1 : 0;
    (void)closedir(open_dir);
    return count;
}

int temp_dir_setup(void **state)
{
    *state = temp_dir_new();
    return 0;
}

int temp_dir_teardown(void **state)
{
    temp_dir_remove(*state);
    return 0;
}
