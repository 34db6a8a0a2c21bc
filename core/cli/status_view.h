/* SPDX-License-Identifier: MIT */
/*
 * What a pool counts, for a person.
 */
#ifndef CLI_STATUS_VIEW_H
#define CLI_STATUS_VIEW_H

#include <glib.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* How it is shown. */
struct status_how {
    bool with_color;
    unsigned columns; /* lines are cut there; 0: not */
};

/* Appends `root`, an answer to "status" (counters_json()); what is missing or of
 * another type shows as 0 or not at all. */
void status_show(const json_t *root, const struct status_how *how, GString *to);
/* How many alarms are raised. */
size_t status_alarms(const json_t *root);

#endif
