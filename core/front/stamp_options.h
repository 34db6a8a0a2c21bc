/* SPDX-License-Identifier: MIT */
/*
 * [stamp]: keys, whom a stamp is believed from, for whom it is made.
 */
#ifndef FRONT_STAMP_OPTIONS_H
#define FRONT_STAMP_OPTIONS_H

#include "base/conf.h"
#include "base/option.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STAMP_KEY_MIN = 32, /* bytes */
    STAMP_KEY_MAX = 256,
    STAMP_ID_MAX = 32,
    STAMP_HOST_MAX = 255,
    STAMP_VERSIONS_MAX = 200,
    STAMP_SKEW_S = 120, /* how far another host's clock may be ahead */
};

/* One key.  Owned by the options, which wipe it. */
struct stamp_key {
    char id[STAMP_ID_MAX + 1]; /* the file's name without its ending */
    uint8_t bytes[STAMP_KEY_MAX];
    size_t n;
};

/* Embedded: stamp_options_read, _clear.  Without keys nothing is stamped and no stamp is
 * believed. */
struct stamp_options {
    GPtrArray *keys;  /* struct stamp_key; the first one signs */
    GArray *peers;    /* struct network (mail/trust.h) */
    GPtrArray *rcpts; /* char *: patterns (verdict/rules.h) */
    int64_t max_age_s;
    char *host;          /* ours */
    char *versions;      /* what looked: words of [A-Za-z0-9._/+-] and commas */
    uint64_t generation; /* of the pool that they are of; 0: none yet */
};

/* The option table of section [stamp], NULL-terminated. */
extern const struct assay_option *const stamp_options_table[];

/* Reads the keys too: fails when a file is not there, is readable or writable for more
 * than its owner and group, or holds no key.  conf NULL: all defaults, no keys. */
bool stamp_options_read(const struct conf *conf, struct stamp_options *out,
                        GError **error);
void stamp_options_clear(struct stamp_options *options);

/* Adds a plugin and its signatures to what is told in stamps, while there is room;
 * stamp NULL: its name only. */
void stamp_options_add(struct stamp_options *options, const char *name,
                       const struct assay_stamp *stamp);
/* Tells in stamps, from now on, of the pool's plugins; nothing to do while its
 * generation is the same. */
void stamp_options_see(struct stamp_options *options, struct pool *pool);

/* The key of that id, or NULL. */
const struct stamp_key *stamp_key_find(const struct stamp_options *options,
                                       const char *id);

#endif
