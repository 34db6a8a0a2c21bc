/* SPDX-License-Identifier: MIT */
/*
 * The memory of the process that a plugin is in, as one sees it who looks for what is
 * not its own: from /proc/self/maps or, where that is closed, page by page around the
 * pointers that it was given.
 */
#ifndef TESTS_PLUGINS_BAD_MEMORY_H
#define TESTS_PLUGINS_BAD_MEMORY_H

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum {
    MEMORY_PAGE = 4096,
    MEMORY_AREAS = 512,
    MEMORY_REACH = 64 << 20 /* bytes to each side of a pointer */
};

/* From..to is mapped.  Whether it can be written is known only from maps. */
struct memory_area {
    uintptr_t from;
    uintptr_t to;
    int is_shared;
};

static struct memory_area memory_areas[MEMORY_AREAS];
static unsigned memory_area_n;
static sigjmp_buf memory_fault;

static void memory_on_fault(int signal_number)
{
    (void)signal_number;
    siglongjmp(memory_fault, 1);
}

static inline void memory_guard(int is_on)
{
    struct sigaction action = {.sa_flags = SA_NODEFER};
    action.sa_handler = is_on ? memory_on_fault : SIG_DFL;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static inline void memory_add(uintptr_t from, uintptr_t to, int is_shared)
{
    if (memory_area_n < MEMORY_AREAS && from < to)
        memory_areas[memory_area_n++] =
            (struct memory_area){from, to, is_shared};
}

/* What is writable, or may be made so: shared mappings that can be read count too. */
static inline int memory_from_maps(void)
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        return 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from;
        unsigned long to;
        char how[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, how) == 3 &&
            (how[1] == 'w' || how[3] == 's'))
            memory_add(from, to, how[3] == 's');
    }
    fclose(maps);
    return 1;
}

static inline int memory_is_mapped(uintptr_t page)
{
    unsigned char in_core;
    return mincore((void *)page, MEMORY_PAGE, &in_core) == 0;
}

static inline void memory_around(const void *pointer)
{
    uintptr_t at = (uintptr_t)pointer & ~(uintptr_t)(MEMORY_PAGE - 1);
    uintptr_t from = at;
    uintptr_t to = at;
    while (at - from < MEMORY_REACH && memory_is_mapped(from - MEMORY_PAGE))
        from -= MEMORY_PAGE;
    while (to - at < MEMORY_REACH && memory_is_mapped(to))
        to += MEMORY_PAGE;
    memory_add(from, to, 0);
}

/* Finds areas: all there are, or those around `pointers` (NULL-terminated). */
static inline void memory_find(const void *const *pointers)
{
    memory_area_n = 0;
    if (!memory_from_maps())
        for (; *pointers != NULL; pointers++)
            memory_around(*pointers);
}

#endif
