/* SPDX-License-Identifier: MIT */
#include "pool/leftovers.h"

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ENV_START = 50, /* fields of /proc/self/stat, counted from 1 */
    ENV_END = 51,
    FILES_MAX = 65536, /* closed one by one where there is no close_range */
};

/* --- environment --------------------------------------------------------------- */

void leftovers_find(struct leftovers_environment *out)
{
    g_autofree char *text = NULL;
    *out = (struct leftovers_environment){0};
    if (!g_file_get_contents("/proc/self/stat", &text, NULL, NULL))
        return;
    /* The second field is a name in parentheses and may hold blanks. */
    const char *after = strrchr(text, ')');
    g_auto(GStrv) fields = g_strsplit(after != NULL ? after : "", " ", -1);
    if (g_strv_length(fields) < ENV_END - 1)
        return;
    uintptr_t start = g_ascii_strtoull(fields[ENV_START - 2], NULL, 10);
    uintptr_t end = g_ascii_strtoull(fields[ENV_END - 2], NULL, 10);
    if (start == 0 || end < start)
        return;
    memcpy(&out->bytes, &start, sizeof start);
    out->n = end - start;
}

bool leftovers_wipe(const struct leftovers_environment *found)
{
    if (found->bytes != NULL)
        explicit_bzero(found->bytes, found->n);
    environ = NULL;
    return found->bytes != NULL;
}

/* --- descriptors --------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a;
    int y = *(const int *)b;
    return (x > y) - (x < y);
}

/* Kernels before 5.9. */
static void close_singly(unsigned from, unsigned to)
{
    for (unsigned fd = from; fd <= to && fd < FILES_MAX; fd++)
        close((int)fd);
}

static void close_between(unsigned from, unsigned to)
{
    if (from <= to && close_range(from, to, 0) != 0)
        close_singly(from, to);
}

void leftovers_close(const int *keep, size_t n)
{
    g_autofree int *sorted = g_new(int, n + 1);
    unsigned next = STDERR_FILENO + 1;
    if (n > 0)
        memcpy(sorted, keep, n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], by_number);
    for (size_t i = 0; i < n; i++) {
        if (sorted[i] < 0 || (unsigned)sorted[i] < next)
            continue;
        close_between(next, (unsigned)sorted[i] - 1);
        next = (unsigned)sorted[i] + 1;
    }
    close_between(next, ~0U);
}
