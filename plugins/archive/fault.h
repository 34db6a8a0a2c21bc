/* SPDX-License-Identifier: MIT */
/*
 * Why libarchive gave up, as one of the ABI's reasons.
 *
 * libarchive tells kinds of trouble apart in its texts only; its error numbers
 * are mostly one.  What no rule names counts as damaged, so a text that changes
 * makes the reason coarser and never turns trouble into "clean".
 */
#ifndef ARCHIVE_FAULT_H
#define ARCHIVE_FAULT_H

#include <stdint.h>

/* ASSAY_REASON_* for archive_error_string().  Readers that come to the end of the
 * input say nothing: no text is truncated. */
uint32_t fault_reason(const char *text);
/* ASSAY_OBJECT_* flag of a member that ended for that reason. */
uint64_t fault_flag(uint32_t reason);

#endif
