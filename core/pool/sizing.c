/* SPDX-License-Identifier: MIT */
/*
 * How many workers each class of the running generation has, by its load.
 */
#include "pool/inside.h"
#include "pool/size.h"

/* What lies on seats behind what they work on. */
static void count_seats(const struct crew *crew, struct size_load *load)
{
    for (unsigned i = 0; i < crew->seat_n; i++) {
        const struct seat *seat = &crew->seats[i].seat;
        if (seat->state != SEAT_READY)
            continue;
        load->ready++;
        load->busy += seat->load_n > 0;
        load->waiting += seat->load_n > 0 ? seat->load_n - 1 : 0;
    }
}

static unsigned count_carries(const struct generation *generation,
                              const struct crew *crew)
{
    unsigned n = 0;
    for (unsigned i = 0; i < generation->carries->len; i++) {
        const struct carry *carry = generation->carries->pdata[i];
        n += carry->crew == crew && carry->guest == NULL;
    }
    return n;
}

/* One that has nothing to do leaves. */
static void dismiss(struct crew *crew, uint64_t now_ns)
{
    unsigned alive = 0;
    struct seat *idle = NULL;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct seat *seat = &crew->seats[i].seat;
        alive += seat->state != SEAT_EMPTY;
        if (seat->state == SEAT_READY && seat->load_n == 0)
            idle = seat;
    }
    if (alive > crew->wanted && idle != NULL)
        seat_enter(idle, SEAT_RETIRING, now_ns);
}

static void look_at_crew(const struct generation *generation, struct crew *crew,
                         uint64_t now_ns)
{
    struct size_load load = {
        .min = (unsigned)crew->options.workers_min,
        .max = crew->seat_n,
    };
    count_seats(crew, &load);
    if (crew->is_home)
        load.waiting += (unsigned)generation->pool->queue.items;
    else
        load.waiting += count_carries(generation, crew);
    crew->wanted = size_want(&crew->size, &load, crew->wanted, now_ns);
    dismiss(crew, now_ns);
}

void sizing_look(struct pool *pool, uint64_t now_ns)
{
    const struct generation *generation = pool->now;
    if (generation == NULL || generation->state != GENERATION_READY)
        return;
    for (unsigned i = 0; i < generation->crews->len; i++)
        look_at_crew(generation, generation->crews->pdata[i], now_ns);
}
