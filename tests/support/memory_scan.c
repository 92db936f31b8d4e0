#include "memory_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

#define WINDOW ((size_t)1 << 20U)
/* A sanitizer's shadow; nothing that a program stores is in there. */
#define REGION_MAX ((uintptr_t)1 << 30U)

void memory_marker(const char *encoded, struct cl_buf *ret)
{
    for (; *encoded != '\0'; encoded++)
        cl_buf_add_char(ret, (char)(unsigned char)((unsigned char)*encoded ^ MEMORY_MARKER_KEY));
}

static size_t count_in(const unsigned char *window, size_t len, const char *encoded)
{
    size_t marker_len = strlen(encoded);
    size_t hits = 0;

    for (size_t at = 0; at + marker_len <= len; at++) {
        int first = (unsigned char)encoded[0] ^ (int)MEMORY_MARKER_KEY;
        const unsigned char *found = memchr(window + at, first, len - marker_len + 1 - at);
        if (found == NULL)
            break;
        at = (size_t)(found - window);
        size_t same = 0;
        while (same < marker_len &&
               window[at + same] == ((unsigned char)encoded[same] ^ MEMORY_MARKER_KEY))
            same++;
        hits += same == marker_len ? 1 : 0;
    }
    return hits;
}

struct scan {
    int mem;
    unsigned char *window; /* a mapping of its own, which is not searched */
    const char *encoded;
};

/* Windows overlap, so that a marker across two of them is found once. */
static size_t scan_region(const struct scan *scan, uintptr_t start, uintptr_t end)
{
    size_t overlap = strlen(scan->encoded) - 1;
    size_t hits = 0;

    if (start == (uintptr_t)scan->window || end - start > REGION_MAX)
        return 0;
    for (uintptr_t at = start; at < end; at += WINDOW - overlap) {
        size_t wanted = end - at < WINDOW ? end - at : WINDOW;
        ssize_t got = pread(scan->mem, scan->window, wanted, (off_t)at);
        if (got > 0)
            hits += count_in(scan->window, (size_t)got, scan->encoded);
    }
    return hits;
}

size_t memory_count(const char *encoded)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    struct scan scan = {.mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), .encoded = encoded};
    char line[512];
    size_t hits = 0;

    /* Shared, so that the kernel does not merge it with a neighbour. */
    scan.window = mmap(NULL, WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_non_null(maps);
    assert_true(scan.mem >= 0 && scan.window != MAP_FAILED);
    while (fgets(line, sizeof(line), maps) != NULL) {
        char *rest = NULL;
        uintptr_t start = strtoul(line, &rest, 16);
        uintptr_t end = strtoul(rest + 1, &rest, 16);
        if (strncmp(rest, " rw", 3) == 0)
            hits += scan_region(&scan, start, end);
    }
    (void)munmap(scan.window, WINDOW);
    (void)close(scan.mem);
    (void)fclose(maps);
    return hits;
}
