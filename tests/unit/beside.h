/* SPDX-License-Identifier: MIT */
/*
 * Scans of workers beside those of this process, with one configuration.
 */
#ifndef TESTS_BESIDE_H
#define TESTS_BESIDE_H

#include "hand.h"
#include "hosting.h"
#include "scan/scan.h"

#include <glib.h>

/* The plugins of this source tree, all in class main. */
extern const char beside_in_tree[];

/* Owned by the test. */
struct beside {
    struct hosting *here; /* started */
    struct hand *hand;    /* open */
    struct session *session;
    struct scan_plan plan;
    uint32_t flags; /* of each request, REQUEST_* */
};

void beside_open(struct beside *both, const struct hand_how *how);
void beside_open_main(struct beside *both, const char *conf);
void beside_close(struct beside *both);

/* What a scan in this process comes to (dump.h); yours. */
char *beside_here(const struct beside *both, GBytes *raw);
/* Has a worker scan it ... */
void beside_ask(const struct beside *both, struct hand_worker *w, unsigned slot,
                GBytes *raw);
/* ... waits for its answer.  False: there is none that can be true. */
bool beside_reply(const struct beside *both, struct hand_worker *w,
                  unsigned slot, GBytes *raw, struct reply *out);
/* The same as text; NULL: there is no scan in it. */
char *beside_there(const struct beside *both, struct hand_worker *w,
                   unsigned slot, GBytes *raw);
/* Both, and they must be the same. */
void beside_compare(const struct beside *both, struct hand_worker *w,
                    unsigned slot, GBytes *raw);

/* A mail of two parts, with `word` in the second. */
GBytes *beside_mail(const char *word);
/* All mails of tests/mail: GBytes. */
GPtrArray *beside_samples(void);

#endif
