/* SPDX-License-Identifier: MIT */
/*
 * Where a program was started as root: who goes on as whom (pool/parent.h).
 *
 *     parent    root with three capabilities, reads nothing
 *     front     [pool] front_user; of a command: may read every file, those that root
 *               named; of a daemon: no right beside
 *     workers   [pool] user, or that of their class
 */
#ifndef DAEMON_DIVIDE_H
#define DAEMON_DIVIDE_H

#include "daemon/setup.h"
#include "pool/parent.h"

#include <glib.h>

#include <stdbool.h>

/* What differs between a command and a daemon.  Lent; `self` for good. */
struct divide_front {
    bool reads_all; /* keeps CAP_DAC_READ_SEARCH */
    /* What speaks with strangers does not go on as root: it is an error where workers
     * could not open what they need as their users. */
    bool must_divide;
    /* The parent's last deed: the front may not remove what root has made. */
    void (*at_end)(void *self);
    void *self;
};

/*
 * Returns in the front.  *out is NULL where nothing was divided: this is not root, or
 * workers could not open what they need as their users, which the log tells ([pool]
 * sandbox = required, must_divide: an error).  [single-threaded, before the first mail]
 */
bool divide(const struct setup_how *how, const struct setup *setup,
            const struct divide_front *front, struct parent **out,
            GError **error);

#endif
