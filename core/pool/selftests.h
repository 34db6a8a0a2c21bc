/* SPDX-License-Identifier: MIT */
/*
 * The self-tests of a new generation: in the first worker of each crew every plugin is
 * asked whether it works.
 *
 * Of one crew:
 *
 *     WAITING ── a worker is ready ──► PLACED ── answered ──► OVER
 *        ▲ │                             │                     ▲
 *        │ └── none stays alive ─────────┼─────────────────────┤
 *        ├────── died in plugin X: ──────┴── died in core, or ─┘
 *        │       again without X             nobody is left
 *        └────── killed from outside: the same again, TRIAL_OUTSIDE_MAX times; then
 *                it counts as died in X
 */
#ifndef POOL_SELFTESTS_H
#define POOL_SELFTESTS_H

#include "pool/crew.h"
#include "pool/hello.h"
#include "pool/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct admission;
struct generation;
struct selftests;

/* For all crews of the generation, which must be open.  What is found is told to the
 * admission.  Owned by that. */
struct selftests *selftests_new(struct admission *admission,
                                const struct generation *generation);
/* NULL: nothing. */
void selftests_free(struct selftests *tests);

/* Does what can be done now; true: all crews are through. */
bool selftests_tend(struct selftests *tests);

/* A worker is ready: the first one of its crew tells who is down. */
void selftests_greet(struct selftests *tests, const struct crew *crew,
                     const struct hello *hello);
/* The answer to TRAY_SELF_TEST; foreign bytes. */
void selftests_answer(struct selftests *tests, const struct crew *crew,
                      const uint8_t *p, size_t n);
/* The worker died on TRAY_SELF_TEST. */
void selftests_died(struct selftests *tests, const struct crew *crew,
                    const struct death *death);

#endif
