/* SPDX-License-Identifier: MIT */
/*
 * One client's connection to an MTA, for programs that keep many: never waits, all in the
 * order of RFC 5321, one command at a time as most senders do.
 *
 *     smtp_open ─► READY ─► smtp_post ─► ANSWERED ─► smtp_post …  ─► smtp_close
 *
 * What it says of a mail is what a sender may believe: a reply to the final dot, a reply
 * that ended it before, or none at all.
 */
#ifndef TESTS_SMTP_H
#define TESTS_SMTP_H

#include <glib.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum smtp_event {
    SMTP_WAIT,  /* nothing has happened yet */
    SMTP_READY, /* greeted: the first mail can be posted */
    SMTP_ANSWERED, /* `code` and `reply` are of the mail that was posted; the next one
                      can be */
    SMTP_LOST /* the connection is gone, or was refused; close it */
};

enum smtp_step {
    SMTP_GREETING,
    SMTP_EHLO,
    SMTP_XCLIENT,
    SMTP_IDLE,
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_BODY, /* until its reply */
    SMTP_RSET  /* after a mail that was refused before its content */
};

/* One mail as it is said.  Owned by whoever posts it, until it is answered or lost. */
struct smtp_mail {
    const char *from;
    const char *const *rcpts; /* NULL-terminated, at least one */
    const char *wire;         /* dot-stuffed, with its final dot */
    size_t n;
};

/* One connection.  Owned by who opened it; zeroed memory is none. */
struct smtp {
    int fd;
    enum smtp_step step;
    /* Attributes of XCLIENT, said after the first EHLO; NULL: none, or it is said.  Set
     * between smtp_open and the first smtp_serve. */
    const char *xclient;
    const struct smtp_mail *mail; /* NULL: none is under way */
    size_t rcpt;                  /* the one that was said last */
    size_t taken;                 /* recipients that were */
    const char *rest;             /* of what is to be written: lent */
    size_t rest_n;
    GString *line;   /* commands to be written: `rest` points into it */
    GString *heard;  /* of what is not a whole reply yet */
    uint64_t dot_ns; /* when the final dot was written; 0: it was not */
    int code;        /* of the reply that ended the mail; 0: none came */
    char reply[256]; /* its last line */
};

/* Text of a file as it is sent: LF becomes CRLF, dots are doubled, the final dot added. */
GString *smtp_wire(const char *text, size_t n);

/* False: no connection can be begun. */
bool smtp_open(struct smtp *smtp, const struct sockaddr_in *at);
/* READY or ANSWERED was said.  What is written at once is written. */
void smtp_post(struct smtp *smtp, const struct smtp_mail *mail);
/* Whatever epoll said: goes on as far as it can. */
enum smtp_event smtp_serve(struct smtp *smtp);
/* Does it wait until it may write? */
bool smtp_wants_to_write(const struct smtp *smtp);
/* Says QUIT where that is possible, waits for nothing. */
void smtp_close(struct smtp *smtp);

#endif
