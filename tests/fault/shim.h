/* SPDX-License-Identifier: MIT */
/*
 * System calls that fail, or after which the process is dead, by their number.
 *
 * The program that links this has its own open, write, fsync and so on; libraries, SQLite
 * included, take them before libc's.  While it is armed every one of them counts, and
 * those on files below one folder are watched: what was written and not fsync'd, which
 * name was made in which folder that was not fsync'd.
 */
#ifndef TESTS_FAULT_SHIM_H
#define TESTS_FAULT_SHIM_H

#include <stdbool.h>

/* What happens at call number `at`, counted from 1. */
enum shim_fault {
    SHIM_NONE,
    SHIM_FAIL,      /* it fails, later ones do not */
    SHIM_FAIL_FROM, /* it fails, and all after it */
    SHIM_SHORT,     /* it writes one byte where it should write more */
    SHIM_DIE,       /* it is done, then SIGKILL */
};

/* From here on; `error` is errno of what fails. */
void shim_arm(enum shim_fault fault, unsigned at, int error);
void shim_disarm(void);
/* Calls since it was armed. */
unsigned shim_calls(void);
/* Something is not on the disk yet: its name; NULL: all is.  What has `but` in its name
 * does not count, nor SQLite's shared memory, which is made again from nothing. */
const char *shim_unsynced(const char *but);

#endif
