/* SPDX-License-Identifier: MIT */
/*
 * What the front has done since it was opened, counted.
 */
#ifndef FRONT_TOTALS_H
#define FRONT_TOTALS_H

#include "pool/histogram.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdint.h>

/* Zeroed memory is a valid one.  Embedded in its front. */
struct totals {
    uint64_t connections; /* taken */
    uint64_t refused;     /* connections over the limit */
    uint64_t mails;       /* answered */
    uint64_t gone;        /* the MTA did not wait for the answer */
    uint64_t bytes;
    uint64_t actions[ASSAY_ACTION_DISCARD + 1]; /* the strictest of each */
    struct histogram took; /* from the question to the answer */
};

/* Appends `"mails":…,"actions":{…},…`, without braces. */
void totals_show(const struct totals *totals, GString *json);

#endif
