/* SPDX-License-Identifier: MIT */
#include "pool/pool.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/error.h"
#include "host/class.h"
#include "killer.h"
#include "leaks.h"
#include "torture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 24,     /* messages unanswered at any time */
    STALL_S = 60,       /* without an answer: the rest is lost */
    PROGRESS_S = 10,    /* on a terminal */
    CANCEL_ONE_IN = 40, /* messages */
    AGAIN_ONE_IN = 8,   /* is the one before once more, to be awaited with it */
    RELOAD_S = 20, /* between two reloads; in a short run it is a part of it */
    RELOAD_MOST_S = 60 /* a run goes on so long for the first that works */
};

static const uint64_t second_ns = 1000000000;

/* The run in the pool. */
struct run {
    struct torture *torture;
    const struct pool_how *how;
    struct pool *pool;
    struct killer killer;
    GRand *random;
    GHashTable *open;     /* struct entry, unanswered */
    GPtrArray *cancelled; /* struct entry: an answer of one would be noticed */
    struct mail *last;
    uint64_t answered_ns; /* the last answer */
    uint64_t reload_ns;   /* the next reload */
    bool is_over;         /* what is answered from now on is lost */
};

/* One message that was handed in.  Owned by itself until its answer. */
struct entry {
    struct run *run;
    const struct mail *mail;
    struct job *job;
    uint64_t begun_ns;
    bool is_cancelled; /* no answer may come */
    bool is_answered;
};

static bool excuse(void *self, const struct bad *bad)
{
    const struct entry *entry = self;
    return killer_was_gap(&entry->run->killer, bad->name, entry->begun_ns);
}

static void check(struct entry *entry, const struct pool_answer *answer)
{
    struct run *run = entry->run;
    struct tally *tally = &run->torture->tally;
    bool is_excused = killer_was_gap(&run->killer, CLASS_MAIN, entry->begun_ns);
    if (tally->are_together)
        tally_check(tally, entry->mail, answer->scan, excuse, entry);
    else if (answer->is_unread && is_excused)
        tally->excused++;
    else if (answer->is_unread)
        tally_unread(tally, entry->mail, answer->scan);
    else
        tally_check(tally, entry->mail, answer->scan, excuse, entry);
}

static void take_answer(void *self, const struct pool_answer *answer)
{
    struct entry *entry = self;
    struct run *run = entry->run;
    struct tally *tally = &run->torture->tally;
    if (entry->is_cancelled || entry->is_answered) {
        fprintf(stderr, "torture: %s: an answer that nobody waits for\n",
                entry->mail->name);
        tally->wrong++;
        return;
    }
    entry->is_answered = true;
    run->answered_ns = clock_mono_ns();
    if (!run->is_over) {
        check(entry, answer);
        tally->answered++;
    }
    g_hash_table_remove(run->open, entry);
}

static void submit(struct run *run)
{
    struct torture *t = run->torture;
    struct entry *entry = g_new0(struct entry, 1);
    bool is_again = run->last != NULL &&
                    g_rand_int_range(run->random, 0, AGAIN_ONE_IN) == 0;
    if (!is_again)
        run->last = t->mails->all->pdata[g_rand_int_range(
            run->random, 0, (gint32)t->mails->all->len)];
    int dice = g_rand_int_range(run->random, 0, 10);
    *entry = (struct entry){
        .run = run, .mail = run->last, .begun_ns = clock_mono_ns()};
    const struct pool_request request = {
        .raw = run->last->raw,
        .session = t->mails->session,
        .priority = dice < 5   ? POOL_TRANSPORT
                    : dice < 8 ? POOL_ON_DEMAND
                               : POOL_BACKGROUND,
        .now_s = MAILS_NOW_S,
        .key = run->last->digest,
    };
    t->tally.messages++;
    tally_handed(&t->tally, run->last);
    g_hash_table_add(run->open, entry);
    struct job *job = pool_submit(run->pool, &request, take_answer, entry);
    if (job != NULL)
        entry->job = job;
}

/* Changes its mind about one of those that are unanswered: it is wanted sooner, or not
 * at all. */
static void disturb_one(struct run *run)
{
    GHashTableIter iter;
    void *key;
    g_hash_table_iter_init(&iter, run->open);
    if (!g_hash_table_iter_next(&iter, &key, NULL))
        return;
    struct entry *entry = key;
    struct tally *tally = &run->torture->tally;
    if (entry->job == NULL)
        return;
    if (g_rand_boolean(run->random)) {
        pool_promote(run->pool, entry->job, POOL_TRANSPORT);
        return;
    }
    pool_cancel(run->pool, entry->job);
    entry->is_cancelled = true;
    tally->messages--;
    tally->cancelled++;
    g_hash_table_steal(run->open, entry);
    g_ptr_array_add(run->cancelled, entry);
}

static void on_reloaded(void *self, bool is_done, const char *why)
{
    struct run *run = self;
    run->torture->tally.reloads += is_done;
    if (!is_done)
        fprintf(stderr, "torture: not reloaded: %s\n", why);
}

/* Another generation now and then, of the same plugins. */
static bool reload_sometimes(struct run *run, uint64_t now_ns, GError **error)
{
    uint64_t apart_ns =
        MIN(RELOAD_S * second_ns, run->torture->seconds * second_ns / 4);
    if (run->reload_ns == 0)
        run->reload_ns = now_ns + apart_ns;
    if (now_ns < run->reload_ns || pool_is_reloading(run->pool))
        return true;
    run->reload_ns = now_ns + apart_ns;
    return pool_reload(run->pool, run->how, on_reloaded, run, error);
}

static uint64_t oldest_ns(const struct run *run, uint64_t now_ns)
{
    GHashTableIter iter;
    void *key;
    uint64_t oldest = now_ns;
    g_hash_table_iter_init(&iter, run->open);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const struct entry *entry = key;
        oldest = MIN(oldest, entry->begun_ns);
    }
    return oldest;
}

static void tell_progress(const struct run *run, uint64_t begun_ns,
                          uint64_t now_ns)
{
    const struct tally *tally = &run->torture->tally;
    fprintf(stderr,
            "torture: %3" PRIu64 " s: %" PRIu64 " answered, %" PRIu64
            " wrong, %" PRIu64 " blamed wrongly, %" PRIu64 " + %" PRIu64
            " killed, %u in flight\n",
            (now_ns - begun_ns) / second_ns, tally->answered, tally->wrong,
            tally->blamed_wrongly, run->killer.kills, run->killer.zygotes,
            g_hash_table_size(run->open));
}

/* Is the torture to go on?  There is no run without a reload: one that the killer has
 * spoiled is tried again, when nobody is killed any more. */
static bool goes_on(const struct run *run, uint64_t end_ns, uint64_t now_ns)
{
    return now_ns < end_ns || (run->torture->tally.reloads == 0 &&
                               now_ns < end_ns + RELOAD_MOST_S * second_ns);
}

static bool torment(struct run *run, GError **error)
{
    uint64_t begun_ns = clock_mono_ns();
    uint64_t end_ns = begun_ns + run->torture->seconds * second_ns;
    uint64_t told_ns = begun_ns;
    bool tells = isatty(STDERR_FILENO) == 1;
    run->answered_ns = begun_ns;
    for (uint64_t now_ns = begun_ns;
         goes_on(run, end_ns, now_ns) || g_hash_table_size(run->open) > 0;
         now_ns = clock_mono_ns()) {
        bool is_on = goes_on(run, end_ns, now_ns);
        while (is_on && g_hash_table_size(run->open) < IN_FLIGHT) {
            submit(run);
            if (g_rand_int_range(run->random, 0, CANCEL_ONE_IN) == 0)
                disturb_one(run);
        }
        pool_run(run->pool, 20);
        if (now_ns < end_ns)
            killer_look(&run->killer, oldest_ns(run, now_ns), now_ns);
        if (is_on && !reload_sometimes(run, now_ns, error))
            return false;
        if (tells && now_ns - told_ns > PROGRESS_S * second_ns) {
            tell_progress(run, begun_ns, now_ns);
            told_ns = now_ns;
        }
        if (now_ns > run->answered_ns &&
            now_ns - run->answered_ns > STALL_S * second_ns)
            break;
    }
    run->is_over = true;
    return true;
}

static void tell_lost(const struct run *run)
{
    GHashTableIter iter;
    void *key;
    g_hash_table_iter_init(&iter, run->open);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        fprintf(stderr, "torture: %s: no answer\n",
                ((const struct entry *)key)->mail->name);
}

static bool in_pool(struct torture *torture, const struct conf *conf,
                    GError **error)
{
    struct limits limits;
    struct pool_options options;
    struct run run = {.torture = torture};
    limits_default(&limits);
    if (!pool_options_read(conf, 0, &options, error))
        return false;
    g_autofree char *program = g_build_filename(torture->build, "assay", NULL);
    const struct pool_how how = {.conf = conf,
                                 .limits = &limits,
                                 .options = &options,
                                 .program = program};
    if (!pool_open(&how, &run.pool, error)) {
        pool_options_clear(&options);
        return false;
    }
    run.how = &how;
    run.random = g_rand_new_with_seed(torture->seed);
    run.open = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    run.cancelled = g_ptr_array_new_with_free_func(g_free);
    killer_init(&run.killer, run.pool, run.random);
    bool is_good = torment(&run, error);
    tell_lost(&run);
    pool_free(run.pool);
    torture->kills = run.killer.kills + run.killer.zygotes;
    killer_clear(&run.killer);
    g_hash_table_unref(run.open);
    g_ptr_array_unref(run.cancelled);
    g_rand_free(run.random);
    pool_options_clear(&options);
    return is_good;
}

bool torture_pool(struct torture *torture, GError **error)
{
    struct conf *conf = NULL;
    g_autofree char *cwd = g_get_current_dir();
    if (!conf_parse(torture->conf, strlen(torture->conf), "plugins.conf", cwd,
                    &conf, error))
        return false;
    bool is_good = in_pool(torture, conf, error);
    conf_free(conf);
    return is_good;
}
