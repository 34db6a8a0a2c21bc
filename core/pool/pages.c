/* SPDX-License-Identifier: MIT */
#include "pool/pages.h"

#include "base/clock.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* Linux 6.1; Debian 12's headers of the C library do not know it. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum {
    LARGE = 2 << 20,
    AREA_MIN = 16 << 20 /* smaller ones cost a fork little */
};

/* A larger one is address space that somebody keeps for later, such as a sanitizer's
 * shadow: it takes seconds to find that it holds nothing. */
static const ptrdiff_t area_max = (ptrdiff_t)16 << 30;

/* One area of this process's memory. */
struct area {
    char *from;
    char *to;
};

/* Is the line of /proc/self/maps that of a large one that is private, writable and no
 * file's? */
static bool read_area(const char *line, struct area *out)
{
    void *from;
    void *to;
    char how[5];
    if (sscanf(line, "%p-%p %4s", &from, &to, how) != 3)
        return false;
    *out = (struct area){from, to};
    return how[1] == 'w' && how[3] == 'p' && strchr(line, '/') == NULL &&
           out->to - out->from >= AREA_MIN && out->to - out->from <= area_max;
}

uint64_t pages_enlarge(uint64_t time_ns)
{
    g_autofree char *text = NULL;
    uint64_t end_ns = clock_mono_ns() + time_ns;
    uint64_t bytes = 0;
    struct area area;
    if (!g_file_get_contents("/proc/self/maps", &text, NULL, NULL))
        return 0;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        if (!read_area(lines[i], &area))
            continue;
        char *at = area.from + (LARGE - (uintptr_t)area.from % LARGE) % LARGE;
        for (; at + LARGE <= area.to && clock_mono_ns() < end_ns; at += LARGE)
            if (madvise(at, LARGE, MADV_COLLAPSE) == 0)
                bytes += LARGE;
    }
    return bytes;
}
