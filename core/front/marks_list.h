/* SPDX-License-Identifier: MIT */
/*
 * The list of edits while marks.c makes it.  Private to front/marks*.c.
 */
#ifndef FRONT_MARKS_LIST_H
#define FRONT_MARKS_LIST_H

#include "front/marks.h"
#include "mail/field.h"

#include <stdbool.h>

/* One occurrence of a field that a plugin wants to edit. */
struct marks_seen {
    const char *name; /* lower case, a key of `counts` */
    uint32_t index;   /* of that name, from 1 */
    uint32_t ordinal; /* of all fields, from 0 */
};

/* See marks.h.  Zeroed memory is not valid: marks_list_new. */
struct marks {
    GArray *edits;      /* struct milter_edit */
    GPtrArray *texts;   /* char *: names and values that edits lend */
    GHashTable *counts; /* lower-case name -> unsigned *: occurrences so far of
                            the names that matter */
    GHashTable *edited; /* "name index" of changes and deletes: as a set */
    GArray *seen;       /* struct marks_seen */
    GArray *gone;       /* uint32_t: ordinals of deleted fields */
    uint32_t fields;    /* of the message */
    unsigned subjects;
    unsigned removed;
    unsigned refused;
};

struct marks *marks_list_new(void);

/* A text of the list's own. */
const char *marks_keep(struct marks *marks, char *text);
void marks_add(struct marks *marks, const char *name, const char *value);
/* False: another edit has that field already. */
bool marks_change(struct marks *marks, const char *name, uint32_t index,
                  const char *value);
bool marks_delete(struct marks *marks, const char *name, uint32_t index,
                  uint32_t ordinal);

/* Is it a name that only we write? */
bool marks_is_ours(const char *name, size_t n);

/* --- marks_walk.c --- */
/* Walks the header: counts, removes, tags.  `tag` NULL: no tag.  False: too much is
 * forged. */
bool marks_walk(struct marks *marks, const struct marks_options *options,
                GBytes *raw, const char *tag);
/* Will occurrences of that name be edited by a plugin? */
void marks_watch(struct marks *marks, const char *name);

/* --- marks_proposed.c --- */
/* Before the walk: which names plugins want to edit.  After it: their edits. */
void marks_watch_proposed(struct marks *marks, const GPtrArray *edits);
void marks_take_proposed(struct marks *marks, const GPtrArray *edits);

#endif
