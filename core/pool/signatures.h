/* SPDX-License-Identifier: MIT */
/*
 * May an engine's "clean" be believed?
 *
 * A malware engine whose signatures are old, or only find test files, still finds what
 * it finds; but what it does not find it has not really looked for.  Where the rules say
 * so its answers to every message are joined by a finding `failed`, and policy decides,
 * as of any plugin that could not look.
 */
#ifndef POOL_SIGNATURES_H
#define POOL_SIGNATURES_H

#include "pool/pool.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdint.h>

struct card;

/* NULL: it may; else why not, yours.  An engine that does not tell its age may: `now_s`
 * is the time of day in Unix seconds. */
char *signatures_doubt(const struct signature_rules *rules,
                       const struct card *card, int64_t now_s);

/* Adds what is to be added to the answer for one message. */
void signatures_tell(const struct pool *pool, struct scan *scan);

#endif
