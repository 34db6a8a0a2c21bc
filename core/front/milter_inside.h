/* SPDX-License-Identifier: MIT */
/*
 * How a milter session is kept; for milter_session.c, milter_stage.c, milter_answer.c.
 */
#ifndef FRONT_MILTER_INSIDE_H
#define FRONT_MILTER_INSIDE_H

#include "front/milter_codec.h"
#include "front/milter_macros.h"
#include "front/milter_message.h"
#include "front/milter_session.h"

#include <glib.h>

enum milter_state {
    MILTER_STATE_START,
    MILTER_STATE_OPEN,
    MILTER_STATE_READY,
    MILTER_STATE_ENVELOPE,
    MILTER_STATE_HEADERS,
    MILTER_STATE_BODY,
    MILTER_STATE_OVER,
};

/* One connection; made and freed in milter_session.c. */
struct milter_session {
    struct milter_options options;
    const struct milter_owner *owner; /* lent */
    void *self;                       /* the owner's */
    enum milter_state state;
    enum milter_stage asking; /* NONE: nobody is asked */
    bool is_running;          /* packets are being looked at, further out */
    bool has_too_many_rcpts;
    bool is_too_large; /* what is asked about: raw is its header only */
    bool has_skipped;  /* the rest of this body is not wanted */
    struct milter_offer agreed;
    GByteArray *input;
    GByteArray *output;
    size_t output_at; /* sent of it */
    char *why;        /* it is over; NULL: it was asked to be */
    struct milter_macros macros;
    struct milter_message message; /* as it comes */
    GBytes *raw;                   /* as it is asked about */
    struct session *facts;
    size_t envelope_bytes;
};

/* Is this what may come now?  For a packet that is not all there yet. */
bool milter_stage_expects(const struct milter_session *session,
                          enum milter_command command);
/* One packet that may come now; may ask the owner, may end the session. */
void milter_stage_take(struct milter_session *session,
                       const struct milter_packet *packet);

/* Ends it with an error, which it takes. */
void milter_session_fail(struct milter_session *session, GError *error);
/* The transaction is over; tells the owner if it has not answered the last of it. */
void milter_session_abort(struct milter_session *session);
/* The same without a word. */
void milter_session_forget(struct milter_session *session);
/* Looks at what has come. */
void milter_session_run(struct milter_session *session);

#endif
