/* SPDX-License-Identifier: MIT */
/*
 * The index of held mail: SQLite in WAL mode, each change on the disk when it returns.
 *
 * It only repeats what the files say, but for how often a message was held and the
 * tokens of released mail: it can be made again from the files at any time.  What it
 * shows in the clear, encrypted or not: sender, recipients, client, HELO, user, queue
 * id, Subject and From (unless hidden), findings, sizes, times, states, and the SHA-256
 * of the content.
 *
 * Errors: INDEX_ERROR (store/query.h) where the file is no sound database, else
 * BASE_ERROR_IO, or BASE_ERROR_LIMIT where the disk is full.
 */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "store/place.h"
#include "store/row.h"
#include "store/search.h"

#include <glib.h>

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* An open index.  Owned by the quarantine; zeroed memory is closed. */
struct index {
    sqlite3 *db;
    /* Of its file: another one has taken its place where it differs. */
    uint64_t inode;
    bool is_new; /* there was none */
};

bool index_open(const struct place *place, bool may_write, struct index *out,
                GError **error);
/* Has another process moved it aside? */
bool index_is_current(const struct index *index, const struct place *place);
void index_close(struct index *index);
/* A closed one and its WAL get another name: *to is that, yours. [locked] */
bool index_move_aside(const struct place *place, char **to, GError **error);

/* Adds or replaces all but `times`, which an older row keeps. */
bool index_put(struct index *index, const struct row *row, GError **error);
/* It was held again. */
bool index_count_again(struct index *index, const char *id, int64_t now_s,
                       GError **error);
/* *found: `out` is yours. */
bool index_find(struct index *index, const char *id, bool *found,
                struct row *out, GError **error);
/* struct row, newest first, without their recipients' answers; yours. */
bool index_search(struct index *index, const struct search *search,
                  GPtrArray **rows, GError **error);
/* What the state's file says, or LOST, DELETING: `now` counts. */
bool index_set_state(struct index *index, const char *id, enum state_now now,
                     const struct state *state, GError **error);
bool index_remove(struct index *index, const char *id, GError **error);
/* Bytes of all files and how many there are. */
bool index_sum(struct index *index, uint64_t *bytes, uint64_t *mails,
               GError **error);

#endif
