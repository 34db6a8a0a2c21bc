/* SPDX-License-Identifier: MIT */
/*
 * What of a message stays the same on its way through a mail server: what an exemption
 * is bound to.
 */
#ifndef STORE_BOUND_H
#define STORE_BOUND_H

#include "base/digest.h"

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 over the header fields, in order, but those that mail servers add or rewrite
 * (trace, addresses, Date, Message-ID, Authentication-Results, X-Assay-*), and over the
 * body.  Names in lower case, folds and blanks as one blank (RFC 6376 3.4.2); line ends
 * as CRLF, empty lines at the end left out (3.4.3).
 */
void bound_digest(const uint8_t *p, size_t n, uint8_t out[DIGEST_SIZE]);

#endif
