/* SPDX-License-Identifier: MIT */
/*
 * What a scan found, as bytes and back: findings, answers, facts, counts, edits and
 * what it cost, in their order.
 *
 * The bytes are hostile; core/scan/told.h holds them to the rules.  Plugins are named
 * by their place in the plan.  Not in them: the message (pool/hollow.h) and what only
 * a running scan needs.
 */
#ifndef POOL_RESULT_H
#define POOL_RESULT_H

#include "base/pack.h"
#include "pool/hollow.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>

/* Equal answers may be packed once.  A scan with more facts, counts or edits than any
 * honest one makes `to` full. */
void result_pack(const struct scan *scan, struct packer *to);

/* False with what is wrong; on success `*out` is yours (scan_free) and lends from
 * `message`. */
bool result_unpack(struct unpacker *from, const struct reply_context *context,
                   struct message *message, struct scan **out, GError **error);

#endif
