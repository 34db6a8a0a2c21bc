/* SPDX-License-Identifier: MIT */
/*
 * Amounts of bytes for people, in the units of plugins.conf: "17 B", "1.4 KiB".
 */
#ifndef CLI_AMOUNT_H
#define CLI_AMOUNT_H

#include <glib.h>

#include <stdint.h>

void amount_bytes(GString *to, uint64_t bytes);

#endif
