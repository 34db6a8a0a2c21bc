/* SPDX-License-Identifier: MIT */
/*
 * The canaries of a new generation on their way: each goes through its home class as an
 * ordinary message would, and what is said of it is judged.
 *
 * They do not stand in the queue: what waits there is the running generation's.
 */
#ifndef POOL_FLIGHTS_H
#define POOL_FLIGHTS_H

#include "pool/canary.h"

#include <glib.h>

#include <stdbool.h>

struct admission;
struct generation;
struct flights;

/* Nothing flies yet.  What is found is told to the admission.  Owned by that. */
struct flights *flights_new(struct admission *admission,
                            struct generation *generation);
/* NULL: nothing.  Jobs that are not answered must have left their seats. */
void flights_free(struct flights *flights);

/* Sends all of them. */
void flights_begin(struct flights *flights);
/* Does what can be done now; true: all are answered. */
bool flights_tend(struct flights *flights);

/* Interned names (const char *) of the plugins that found what there is to find. */
const GArray *flights_finders(const struct flights *flights,
                              enum canary canary);
/* Is this plugin among them? */
bool flights_has_found(const struct flights *flights, enum canary canary,
                       const char *plugin);

#endif
