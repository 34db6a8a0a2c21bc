/* SPDX-License-Identifier: MIT */
/*
 * Options: what may be set, declared once in a table, checked here.
 *
 * Core's own tables and the plugins' use the ABI's `struct assay_option`, so there
 * is one parser, one message and one documentation for both.
 *
 *   plugins.conf:12: [clamav] max_file_size: "abc" is not a size from 1 KiB to 4 GiB
 *   plugins.conf:13: [clamav] max_fil_size: no such option; nearest is max_file_size
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include "base/conf.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * How values are written:
 *
 *   BOOL      yes, no
 *   INT       a whole number
 *   SIZE      a whole number and B, KiB, MiB, GiB or TiB; without a unit: bytes.
 *             k, M, G and T mean the same powers of 1,024, as in clamd.conf and
 *             Postfix.  KB and MB are refused: half the world reads 1,000.
 *   DURATION  a whole number and ms, s, min, h or d; only 0 needs no unit, because
 *             a bare number is seconds to some and milliseconds to others.
 *   CHOICE    one of its words
 *   PATH, SECRET, TEXT   the text; "" in quotes or nothing: for PATH and SECRET
 *             "none", for TEXT the empty text
 *   LIST      items between commas; nothing: no items
 */

/*
 * The values in force for one table and one section.  Immutable once made; owned
 * by whoever made it, may be read by forked children.
 */
struct option_set;

/*
 * Reads `section` (NULL: all defaults) by `table` (NULL-terminated).  PATH and
 * SECRET values become absolute (relative ones start at conf->dir); SECRET values
 * are read from their file.  Fails on the first wrong entry, in file order, and on
 * entries that no table named: call it with every table that shares the section
 * joined, or use `ignore` (NULL-terminated keys that somebody else reads).
 */
bool option_set_new(const struct assay_option *const *table,
                    const struct conf *conf, const struct conf_section *section,
                    const char *const *ignore, struct option_set **out,
                    GError **error);
void option_set_free(struct option_set *set);

/* Value `index` (from 0) as text, as it was written (PATH absolute, SECRET the
 * secret); NULL past the last or where nothing is set.  `name` must be in the
 * table: ask option_has where it may not be. */
const char *option_text(const struct option_set *set, const char *name,
                        unsigned index);
/* BOOL 0/1, INT, SIZE bytes, DURATION ms, CHOICE position; of a list: its first.
 * 0 where unset. */
int64_t option_int(const struct option_set *set, const char *name);
/* How many values: 0 where unset, at most 1 unless it is a LIST. */
unsigned option_count(const struct option_set *set, const char *name);
/* Is it in the table? */
bool option_has(const struct option_set *set, const char *name);
/* Line it was set on, 0: default. */
unsigned option_line(const struct option_set *set, const char *name);

/* Is the table itself well made?  Names, types, ranges, defaults that parse, help.
 * Used for plugins' tables at load and for core's in tests. */
bool option_table_check(const struct assay_option *const *table,
                        GError **error);

/* A value for people in the largest unit that is exact: "25600 KiB" is "25 MiB";
 * lists item by item; a SECRET never shows; NULL is "none".  Yours. */
char *option_value_show(const struct assay_option *option, const char *text);
/* What may be written: "64..4096", "1 KiB..4 GiB", "yes, no", "a, b"; "" where
 * anything goes.  Yours. */
char *option_range_show(const struct assay_option *option);

/* The nearest of `names` (NULL-terminated) to `given` by edit distance, or NULL
 * when none is near. */
const char *option_nearest(const char *given, const char *const *names);

/* The options of a table as documentation: plain text for a terminal, mdoc items
 * for a manual page, a Markdown list. */
void option_docs(GString *to, const struct assay_option *const *table);
void option_docs_mdoc(GString *to, const struct assay_option *const *table);
void option_docs_markdown(GString *to, const struct assay_option *const *table);

#endif
