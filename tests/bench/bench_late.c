/* SPDX-License-Identifier: MIT */
/*
 * What it costs that answers come late: messages a second of which each waits for one
 * DNS answer, once with the answer there at once and once with it late.
 *
 *     bench_late CONFIG MAIL [DELAY_MS]
 *
 * The plugins of CONFIG have to want something.  Enough messages are in flight to fill
 * the delay (default 200 ms); counted is from when answers come as fast as messages go
 * in.  Several pairs; of the one in the middle it prints messages a second without and
 * with the delay, the second over the first (a scan that waits holds no worker, so that
 * this is to be about 1), and how many were in flight.
 */
#include "base/clock.h"
#include "opening.h"
#include "scan/zone.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DELAY_MS = 200,
    DELAY_MAX_MS = 10000,
    WINDOW_MS = 600,
    PAIRS = 7,
    IN_FLIGHT_MIN = 2000,
    IN_FLIGHT_MAX = 100000
};

#define MS_NS UINT64_C(1000000)

/* How many there are to be, and what came of all of them. */
struct count {
    unsigned in_flight;
    unsigned answers;
    unsigned unread;
};

static void take(void *self, const struct pool_answer *answer)
{
    struct count *count = self;
    count->answers++;
    count->unread += answer->is_unread;
}

static void run_full(const struct opening *opening, struct pool *pool,
                     GBytes *raw, uint64_t ms, struct count *count)
{
    const struct pool_request request = {.raw = raw,
                                         .session = opening->session};
    uint64_t end_ns = clock_mono_ns() + ms * MS_NS;
    while (clock_mono_ns() < end_ns) {
        while (pool_unanswered(pool) < count->in_flight)
            pool_submit(pool, &request, take, count);
        pool_run(pool, 20);
    }
}

static bool measure(struct opening *opening, GBytes *raw, unsigned in_flight,
                    unsigned delay_ms, double *rate, GError **error)
{
    struct pool *pool = NULL;
    struct count count = {.in_flight = in_flight};
    opening->how.answer_delay_ms = delay_ms;
    if (!opening_pool(opening, &pool, error))
        return false;
    run_full(opening, pool, raw, WINDOW_MS / 2 + 2 * delay_ms, &count);
    unsigned before = count.answers;
    uint64_t begun_ns = clock_mono_ns();
    run_full(opening, pool, raw, WINDOW_MS, &count);
    double s = (double)(clock_mono_ns() - begun_ns) / 1e9;
    *rate = (count.answers - before) / s;
    bool is_good = count.unread == 0;
    if (!is_good)
        fprintf(stderr, "bench_late: %u were not scanned\n", count.unread);
    /* What is on its way yet is answered unread. */
    pool_free(pool);
    return is_good;
}

/* Both, in turn, so that a machine that changes its mind hits both alike. */
struct pair {
    double at_once;
    double late;
    double ratio;
};

static int by_ratio(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    return (x->ratio > y->ratio) - (x->ratio < y->ratio);
}

static bool run(const char *config, const char *mail, unsigned delay_ms,
                GError **error)
{
    static const char text[] = "{\"example.org\": {\"TXT\": [\"an answer\"]}}";
    const struct zone_text dns = {"zone", text, sizeof text - 1};
    struct opening opening = {0};
    struct zone *zone = NULL;
    char *bytes = NULL;
    gsize size;
    struct pair pairs[PAIRS] = {0};
    if (!g_file_get_contents(mail, &bytes, &size, error))
        return false;
    g_autoptr(GBytes) raw = g_bytes_new_take(bytes, size);
    if (!zone_parse(&dns, NULL, &zone, error) ||
        !opening_read(config, &opening, error))
        return false;
    opening.options.queue_max = IN_FLIGHT_MAX;
    opening.how.resolver = zone_resolver(zone);
    /* Four times what is under way during the delay. */
    unsigned n = IN_FLIGHT_MIN;
    bool is_good = measure(&opening, raw, n, 0, &pairs[0].at_once, error);
    n = (unsigned)CLAMP(pairs[0].at_once * delay_ms * 4 / 1000, n,
                        IN_FLIGHT_MAX);
    for (unsigned i = 0; i < PAIRS && is_good; i++) {
        struct pair *pair = &pairs[i];
        is_good = measure(&opening, raw, n, 0, &pair->at_once, error) &&
                  measure(&opening, raw, n, delay_ms, &pair->late, error);
        pair->ratio = pair->late / pair->at_once;
    }
    qsort(pairs, PAIRS, sizeof pairs[0], by_ratio);
    const struct pair *middle = &pairs[PAIRS / 2];
    if (is_good)
        printf("%.0f %.0f %.2f %u\n", middle->at_once, middle->late,
               middle->ratio, n);
    opening_clear(&opening);
    zone_free(zone);
    return is_good;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    unsigned long delay_ms = argc > 3 ? strtoul(argv[3], NULL, 10) : DELAY_MS;
    if (argc < 3 || delay_ms > DELAY_MAX_MS) {
        fprintf(stderr, "usage: bench_late CONFIG MAIL [DELAY_MS]\n");
        return 2;
    }
    if (run(argv[1], argv[2], (unsigned)delay_ms, &error))
        return 0;
    if (error != NULL)
        fprintf(stderr, "bench_late: %s\n", error->message);
    return 2;
}
