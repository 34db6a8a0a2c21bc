/* SPDX-License-Identifier: MIT */
/*
 * The content digest: SHA-256 of what a message says, whichever way it came.
 *
 * All header fields in order and the body, but for what is written on the way and says
 * nothing of the content:
 *
 *     trace fields    Received, Return-Path (RFC 5321 4.4), Delivered-To, X-Original-To,
 *                     Envelope-To, Received-SPF (RFC 7208 9.1), and what RFC 6376 3.5 and
 *                     RFC 8617 4.1 treat like them: DKIM-Signature, ARC-...
 *     results         Authentication-Results
 *     ours            X-Assay-...
 *
 * A field is its name in lower case and its value without the line ends of folds and
 * without outer blanks: MTAs fold anew.  Each of both is preceded by its length, so that
 * no two messages make the same bytes.  The body is as it is.
 */
#ifndef FRONT_CONTENT_DIGEST_H
#define FRONT_CONTENT_DIGEST_H

#include "base/digest.h"
#include "front/milter_edit.h"

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

/* Of the message as it is after those edits; those of the body are not followed. */
void content_digest(GBytes *raw, const struct milter_edit *edits, size_t n,
                    uint8_t out[DIGEST_SIZE]);

#endif
