/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one of ClamAV's names says: an exact signature, a heuristic, or that
 * libclamav could not look at everything.
 *
 * ClamAV tells all of these by one channel, the name of a "virus".  The table in
 * name.c has every name that libclamav 1.4 makes by itself; others are signatures.
 */
#ifndef CLAMAV_NAME_H
#define CLAMAV_NAME_H

#include <stdbool.h>
#include <stdint.h>

/* What libclamav says of a file that is too large. */
#define NAME_MAX_FILE_SIZE "Heuristics.Limits.Exceeded.MaxFileSize"

/* Static text. */
struct name_meaning {
    uint32_t status;     /* ASSAY_STATUS_FOUND or _UNSCANNABLE */
    uint32_t kind;       /* ASSAY_KIND_* for FOUND */
    uint32_t reason;     /* ASSAY_REASON_* for UNSCANNABLE */
    uint32_t confidence; /* percent */
    const char *text;    /* one sentence for people */
    bool is_mail_parser; /* a bound of libclamav's own mail parser */
};

struct name_meaning name_meaning(const char *name);

/* Does it say that a bound of the whole scan was reached? */
bool name_is_limit(const char *name);

#endif
