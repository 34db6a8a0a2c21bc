/* SPDX-License-Identifier: MIT */
/*
 * A mail and scanners that ask.  Run once with a resolver, and once by suspending at
 * every wait, each round on a message of its own as another process would: both must
 * come to the same.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "fake.h"
#include "scan/resolver.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Static. */
struct play {
    const char *mail;
    void (*prepare)(struct fake *fake);
};

/* What the suspended way took, and how it is to be.  One a program. */
extern struct play_way {
    unsigned rounds;    /* scans that ended suspended */
    unsigned calls;     /* of handle(), in all scans */
    size_t journal_max; /* 0: as large as it may be */
    bool leaves_open;   /* answers nothing */
    char *refused;      /* by the last scan */
    GBytes *last;       /* the last journal, with its answers */
} play_way;

/* As dump_scan() tells it, yours: all at once, and round by round. */
char *play_direct(const struct play *play);
char *play_suspended(const struct play *play);
/* Both, and they are the same. */
bool play_is_same(const struct play *play);
/* One round in a process of its own.  NULL: it was suspended, and `journal` is the way
 * on; else what it came to. */
char *play_round(const struct play *play, GBytes **journal);
/* As the front does: answers what is open, and packs it again. */
GBytes *play_answered(GBytes *bytes);
/* By its key: "no..." does not exist, "bad..." cannot be found out, all else does. */
void play_answer(struct wish *wish);
extern const struct resolver play_resolver;

/* --- what scanners do --- */

/* Wants that; reports the answer. */
int32_t play_want(struct task *task, const char *key);
/* Handlers: "(xyz)" holds one member "xyz", "[a,b]" holds "a" and "b"; wants what the
 * first letters say. */
int32_t play_unpack(void *self, struct task *task);
int32_t play_ask_by_content(void *self, struct task *task);

/* One that unpacks, one that asks; the same with an unpacker that waits first. */
void play_archives(struct fake *fake);
void play_slow_archives(struct fake *fake);

#define PLAY_ARCHIVE_MAIL                                                      \
    "From: a@example.org\r\nContent-Type: text/plain\r\n\r\n"                  \
    "[(((deep))),[one,[two,(three)]]]"

#endif
