/* SPDX-License-Identifier: MIT */
/*
 * For the tests of releasing: a mail server that answers as it is told to.
 */
#ifndef TESTS_TAKER_H
#define TESTS_TAKER_H

#include <glib.h>

#include <pthread.h>

/* Listens on a Unix socket in a thread of its own.  Owned by its test. */
struct taker {
    char *path;
    int fd;
    pthread_t thread;
    /* What it answers: replies to MAIL, to each RCPT in turn, to DATA and to the end,
     * between bars, yes to what is left out; "!" closes the connection instead.  Set between two connections. */
    const char *script;
    /* char *: what it said 2xx to, with its last line's end. */
    GPtrArray *mails;
    GPtrArray *commands; /* char *: all of the last connection's */
};

void taker_begin(struct taker *taker, const char *dir);
void taker_end(struct taker *taker);

#endif
