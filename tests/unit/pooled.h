/* SPDX-License-Identifier: MIT */
/*
 * A pool of real processes for tests: opened by the text of a configuration, under a
 * load of mails of which each answer is counted.
 */
#ifndef TESTS_POOLED_H
#define TESTS_POOLED_H

#include "base/conf.h"
#include "base/limits.h"
#include "pool/options.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Owned by the test. */
struct pooled {
    struct pool *pool; /* NULL: pool_open failed, see error */
    GError *error;
    struct session *session;
    GPtrArray *sent; /* what was submitted: a second answer must find it */
    char *program;
    uint64_t submitted;
    uint64_t answered;
    uint64_t twice;  /* answers that came again */
    uint64_t unread; /* answers without a scan */
    uint64_t found;  /* answers with a finding that is neither spam nor info */
    char *last_found;
    /* between two answers, while something was unanswered */
    uint64_t longest_ns;
    uint64_t last_ns;
    unsigned changed; /* how often files have changed */
    unsigned told;    /* answers to reloads */
    bool is_reloaded; /* the last one's has come */
    bool is_good;     /* it took over */
    char *why;
};

/* @ in the text stands for the folder of bad plugins, % for that of the others. */
struct pooled *pooled_open(const char *text);
/* The same, but nobody has waited for it: pool_await may follow. */
struct pooled *pooled_start(const char *text);
/* Everything that was submitted has been answered, once. */
void pooled_free(struct pooled *p);

/* Asks for a reload with that configuration. */
bool pooled_reload(struct pooled *p, const char *text);
/* One mail; `number` makes it another one each time. */
void pooled_submit(struct pooled *p, enum pool_priority priority);
/* Keeps `flight` mails unanswered until the reload is over, or `ms` have passed;
 * flight 0: only waits. */
void pooled_until_reloaded(struct pooled *p, unsigned flight, unsigned ms);
/* The same for a time. */
void pooled_for(struct pooled *p, unsigned flight, unsigned ms);
/* Until all is answered; false: not within 30 s. */
bool pooled_drain(struct pooled *p);

/* What the log has said since pooled_log_begin(), yours: standard error goes to a file
 * meanwhile. */
void pooled_log_begin(void);
char *pooled_log_end(void);

#endif
