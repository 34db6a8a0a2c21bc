/* SPDX-License-Identifier: MIT */
/*
 * The site's rules about attachments: lists read from files, entries from options.
 *
 * A list is UTF-8 text, one "KIND VALUE" a line, # starts a comment line:
 *
 *     # assay-attachment-list 1: ...      the first line says the format
 *     ext exe                             an extension
 *     name *.mp3>5MB                      a name pattern (pattern.h)
 *     type application/hta                a declared media type, or video/ + *
 *     detected application/x-dosexec      a type found in the content
 *
 * Filled when the plugin is created, read-only after that.
 */
#ifndef ATTACHMENT_RULES_H
#define ATTACHMENT_RULES_H

#include "name.h"
#include "pattern.h"
#include "table.h"

#include <assay/plugin.h>

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RULES_MAX_LIST = 1 << 20, /* bytes of one list */
    RULES_MAX_SOURCES = 64,
    RULES_ERROR = 512 /* room for an error text */
};

/* One pattern of the lists and where it stood.  Owned by its rules. */
struct rules_pattern {
    struct pattern pattern;
    enum rule_level level;
    struct rule_ref ref;
};

/* Zeroed memory with a locale is a valid empty set. */
struct rules {
    locale_t locale; /* lent */
    struct table table;
    struct rules_pattern *patterns;
    size_t pattern_n;
    char *sources[RULES_MAX_SOURCES]; /* owned */
    size_t source_n;
    uint64_t entries;
    uint64_t hash; /* of all entries: the version of this rule set */
};

/* Where an entry comes from and what it says. */
struct rules_entry {
    enum rule_kind kind;
    enum rule_level level;
    bool is_except;     /* takes an extension or type out of levels 1 and 2 */
    const char *source; /* lent by the rules (rules_source) or static */
    uint32_t line;
};

/* A file that patterns are matched with. */
struct rules_file {
    const struct name *name;
    uint64_t size;
    uint32_t direction; /* ASSAY_DIRECTION_*, 0: not known */
};

/* What decided. */
struct rules_hit {
    const struct rule_ref *ref;
    const char *value; /* the entry, for people */
    bool is_ext;       /* found as an extension */
};

/* Keeps a copy of a source's name; NULL: too many, or no memory. */
const char *rules_source(struct rules *rules, const char *name);

/* Adds one entry.  False: `err` (RULES_ERROR bytes) says why and what is right. */
bool rules_add(struct rules *rules, const struct rules_entry *entry,
               struct assay_str value, char *err);
/* Adds every line of a list to `level`. */
bool rules_read(struct rules *rules, enum rule_level level, const char *path,
                char *err);
void rules_clear(struct rules *rules);

/* An extension or type, folded to lower case. */
bool rules_find(const struct rules *rules, enum rule_level level,
                enum rule_kind kind, struct assay_str value,
                struct rules_hit *hit);
/* The first pattern of a level that the file matches. */
bool rules_find_name(const struct rules *rules, enum rule_level level,
                     const struct rules_file *file, struct rules_hit *hit);

/* "extension .js is in sigs/attachment/owa-today.list line 48", NUL-terminated and
 * cut to `size`. */
void rules_explain(const struct rules_hit *hit, char *out, size_t size);

#endif
