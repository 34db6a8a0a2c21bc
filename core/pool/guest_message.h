/* SPDX-License-Identifier: MIT */
/*
 * Private to the guest: a message, rebuilt from the log that its home worker lends.
 */
#ifndef POOL_GUEST_MESSAGE_H
#define POOL_GUEST_MESSAGE_H

#include "mail/message.h"
#include "pool/guest.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One message.  Zeroed memory is valid and empty.  Owned by its guest; it may not move
 * while there is a message.
 */
struct guest_message {
    uint64_t number; /* guest_view.message */
    struct session *session;
    struct message *message; /* NULL: nothing is known */
    size_t log_n;            /* of the log, read so far */
    GPtrArray *logs;         /* GBytes: its copies, which fields point into */
    GArray *contents;        /* struct lent: where they are, by object's id */
    const struct guest_view *view; /* while a task runs */
    bool is_short; /* a content was wanted that is not lent yet */
};

/* Reads on to `log_n`, from the beginning where it is another message.  Returns NULL,
 * or what is wrong: then nothing is known any more.  `view` is lent until the next
 * call. */
const char *guest_message_read(struct guest_message *known,
                               const struct scan_plan *plan,
                               const struct guest_view *view, size_t log_n);
void guest_message_clear(struct guest_message *known);

#endif
