/* SPDX-License-Identifier: MIT */
/*
 * All entries of all lists in one hash table: one look-up tells every level that
 * has a word.  Filled when the plugin is created, read-only after that.
 */
#ifndef ATTACHMENT_TABLE_H
#define ATTACHMENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an entry is about. */
enum rule_kind {
    RULE_EXT,      /* an extension, lower case, without dot */
    RULE_TYPE,     /* a declared media type; its second half may be a star */
    RULE_DETECTED, /* a type by content, likewise */
    RULE_NAME      /* a pattern (pattern.h) */
};

/* What it says. */
enum rule_level {
    LEVEL_BLOCK, /* Outlook's and OWA's level 1 */
    LEVEL_SAVE,  /* level 2: must be saved before it is opened */
    LEVEL_ALLOW, /* beats level 2 only */
    LEVEL_MACRO, /* holds or may hold macros */
    LEVEL_COUNT
};

/* Who said it: for explanations. */
struct rule_ref {
    const char *source;  /* "sigs/attachment/x.list" or an option's name; NULL:
                             nobody */
    uint32_t line;       /* 0: an option */
    enum rule_kind kind; /* as it was written: "name *.exe" is kept as an ext */
};

/* One place of the hash table.  Owned by it; zeroed is free. */
struct table_slot {
    char *key; /* owned; NULL: free */
    uint32_t key_n;
    uint32_t hash;
    enum rule_kind kind;
    bool is_except; /* levels 1 and 2 do not count */
    struct rule_ref refs[LEVEL_COUNT];
};

/* Zeroed memory is a valid empty table.  Keys are copied. */
struct table {
    struct table_slot *slots;
    size_t size; /* a power of two */
    size_t used;
};

/* The slot of a key, made if it is not there; NULL: no memory. */
struct table_slot *table_put(struct table *table, enum rule_kind kind,
                             const char *key, size_t n);
/* The slot of a key, or NULL. */
const struct table_slot *table_get(const struct table *table,
                                   enum rule_kind kind, const char *key,
                                   size_t n);
void table_clear(struct table *table);

#endif
