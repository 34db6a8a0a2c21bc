/* SPDX-License-Identifier: MIT */
/*
 * The pool: scans messages in contained worker processes.
 *
 *     front (this process)                        zygote, one a class and generation
 *     ┌───────────────────────────────┐  orders  ┌─────────────────────────────────┐
 *     │ queue ── pool ── crew ────────┼──────────► opened plugins, signatures      │
 *     │            │       └ seat     │◄─────────┼ who was forked, who died        │
 *     │ jobs: raw mail, what is known │   news   └───────┬─────────────────────────┘
 *     └────────────▲─────────┬────────┘                  │ fork
 *                  │ reply   │ request                   ▼
 *              ┌───┴─────────▼───┐   mapped by   worker: one scan at a time, sandboxed
 *              │ tray, one a seat │◄─────────────  (class "main": whole scans;
 *              └─────────────────┘                other classes: single tasks of one)
 *
 *     memory           owned by    may write    looked at
 *     raw mail, jobs   front       front        by the front only; never parsed
 *     tray, requests   seat        front        by its worker, read-only
 *     tray, replies    seat        its worker   by the front, copied, then checked
 *     signatures       zygote      nobody       by its workers, pages shared by fork
 *     scratch folder   worker      its worker   by nobody else
 *
 * Who reads what, file by file:
 *     pool.h        what a front calls            job.h     one message on its way
 *     queue.h       who waits, and for whom       trial.h   what to do after a death
 *     crew.h        workers of one class          seat.h    one worker as seen here
 *     errand.h      a task for another class      tray.h    the shared memory
 *     stage.h       what a session's stages have come to
 *     zygote.h, worker.h, guest.h, sandbox.h      the other side
 *     breaker.h, counters.h, crash.h, options.h   who is out, what happened, settings
 *     signatures.h  whose "clean" is believed
 *
 * Stages of a session.  A front that hears of a session before it has its message may
 * have it asked about stage by stage: a request with `until` is answered by what is
 * known up to that stage, and with a journal, which the front keeps with its session
 * and hands in with the next request of it, the message's at last.  So what was said
 * travels on and nobody is asked twice.  Which stages anybody wants to see is told by
 * scan_plan_stages(pool_plan(pool)): what nobody wants need not be asked.
 *
 *     client known      until CONNECT                       answer, journal 1
 *     HELO              until HELO, journal 1               answer, journal 2
 *     MAIL FROM         until MAIL, journal 2               answer, journal 3
 *     RCPT TO, each     until RCPT, journal 3, one more     answer, journal 4 ...
 *                       recipient in the session
 *     message           raw, the last journal               the whole answer
 *     next transaction  until MAIL, journal 2
 *
 * Who is not taken (a recipient that is refused) is taken out of the session again, and
 * the journal before goes on.  Where an answer has no journal the one before goes on as
 * well.  A journal of another generation, or of a session that has become another one, is
 * not gone by: the stages are run anew.  A stage that could not be asked about (is_unread)
 * is made up for by the next request.  Stage HEADERS is asked with the message.
 *
 * One thread.  The pool never blocks but in pool_open and pool_run.  It never parses
 * content.  Every message that was submitted is answered exactly once, whatever dies.
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include "base/conf.h"
#include "base/limits.h"
#include "host/host.h"
#include "mail/session.h"
#include "pool/breaker.h"
#include "pool/options.h"
#include "pool/queue.h"
#include "scan/resolver.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parent;
struct pool;
struct pool_journal;
struct job;

/* Which malware engines are believed when they find nothing (pool/signatures.h).
 * Zeroed: all of them. */
struct signature_rules {
    uint64_t max_age_s; /* of their signatures; 0: any */
    bool refuses_test;  /* engines that have test signatures only */
};

/* How to open one.  Lent to the call; only `resolver` and `parent` live as long as the
 * pool. */
struct pool_how {
    const struct conf *conf;
    const struct limits *limits;
    const struct pool_options *options;
    const struct resolver *resolver; /* NULL: wishes are BLOCKED */
    const char *program; /* that runs zygote_main(); NULL: /proc/self/exe */
    /* Who starts and ends zygotes (pool/parent.h), and runs the same program; at a
     * reload it is not read.  NULL: this process does. */
    struct parent *parent;
    const char *only_file; /* as in struct host_how */
    bool no_plugins;
    /* With [pool] watch: files that the running generation was made of have changed.
     * Is to read the configuration again and to call pool_reload.  From pool_run; NULL:
     * nothing is watched. */
    void (*changed)(void *self);
    void *changed_self;
    struct signature_rules signatures;
    uint32_t landlock_abi_max; /* 0: the kernel's; for tests */
    unsigned answer_delay_ms;  /* every answer of the resolver comes so late */
};

/*
 * One message, or the stages of a session.  Copied by pool_submit: of `raw` and the
 * journal references are taken, the session is lent until the answer and does not change
 * meanwhile.
 */
struct pool_request {
    GBytes *raw; /* NULL: with `until` */
    /* The last stage that is wanted, ASSAY_STAGE_CONNECT to _RCPT (of all recipients
     * that the session has).  0: the whole scan. */
    uint32_t until;
    struct pool_journal *journal; /* of an earlier stage; NULL: it begins */
    const struct session *session;
    enum pool_priority priority;
    int64_t now_s;        /* the scan's time; 0: the clock's */
    uint64_t deadline_ns; /* the caller's own, CLOCK_MONOTONIC; 0: none */
    bool needs_digests;   /* the answer tells every object's SHA-256 */
    /* Of content, session and policy: a request with the key of one that is still
     * unanswered is not scanned but gets the same answer.  NULL, or transport:
     * never. */
    const uint8_t *key; /* QUEUE_KEY_SIZE bytes */
};

/* The answer: as scan_run would have it, less the content of the objects.  Lent until
 * the callback returns. */
struct pool_answer {
    const struct scan_plan *plan;
    struct message *message; /* with `until`: nothing is in it */
    /* With `until`: findings and facts of all stages so far. */
    struct scan *scan;
    /* With `until`: the way on, to be kept by pool_journal_ref.  NULL: there is none. */
    struct pool_journal *journal;
    bool is_unread;   /* the message itself was not scanned: see its findings */
    uint64_t wait_ns; /* in the queue */
    uint64_t took_ns; /* from submission to answer */
    unsigned tries;   /* workers that it was given to */
};

/* Called once for each request, from pool_run, pool_submit (a full queue) or
 * pool_free.  May submit; may not free the pool. */
typedef void (*pool_done_fn)(void *self, const struct pool_answer *answer);

/* Starts its zygotes, which load plugins while the caller does something else;
 * pool_await or pool_free must follow.  Until then it takes messages, and has no plan
 * and no generation yet.  False: an error in the configuration, or no
 * process to be had. */
bool pool_start(const struct pool_how *how, struct pool **out, GError **error);
/* Waits until its first workers are ready.  False: likewise, or nothing that scans can
 * be loaded, and the pool is to be freed; a plugin at fault is a refusal. */
bool pool_await(struct pool *pool, GError **error);
/* Both; where it fails there is no pool. */
bool pool_open(const struct pool_how *how, struct pool **out, GError **error);
/* Answers what is unanswered with `failed`; from now on nothing is scanned. */
void pool_end(struct pool *pool);
/* The same, and ends all processes. */
void pool_free(struct pool *pool);

/* Hands one over.  The job is a name to promote or cancel it by, valid until its
 * answer; NULL: it has been answered already (the queue is full, the pool at its end, or
 * nobody wants to see any of the stages). */
struct job *pool_submit(struct pool *pool, const struct pool_request *request,
                        pool_done_fn done, void *self);
/* It is wanted sooner now. */
void pool_promote(struct pool *pool, struct job *job,
                  enum pool_priority priority);
/* Nobody wants the answer any more: there will be none, and a worker that is on it
 * is ended at once. */
void pool_cancel(struct pool *pool, struct job *job);

/* What a session's stages have come to.  Good for any number of requests, and longer
 * than its pool; at most POOL_JOURNAL_MAX bytes. */
enum {
    POOL_JOURNAL_MAX = 256 << 10
};

struct pool_journal *pool_journal_ref(struct pool_journal *journal);
/* NULL: nothing. */
void pool_journal_unref(struct pool_journal *journal);

/* Readable when pool_run has something to do; for poll().  pool_run must be called
 * at least every pool_wait_ms as well. */
int pool_fd(const struct pool *pool);
int pool_wait_ms(const struct pool *pool);
/* pool_run wakes up for this descriptor of the caller's too. */
void pool_listen(struct pool *pool, int fd);
/* Does what there is to do; waits for it at most `timeout_ms` (-1: as long as it
 * takes, 0: not at all). */
void pool_run(struct pool *pool, int timeout_ms);

/* --- another generation --- */

/* It is over: the new generation has taken over, or `why` it has not and the old one
 * stays.  From pool_run or pool_reload; `why` is lent.  May call pool_reload. */
typedef void (*pool_reload_fn)(void *self, bool is_done, const char *why);

/*
 * Has plugins, signatures and settings loaded anew: a new generation is made ready
 * while the old one works, is tested (pool/admission.h), and takes over.  What the old
 * one has begun it answers.  `how` is as for pool_open; its `program` is not read.  One
 * that is under way is ended first, of several that wait the last is done.  `done` may
 * be NULL; it is not called any more once the pool is freed.  False: the configuration
 * cannot be read.
 */
bool pool_reload(struct pool *pool, const struct pool_how *how,
                 pool_reload_fn done, void *self, GError **error);
bool pool_is_reloading(const struct pool *pool);
/* Why the last one failed, lent until the next pool_run; NULL: it did not. */
const char *pool_reload_why(const struct pool *pool);
/* Number of the generation that gets new work, from 1. */
uint64_t pool_generation(const struct pool *pool);

/* --- what is in force, and what happened --- */

/* Plugins of all classes in the order of facts: names, flags, wants.  Lent until the
 * next pool_run. */
const struct scan_plan *pool_plan(const struct pool *pool);
/* struct refusal; lent likewise. */
const GPtrArray *pool_refusals(const struct pool *pool);

/* One plugin of the generation in use, as an alarm sees it.  Lent to the call. */
struct pool_plugin {
    const char *name;
    enum breaker_state breaker;
    const char *doubt; /* see signatures_doubt(); NULL: it is believed */
    /* Engine and signatures of the generation in use; NULL: it tells of none. */
    const struct assay_stamp *stamp;
};

/* Calls `each` for every plugin. */
void pool_each_plugin(const struct pool *pool,
                      void (*each)(void *self,
                                   const struct pool_plugin *plugin),
                      void *self);
/* Counters, queue, plugins and classes as one JSON object on one line, yours. */
char *pool_status(struct pool *pool);
/* Messages that its workers can hold at once. */
size_t pool_capacity(const struct pool *pool);
/* Messages not answered yet, and those of them that wait. */
size_t pool_unanswered(const struct pool *pool);
size_t pool_waiting(const struct pool *pool);
/* Workers of the home class that are ready. */
unsigned pool_ready(const struct pool *pool);
/* Calls `each` for every worker process there is. */
void pool_each_worker(const struct pool *pool,
                      void (*each)(void *self, const char *class_name,
                                   unsigned number, pid_t pid),
                      void *self);
/* The same for zygotes. */
void pool_each_zygote(const struct pool *pool,
                      void (*each)(void *self, const char *class_name,
                                   pid_t pid),
                      void *self);

#endif
