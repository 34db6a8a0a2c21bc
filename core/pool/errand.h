/* SPDX-License-Identifier: MIT */
/*
 * An errand: what the front has a guest do for a home worker, as bytes and back.
 *
 *     home      question in its tray, `ask` says ASKED
 *     front     copies the question, makes an errand of it, puts it into a guest's slot
 *               as TRAY_GUEST
 *     guest     runs it (pool/guest.h), looking into the home's tray, which it has
 *               mapped since it was forked
 *     front     copies the answer into the home's tray, `ask` says ANSWERS; or says
 *               why there is none: an errand_no, is_refused
 *
 * The question may come from a home worker that has been taken over; all else in an
 * errand is the front's.
 */
#ifndef POOL_ERRAND_H
#define POOL_ERRAND_H

#include "base/pack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ERRAND_NAME_MAX = 64,
    ERRAND_WHY_MAX = 512
};

/* Everything is lent. */
struct errand {
    uint32_t home; /* which of the home trays that came with FORK */
    /* The same number is the same message: the ticket of the home's request. */
    uint64_t message;
    /* Where the raw message lies in the home's tray, from its beginning. */
    uint64_t raw_at;
    uint64_t raw_n;
    const uint8_t *question;
    size_t question_n;
};

void errand_pack(const struct errand *errand, struct packer *to);
/* False: not well made.  `out` lends from the bytes behind `from`. */
bool errand_unpack(struct unpacker *from, struct errand *out);

/*
 * Why there is no answer: how the plugin's finding `failed` is to be named ("crash",
 * "timeout"), and one clean sentence, cut to ERRAND_*_MAX.
 */
void errand_no_pack(const char *name, const char *why, struct packer *to);
/* Both are yours. */
void errand_no_unpack(struct unpacker *from, char **name, char **why);

#endif
