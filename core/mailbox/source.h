/* SPDX-License-Identifier: MIT */
/*
 * Where messages come from: files, standard input, folders, Maildir, mbox.
 *
 * A source lists items first (cheap) and reads one when asked, so that forked
 * workers share one list and read in parallel.  Nothing here changes a mailbox, not
 * even its access times where the owner may keep them.
 *
 *   a regular file     one message; if it begins with a From_ line, all messages of
 *                      that mbox (mailbox/mbox.h)
 *   a Maildir          has cur, new and tmp: every file in cur and new, then the
 *                      same in all folders below it (".Sent", "Lists/x"); index
 *                      files beside them are not messages
 *   any other folder   everything in it, hidden files too, sorted by name
 *   "-"                standard input: one message or one mbox
 *
 * What is there but cannot be a message is an item with a problem, so that it is
 * answered for: links inside folders (never followed, so there are no loops),
 * FIFOs, sockets and devices (never opened), unreadable and empty files.
 */
#ifndef MAILBOX_SOURCE_H
#define MAILBOX_SOURCE_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* One message to be read.  Owned by its list. */
struct source_item {
    char *name;      /* for output: path, "mbox:3" or "-" */
    char *path;      /* file to open, may be `name` itself; NULL: in `bytes` */
    GBytes *bytes;   /* standard input */
    uint64_t offset; /* is_part: where it begins, after its From_ line */
    uint64_t length; /* is_part: its bytes */
    char *problem;   /* cannot be read at all: why; NULL: none */
    bool is_part;    /* one message of an mbox, not the whole */
    bool is_found;   /* in a folder, not named by the user: a link is not
                          followed */
};

/*
 * Lists `paths`.  The user's own paths are followed through links; one that cannot
 * be used is an item with a problem.  Standard input is read here, at most 256 MiB
 * of it.
 */
GPtrArray *source_list(const char *const *paths, size_t n);
/* Adds the paths named in a file (one a line, "-": standard input).  Fails when the
 * list itself cannot be read. */
bool source_add_from(GPtrArray *items, const char *list_path, GError **error);

/* The bytes of one item.  BASE_ERROR_LIMIT: it is larger than `max_bytes` and was
 * not read; BASE_ERROR_IO: cannot be read, is empty, or has a problem.  mbox:
 * ">From " lines stay as they are.  Regular files are read, not mapped: a file
 * that shrinks under a mapping would kill the reader. */
bool source_read(const struct source_item *item, uint64_t max_bytes,
                 GBytes **out, GError **error);

#endif
