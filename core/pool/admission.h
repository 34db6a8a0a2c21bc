/* SPDX-License-Identifier: MIT */
/*
 * Admission: may a new generation take over?
 *
 *     TESTING     the first worker of each crew comes up and says who is down; there
 *        │        each plugin's self-test is run (selftests.h)
 *        ▼
 *     CANARIES    three messages go the ordinary way through the home class: the EICAR
 *        │        test file, GTUBE, and a clean one (flights.h)
 *        ▼
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

#include "pool/fault.h"

#include <stdbool.h>

struct admission;
struct generation;
struct selftests;

enum admission_step {
    ADMISSION_TESTING,
    ADMISSION_CANARIES,
    ADMISSION_OVER,
};

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

/* --- for its parts --- */

/* They found something wrong; `plugin` NULL: with no one of them. */
void admission_fault(struct admission *admission, enum fault_kind kind,
                     const char *plugin, const char *text);
/* Whom to tell what happens to first workers; lent. */
struct selftests *admission_tests(const struct admission *admission);

#endif
