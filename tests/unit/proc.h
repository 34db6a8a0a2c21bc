/* SPDX-License-Identifier: MIT */
/* What /proc tells everybody of a process. */
#ifndef TESTS_PROC_H
#define TESTS_PROC_H

#include <sys/types.h>

/* The first number of a field of /proc/PID/status, in the base that it has there; all
 * bits set where it cannot be told. */
unsigned long long proc_status(pid_t pid, const char *field, int base);

#endif
