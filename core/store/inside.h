/* SPDX-License-Identifier: MIT */
/*
 * What the quarantine's parts share.  Private to core/store.
 */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "store/index.h"
#include "store/key.h"
#include "store/place.h"
#include "store/quarantine.h"
#include "store/sealed.h"

/* Documented in store/quarantine.h. */
struct quarantine {
    struct quarantine_options options; /* its own copy */
    struct place place;
    struct key_ring ring;
    struct index index;
    GString *trouble; /* NULL: none */
    bool may_write;
};

/* Documented in store/quarantine.h. */
struct quarantine_item {
    GBytes *raw;
    struct kept kept;
    bool is_complete; /* digest, id, Subject and From are known */
};

/* Before a change, and after it: the lock is held, and the index is the one in use.
 * May be nested. */
bool inside_begin(struct quarantine *q, GError **error);
void inside_end(struct quarantine *q);

/* Was it the index that is damaged? */
bool inside_is_index_damaged(const GError *error);
/* Adds to what quarantine_trouble() tells. */
void inside_note_trouble(struct quarantine *q, const char *what);
/* Moves the index aside and makes it again; quarantine_trouble() tells.  [begun] */
bool inside_remake_index(struct quarantine *q, const char *why, GError **error);
/* Adds what the files have and the index has not.  [begun] */
bool inside_fill_index(struct quarantine *q, GError **error);

/* Digest, id, Subject and From of an item. */
void inside_complete(struct quarantine_item *item);

/* How much of a message's file is wanted, and where it goes to; what comes is the
 * caller's.  Pointers may be NULL. */
struct inside_wanted {
    enum sealed_depth depth;
    struct sealed *sealed;
    struct kept *kept; /* from SEALED_META on */
};

/* The error names the file. */
bool inside_read(struct quarantine *q, const char *id,
                 const struct inside_wanted *wanted, GError **error);
/* The row that file and state give.  Yours.  [begun] */
bool inside_row(struct quarantine *q, const char *id, struct row *out,
                GError **error);

/* Deletes file, state and row, in the order in which a death is mended. [begun] */
bool inside_delete(struct quarantine *q, const char *id, GError **error);

/* A descriptor that locks the message against release and deletion by others; -1: it
 * is being released (*is_busy), or has no file.  close(2) ends it. */
int inside_hold(struct quarantine *q, const char *id, bool *is_busy);

#endif
