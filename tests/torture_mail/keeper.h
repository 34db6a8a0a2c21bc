/* SPDX-License-Identifier: MIT */
/*
 * Starts assayd, and again whenever it has ended, as a service manager does.
 */
#ifndef TORTURE_MAIL_KEEPER_H
#define TORTURE_MAIL_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Owned by its program.  Zeroed but for argv is valid: it is not started yet. */
struct keeper {
    char **argv; /* lent; NULL-terminated */
    pid_t pid;   /* 0: none now */
    unsigned starts;
    uint64_t not_before_ns;
};

/* Notices an end, starts anew. */
void keeper_serve(struct keeper *keeper);
/* Ends it in order; false: it had to be killed. */
bool keeper_stop(struct keeper *keeper);

#endif
