/* SPDX-License-Identifier: MIT */
/*
 * The keys that held mail is encrypted with.
 *
 * A key file holds 64 hexadecimal digits and may end in a line end, nothing else.  A
 * key has an id made from it: each file of the quarantine carries the id of its key, so
 * that several can be in use while one replaces another.
 */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    KEY_SIZE = 32,
    KEY_ID_SIZE = 8,
    KEY_ID_HEX_SIZE = 17 /* with the final NUL */
};

/* One key.  Owned by its ring. */
struct key {
    uint8_t id[KEY_ID_SIZE];
    uint8_t secret[KEY_SIZE];
    char *path;
};

/*
 * All keys.  Owned by the quarantine; zeroed memory is valid and empty.
 */
struct key_ring {
    GPtrArray *keys; /* struct key; NULL: none */
    bool can_seal; /* the first one is for new mail: without it, in the clear */
};

/* `sealing` (NULL: none) and `old` (char *, may be NULL) are paths.  False: one of them
 * is no key, or anybody may read it; `out` is untouched. */
bool key_ring_read(const char *sealing, const GPtrArray *old,
                   struct key_ring *out, GError **error);
void key_ring_clear(struct key_ring *ring);

/* What new mail is encrypted with, or NULL. */
const struct key *key_ring_sealing(const struct key_ring *ring);
/* The key with that id, or NULL with an error that says which there are. */
const struct key *key_ring_find(const struct key_ring *ring,
                                const uint8_t id[KEY_ID_SIZE], GError **error);

void key_id_hex(const uint8_t id[KEY_ID_SIZE], char out[KEY_ID_HEX_SIZE]);

#endif
