/* SPDX-License-Identifier: MIT */
/*
 * The breadcrumb: where a worker is right now, written before every plugin call.
 *
 * After a death or a missed deadline it tells the front whom to blame and for what.
 * It lies in the worker's tray, so the front copies it before it looks (crumb_read),
 * and believes no more of it than that: a plugin that has taken the worker over can
 * blame a neighbour in its own class, never one in another class.
 */
#ifndef POOL_CRUMB_H
#define POOL_CRUMB_H

#include "base/digest.h"
#include "scan/scan.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CRUMB_WHERE_SIZE = 256,
    CRUMB_TYPE_SIZE = 64
};

/* In shared memory.  Written by one worker, read by its front. */
struct crumb {
    _Atomic uint64_t ticket;   /* of the request it is on; 0: between two */
    _Atomic uint64_t since_ns; /* when it took that request, CLOCK_MONOTONIC */
    _Atomic uint64_t
        call_ns; /* when the plugin was called; 0: core's own step */
    _Atomic uint32_t scanner; /* place + 1 in the whole plan; 0: core itself */
    _Atomic uint32_t
        denied;    /* number of the last denied system call; 0: none */
    uint64_t size; /* of the object */
    char where[CRUMB_WHERE_SIZE]; /* path of the object, cut, NUL-terminated */
    char type[CRUMB_TYPE_SIZE];   /* its detected type, likewise */
    uint8_t digest[DIGEST_SIZE];  /* of the object, where it is known */
    uint8_t has_digest;
    uint8_t spare[3];
    /* a signal ends it, and the last thing that failed was getting memory */
    _Atomic uint32_t starved;
};

/* The same, copied and made safe: texts end and are clean UTF-8. */
struct crumb_copy {
    uint64_t ticket;
    uint64_t since_ns;
    uint64_t call_ns;
    uint32_t scanner; /* <= scanner_n */
    uint32_t denied;
    uint64_t size;
    char where[CRUMB_WHERE_SIZE];
    char type[CRUMB_TYPE_SIZE];
    uint8_t digest[DIGEST_SIZE];
    bool has_digest;
    bool is_starved;
};

void crumb_read(const struct crumb *crumb, size_t scanner_n,
                struct crumb_copy *out);

/* --- the worker's side -------------------------------------------------------- */

/* A whole plan whose scanners leave breadcrumbs.  Owned by the worker. */
struct crumb_watch {
    /* as given, with watched scanners in the same places */
    struct scan_plan plan;
    struct watched *all;
    const struct scanner **scanners;
};

void crumb_watch_init(struct crumb_watch *watch, const struct scan_plan *plan,
                      struct crumb *crumb);
void crumb_watch_clear(struct crumb_watch *watch);
/* The worker takes a request, or has answered it (ticket 0). */
void crumb_begin(struct crumb *crumb, uint64_t ticket);
/* Around a call that is not about an object: a self-test.  `place` in the plan. */
void crumb_call(struct crumb *crumb, uint32_t place);
void crumb_return(struct crumb *crumb);

#endif
