/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets that a service manager has opened: sd_listen_fds(3)'s protocol.
 *
 * LISTEN_FDS of them from descriptor 3 on, for the process LISTEN_PID.  As for
 * daemon/notify.h, a dozen lines instead of a library.  All of them are for milters.
 */
#ifndef DAEMON_ACTIVATION_H
#define DAEMON_ACTIVATION_H

#include <glib.h>

#include <stdbool.h>

/* Descriptors (int), yours with g_array_unref and close; none where nobody has opened
 * any.  Takes the variables out of the environment.  False: one is no stream socket that
 * listens. */
bool activation_take(GArray **fds, GError **error);

#endif
