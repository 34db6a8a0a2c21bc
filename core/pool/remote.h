/* SPDX-License-Identifier: MIT */
/*
 * A remote scanner: stands in a home worker's plan for a plugin of another class.
 *
 *     home worker                     front              guest worker
 *     handle()
 *       lends what is new (lend.h)
 *       asks                      ->  routes         ->  guest_run()
 *       plays the tape            <-  hands on       <-  answer
 *
 * What the plugin said is said again by scan/tape.h in its name, under the rules that
 * hold for every scanner: a guest that has been taken over can say no more than its
 * plugin could.  A guest that died, hung, or cannot be had is told as `failed` in the
 * plugin's name, and the scan goes on.
 */
#ifndef POOL_REMOTE_H
#define POOL_REMOTE_H

#include "host/card.h"
#include "pool/lend.h"
#include "scan/scanner.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct remote;

/* What came of a question. */
struct remote_answer {
    const uint8_t *p; /* lent until the next question; nobody changes it */
    size_t n;
    /* Where there is none: as the finding `failed` is to be named, and why in one
     * clean sentence.  Yours to set, freed by the remote scanner. */
    char *name;
    char *why;
};

/*
 * How the remote scanners of one worker reach the others.  Owned by the worker, which
 * fills it in before its first scan and calls lend_begin before each.
 */
struct remote_link {
    struct lend lend;
    /* Sleeps until there is an answer (true), or none will be (false). */
    bool (*ask)(void *self, const struct remote *remote,
                const struct task *task, const void *question, size_t n,
                struct remote_answer *out);
    void *self;
    size_t question_max;  /* bytes; 0: nobody can be asked */
    GByteArray *question; /* kept for the next one; NULL: not made yet */
};

/*
 * One of them.  Owned by its maker; made before the fork.
 */
struct remote {
    struct scanner scanner; /* for the plan */
    uint32_t class_number;  /* place in the front's list of classes */
    struct remote_link *link;
    /* bits of stages in which it has looked at other objects than its own: then all are lent at once */
    uint64_t wants_all;
};

/* `card` and `link` are lent and outlive it. */
void remote_init(struct remote *remote, const struct card *card,
                 uint32_t class_number, struct remote_link *link);

void remote_link_clear(struct remote_link *link);

#endif
