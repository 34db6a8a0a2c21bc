/* SPDX-License-Identifier: MIT */
/*
 * Private to mail.h: one message, and what is done aside for it.
 */
#ifndef FRONT_MAIL_INSIDE_H
#define FRONT_MAIL_INSIDE_H

#include "front/connection.h"
#include "front/mail.h"
#include "front/mail_log.h"
#include "front/marks.h"
#include "store/quarantine.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Ends itself: when it is answered, or when nobody waits and nothing of it is at work
 * any more. */
struct mail {
    struct front *front;
    struct connection *connection; /* NULL: nobody waits */
    struct session *session;
    GBytes *raw;             /* NULL: it was too large */
    struct job *job;         /* in the pool; NULL: not, or answered */
    struct outcome *outcome; /* NULL: no verdict yet */
    struct marks *marks;     /* of what goes on; NULL: it does not */
    struct mail_log log;
    /* It was released: what it was held for does not count.  Without id: it was not. */
    struct quarantine_exemption exemption;
    uint64_t begun_ns;
    bool is_over; /* its front frees it after the turn */
};

/* --- answers (mail_answer.c); the MTA waits --- */

void mail_answer_plain(struct mail *mail, enum milter_response verdict);
/* A reply of its own; a text that cannot be sent is left out. */
void mail_answer_code(struct mail *mail, unsigned code, const char *enhanced,
                      const char *text);
/* It goes on, with its marks.  False: it cannot be marked, and is refused. */
bool mail_answer_marked(struct mail *mail);

/* --- what is done (mail_decide.c) --- */

/* By what the scan has found; answers it, or has it kept first. */
void mail_decide(struct mail *mail, const struct pool_answer *answer);
/* False: it bears no stamp that counts here. */
bool mail_decide_by_stamp(struct mail *mail);
/* Marks and answers it by its header alone.  False: that cannot be marked, and nothing
 * was answered. */
bool mail_pass_unscanned(struct mail *mail, GBytes *header);
/* The outcome is carried out, and that is its end. */
void mail_carry_out(struct mail *mail);

/* --- aside (mail_aside.c) --- */

/* Is there room for one more?  What waits for the disk is in memory. */
bool mail_may_wait_aside(const struct mail *mail);
/* There is not: it is deferred. */
void mail_too_much_waits(struct mail *mail);
/* Has `item` kept, which it takes over, and goes on with mail_kept. */
void mail_keep(struct mail *mail, struct quarantine_item *item);
/* The copy is safe, or `why` it is not.  Takes `id`. */
void mail_kept(struct mail *mail, char *id, const GError *why);

/* Looks for its exemption, and goes on with mail_looked_up. */
void mail_look_up(struct mail *mail);
/* It is in the mail, if there is one; or `why` it could not be looked for. */
void mail_looked_up(struct mail *mail, const GError *why);

#endif
