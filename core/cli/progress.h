/* SPDX-License-Identifier: MIT */
/*
 * The bar on standard error while many messages are scanned.
 *
 *     [########............]  412/6046  380 mails/s  15 s left
 *
 * Only where standard error is a terminal and there is more than a screenful; it
 * leaves nothing behind.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owned by the command.  Zeroed memory is a bar that never shows. */
struct progress {
    bool is_on;
    bool is_shown;
    unsigned columns;
    size_t all;
    uint64_t begun_ns;
    uint64_t drawn_ns;
};

void progress_begin(struct progress *progress, size_t all);
/* Draws it, at most ten times a second. */
void progress_draw(struct progress *progress, size_t done);
/* Wipes it: before anything else is written to the terminal, and at the end. */
void progress_hide(struct progress *progress);

#endif
