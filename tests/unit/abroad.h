/* SPDX-License-Identifier: MIT */
/*
 * One plugin abroad: a home host with all others, a guest host with this one, and the
 * memory between them, all in one process.
 */
#ifndef TESTS_ABROAD_H
#define TESTS_ABROAD_H

#include "base/conf.h"
#include "host/host.h"
#include "mail/message.h"
#include "pool/guest.h"
#include "pool/remote.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A configuration in which some sections say `class = abroad`.  Owned by the test. */
struct abroad {
    struct conf *conf;
    struct limits limits;
    struct host *home;
    struct host *away;
    struct remote remotes[8];
    struct card *cards[8];
    size_t remote_n;
    struct remote_link link;
    struct scan_plan home_plan;
    struct scan_plan away_plan;
    struct guest *guest;
    struct guest_view view;
    uint8_t *arena;            /* a memfd, as the home worker maps it */
    const uint8_t *arena_seen; /* the same, read-only, as the guest does */
    uint8_t *raw;              /* the same of the raw mail */
    const uint8_t *raw_seen;
    GByteArray *answer;
    unsigned asked;
    /* For the next question; NULL: it is asked. */
    void (*meddle)(struct abroad *abroad, GByteArray *question);
    const char *fails; /* name of the failure instead of an answer */
};

enum {
    ABROAD_ARENA = 64 << 20,
    ABROAD_RAW = 8 << 20
};

struct abroad *abroad_open(const char *conf_text, const char *dir);
void abroad_free(struct abroad *abroad);
/* Scans; the result and its message are the caller's. */
struct scan *abroad_scan(struct abroad *abroad, const void *mail, size_t n,
                         const struct session *session,
                         const struct resolver *resolver,
                         struct message **message);

#endif
