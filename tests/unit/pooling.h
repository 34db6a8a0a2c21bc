/* SPDX-License-Identifier: MIT */
/*
 * A pool in a test: real processes, messages handed in, answers noted down.
 */
#ifndef TESTS_POOLING_H
#define TESTS_POOLING_H

#include "base/conf.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* A pool and what was asked of it.  Owned by the test. */
struct pooling {
    struct pool *pool; /* NULL: pool_open failed, see error */
    GError *error;
    struct conf *conf;
    struct limits limits;
    struct pool_options options;
    struct session *session;
    GPtrArray *asked; /* struct asked, all of them */
    unsigned answers; /* given so far */
    int log;          /* what was printed meanwhile */
    int stderr_before;
};

/* One message that was handed in.  Owned by its pooling. */
struct asked {
    struct pooling *pooling;
    struct job *job;  /* NULL: answered or cancelled */
    unsigned answers; /* that it got: has to be 1, or 0 of a cancelled one */
    unsigned place;   /* which answer of the pool its was, from 1 */
    bool is_unread;
    unsigned tries;
    uint64_t took_ns;
    char *findings;                    /* as pooling_names() */
    char *texts;                       /* as pooling_texts() */
    void (*then)(struct asked *asked); /* called at its answer; NULL: nothing */
};

/* The findings of a scan in order: "PLUGIN:NAME", a blank between; and their texts, a
 * line each.  Yours. */
char *pooling_names(const struct scan *scan);
char *pooling_texts(const struct scan *scan);

/* Opens one with a configuration in which @ stands for the folder of the deliberately
 * bad plugins.  Of `how` resolver and answer_delay_ms are read; NULL: neither. */
struct pooling *pooling_open(const char *conf, const struct pool_how *how);
/* The same, with limits.max_time. */
struct pooling *pooling_open_timed(const char *conf, uint64_t max_time_ms);
/* Everybody who was not cancelled must have been answered exactly once. */
void pooling_free(struct pooling *p);

/* A mail with these words in its body; NULL: it has none.  Yours. */
char *pooling_mail(const char *words);
/* Hands one in. */
struct asked *pooling_ask(struct pooling *p, const char *words,
                          enum pool_priority priority);
/* With a key (of one byte, 0: none) and a deadline from now (0: none). */
struct asked *pooling_ask_as(struct pooling *p, const char *words,
                             enum pool_priority priority, uint8_t key,
                             unsigned deadline_ms);
/* A whole mail. */
struct asked *pooling_ask_mail(struct pooling *p, const char *mail);
void pooling_cancel(struct asked *asked);

/* Runs until this one (NULL: everyone) is answered; false: it took over 30 s. */
bool pooling_wait(struct pooling *p, const struct asked *asked);
/* Runs for so long. */
void pooling_run(struct pooling *p, unsigned ms);
/* Asks, waits, gives the findings; lent. */
const char *pooling_scan(struct pooling *p, const char *words);

/* Runs until so many workers of the home class are ready; false: as above. */
bool pooling_wait_ready(struct pooling *p, unsigned n);
/* How often this stands in what was logged so far. */
unsigned pooling_logged(const struct pooling *p, const char *text);
/* All worker processes there are; yours. */
char *pooling_pids(const struct pooling *p);
/* Kills every worker (every zygote) from outside; how many there were. */
unsigned pooling_kill_workers(struct pooling *p);
unsigned pooling_kill_zygotes(struct pooling *p);

uint64_t pooling_ms(void); /* a clock */

#endif
