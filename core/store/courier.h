/* SPDX-License-Identifier: MIT */
/*
 * Handing a message to the mail server, and what it answered for each recipient.
 *
 * Until commit() the server cannot have the message: SMTP and LMTP have not seen its
 * end, sendmail(1) is not started.  From then on a recipient whose answer does not come
 * is unknown, never "not delivered".
 */
#ifndef STORE_COURIER_H
#define STORE_COURIER_H

#include "store/options.h"
#include "store/state.h"

#include <glib.h>

#include <stdbool.h>

/* One recipient.  Owned by the job's maker. */
struct courier_rcpt {
    const char *address; /* lent */
    enum state_rcpt_now now;
    char *answer; /* clean text, NULL: none yet */
};

/* One message to hand over.  Lent while it is. */
struct courier_job {
    const struct quarantine_options *options;
    const char *sender; /* "": the null sender */
    GPtrArray *rcpts;   /* struct courier_rcpt */
    const char *field; /* a header field that is put first, with its line end */
    GBytes *raw;
    /* Called once, before the server can have it; those that are still wanted are
     * UNKNOWN by then.  False: it is not handed over. */
    bool (*commit)(void *self, GError **error);
    void *self;
};

/*
 * By [quarantine] release_by.  True: every recipient is ACCEPTED, REFUSED or UNKNOWN;
 * *answer is what the server said to the whole, clean text, yours.  False: there was
 * nobody to hand it to, and all are HELD.
 */
bool courier_send(struct courier_job *job, char **answer, GError **error);

/* For courier_send: by these ways. */
bool courier_smtp(struct courier_job *job, char **answer, GError **error);
bool courier_sendmail(struct courier_job *job, char **answer, GError **error);
/* All that are in state `from` come into `to`, with that answer. */
void courier_set_all(struct courier_job *job, enum state_rcpt_now from,
                     enum state_rcpt_now to, const char *answer);

#endif
