/* SPDX-License-Identifier: MIT */
/*
 * What rar and cab archives say about themselves that libarchive 3.6.2 does not
 * pass on: that other volumes are missing, and that members of a rar5 are
 * encrypted.
 */
#ifndef ARCHIVE_VOLUME_H
#define ARCHIVE_VOLUME_H

#include "sniff.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is the archive at `p` one volume of several? */
bool volume_is_split(const uint8_t *p, size_t n, enum sniff_format format);
/* Has a file in the rar5 at `p` an encryption record? */
bool volume_is_encrypted(const uint8_t *p, size_t n);

#endif
