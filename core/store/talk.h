/* SPDX-License-Identifier: MIT */
/*
 * A dialogue in lines with a server: SMTP's commands and replies (RFC 5321 4.2), each
 * step within a time.
 */
#ifndef STORE_TALK_H
#define STORE_TALK_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TALK_REPLY_MAX = 4096 /* bytes of a reply that are kept */
};

/* One connection.  Owned by whoever opened it; zeroed memory is not valid. */
struct talk {
    int fd;
    uint64_t step_ms; /* for each step */
    GString *heard;   /* what was read and not taken */
};

/* `to` is "host:port", "[address]:port" or the path of a Unix socket. */
bool talk_open(const char *to, uint64_t step_ms, struct talk *out,
               GError **error);
void talk_close(struct talk *talk);

bool talk_say(struct talk *talk, const char *p, size_t n, GError **error);
/* One reply of one or more lines: its code and its text as one clean line, yours; with
 * `lines` (may be NULL) appended as they came, one a line.  False: none came. */
bool talk_hear(struct talk *talk, unsigned *code, char **text, GString *lines,
               GError **error);

#endif
