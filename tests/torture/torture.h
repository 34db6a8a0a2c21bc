/* SPDX-License-Identifier: MIT */
/*
 * One run of the torture, and its two ways of scanning.
 */
#ifndef TORTURE_TORTURE_H
#define TORTURE_TORTURE_H

#include "bads.h"
#include "mails.h"
#include "tally.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Owned by the program; what it points to is lent. */
struct torture {
    struct mails *mails;
    GPtrArray *bads;   /* struct bad */
    const char *build; /* its folder, absolute */
    const char *conf;  /* text of a plugins.conf: good and bad plugins */
    unsigned seconds;
    uint32_t seed;
    bool are_together;
    uint64_t kills; /* workers and zygotes that it killed */
    struct tally tally;
};

/* Each mail once, in this process: what bad plugins do is not contained. */
bool torture_in_process(struct torture *torture, GError **error);

/* For torture->seconds, in the pool. */
bool torture_pool(struct torture *torture, GError **error);

#endif
