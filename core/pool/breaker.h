/* SPDX-License-Identifier: MIT */
/*
 * The circuit breaker of one plugin: one that fails again and again is left out for a
 * while, so that it costs workers and time only now and then.
 *
 *                N failures within T                 back-off is over
 *     CLOSED ------------------------------> OPEN -------------------> HALF_OPEN
 *       ^                                     ^                          |    |
 *       |                                     |  the trial failed:       |    |
 *       |                                     |  twice the back-off      |    |
 *       |                                     +--------------------------+    |
 *       +-------------------------- the trial worked -------------------------+
 *
 * HALF_OPEN lets one message at a time try.  A plugin that breaks again sooner after
 * it came back than it had been out stays out twice as long as then, so that one which
 * fails only under load does not swing.
 *
 * Owned by the pool, one thread, no clock of its own: `now_ns` never goes back.
 */
#ifndef POOL_BREAKER_H
#define POOL_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state {
    BREAKER_CLOSED = 0, /* in use */
    BREAKER_OPEN,       /* left out */
    BREAKER_HALF_OPEN,  /* left out but for one trial */
};

/* What a message does with the plugin: asked before, handed back with how it went. */
enum breaker_use {
    BREAKER_LEAVE_OUT = 0, /* nothing is handed back */
    BREAKER_USE,
    BREAKER_TRY, /* the trial; this one must be handed back */
};

/* From [pool] breaker_*; copied by breaker_init(). */
struct breaker_rules {
    uint32_t failures;       /* N, 1..1000 */
    uint64_t window_ns;      /* T */
    uint64_t backoff_ns;     /* the first one, from 1 */
    uint64_t backoff_max_ns; /* >= backoff_ns */
};

/* Read by anybody, changed by the functions below only. */
struct breaker {
    struct breaker_rules rules;
    enum breaker_state state;
    bool is_tried;       /* a trial is under way */
    uint64_t *failed_ns; /* ring of the last N failures while CLOSED */
    uint32_t failed;     /* how many of them are known, at most N */
    uint32_t next;       /* where the next one goes */
    uint64_t backoff_ns; /* the one in force or last in force; 0: never open */
    uint64_t open_until_ns;
    uint64_t closed_ns;    /* when it last closed */
    uint64_t times_opened; /* for counters: from CLOSED or by a failed trial */
};

void breaker_init(struct breaker *breaker, const struct breaker_rules *rules);
void breaker_clear(struct breaker *breaker);
/* CLOSED, nothing remembered: the plugin was loaded anew. */
void breaker_reset(struct breaker *breaker);

/*
 * May the next message use it?  TRY marks the trial and makes an OPEN one HALF_OPEN.
 * Constant time; while CLOSED nothing is written.
 */
enum breaker_use breaker_may_use(struct breaker *breaker, uint64_t now_ns);

/*
 * How a call went.  Each returns whether the state changed: then it is worth a line in
 * the log, and of breaker_failed an alarm.  Messages that were on their way when it
 * opened change nothing: only the trial does.
 */
bool breaker_failed(struct breaker *breaker, enum breaker_use use,
                    uint64_t now_ns);
bool breaker_worked(struct breaker *breaker, enum breaker_use use,
                    uint64_t now_ns);
/* The message ended without a call, or for a reason that was not the plugin's: the
 * next one tries. */
void breaker_unused(struct breaker *breaker, enum breaker_use use);

/* When it changes by itself, from OPEN to HALF_OPEN; UINT64_MAX: it does not. */
uint64_t breaker_next_change_ns(const struct breaker *breaker);

/* "closed", "open", "half-open". */
const char *breaker_state_name(enum breaker_state state);

#endif
