/* SPDX-License-Identifier: MIT */
/*
 * The sockets at which a front listens, and who is let in.
 *
 * One connection more than [milter] connections_max is closed at once: its MTA defers,
 * by its own rules, and the others go on.  Without descriptors nobody is listened to for
 * a second, instead of being woken for connections that cannot be taken.
 */
#ifndef FRONT_DOORS_H
#define FRONT_DOORS_H

#include <glib.h>

#include <stdbool.h>

struct front;

/* `fd` listens.  False: it cannot be watched, and stays the caller's. */
bool doors_add(struct front *front, int fd, GError **error);
/* Whoever comes from now on is refused by the kernel. */
void doors_close(struct front *front);
/* The second is over. */
void doors_open_again(struct front *front);

#endif
