/* SPDX-License-Identifier: MIT */
/*
 * Admission: may a new generation take over?
 *
 *     STARTING    the first worker of each crew comes up and says who is down
 *     TESTING     there each plugin's self-test is run
 *     CANARIES    three messages go the ordinary way through the home class: the EICAR
 *                 test file, GTUBE, and a clean one
 *     OVER        what was found wrong is known
 *
 * A fault is a plugin that was refused, did not start, failed its self-test or a
 * canary; a clean message taken for malware; EICAR found by no engine although there
 * is one that says ASSAY_FLAG_MALWARE; and a plugin that no longer finds EICAR or GTUBE
 * although it did in the generation before.  (Which plugins could find spam is told by
 * no flag, so the first generation owes nothing for GTUBE.)
 *
 * The rule: a new generation must not be worse than the running one.  A fault keeps it
 * out, unless its plugin is optional or the running generation has it as well: a plugin
 * that is broken anyhow must not keep others from getting their signatures.  All faults
 * are told in the log.  The first generation has none to stay behind: it goes to work
 * with its faults, and what those plugins did not look at is `failed`.
 *
 * What was found stays with the generation as the measure for its successor.
 */
#ifndef POOL_ADMISSION_H
#define POOL_ADMISSION_H

#include "pool/crew.h"
#include "pool/hello.h"
#include "pool/trial.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct admission;
struct generation;

/* All crews must be open.  Owned by the generation. */
struct admission *admission_new(struct generation *generation);
/* Jobs and tasks of it that are not answered must have left their seats. */
void admission_free(struct admission *admission);

/* Does what can be done now; true: it is over. */
bool admission_tend(struct admission *admission);
/* Tells the log of all faults.  A new string, yours: what keeps it out beside `old`
 * (NULL: there is none, nothing can); NULL: nothing. */
char *admission_judge(const struct admission *admission,
                      const struct admission *old);

/* --- what happens meanwhile; all may be called at any time --- */

/* A worker is ready. */
void admission_greet(struct admission *admission, const struct crew *crew,
                     const struct hello *hello);
/* The answer to TRAY_SELF_TEST. */
void admission_answer(struct admission *admission, const struct crew *crew,
                      const uint8_t *p, size_t n);
/* The worker died on TRAY_SELF_TEST. */
void admission_died(struct admission *admission, const struct crew *crew,
                    const struct death *death);

#endif
