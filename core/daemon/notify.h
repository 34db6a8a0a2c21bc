/* SPDX-License-Identifier: MIT */
/*
 * Telling a service manager how it is going: sd_notify(3)'s protocol.
 *
 * A datagram of NAME=VALUE lines to the socket that NOTIFY_SOCKET names.  The protocol
 * is documented as stable and a dozen lines; libsystemd, which has it too, would bring
 * compressors and more into a process that begins as root.
 *
 *     READY=1         it answers mail
 *     RELOADING=1     with MONOTONIC_USEC; READY=1 follows
 *     STOPPING=1
 *     STATUS=...      a line for `systemctl status`
 *     WATCHDOG=1      the loop turns
 *
 * The environment is read, and emptied of what is ours, before parent and front are
 * divided: WATCHDOG_PID is the number of the process that the manager started.  The
 * socket is connected then too, while it can be reached.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Owned by the program.  Zeroed memory is not valid: notify_open makes one. */
struct notify {
    int fd;               /* -1: nobody wants to know */
    uint64_t watchdog_ns; /* to be told at least so often; 0: never */
    uint64_t told_ns;     /* when it was last told */
};

/* Nothing fails: who cannot be told is not told. */
void notify_open(struct notify *out);
void notify_close(struct notify *notify);

void notify_ready(const struct notify *notify);
/* RELOADING; until notify_ready.  `now_ns` is CLOCK_MONOTONIC. */
void notify_reloading(const struct notify *notify, uint64_t now_ns);
void notify_stopping(const struct notify *notify);
/* `text` is one line; what a line has no place for is left out. */
void notify_status(const struct notify *notify, const char *text);
/* To be called at every turn of the loop: tells the watchdog twice as often as it
 * wants to be told. */
void notify_turn(struct notify *notify, uint64_t now_ns);
/* When the loop has to turn; UINT64_MAX: whenever. */
uint64_t notify_next_ns(const struct notify *notify);

#endif
