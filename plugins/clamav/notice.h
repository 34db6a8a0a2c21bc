/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libclamav's own messages, which would else go to standard error.
 *
 * libclamav has one callback for the whole process and gives it no instance: the
 * host of whoever runs now is remembered here.  While signatures are loaded all is
 * told; during a scan mail decides what libclamav complains about, so that goes to
 * level debug, and the last complaint is kept for the case that the scan fails.
 */
#ifndef CLAMAV_NOTICE_H
#define CLAMAV_NOTICE_H

#include <assay/plugin.h>

#include <stdbool.h>

/* From now on messages go to `host`; the last complaint is forgotten. */
void notice_use(const struct assay_host *host, bool is_loading);

/* The last complaint since notice_use, or "". */
const char *notice_last(void);

/* One line to the host's log, cut at 400 bytes. */
__attribute__((format(printf, 3, 4))) void notice_log(
    const struct assay_host *host, uint32_t level, const char *format, ...);

#endif
