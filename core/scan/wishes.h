/* SPDX-License-Identifier: MIT */
/*
 * Wishes as bytes: what a scan that waits asks, and what is answered.
 *
 * Format (base/pack.h): count of {u32 kind, u32 type, text key, u32 state, u32 flags,
 * count of {u32 type, u32 ttl, u32 preference, bytes data}}.
 */
#ifndef SCAN_WISHES_H
#define SCAN_WISHES_H

#include "base/limits.h"
#include "base/pack.h"
#include "scan/resolver.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    WISHES_KEY_MAX = 1024,
    WISHES_MAX = 1 << 20,       /* in one list */
    WISHES_RECORDS_MAX = 4096,  /* of one wish */
    WISHES_DATA_MAX = 256 << 10 /* bytes of one record */
};

/* An array that owns its struct wish. */
GPtrArray *wishes_new(void);
/* struct wish in order, those without an answer too. */
void wishes_pack(const GPtrArray *wishes, struct packer *to);
/* Adds to `wishes`, which is as long as it was when `from` is bad: an unknown state or
 * kind, records without DATA, DATA without records, or what is over these bounds. */
void wishes_unpack(struct unpacker *from, GPtrArray *wishes);
/* The same, where more than `most` are too many. */
void wishes_unpack_most(struct unpacker *from, uint64_t most,
                        GPtrArray *wishes);
/* So many one scan may have. */
uint64_t wishes_max(const struct limits *limits);
/* Gives `wish` the answer of `other`; its own records go. */
void wish_answer(struct wish *wish, const struct wish *other);
/* By kind, type and key: for a GHashTable of struct wish. */
unsigned wish_hash(gconstpointer wish);
int wish_same(gconstpointer one, gconstpointer other);

#endif
