/* SPDX-License-Identifier: MIT */
/*
 * Whose Authentication-Results is it?  (RFC 8601 2.2, 5)
 *
 *     authserv-id = [CFWS] value [CFWS version]     before the first semicolon
 *
 * What bears our name and comes from outside is forged and has to go; and what is broken
 * so that some reader may take it for ours goes too.  Others' stay: they are no promise
 * of ours.
 */
#ifndef FRONT_AUTHSERV_ID_H
#define FRONT_AUTHSERV_ID_H

#include <stdbool.h>
#include <stddef.h>

/* Might the field's raw value p[0..n), folds and all, be read as of `id`? */
bool authserv_id_may_be(const char *p, size_t n, const char *id);

#endif
