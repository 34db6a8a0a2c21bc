/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressed RTF (MS-OXRTFCP): libytnef unpacks it.
 *
 * libytnef 2.0 reads behind its input, copies as much as the header says whatever
 * there is, prints on standard output and leaks when a stream does not end as
 * told.  So it is given only streams that were walked before, with the size that
 * the walk came to, in a buffer with room behind.
 */
#ifndef TNEF_RTF_H
#define TNEF_RTF_H

#include <stdbool.h>
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
