/* SPDX-License-Identifier: MIT */
/*
 * What the process of daemon/herald.h does.
 */
#ifndef DAEMON_HERALD_RUN_H
#define DAEMON_HERALD_RUN_H

/* [herald] Hands each packet of `fd`, a whole mail without From and To, to `sendmail`
 * for the addresses `to`; until the other end is closed.  Signals that end a daemon do
 * not end it: what it has heard it sends. */
_Noreturn void herald_run(int fd, const char *sendmail, const char *const *to);

#endif
