/* SPDX-License-Identifier: MIT */
/*
 * The pool against workers that have been taken over.
 *
 *     hostile_worker SECONDS [SEED]
 *
 * Opens the real pool (pool/pool.h) over a zygote that forks adversaries
 * (hostile_zygote.h), and submits, promotes and cancels messages all the time.  Every
 * message that was not cancelled has to be answered exactly once, whatever stands in
 * the trays; what is believed has to be something that a scan could say; and at the
 * end no process and no descriptor is left.  Prints what happened as its last line.
 */
#include "base/clock.h"
#include "base/log.h"
#include "hostile.h"
#include "hostile_zygote.h"
#include "mail/message.h"
#include "pool/pool.h"
#include "verdict/verdict.h"

#include <assay/plugin.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OUTSTANDING = 48,
    STANDSTILL_S = 60,
    RUN_MS = 5,
    LAST_WORDS_MS = 2000
};

/* One message.  Freed when it is answered or cancelled. */
struct mail {
    struct war *war;
    struct job *job;
    GBytes *raw;
    bool is_submitted; /* pool_submit has returned */
    bool is_over;
};

/* All of it. */
struct war {
    struct pool *pool;
    struct session *session;
    struct policy *policy;
    GPtrArray *mails; /* struct mail: those without an answer */
    uint64_t seed;
    uint64_t made;
    uint64_t answered;
    uint64_t scanned;
    uint64_t unread;
    uint64_t cancelled;
    uint64_t promoted;
};

static uint64_t chance(struct war *war, uint64_t n)
{
    return hostile_chance(&war->seed, n);
}

/* --- answers ---------------------------------------------------------------------- */

static void mail_free(struct mail *mail)
{
    g_bytes_unref(mail->raw);
    g_free(mail);
}

static void on_done(void *self, const struct pool_answer *answer)
{
    struct mail *mail = self;
    struct war *war = mail->war;
    const struct object *root = answer->message->objects->pdata[0];
    if (mail->is_over)
        hostile_die("a message was answered twice, or after it was cancelled");
    if (!answer->is_unread && root->size != g_bytes_get_size(mail->raw))
        hostile_die("an answer of another message was believed");
    hostile_check(answer->scan);
    if (answer->is_unread && answer->scan->findings->len == 0)
        hostile_die("a message that was not scanned says nothing of it");
    verdict_free(verdict_new(war->policy, answer->scan));
    war->answered++;
    war->unread += answer->is_unread;
    war->scanned += !answer->is_unread;
    mail->is_over = true;
    g_ptr_array_remove_fast(war->mails, mail);
    if (mail->is_submitted)
        mail_free(mail);
}

/* --- messages ------------------------------------------------------------------------ */

static GBytes *make_raw(struct war *war, unsigned kind)
{
    if (chance(war, 100) != 0)
        return g_bytes_new_static(hostile_mails[kind],
                                  strlen(hostile_mails[kind]));
    size_t n = (128 << 10) + chance(war, 1 << 20);
    char *large = g_malloc(n);
    memset(large, 'x', n);
    return g_bytes_new_take(large, n);
}

static void submit(struct war *war)
{
    struct mail *mail = g_new0(struct mail, 1);
    unsigned kind = (unsigned)chance(war, HOSTILE_MAILS);
    uint8_t key[QUEUE_KEY_SIZE];
    memset(key, (int)kind + 1, sizeof key);
    mail->war = war;
    mail->raw = make_raw(war, kind);
    bool is_small = g_bytes_get_size(mail->raw) < 1024;
    const struct pool_request request = {
        .raw = mail->raw,
        .session = war->session,
        .priority = (enum pool_priority)chance(war, POOL_PRIORITIES),
        .now_s = 1700000000,
        .deadline_ns = chance(war, 4) == 0
                           ? 0
                           : clock_mono_ns() + (50 + chance(war, 1000)) * MS_NS,
        .key = is_small && chance(war, 4) == 0 ? key : NULL,
    };
    war->made++;
    g_ptr_array_add(war->mails, mail);
    mail->job = pool_submit(war->pool, &request, on_done, mail);
    if (mail->is_over != (mail->job == NULL))
        hostile_die("pool_submit gave no job, and no answer");
    mail->is_submitted = true;
    if (mail->is_over)
        mail_free(mail);
}

static void promote_or_cancel(struct war *war)
{
    if (war->mails->len == 0)
        return;
    unsigned at = (unsigned)chance(war, war->mails->len);
    struct mail *mail = war->mails->pdata[at];
    if (chance(war, 3) != 0) {
        pool_promote(war->pool, mail->job,
                     (enum pool_priority)chance(war, POOL_PRIORITIES));
        war->promoted++;
        return;
    }
    pool_cancel(war->pool, mail->job);
    war->cancelled++;
    g_ptr_array_remove_index_fast(war->mails, at);
    mail_free(mail);
}

/* --- the war -------------------------------------------------------------------------- */

static unsigned open_files(void)
{
    unsigned n = 0;
    GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
    while (dir != NULL && g_dir_read_name(dir) != NULL)
        n++;
    if (dir != NULL)
        g_dir_close(dir);
    return n;
}

/* Children that still live after a while; `*unburied`: those that were dead but had
 * been forgotten. */
static unsigned children_left(unsigned *unburied)
{
    uint64_t end_ns = clock_mono_ns() + LAST_WORDS_MS * MS_NS;
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 &&
           clock_mono_ns() < end_ns) {
        if (pid > 0)
            (*unburied)++;
        else
            g_usleep(1000);
    }
    return pid == 0;
}

/* Some wishes have an answer. */
static void resolve(void *self, struct wish *const *wishes, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++)
        wishes[i]->state =
            i % 2 == 0 ? ASSAY_ANSWER_NXDOMAIN : ASSAY_ANSWER_SERVFAIL;
}

/* The pool, fought for `seconds`, and freed. */
static void fight(struct war *war, uint64_t seconds)
{
    struct conf *conf = NULL;
    struct limits limits;
    struct pool_options options;
    GError *error = NULL;
    limits_default(&limits);
    limits.max_time_ms = 300;
    limits.max_message_bytes = 4 << 20;
    limits.max_bytes = 8 << 20;
    if (!conf_parse(hostile_conf, strlen(hostile_conf), "plugins.conf", "/",
                    &conf, &error) ||
        !pool_options_read(conf, 2, &options, &error))
        hostile_die(error->message);
    const struct resolver resolver = {.resolve = resolve};
    const struct pool_how how = {.conf = conf,
                                 .limits = &limits,
                                 .options = &options,
                                 .resolver = &resolver,
                                 .answer_delay_ms = 3};
    if (!pool_open(&how, &war->pool, &error))
        hostile_die(error->message);
    uint64_t end_ns = clock_mono_ns() + seconds * 1000 * MS_NS;
    while (clock_mono_ns() < end_ns) {
        alarm(STANDSTILL_S);
        while (war->mails->len < OUTSTANDING)
            submit(war);
        if (chance(war, 4) == 0)
            promote_or_cancel(war);
        pool_run(war->pool, RUN_MS);
    }
    pool_free(war->pool);
    pool_options_clear(&options);
    conf_free(conf);
}

int main(int argc, char **argv)
{
    static struct war war;
    if (argc > 1 && strcmp(argv[1], "zygote") == 0)
        return hostile_zygote_main();
    uint64_t seconds;
    hostile_args(argc, argv, &seconds, &war.seed);
    log_set_level(LOG_LEVEL_ERROR);
    war.mails = g_ptr_array_new();
    war.session = session_new();
    g_ptr_array_add(war.session->rcpts, g_strdup("bob@example.org"));
    if (!policy_new(NULL, &war.policy, NULL))
        hostile_die("no policy");
    unsigned files = open_files();
    fight(&war, seconds);
    unsigned lost = war.mails->len;
    unsigned left = open_files() - files;
    unsigned unburied = 0;
    unsigned processes = children_left(&unburied);
    printf("hostile_worker: messages=%" PRIu64 " answered=%" PRIu64
           " cancelled=%" PRIu64 " scanned=%" PRIu64 " unread=%" PRIu64
           " promoted=%" PRIu64
           " lost=%u leaked_fds=%u leaked_processes=%u unburied=%u\n",
           war.made, war.answered, war.cancelled, war.scanned, war.unread,
           war.promoted, lost, left, processes, unburied);
    g_ptr_array_unref(war.mails);
    session_free(war.session);
    policy_free(war.policy);
    bool is_good = lost == 0 && left == 0 && processes == 0 &&
                   war.made == war.answered + war.cancelled &&
                   war.scanned > 0 && war.unread > 0;
    return is_good ? 0 : 1;
}
