/* SPDX-License-Identifier: MIT */
/*
 * The bad plugins of the torture: what each of them does to its own worker, and on
 * which mails it will do it.
 */
#ifndef TORTURE_BADS_H
#define TORTURE_BADS_H

#include "mails.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What must be told in its name of a mail that it acts on. */
enum bad_outcome {
    BAD_DIES, /* `failed`: it cannot have answered */
    BAD_MAY, /* anything: it may be caught or not, but it speaks for itself only */
    BAD_HOLE, /* nothing but `failed` or CLEAN: any other finding is a success of
                 * its and so a hole in the sandbox */
    BAD_WELL,    /* CLEAN: what it does hurts nobody's scan */
    BAD_DOWN,    /* `failed` with every mail: no worker of its gets up */
    BAD_REFUSED, /* nothing, ever: it is refused when the pool opens */
};

/* One of them.  Owned by the list. */
struct bad {
    const char *name; /* of its instance, interned, and of its file */
    enum bad_outcome outcome;
    const char *settings; /* more lines for its section; NULL: none */
    bool adds_children;   /* others see more, or have less of the bounds left */
    bool is_slow;         /* see struct bads_how */
    uint32_t phase; /* see tests/plugins/bad.h; the modulus is BADS_EVERY */
    /* Mails handed in that it acts on, whatever became of them. */
    uint64_t handed;
    uint64_t acted;  /* answered mails that it acted on */
    uint64_t failed; /* of those: with a `failed` in its name */
};

enum {
    BADS_EVERY = 251
};

/* Which of them. */
struct bads_how {
    const char *only; /* comma-separated; NULL: all */
    /* less those that would keep their class from getting up */
    bool are_together;
    bool is_short; /* less those that hold the pool's opening for a minute */
};

/* Their phases are chosen so that each acts on at least one of the mails, where there
 * are enough. */
GPtrArray *bads_new(const struct mails *mails, const struct bads_how *how);

/* Will it act on that mail?  Those that are down act on all. */
bool bad_acts(const struct bad *bad, const struct mail *mail);

/* Appends their sections.  `folder` has the files; each gets a class of its own
 * unless they are `together` with the good ones. */
void bads_conf(GString *to, const GPtrArray *bads, const char *folder,
               bool are_together);

#endif
