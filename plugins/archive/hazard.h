/* SPDX-License-Identifier: MIT */
/*
 * What libarchive 3.6.2 must not be given as it is.
 *
 * Three readers can be made to run for ever or to fill the memory before they
 * answer, so that neither the host's budget nor a deadline reaches them.  Each is
 * looked at first, by walks that are bounded by the size of the content:
 *
 *   iso9660  reads the whole tree before the first entry, and runs in circles when
 *            a Rock Ridge continuation points back at itself
 *   xar      runs in circles when one file is linked to twice
 *   rar, 7z  allocate what a number in the file says: see guard.h
 */
#ifndef ARCHIVE_HAZARD_H
#define ARCHIVE_HAZARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Are there at most `max` directory records in all of its trees, in folders that do not
 * overlap much?  (Block sizes other
 * than 2,048 bytes, which no disc has, cannot be told.) */
bool hazard_iso_is_small(const uint8_t *p, size_t n, uint64_t max);
/* Do all Rock Ridge continuations (SUSP 5.1) lead forward? */
bool hazard_iso_is_forward(const uint8_t *p, size_t n);
/* Is its table of contents of a bearable size and free of hard links? */
bool hazard_xar_is_tame(const uint8_t *p, size_t n);

#endif
