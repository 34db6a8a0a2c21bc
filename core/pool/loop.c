/* SPDX-License-Identifier: MIT */
/*
 * The loop: waits for what happens, and sees to what is due.
 */
#include "base/clock.h"
#include "pool/inside.h"
#include "pool/parent.h"

#include <sys/epoll.h>

enum {
    TICK_MS = 10,
    IDLE_MS = 1000,
    EVENTS = 64
};

int pool_fd(const struct pool *pool)
{
    return pool->epoll;
}

int pool_wait_ms(const struct pool *pool)
{
    bool is_busy = pool_is_reloading(pool) || pool->coming != NULL ||
                   pool->generations->len > 1 || pool->dying->len > 0 ||
                   g_hash_table_size(pool->jobs) > 0;
    int wait_ms = is_busy ? TICK_MS : IDLE_MS;
    const struct due *next = due_first(&pool->answering);
    if (next == NULL)
        return wait_ms;
    uint64_t now_ns = clock_mono_ns();
    uint64_t left_ns = next->at_ns > now_ns ? next->at_ns - now_ns : 0;
    return MIN(wait_ms, (int)MIN((left_ns + MS_NS - 1) / MS_NS, IDLE_MS));
}

static void take_event(const struct crew_source *source)
{
    struct crew *crew = source->crew;
    switch (source->kind) {
    case SOURCE_NEWS:
        crew_news(crew);
        break;
    case SOURCE_CHIME:
        seat_hear(source->seat);
        crew_greet(crew, source->seat, clock_mono_ns());
        break;
    case SOURCE_LOG:
        crew_log(crew, source->seat);
        break;
    case SOURCE_OTHER:
        break;
    }
}

/* Every seat is looked at, rung for or not: an answer that is there is taken. */
static void take_all_answers(const struct generation *generation)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->seat_n; k++)
            if (crew->seats[k].seat.load_n > 0)
                take_answers(crew, &crew->seats[k].seat);
    }
}

/* Who has died is seen by its socket; here only room is made for what comes. */
static void hear_parent(struct pool *pool)
{
    struct parent_news news;
    bool is_gone = false;
    while (pool->parent != NULL && parent_next(pool->parent, &news, &is_gone))
        continue;
    if (is_gone)
        epoll_ctl(pool->epoll, EPOLL_CTL_DEL, parent_fd(pool->parent), NULL);
}

static void tick(struct pool *pool)
{
    uint64_t now_ns = clock_mono_ns();
    for (unsigned i = 0; i < pool->generations->len; i++)
        generation_tend(pool->generations->pdata[i], now_ns);
    if (pool->now != NULL)
        reload_tend(pool, now_ns);
    hear_parent(pool);
    crew_bury(pool->dying);
    asking_look(pool, now_ns);
    if (now_ns - pool->tick_ns < TICK_MS * MS_NS)
        return;
    pool->tick_ns = now_ns;
    /* With what is there handed out, who is at work is seen. */
    serve_queue(pool);
    sizing_look(pool, now_ns);
    watching_look(pool, now_ns);
    deadline_look(pool, now_ns);
}

void pool_listen(struct pool *pool, int fd)
{
    static struct crew_source other = {.kind = SOURCE_OTHER};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &other};
    epoll_ctl(pool->epoll, EPOLL_CTL_ADD, fd, &event);
}

void pool_run(struct pool *pool, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    serve_queue(pool);
    int wait_ms = pool_wait_ms(pool);
    if (timeout_ms >= 0 && timeout_ms < wait_ms)
        wait_ms = timeout_ms;
    int n = epoll_wait(pool->epoll, events, EVENTS, wait_ms);
    for (int i = 0; i < n; i++)
        take_event(events[i].data.ptr);
    for (unsigned i = 0; i < pool->generations->len; i++)
        take_all_answers(pool->generations->pdata[i]);
    tick(pool);
    serve_queue(pool);
}
