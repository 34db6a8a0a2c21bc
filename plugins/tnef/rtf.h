/* SPDX-License-Identifier: MIT */
/*
 * Compressed RTF, in which Outlook keeps message bodies (MS-OXRTFCP).
 */
#ifndef TNEF_RTF_H
#define TNEF_RTF_H

#include <stddef.h>
#include <stdint.h>

enum rtf_result {
    RTF_WHOLE = 1,
    RTF_CUT,  /* `out` is what could be unpacked */
    RTF_NONE, /* not compressed RTF, or nothing came out */
    RTF_NO_MEMORY
};

/* `*out` is yours (free), unless RTF_NONE or RTF_NO_MEMORY.  At most `max` bytes
 * come out; more is RTF_CUT. */
enum rtf_result rtf_unpack(const uint8_t *p, size_t n, size_t max,
                           uint8_t **out, size_t *out_n);

#endif
