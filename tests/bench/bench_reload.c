/* SPDX-License-Identifier: MIT */
/*
 * What a reload costs while mail is scanned, second by second.
 *
 *     bench_reload CONFIG SECONDS < LIST-OF-FILES
 *
 * Scans the mails round and round, 16 at a time, and has the pool reload after a third
 * of the time.  Prints for each second: its number, mails answered in it, memory of all
 * processes (PSS, KiB), and "load" while a new generation was being made.  Fails where a
 * scan was lost, a mail was not scanned, a plugin failed, or the reload did.
 */
#include "base/clock.h"
#include "family.h"
#include "opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 16,
    PATH_SIZE = 4096
};

static const uint64_t second_ns = 1000000000;

/* The run. */
struct run {
    struct opening opening;
    struct pool *pool;
    GPtrArray *mails; /* GBytes */
    unsigned next;
    unsigned in_flight;
    unsigned long answered; /* in this second */
    unsigned long bad;      /* not scanned, or a plugin failed */
    bool was_reloaded;
    char *why_not; /* the reload failed */
};

static void take(void *self, const struct pool_answer *answer)
{
    struct run *run = self;
    bool is_bad = answer->is_unread;
    for (unsigned i = 0; i < answer->scan->findings->len; i++) {
        const struct finding *f = answer->scan->findings->pdata[i];
        is_bad |= f->kind == ASSAY_KIND_FAILED;
    }
    run->bad += is_bad;
    run->answered++;
    run->in_flight--;
}

static void reloaded(void *self, bool is_done, const char *why)
{
    struct run *run = self;
    run->was_reloaded = is_done;
    if (!is_done)
        run->why_not = g_strdup(why);
}

static void fill(struct run *run)
{
    while (run->in_flight < IN_FLIGHT) {
        const struct pool_request request = {
            .raw = run->mails->pdata[run->next++ % run->mails->len],
            .session = run->opening.session,
        };
        run->in_flight++;
        pool_submit(run->pool, &request, take, run);
    }
}

static void one_second(struct run *run, unsigned number)
{
    uint64_t end_ns = clock_mono_ns() + second_ns;
    bool was_loading = pool_is_reloading(run->pool);
    run->answered = 0;
    while (clock_mono_ns() < end_ns) {
        fill(run);
        pool_run(run->pool, 10);
        was_loading |= pool_is_reloading(run->pool);
    }
    printf("%u %lu %ld%s\n", number, run->answered, family_kib(getpid()),
           was_loading ? " load" : "");
    fflush(stdout);
}

static bool go(struct run *run, unsigned seconds, GError **error)
{
    for (unsigned i = 0; i < seconds; i++) {
        if (i == seconds / 3 &&
            !pool_reload(run->pool, &run->opening.how, reloaded, run, error))
            return false;
        one_second(run, i);
    }
    while (run->in_flight > 0)
        pool_run(run->pool, -1);
    return true;
}

static void read_mails(struct run *run)
{
    char path[PATH_SIZE];
    run->mails = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    while (fgets(path, sizeof path, stdin) != NULL) {
        char *bytes = NULL;
        gsize n = 0;
        path[strcspn(path, "\n")] = '\0';
        if (g_file_get_contents(path, &bytes, &n, NULL))
            g_ptr_array_add(run->mails, g_bytes_new_take(bytes, n));
    }
}

int main(int argc, char **argv)
{
    struct run run = {0};
    g_autoptr(GError) error = NULL;
    unsigned long seconds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    read_mails(&run);
    if (seconds < 3 || run.mails->len == 0) {
        fprintf(stderr, "usage: bench_reload CONFIG SECONDS < LIST\n");
        return 2;
    }
    bool is_good = opening_read(argv[1], &run.opening, &error) &&
                   opening_pool(&run.opening, &run.pool, &error) &&
                   go(&run, (unsigned)seconds, &error);
    if (!is_good)
        fprintf(stderr, "bench_reload: %s\n", error->message);
    if (is_good && (run.bad > 0 || !run.was_reloaded)) {
        fprintf(stderr, "bench_reload: %lu bad answers; reload: %s\n", run.bad,
                run.was_reloaded      ? "done"
                : run.why_not != NULL ? run.why_not
                                      : "not over");
        is_good = false;
    }
    pool_free(run.pool);
    if (run.opening.conf != NULL)
        opening_clear(&run.opening);
    g_free(run.why_not);
    g_ptr_array_unref(run.mails);
    return is_good ? 0 : 2;
}
