/* SPDX-License-Identifier: MIT */
/*
 * One line of log for each message that was asked about: an interface, to be read by
 * programs.  Keys are added at the end, never taken away or given another meaning.
 *
 *     level=info event=mail id=4Xk2b client=192.0.2.7 helo=mx.example from=a@b.example
 *     to="c@d.example,e@d.example" rcpts=2 size=8123 direction=in kind=malware scl=3
 *     action=reject answer=reject by=clamav name=Eicar object="2!a.zip!x"
 *     line="plugins.conf:31: [policy] malware = reject" held=0 ms=41.2 scan_ms=40.9
 *     tries=1 generation=3
 *
 *     id          the MTA's queue id; "" where it has none yet
 *     client      address; "" where it is none (a local one)
 *     from        envelope sender; "" is the null sender
 *     to          the first MAIL_LOG_RCPTS recipients, with commas
 *     kind        the worst; clean
 *     scl         -1 to 9
 *     action      the strictest over the recipients
 *     answer      what the MTA was told: deliver, reject, defer, discard; gone: it had
 *                 not waited; or too-large, too-many-rcpts, not-kept, shutdown: those
 *                 were not decided by a verdict
 *     by, name, object   the finding that decided; by is "" where the SCL did
 *     line        of configuration that decided
 *     held        recipients whose copy went to quarantine, and the copy:
 *     copy        its id, where there is one
 *     note        what could not be done exactly, or who has scanned it, if anything
 *     ms          from the question to the answer; scan_ms of it in the pool
 *     tries       workers that it was given to
 */
#ifndef FRONT_MAIL_LOG_H
#define FRONT_MAIL_LOG_H

#include "mail/session.h"
#include "pool/pool.h"
#include "verdict/outcome.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

enum {
    MAIL_LOG_RCPTS = 10 /* named; the number of all is told as well */
};

/* What the line tells beside the session; strings are its own.  Zeroed memory: nothing
 * was decided. */
struct mail_log {
    size_t size;
    char *by;
    char *name;
    char *object;
    char *line;
    char *note;
    const char *kind;   /* static */
    const char *action; /* static */
    const char *answer; /* static */
    char *copy;
    int scl;
    unsigned held;
    unsigned tries;
    uint64_t generation;
    uint64_t scan_ns;
    uint64_t took_ns;
};

/* Everything that a verdict tells. */
void mail_log_decided(struct mail_log *log, const struct verdict *verdict,
                      const struct outcome *outcome,
                      const struct pool_answer *answer);
/* The same of a verdict that was made elsewhere. */
void mail_log_told(struct mail_log *log, const struct verdict *verdict,
                   const struct outcome *outcome);
/* Writes the line. */
void mail_log_write(const struct mail_log *log, const struct session *session);
void mail_log_clear(struct mail_log *log);

#endif
