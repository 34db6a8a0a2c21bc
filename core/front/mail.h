/* SPDX-License-Identifier: MIT */
/*
 * One message, from the MTA's question to our answer.
 *
 *     SCANNING ── verdict, outcome ──► KEEPING (a copy has to be safe first) ──► answered
 *         │                └──────────────────────────────────────────────────►  answered
 *         └─ the MTA is gone ─► nobody waits: the scan is cancelled, a copy that is being
 *                               kept is finished, and found again when the MTA asks anew
 *
 * Answered at once, without a scan, is what is larger than [limits] max_message_bytes,
 * and what has more recipients than [milter] max_envelope_bytes holds.
 */
#ifndef FRONT_MAIL_H
#define FRONT_MAIL_H

#include "front/milter_wire.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct mail;

/* What answers may need (enum milter_action). */
#define MAIL_ACTIONS                                                           \
    (MILTER_MAY_ADD_HEADERS | MILTER_MAY_CHANGE_HEADERS |                      \
     MILTER_MAY_ADD_RCPT | MILTER_MAY_DELETE_RCPT | MILTER_MAY_CHANGE_FROM |   \
     MILTER_MAY_CHANGE_BODY | MILTER_MAY_QUARANTINE)

/* The connection's session asks about its end.  NULL: it is answered already. */
struct mail *mail_begin(struct connection *connection);
/* Of one that has come to its end. */
void mail_free(struct mail *mail);
/* Its connection hears nothing any more; it ends by itself. */
void mail_abandon(struct mail *mail);
/* Answers `tempfail` now; nobody waits for anything else.  `why` is for the log. */
void mail_give_up(struct mail *mail, const char *why);
/* Is it at work for longer than [milter] mail_time, and more than the pool may be? */
bool mail_is_late(const struct mail *mail, uint64_t now_ns);

#endif
