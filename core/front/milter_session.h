/* SPDX-License-Identifier: MIT */
/*
 * One connection from an MTA: bytes in, questions to the owner, answers, bytes out.
 *
 *     START ──O──► OPEN ──C──► READY ──M──► ENVELOPE ──L──► HEADERS ──N──► BODY
 *                   ▲            ▲           R T H            L              B
 *                   │            │                                           │ E
 *                   └── K, from  └──── A, or another M or H, from any ◄──────┘
 *                       any            of the right; or the answer to E
 *
 *     OVER: after Q, an error or a lost connection; close the socket once the
 *     output is written.  D comes any time; U, and T sent although it
 *     is not wanted, is let pass.  N may come at once: a message without a header.
 *
 * At each stage the owner is asked (it must answer, now or later) or told (it may not).
 * What waits for no answer is negotiated so (NR_*), and then nothing is sent for it:
 * Postfix takes an answer too much for the one to the end of the message and drops
 * every edit.  An MTA that does not know NR_* for a stage gets its `continue` from here.
 * Always asked is the end of the message; the message itself is handed out then.  It is
 * required that the MTA sends header values whole (HDR_LEADSPC: Sendmail 8.14, Postfix
 * 2.6); others are turned away, and do what they do when there is no filter.
 *
 * While a question is open no packet is looked at but abort and quit, and not more than
 * MILTER_WAITING_MAX bytes are taken; the rest stays in the socket.
 *
 *     feed ─► input ─► decode ─► stage ─► owner ─► answer ─► output
 *
 * Memory: input at most a packet (MILTER_PACKET_MAX), the message at most twice its
 * limit while it grows (g_byte_array), recipients at most theirs, macros at most
 * 9 x 64 KiB, output what the owner's edits are and the answers to one feed: an MTA
 * that does not read what it is told is not listened to.
 *
 * One thread.  No socket, no clock: an event loop owns those.  It reads and feeds,
 * writes what milter_session_output shows, sends milter_session_progress every ten
 * seconds or so while milter_session_is_asking (Postfix gives up on commands after 30 s,
 * on the end of a message after 300 s), and over TCP sets TCP_QUICKACK after each read:
 * the MTA writes small segments, and otherwise waits 40 ms for each to be acknowledged.
 *
 * Files: milter_codec.h in · milter_reply.h, milter_change.h, milter_edit.h out ·
 * milter_macros.h, milter_facts.h, milter_message.h what is known · milter_offer.h
 * what is agreed on · milter_inside.h how it is kept
 */
#ifndef FRONT_MILTER_SESSION_H
#define FRONT_MILTER_SESSION_H

#include "front/milter_edit.h"
#include "front/milter_reply.h"
#include "mail/session.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of input that are kept while the owner is asked, and of output that may wait to be
 * sent when more input is taken. */
#define MILTER_WAITING_MAX ((size_t)64 * 1024)

struct milter_session;

/* What the owner is asked or told about. */
enum milter_stage {
    MILTER_STAGE_NONE,
    MILTER_STAGE_CONNECT,
    MILTER_STAGE_HELO,
    MILTER_STAGE_MAIL,
    MILTER_STAGE_RCPT, /* the last of the recipients */
    MILTER_STAGE_EOH,  /* the header is there */
    MILTER_STAGE_END,  /* the message is there, or was too large */
};

/* A set of stages. */
#define MILTER_STAGE_BIT(stage) (1U << (stage))

/*
 * Who decides; lent, as long as the session.  Called from feed, answer and hang_up; may
 * answer from inside, may not free the session.
 */
struct milter_owner {
    /* Must answer, by milter_session_answer. */
    void (*asked)(void *self, struct milter_session *session,
                  enum milter_stage stage);
    /* May not answer.  May be NULL. */
    void (*told)(void *self, struct milter_session *session,
                 enum milter_stage stage);
    /* The transaction, or the client, is gone without your last answer: what was asked
     * is not wanted any more.  The facts are as they were until this returns.  May be
     * NULL if all questions are answered at once. */
    void (*aborted)(void *self, struct milter_session *session);
};

/* How to hold it; copied. */
struct milter_options {
    unsigned asks;    /* stages to ask at, MILTER_STAGE_BITs; END always is */
    uint32_t actions; /* enum milter_action that edits will need */
    size_t max_message_bytes;  /* 1 byte to 1 GiB */
    size_t max_envelope_bytes; /* of recipients, 64 bytes each on top */
    /* Has each body packet answered, so that an MTA that knows SKIP can be told to spare
     * itself the rest of a message that is too large already. */
    bool skips_body;
};

/* What is missing of the message and its envelope. */
enum milter_whole {
    MILTER_WHOLE,
    MILTER_TOO_LARGE, /* max_message_bytes; there is no message */
    MILTER_TOO_MANY_RCPTS, /* max_envelope_bytes, and the MTA could not be told: there
                              are recipients that are not in the facts, and maybe no message */
};

struct milter_session *milter_session_new(const struct milter_options *options,
                                          const struct milter_owner *owner,
                                          void *self);
/* The owner hears nothing of it.  NULL is fine. */
void milter_session_free(struct milter_session *session);

/* --- bytes --- */

/* Takes bytes from the MTA and returns how many; fewer than `n` only while the owner
 * is asked, while more than MILTER_WAITING_MAX bytes of output wait, or when it is over.
 * Give the others again then. */
size_t milter_session_feed(struct milter_session *session, const uint8_t *p,
                           size_t n);
/* The connection is lost.  The owner is told if it is in a transaction or asked. */
void milter_session_hang_up(struct milter_session *session);
/* What is to be sent, lent until the next call; NULL: nothing. */
const uint8_t *milter_session_output(const struct milter_session *session,
                                     size_t *n);
/* So much of it has been sent. */
void milter_session_sent(struct milter_session *session, size_t n);
/* Has a message begun, or is something asked? */
bool milter_session_is_in_mail(const struct milter_session *session);
/* Nothing more will be taken; `why`, lent, is NULL after a quit. */
bool milter_session_is_over(const struct milter_session *session,
                            const char **why);

/* --- what is known; lent until the answer, or `aborted` --- */

/* Sender, recipients and queue id are those of the message at hand.  A recipient that
 * was refused is none. */
const struct session *milter_session_facts(
    const struct milter_session *session);
/* At END: the client's message, as front/milter_message.h says; NULL: too large. */
GBytes *milter_session_message(const struct milter_session *session);
/* At END: a message that begins with its header, which is all of it that is left where
 * it was too large.  NULL: the header was too large. */
GBytes *milter_session_header(const struct milter_session *session);
enum milter_whole milter_session_whole(const struct milter_session *session);
/* By its name without braces; NULL: not told. */
const char *milter_session_macro(const struct milter_session *session,
                                 const char *name);
/* The actions that are agreed on: fewer than wanted, maybe. */
uint32_t milter_session_actions(const struct milter_session *session);

/* --- answers --- */

/*
 * One answer, lent to the call.
 *
 *     verdict   CONTINUE go on; ACCEPT, REJECT, TEMPFAIL, DISCARD as the protocol has
 *               them, DISCARD not for a client; REPLY_CODE as `reply` says
 *     stage     CONNECT, HELO: of the client.  RCPT: REJECT, TEMPFAIL and REPLY_CODE are
 *               of this recipient.  All else: of the message.
 *     edits     with CONTINUE or ACCEPT of END only
 */
struct milter_answer {
    enum milter_response verdict;
    const struct milter_reply *reply; /* with MILTER_REPLY_CODE only */
    const struct milter_edit *edits;
    size_t edit_n;
};

/* The stage that an answer is due for, or NONE. */
enum milter_stage milter_session_is_asking(
    const struct milter_session *session);
/* Answers what was asked.  False: it cannot be sent, and nothing was; the question is
 * still open. */
bool milter_session_answer(struct milter_session *session,
                           const struct milter_answer *answer, GError **error);
/* Still at work: lets an MTA that waits for the end of a message wait on.  At other
 * stages the protocol has no such thing, and nothing is sent. */
void milter_session_progress(struct milter_session *session);

#endif
