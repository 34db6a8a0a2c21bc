/* SPDX-License-Identifier: MIT */
/*
 * A scan that was run in another process, built anew from what that process tells.
 *
 * The teller may have been taken over by what it scanned.  So nothing gets in here
 * that a scan which ran in this process could not hold as well: then verdict, views
 * and scan_free need not know where a scan was run.
 *
 * Each told_...() returns NULL, or the rule that is broken as one sentence without a
 * subject ("has an unknown status"): then the scan is half built and is to be dropped.
 * Where ownership is taken it is taken in that case too.
 */
#ifndef SCAN_TOLD_H
#define SCAN_TOLD_H

#include "scan/scan.h"

#include <stddef.h>
#include <stdint.h>

/* A result with nothing in it yet; `message` has its objects already.  Its uses are
 * zero, its deadline is none. */
struct scan *told_scan_new(const struct scan_plan *plan,
                           struct message *message, int64_t now_s);

/* Takes a finding with all that is in it.  Its plugin is one of the plan's names or
 * core's, its object one of the message's, its texts are set by finding_set_texts. */
const char *told_finding(struct scan *scan, struct finding *finding);

const char *told_answer(struct scan *scan, const struct scan_answer *answer);

/* The bytes are copied. */
const char *told_fact(struct scan *scan, const char *key, const char *value,
                      size_t n);
const char *told_count(struct scan *scan, const char *name, const char *key,
                       size_t key_n, int64_t n);
/* A proposal of `scanner`, one of the plan's. */
const char *told_edit(struct scan *scan, const struct scanner *scanner,
                      const struct assay_edit *edit);

#endif
