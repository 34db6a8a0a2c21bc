/* SPDX-License-Identifier: MIT */
/*
 * How soon there is another worker after one has died.
 *
 *     bench_crash CONFIG MAIL [N]
 *
 * N times (default 40): a worker scans the mail, so that its engines are warm, and is
 * killed.  Prints medians in milliseconds: until the next one is ready (sandboxed, its
 * plugins started), and until that one has answered the same mail.
 */
#include "base/clock.h"
#include "host/class.h"
#include "opening.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_DEFAULT = 40
};

/* Of the home class: there is one. */
static void take_worker(void *self, const char *class_name, unsigned number,
                        pid_t pid)
{
    pid_t *worker = self;
    (void)number;
    if (strcmp(class_name, CLASS_MAIN) == 0)
        *worker = pid;
}

static pid_t worker_of(const struct pool *pool)
{
    pid_t worker = 0;
    pool_each_worker(pool, take_worker, &worker);
    return worker;
}

static bool crash_once(struct opening *opening, struct pool *pool, GBytes *raw,
                       GArray *ready, GArray *answered)
{
    if (!opening_scan(opening, pool, raw))
        return false;
    pid_t worker = worker_of(pool);
    uint64_t begun_ns = clock_mono_ns();
    if (worker <= 0 || kill(worker, SIGKILL) != 0)
        return false;
    while (pool_ready(pool) == 0 || worker_of(pool) == worker)
        pool_run(pool, -1);
    uint64_t ns = clock_mono_ns() - begun_ns;
    g_array_append_val(ready, ns);
    bool is_good = opening_scan(opening, pool, raw);
    ns = clock_mono_ns() - begun_ns;
    g_array_append_val(answered, ns);
    return is_good;
}

int main(int argc, char **argv)
{
    struct opening opening = {0};
    struct pool *pool = NULL;
    GError *error = NULL;
    char *bytes = NULL;
    gsize size;
    unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 10) : N_DEFAULT;
    if (argc < 3 || n == 0) {
        fprintf(stderr, "usage: bench_crash CONFIG MAIL [N]\n");
        return 2;
    }
    if (!g_file_get_contents(argv[2], &bytes, &size, &error) ||
        !opening_read(argv[1], &opening, &error)) {
        fprintf(stderr, "bench_crash: %s\n", error->message);
        return 2;
    }
    opening.options.workers_min = 1;
    opening.options.workers_max = 1;
    if (!opening_pool(&opening, &pool, &error)) {
        fprintf(stderr, "bench_crash: %s\n", error->message);
        return 2;
    }
    g_autoptr(GBytes) raw = g_bytes_new_take(bytes, size);
    GArray *ready = g_array_new(false, false, sizeof(uint64_t));
    GArray *answered = g_array_new(false, false, sizeof(uint64_t));
    bool is_good = true;
    for (unsigned long i = 0; i < n && is_good; i++)
        is_good = crash_once(&opening, pool, raw, ready, answered);
    if (is_good)
        printf("%.2f %.2f\n", opening_median_ms(ready),
               opening_median_ms(answered));
    else
        fprintf(stderr, "bench_crash: a scan failed\n");
    g_array_unref(ready);
    g_array_unref(answered);
    pool_free(pool);
    opening_clear(&opening);
    return is_good ? 0 : 2;
}
