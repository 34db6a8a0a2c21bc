/* SPDX-License-Identifier: MIT */
/*
 * An MTA that talks to a milter session, byte for byte.
 *
 * It is the session's owner as well: it keeps what it is told and answers as it was
 * set to.
 */
#ifndef TESTS_MTA_H
#define TESTS_MTA_H

#include "front/milter_session.h"

#include <glib.h>

/* One conversation.  Made by mta_new, owned by the test. */
struct mta {
    struct milter_session *session;
    /* By stage; a zero verdict: not now. */
    struct milter_answer answers[MILTER_STAGE_END + 1];
    GString *events; /* "connect helo? aborted": asked with a question mark */
    GBytes *message; /* as it was at the last END; NULL: none, or too large */
    enum milter_whole whole;
    char *queue_id; /* at the last END */
    char *rcpts;    /* at the last END, by commas */
};

/* What Postfix and Sendmail offer today. */
#define MTA_ACTIONS  0x1ffU
#define MTA_PROTOCOL 0x1fffffU

/* Everything may be edited, 1,000 bytes of message, 1,000 of envelope, END is asked
 * about and continued. */
struct milter_options mta_options(void);
struct mta *mta_new(const struct milter_options *options);
void mta_free(struct mta *mta);

/* Feeds one packet; all of it is to be taken. */
void mta_say(struct mta *mta, char command, const void *data, size_t n);
/* A string with its NUL; more strings in it by \0. */
#define SAY(mta, command, text)   mta_say(mta, command, text, sizeof(text))
#define SAY_NOTHING(mta, command) mta_say(mta, command, NULL, 0)
/* O with these, and nothing said about the answer. */
void mta_offer(struct mta *mta, uint32_t actions, uint32_t protocol);
/* O as of today, C and H; what is answered is dropped. */
void mta_greet(struct mta *mta);

/* "Subject: x", a line of body. */
void mta_send_message(struct mta *mta);
/* Another one's first `n` packets of M, R, L, N, B. */
void mta_begin_message(struct mta *mta, int n);
/* Is the message at the last END this text? */
bool mta_is_message(const struct mta *mta, const char *wanted);

/* What the filter has said since, packet by packet: "c h(X-A\0 1\0) c".  Lent until the
 * next call. */
const char *mta_hear(struct mta *mta);
/* Events since, lent until the next call. */
const char *mta_events(struct mta *mta);

/* Answers what is open. */
bool mta_answer(struct mta *mta, enum milter_response verdict);

#endif
