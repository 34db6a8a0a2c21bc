/* SPDX-License-Identifier: MIT */
/*
 * Private to the front's half of core/pool: what its files share.
 *
 *     pool.c        its beginning and end; messages handed in
 *     loop.c        waits for what happens, sees to what is due
 *     census.c      what is in force, how much of everything there is
 *     breakers.c    which plugins are out
 *     asking.c      messages that wait for answers
 *     carry.h       questions to plugins of other classes
 *     serve.c       who gets what waits in the queue
 *     place.c       what a worker is told about a job
 *     take.c        what it answers
 *     tally.c       what happened, into counters and crash reports
 *     same.c        equal messages, which are scanned once
 *     gaps.c        what workers are shut in by
 *     stage.h       what a session's stages have come to
 *     death.c       what becomes of messages whose worker died
 *     deadline.c    who is late, who is to be replaced
 *     due.h         whose time comes next: answers, deadlines
 *     answer.c      the end of a job
 *     generation.c  one set of crews, from its start to its end
 *     loading.c     how its classes come to be open
 *     planning.c    which plugins see a message, in which order, in whose crew
 *     admission.h   may it take over?  By its selftests.h and flights.h
 *     reload.c      one generation after another
 *     watching.c    whether its files have changed
 *     sizing.c      how many workers there are
 */
#ifndef POOL_INSIDE_H
#define POOL_INSIDE_H

#include "pool/account.h"
#include "pool/admission.h"
#include "pool/breaker.h"
#include "pool/carry.h"
#include "pool/counters.h"
#include "pool/crew.h"
#include "pool/due.h"
#include "pool/job.h"
#include "pool/pool.h"
#include "pool/recipe.h"
#include "pool/reload.h"
#include "pool/reply.h"
#include "pool/sandbox.h"
#include "pool/watch.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

#define MS_NS UINT64_C(1000000)

/*
 *     GUESTS ─► HOME ─► TESTING ─► READY ─► LEAVING ─► (freed)
 *        └───────┴──────────┴► FAILED         └─► RESTING ─► READY
 */
enum generation_state {
    GENERATION_GUESTS, /* the other classes load: "main" needs their cards */
    GENERATION_HOME,   /* "main" loads */
    GENERATION_TESTING,
    GENERATION_READY,
    GENERATION_FAILED,  /* `why` */
    GENERATION_LEAVING, /* answers what it has, gets nothing more */
    GENERATION_RESTING, /* has no processes: its memory is for its successor */
};

/* One set of crews.  Owned by the pool, in its list from its beginning to its end. */
struct generation {
    struct pool *pool;
    struct recipe *recipe;
    uint64_t number; /* from 1 */
    uint64_t begun_ns;
    uint64_t read_ns; /* the same, CLOCK_REALTIME: when files were read */
    enum generation_state state;
    char *why;
    GPtrArray *crews;            /* struct crew; the last one is "main" */
    struct crew *home;           /* NULL until it is started */
    struct admission *admission; /* NULL until TESTING */
    struct scanner *store;       /* one of each card */
    const struct scanner **scanners;
    struct crew **crew_of; /* by place in the plan */
    struct scan_plan plan;
    GPtrArray *refusals; /* struct refusal, lent by the crews */
    GPtrArray *carries;  /* struct carry: questions on their way */
};

/* Zeroed memory is not valid: pool_open makes one.  Owned by its front. */
struct pool {
    struct pool_how how; /* of the generation `now`, or the first */
    char *program;
    struct parent *parent; /* lent; NULL: none */
    int epoll;
    struct queue queue;
    GPtrArray *generations;    /* struct generation, all that have processes */
    struct generation *now;    /* NULL: none has become ready yet */
    struct generation *coming; /* is being made ready; NULL: none */
    struct reload reload;
    struct watch *watch; /* NULL: nothing is watched */
    GArray *dying;       /* pid_t: processes that were ended, to be buried */
    GHashTable *jobs;    /* struct job, unanswered, as a set */
    GHashTable *by_key;  /* key -> struct job that others may join */
    struct due_heap answering; /* struct job in JOB_ASKING */
    struct due_heap deadlines; /* struct job that has one */
    struct counters counters;
    GHashTable *breakers; /* interned name -> struct breaker */
    GByteArray *buffer;   /* a reply, copied */
    uint64_t tick_ns;     /* when late ones were last looked for */
    uint64_t next_number;
    uint64_t next_generation;
    uint32_t gaps_told; /* a bit for each enum sandbox_measure */
    bool is_ending;
};

/* --- census.c --- */
/* Every crew of every generation. */
void pool_each_crew(const struct pool *pool,
                    void (*each)(void *self, struct crew *crew), void *self);

/* --- generation.c --- */
/* Starts it.  The recipe is its own in any case. */
struct generation *generation_new(struct pool *pool, struct recipe *recipe,
                                  GError **error);
/* NULL: nothing.  Its jobs must be gone. */
void generation_free(struct generation *generation);
/* Does what can be done now; state tells how far it is. */
void generation_tend(struct generation *generation, uint64_t now_ns);
/* From now on: it gets no new work; LEAVING. */
void generation_leave(struct generation *generation);
/* LEAVING: none of its workers is there any more. */
bool generation_is_left(const struct generation *generation);
/* It is left: ends its zygotes, RESTING; and starts them again, READY. */
void generation_rest(struct generation *generation);
void generation_wake(struct generation *generation);
/* FAILED, for the first reason that is given. */
void generation_fail(struct generation *generation, const char *why);

/* --- loading.c --- */
/* Starts the crews of all classes beside "main"; then, when these are open, "main". */
bool loading_begin(struct generation *generation, GError **error);
bool loading_home(struct generation *generation, GError **error);
/* Has every crew that was started been opened, or given up?  Tries again what died. */
bool loading_is_over(struct generation *generation, uint64_t now_ns);

/* --- planning.c --- */
/* All crews are open: plan and refusals. */
bool planning_make(struct generation *generation, GError **error);
/* Place of a scanner in the plan, by its interned name; -1: it has none of that name. */
int planning_place(const struct generation *generation, const char *name);
/* May Assay do without it?  False also for what is no plugin of it. */
bool planning_is_optional(const struct generation *generation,
                          const char *plugin);

/* --- serve.c --- */
/* Hands out what waits as far as there are workers for it. */
void serve_queue(struct pool *pool);
/* The job is on a seat: its answer is dropped; the same and the seat is freed at once;
 * the answer is `next`'s from now on. */
void serve_disown(struct job *job);
void serve_cancel(struct job *job);
void serve_replace(struct job *job, struct job *next);
/* Takes back what waits on a seat behind something slow. */
void serve_withdraw(struct seat *seat);
/* It waits for a worker once more, in its old place. */
void serve_again(struct job *job);
/* To a worker of its own generation, if one is free. */
void serve_canary(struct job *job);

/* --- place.c --- */
/* Puts a request for it into the seat's tray; false: there is no room now. */
bool place_job(const struct generation *generation, struct seat *seat,
               struct job *job, uint64_t now_ns);

/* --- take.c --- */
/* Takes the answers of one seat. */
void take_answers(struct crew *crew, struct seat *seat);
/* The worker is dead: what it had answered and could not ring for any more. */
void take_last_answers(struct crew *crew, struct seat *seat);

/* --- same.c --- */
/* One that is unanswered, equal, and good enough for this one; NULL: none. */
struct job *same_find(struct pool *pool, const struct job *job);
/* The job waits for the leader's answer; and waits no longer. */
void same_join(struct job *leader, struct job *job);
void same_leave(struct job *job);
/* The leader goes, those who wait for its answer stay: one of them leads from now on.
 * The job is nowhere any more but in the lists of all jobs. */
void same_hand_over(struct job *job);

/* --- breakers.c --- */
GHashTable *breakers_new(void);
/* No plugin has failed lately. */
bool breakers_are_idle(const struct pool *pool);
enum breaker_use breakers_ask(struct pool *pool, const char *plugin);
void breakers_failed(struct pool *pool, const char *plugin,
                     enum breaker_use use);
void breakers_worked(struct pool *pool, const char *plugin,
                     enum breaker_use use);
/* A trial has shown nothing: the next message tries. */
void breakers_unused(struct pool *pool, const char *plugin);

/* --- asking.c --- */
/* May a worker that gets it now answer SUSPENDED? */
bool asking_may_wait(const struct job *job);
/* Adds the open wishes of a reply, which a hostile worker may have made, to `to`, of
 * wishes_new.  NULL, or the rule that they break. */
const char *asking_read(GBytes *bytes, const struct limits *limits,
                        GPtrArray *to);
/* The job waits for what a SUSPENDED reply wishes; holds no worker.  NULL, or the rule
 * that the reply breaks: then the job does not wait.  `limits` are those of the worker. */
const char *asking_begin(struct job *job, const struct reply *reply,
                         const struct limits *limits);
/* Answers what is due; the resolver may not call the pool. */
void asking_look(struct pool *pool, uint64_t now_ns);

/* --- tally.c --- */
void tally_answer(struct job *job, const struct message *message,
                  const struct scan *scan);
void tally_death(struct crew *crew, const struct seat *seat,
                 const struct death *death, const struct crumb_copy *crumb);
/* A generation is gone: so are the counters of what no other one has. */
void tally_forget(struct pool *pool);
void tally_ready(struct crew *crew, const struct seat *seat, uint64_t now_ns);

/* --- gaps.c --- */
/* A worker of this crew is shut in as `report` says. */
void gaps_tell(struct crew *crew, const struct sandbox_report *report);
/* False: the sandbox is required, and this machine cannot give all of it. */
bool gaps_allow(const struct pool *pool, const struct recipe *recipe,
                GError **error);
/* Whom workers run as; zeroes: as whoever runs this. */
bool gaps_account(const struct pool *pool, const char *user,
                  struct account *out, GError **error);

/* --- death.c --- */
void death_of_seat(struct crew *crew, struct seat *seat, int status);
/* Name of a scanner by what a worker's breadcrumb says of it; NULL: core. */
const char *death_scanner(const struct crew *crew, uint32_t number);
/* The job goes on with what its trial says. */
void death_go_on(struct job *job);

/* --- watching.c --- */
/* Another generation is the running one. */
void watching_begin(struct pool *pool);
void watching_look(struct pool *pool, uint64_t now_ns);

/* --- sizing.c --- */
void sizing_look(struct pool *pool, uint64_t now_ns);

/* --- deadline.c --- */
/* It is looked at when its time is over, if it has one. */
void deadline_watch(struct job *job);
void deadline_look(struct pool *pool, uint64_t now_ns);
/* Its time is over. */
void deadline_answer(struct job *job);

/* --- answer.c --- */
/* The plan without what is left out for this job; `*store` is yours. */
void answer_plan(const struct generation *generation, const GArray *left_out,
                 struct scan_plan *plan, const struct scanner ***store);
/* Nobody finds the job any more; a trial that it was is handed back. */
void answer_forget(struct job *job);
/* Calls back and frees the job, and those that joined it. */
void answer_job(struct job *job, const struct scan_plan *plan,
                struct message *message, struct scan *scan);
/* The same for a message that was not scanned: one finding `failed` of core says
 * why, next to what its trial tells.  NULL: only that. */
void answer_unread(struct job *job, const char *name, const char *text);

#endif
