/* SPDX-License-Identifier: MIT */
/*
 * What one run came to: counts by kind and action, speed.
 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "cli/record.h"

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

enum {
    SUMMARY_KINDS = ASSAY_KIND_FAILED + 1,
    SUMMARY_ACTIONS = ASSAY_ACTION_DISCARD + 1
};

/* Zeroed memory is valid and empty. */
struct summary {
    size_t messages;
    size_t found;   /* with a kind that is neither clean nor info */
    size_t trouble; /* not scanned, or not by all */
    size_t kinds[SUMMARY_KINDS];
    size_t actions[SUMMARY_ACTIONS];
    uint64_t bytes;
};

void summary_add(struct summary *summary, const struct record *record);

/* Two or three lines.  `asked`: how many messages there were. */
void summary_show(const struct summary *summary, size_t asked, uint64_t ns,
                  GString *to);

/* enum cmd_exit by what was found. */
int summary_exit(const struct summary *summary);

#endif
