/* SPDX-License-Identifier: MIT */
/*
 * Where MTAs reach us: addresses as they are written, and sockets that listen there.
 *
 *     unix:/run/assay/milter.sock     also local:/PATH, or the path alone
 *     inet:127.0.0.1:8891             Postfix's words; inet6: is the same
 *     inet:8891@127.0.0.1             Sendmail's
 *     inet:[::1]:8891, inet:localhost:8891
 */
#ifndef FRONT_LISTEN_H
#define FRONT_LISTEN_H

#include "base/conf.h"

#include <glib.h>

#include <stdbool.h>

/* One address; either a path or host and port.  Owned by who parsed it. */
struct listen_address {
    char *text; /* as it was written */
    char *path; /* absolute; NULL: TCP */
    char *host; /* name or address without brackets; NULL: UNIX */
    char *port; /* "1".."65535"; NULL: UNIX */
};

/* NULL: it is none. */
struct listen_address *listen_address_parse(const char *text);
void listen_address_free(struct listen_address *address);

/*
 * Opens all that [milter] listen names, non-blocking; `out` is an array of int then,
 * yours to close and to free.  A name with several addresses is listened at on each.
 * A unix: socket is made for its owner and group only (0660); one that was left there
 * by a process that has ended is replaced, one that answers is an error.  Started as
 * root: before root is left.  False: nothing is open.
 */
bool listen_open_all(const struct conf *conf, GArray **out, GError **error);
/* Closes those of an array of int, and frees it; NULL is fine. */
void listen_close_all(GArray *fds);

#endif
