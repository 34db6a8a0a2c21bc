/* SPDX-License-Identifier: MIT */
/*
 * Signals as something to poll.
 *
 *     SIGTERM, SIGINT   stop
 *     SIGHUP            reload
 *
 * Handlers that write into an eventfd: nothing is blocked, so that no process which is
 * started meanwhile inherits a mask.
 */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include <stdbool.h>

/* What has come since it was last asked. */
struct signals_seen {
    unsigned stops;
    bool hangup;
};

/* Takes SIGHUP from now on; before there is anything to stop, other signals end us as
 * they always do.  False with errno. */
bool signals_open(void);
/* Takes SIGTERM and SIGINT too, and SIGPIPE for nothing. */
void signals_take_all(void);
/* Readable when there is something to be seen. */
int signals_fd(void);
struct signals_seen signals_see(void);

#endif
