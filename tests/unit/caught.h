/* SPDX-License-Identifier: MIT */
/*
 * What a part of a test writes to standard error.
 */
#ifndef TESTS_CAUGHT_H
#define TESTS_CAUGHT_H

void caught_begin(void);
/* What was written since caught_begin(); lent until the next call. */
const char *caught_end(void);

#endif
