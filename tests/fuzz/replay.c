/*
 * replay FOLDER...: gives each file of the folders to the target. Stands in for libFuzzer
 * where the compiler has none.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { MAX_BYTES = 1 << 20, PATH_BYTES = 4096, PREFIXES_MAX = 2048 };

static void replay_bytes(const uint8_t *data, size_t size)
{
    /* An exact copy, so that reading past the end is seen. */
    uint8_t *copy = malloc(size + (size == 0));
    FUZZ_CHECK(copy != NULL);
    (void)memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* A small file also cut off after each of its bytes, which is where parsers stumble. */
static void replay(const char *path)
{
    static uint8_t data[MAX_BYTES];
    FILE *file = fopen(path, "rb");

    FUZZ_CHECK(file != NULL);
    size_t size = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    for (size_t len = size > PREFIXES_MAX ? size : 0; len <= size; len++)
        replay_bytes(data, len);
}

static int replay_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    int count = 0;

    if (entries == NULL)
        return 0;
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char path[PATH_BYTES];
        struct stat info;
        int len = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);

        if (len > 0 && (size_t)len < sizeof(path) && stat(path, &info) == 0 &&
            S_ISREG(info.st_mode)) {
            replay(path);
            count++;
        }
    }
    (void)closedir(entries);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++)
        count += replay_folder(argv[i]);
    (void)printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
