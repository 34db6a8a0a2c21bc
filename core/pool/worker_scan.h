/* SPDX-License-Identifier: MIT */
/*
 * One request of a home worker: bytes -> message -> scan -> bytes.
 */
#ifndef POOL_WORKER_SCAN_H
#define POOL_WORKER_SCAN_H

#include "host/host.h"
#include "pool/crumb.h"
#include "pool/remote.h"
#include "pool/request.h"
#include "pool/tray.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>

/* What a worker keeps between two scans.  Owned by the worker. */
struct worker_scanner {
    struct scan_plan plan;
    struct crumb_watch watch;
    struct request_reader reader;
    struct remote_link *link;      /* lent; begins with each message */
    size_t journal_max;            /* bytes that a reply has room for */
    const struct scanner **chosen; /* room for the plan of one request */
};

/* One scan that is done and not yet told. */
struct worker_result {
    struct scan_plan plan; /* of this message */
    struct message *message;
    struct scan *scan;
    struct journal *journal; /* that it went by; NULL: it began */
    bool with_digests;
    bool is_stage; /* the request was for stages of a session */
    char *why;     /* REFUSED: there is no scan */
};

/* `host` and `link` are lent and outlive it.  The journal may take half of the reply's
 * room in `tray`: its wishes stand beside it. */
void worker_scanner_init(struct worker_scanner *scanner,
                         const struct host *host, struct remote_link *link,
                         const struct tray *tray);

/* Scans what stands in p[0..n]; lends from it until it is cleared. */
void worker_scan(struct worker_scanner *scanner, const uint8_t *p, size_t n,
                 struct worker_result *out);
void worker_result_pack(const struct worker_result *result, struct packer *to);
void worker_result_clear(struct worker_result *result);

#endif
