/* SPDX-License-Identifier: MIT */
/*
 * The herald: mails alarms.
 *
 *     front                                 herald, a process of its own
 *     herald_tell: a change of an alarm
 *     herald_tend: at most one mail
 *       in [alarm] mail_every        ───►   runs sendmail(1), to addresses that were
 *                                           fixed before the front began
 *
 * sendmail is installed with the rights of a group of its own, which a process without
 * new privileges does not get; parent and front have no new privileges.  So the herald
 * is begun before them, as the front's user and with no rights beside, and never hears
 * of mail or network: who has taken over the front can make it say something to the
 * administrator, and no more.
 *
 * Nothing here makes the front wait: what the herald does not take is tried later.
 */
#ifndef DAEMON_HERALD_H
#define DAEMON_HERALD_H

#include "pool/account.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    HERALD_BODY_MAX =
        16 * 1024,         /* bytes of one mail; what is more is counted */
    HERALD_WAIT_MS = 2000, /* what is raised together is told together */
    HERALD_RUN_S = 60      /* sendmail may take so long */
};

/* Front's end.  Owned by the daemon. */
struct herald;

/* Lent to the call. */
struct herald_how {
    const char *const *to;      /* NULL-ended, at least one */
    const char *sendmail;       /* absolute path */
    const struct account *user; /* as whom; NULL: as this process */
    uint64_t every_ns;
};

/* Begins the process, while this is the only thread and [root] may change its user. */
bool herald_begin(const struct herald_how *how, struct herald **out,
                  GError **error);
/* Ends it, after what it is doing.  NULL is fine. */
void herald_end(struct herald *herald);

/* One alarm has changed; `text` is why. */
void herald_tell(struct herald *herald, const char *name, const char *text,
                 bool is_raised, uint64_t now_ns);
/* Another distance of mails. */
void herald_pace(struct herald *herald, uint64_t every_ns);
/* Sends what is due. */
void herald_tend(struct herald *herald, uint64_t now_ns);
/* When that is; UINT64_MAX: nothing is to be told. */
uint64_t herald_next_ns(const struct herald *herald);

#endif
