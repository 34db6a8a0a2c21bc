/* SPDX-License-Identifier: MIT */
/*
 * Where `assay scan --isolate` was started as root: who goes on as whom
 * (pool/parent.h).
 *
 *     parent    root with three capabilities, reads nothing
 *     front     [pool] front_user, and may read every file: those that root named
 *     workers   [pool] user, or that of their class
 */
#ifndef DAEMON_DIVIDE_H
#define DAEMON_DIVIDE_H

#include "daemon/setup.h"
#include "pool/operator.h"
#include "pool/parent.h"

#include <glib.h>

#include <stdbool.h>

/*
 * Returns in the front.  *out is NULL where nothing was divided: this is not root, or
 * workers could not open what they need as their users, which the log tells ([pool]
 * sandbox = required: an error).  [single-threaded, before the first mail]
 * `socket`, open already (NULL: none), is removed by the parent at the end as well: in
 * a folder of root's the front cannot.
 */
bool divide(const struct setup_how *how, const struct setup *setup,
            struct operator_socket *socket, struct parent **out,
            GError **error);

#endif
