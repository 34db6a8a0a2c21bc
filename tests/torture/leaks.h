/* SPDX-License-Identifier: MIT */
/*
 * What is left over: processes below this one, and descriptors in it.
 *
 * leaks_adopt() makes this process the one that orphans below it fall to, so that none
 * can get away by a double fork or a session of its own.
 */
#ifndef TORTURE_LEAKS_H
#define TORTURE_LEAKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

bool leaks_adopt(void);

/* Processes below this one, dead ones that nobody has waited for included; each is
 * told on standard error where `tells`. */
uint64_t leaks_processes(bool tells);

/* Open descriptors of this process. */
uint64_t leaks_fds(void);

#endif
