/* SPDX-License-Identifier: MIT */
/*
 * Where messages come from: files, standard input, folders, Maildir, mbox.
 *
 * A source lists items first (cheap) and reads one when asked, so that forked
 * workers share one list and read in parallel.  Nothing here changes a mailbox.
 */
#ifndef MAILBOX_SOURCE_H
#define MAILBOX_SOURCE_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* One message to be read.  Owned by its list. */
struct source_item {
    char *name;      /* for output: path, "mbox:3" or "-" */
    char *path;      /* file to open; NULL: standard input, held in `bytes` */
    uint64_t offset; /* mbox: where the message begins, after its From_ line */
    uint64_t length; /* mbox: bytes; 0: the whole file */
    GBytes *bytes;   /* standard input */
    char *problem;   /* cannot be read at all: why; NULL: none */
};

/*
 * Lists `paths` ("-": standard input): a file, an mbox (begins with "From "), a
 * Maildir (has cur, new and tmp: messages in cur and new, hidden folders below
 * too), or a folder (recursive, sorted by name).  A path that cannot be read is an
 * item with a problem, so that it is answered for.  Symbolic links are followed
 * only for paths given by the user.
 */
GPtrArray *source_list(const char *const *paths, size_t n);
/* Adds the paths named in a file (one a line, "-": standard input). */
bool source_add_from(GPtrArray *items, const char *list_path, GError **error);

/* The bytes of one item; files over `max_bytes` are not read: error LIMIT text.
 * mbox: ">From " lines stay as they are.  Regular files are read, not mapped: a file
 * that shrinks under a mapping would kill the reader. */
bool source_read(const struct source_item *item, uint64_t max_bytes,
                 GBytes **out, GError **error);

#endif
