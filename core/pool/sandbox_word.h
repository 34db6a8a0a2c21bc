/* SPDX-License-Identifier: MIT */
/*
 * Writing words into a sandbox_report; what entering and probing say alike.
 */
#ifndef POOL_SANDBOX_WORD_H
#define POOL_SANDBOX_WORD_H

#include "pool/sandbox.h"

void word_set(struct sandbox_report *report, enum sandbox_measure measure,
              enum sandbox_state state, const char *why);
/* Of this process's user. */
/* `why`: of root, NULL: the ordinary reason. */
void word_uid(struct sandbox_report *report, const char *why);
/* Of the kernel's Landlock, at most `abi_max`; the ABI to use, 0: none. */
uint32_t word_landlock(struct sandbox_report *report, uint32_t abi_max);

#endif
