/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking at one object: a scan by libclamav, and what it says in the host's words.
 *
 * libclamav answers "clean" in cases where it has not looked: where it cannot make
 * its scratch folder, where time is up, where a bound was reached.  Here clean is
 * said only when libclamav called back for the content itself and told no bound.
 */
#ifndef CLAMAV_LOOK_H
#define CLAMAV_LOOK_H

#include "engine.h"

int32_t look_handle(void *inst, const struct assay_task *task);

/* EICAR is found and a plain text is not. */
int32_t look_self_test(void *inst, struct assay_buf *err);

#endif
