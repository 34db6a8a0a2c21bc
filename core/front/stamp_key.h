/* SPDX-License-Identifier: MIT */
/*
 * A key of a stamp, from its file.
 *
 *     $ openssl rand -hex 32 >/etc/assay/stamp-2026a.key; chmod 640 ...
 *
 * One line: hexadecimal digits, an even number of them, or else base64 (RFC 4648 4), of
 * 32 to 256 bytes.  The file is regular and nobody but owner and group may read it, nobody
 * but its owner write it.
 */
#ifndef FRONT_STAMP_KEY_H
#define FRONT_STAMP_KEY_H

#include "front/stamp_options.h"

/* The key in that file, yours: stamp_key_free wipes it. */
bool stamp_key_read(const char *path, struct stamp_key **out, GError **error);
void stamp_key_free(void *key);

#endif
