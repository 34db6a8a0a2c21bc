/* SPDX-License-Identifier: MIT */
/*
 * Where the messages of an mbox begin and end.
 *
 * A message begins with a From_ line (RFC 4155, appendix A): "From ", an envelope
 * sender and an asctime date, at the start of the file or after an empty line.  The
 * date decides: "From now on ..." in a text does not split a message, since a mail
 * cut in two would hide its attachments.  Content-Length is not believed.
 */
#ifndef MAILBOX_MBOX_H
#define MAILBOX_MBOX_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One message, without its From_ line and the empty line after it. */
struct mbox_range {
    uint64_t offset;
    uint64_t length;
};

/* Do these first bytes of a file begin an mbox?  Not "From :", an old way to write
 * the header field. */
bool mbox_begins(const char *p, size_t n);

/* Is p..n (a line without its end) a From_ line with a date? */
bool mbox_is_from(const char *p, size_t n);

/* The messages of an mbox in memory: struct mbox_range, yours. */
GArray *mbox_split(const char *p, size_t n);
/* The same of an open file, read window by window; NULL with errno. */
GArray *mbox_split_file(int fd);

#endif
