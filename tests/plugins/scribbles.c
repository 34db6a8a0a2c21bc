/* SPDX-License-Identifier: MIT */
/*
 * Writes over all memory that it shares with other processes, and goes on from a
 * thread when nobody looks: what lies there is not to be believed.
 */
#include "bad.h"
#include "bad_memory.h"

#include <pthread.h>

enum {
    PAGES = 4096, /* of one area, at most: it may be huge and sparse */
    LATER_MS = 2000
};

static uint64_t seed;

static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void scribble_page(uintptr_t page, unsigned how)
{
    if (sigsetjmp(memory_fault, 0) != 0)
        return;
    for (size_t i = 0; i < MEMORY_PAGE; i += sizeof(uint64_t)) {
        const uint64_t words[] = {draw(), 0, UINT64_MAX, draw() & 0xff};
        *(volatile uint64_t *)(page + i) = words[how % 4];
    }
}

static void scribble(unsigned how)
{
    for (unsigned i = 0; i < memory_area_n; i++) {
        const struct memory_area *area = &memory_areas[i];
        uintptr_t end = area->to;
        if (!area->is_shared)
            continue;
        if (end - area->from > (uintptr_t)PAGES * MEMORY_PAGE)
            end = area->from + (uintptr_t)PAGES * MEMORY_PAGE;
        mprotect((void *)area->from, end - area->from, PROT_READ | PROT_WRITE);
        for (uintptr_t page = area->from; page < end; page += MEMORY_PAGE)
            scribble_page(page, how);
    }
}

static void *scribble_later(void *nothing)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    for (unsigned i = 0; i < LATER_MS; i++) {
        scribble(i);
        nanosleep(&pause, NULL);
    }
    return nothing;
}

static int32_t misbehave(const struct assay_task *task)
{
    struct assay_str content = {NULL, 0};
    pthread_t thread;
    host->content(task, task->object, &content);
    const void *const pointers[] = {content.p, NULL};
    memory_find(pointers);
    for (unsigned i = 0; i < memory_area_n; i++)
        if (pointers[0] >= (const void *)memory_areas[i].from &&
            pointers[0] < (const void *)memory_areas[i].to)
            memory_areas[i].is_shared = 1;
    seed = bad_number(task) + 1u;
    memory_guard(1);
    scribble(bad_number(task));
    if (pthread_create(&thread, NULL, scribble_later, NULL) == 0)
        pthread_detach(thread);
    else
        memory_guard(0);
    return bad_clean(task);
}

BAD_MODULE(BAD_IN_OBJECT)
