/* SPDX-License-Identifier: MIT */
/*
 * Runs attempts in children that are shut in by pool/sandbox.h, and tells what became
 * of them.
 *
 * One folder in /dev/shm (or /tmp) holds read/file, scratch/ and secret; workers may
 * read the first, write below the second and not even open the third.
 */
#ifndef TESTS_SHUT_IN_H
#define TESTS_SHUT_IN_H

#include "pool/sandbox.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SHUT_IN_UID = 65534, /* an ordinary user: nobody */
    SHUT_IN_TEXT = 4096
};

/* Made by shut_in_open; paths of what lies in it. */
struct shut_in {
    char *base, *read, *readable, *scratch, *secret;
};

/* How a child is shut in; zeroed: as this user, may nothing, the kernel's Landlock. */
struct shut_in_how {
    bool as_nobody; /* only where this process is root */
    unsigned may;
    uint32_t landlock_abi_max;
    bool is_required;
    pid_t parent; /* 0: this process */
    uint64_t memory_bytes, file_bytes;
    uint32_t cpu_s, max_files;
    int keep; /* a descriptor, 0: none */
};

/* What became of it. */
struct shut_in_end {
    bool is_entered;
    int code;   /* of exit, -1 where it was ended by `signal` */
    int signal; /* 0: none */
    uint32_t denied;
    uint64_t enter_ns;
    struct sandbox_report report;
    char said[SHUT_IN_TEXT]; /* on its standard error */
};

/* What a child does; 0: as promised, else which step was not (1, 2 ...). */
typedef int (*shut_in_fn)(const struct shut_in *place);

/* The place, made once for the process and removed at its end; lent. */
const struct shut_in *shut_in_place(void);

/* Forks, enters, runs; the child's exit code is what `attempt` returns, 99 where it
 * could not enter (its words then stand in end->said). */
void shut_in_run(const struct shut_in_how *how, shut_in_fn attempt,
                 struct shut_in_end *end);

#endif
