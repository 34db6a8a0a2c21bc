/* SPDX-License-Identifier: MIT */
/*
 * Moving memory to large pages changes nothing but how long a fork takes.
 */
#include "base/clock.h"
#include "pool/pages.h"
#include "unit.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SIZE = 64 << 20,
    PAGE = 4096
};

static const uint64_t second_ns = 1000000000;

static uint8_t *make_area(void)
{
    uint8_t *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(p != MAP_FAILED);
    /* As on a machine that hands out small pages only. */
    madvise(p, SIZE, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < SIZE; i += PAGE)
        p[i] = (uint8_t)(i / PAGE);
    madvise(p, SIZE, MADV_HUGEPAGE);
    return p;
}

static bool is_as_made(const uint8_t *p)
{
    for (size_t i = 0; i < SIZE; i += PAGE)
        if (p[i] != (uint8_t)(i / PAGE) || p[i + 1] != 0)
            return false;
    return true;
}

/* The best of some: others are at work on this machine. */
static double fork_ms(void)
{
    double best = 1e9;
    for (int i = 0; i < 10; i++) {
        uint64_t begun_ns = clock_mono_ns();
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        double ms = (double)(clock_mono_ns() - begun_ns) / 1e6;
        waitpid(child, NULL, 0);
        best = ms < best ? ms : best;
    }
    return best;
}

static void what_was_moved_is_as_it_was(void)
{
    uint8_t *p = make_area();
    double before_ms = fork_ms();
    uint64_t moved = pages_enlarge(20 * second_ns);
    double after_ms = fork_ms();
    CU_ASSERT(is_as_made(p));
    printf("  %u MiB of 64 MiB moved; fork %.2f ms, then %.2f ms\n",
           (unsigned)(moved >> 20), before_ms, after_ms);
    munmap(p, SIZE);
}

static void a_child_that_writes_there_does_not_change_its_parent(void)
{
    uint8_t *p = make_area();
    int status = 1;
    pages_enlarge(20 * second_ns);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < SIZE; i += PAGE)
            p[i + 1] = 'x';
        _exit(0);
    }
    CU_ASSERT(waitpid(child, &status, 0) == child && status == 0);
    CU_ASSERT(is_as_made(p));
    munmap(p, SIZE);
}

static void without_time_nothing_is_moved(void)
{
    uint8_t *p = make_area();
    CU_ASSERT_EQUAL(pages_enlarge(0), 0);
    munmap(p, SIZE);
}

UNIT_MAIN("pages", UNIT(what_was_moved_is_as_it_was),
          UNIT(a_child_that_writes_there_does_not_change_its_parent),
          UNIT(without_time_nothing_is_moved))
