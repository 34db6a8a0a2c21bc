/* SPDX-License-Identifier: MIT */
/*
 * Zip archives, read as the directory tells them and, where the local headers tell
 * otherwise, as those do (zip_directory.h finds where).
 *
 * libarchive unpacks; what it is given is made here: for each directory entry a
 * local header that says what the directory says, then the entry's bytes where
 * they lie.  So the directory's view does not depend on what a local header
 * claims, names come as they stand, and a damaged member costs only itself.
 */
#ifndef ARCHIVE_ZIP_H
#define ARCHIVE_ZIP_H

#include "member.h"

#include <stdbool.h>

/* True when it was a zip: read, or firm and told as damaged. */
bool zip_unpack(struct unpack *u, bool is_firm);

#endif
