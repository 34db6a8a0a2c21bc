/* SPDX-License-Identifier: MIT */
/*
 * Private to the front: what its connections and messages share.
 */
#ifndef FRONT_FRONT_INSIDE_H
#define FRONT_FRONT_INSIDE_H

#include "front/aside.h"
#include "front/expiry.h"
#include "front/front.h"
#include "front/options.h"
#include "front/rules.h"
#include "front/source.h"
#include "front/totals.h"
#include "pool/due.h"
#include "store/quarantine.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    FRONT_BUFFER = 64 * 1024 /* bytes that are read at once */
};

/*
 * All of it.  Owned by who opened it; one thread, but for `quarantine`, which is the
 * thread's aside from the first message on.
 */
struct front {
    struct pool *pool;
    struct alarms *alarms;
    struct front_options options;
    struct rules *rules; /* those of now */
    struct quarantine *quarantine;
    struct aside *aside;
    struct source aside_source;
    GPtrArray *listeners; /* struct source */
    GHashTable *connections;
    GPtrArray *closed; /* struct connection, to be freed after the turn */
    GPtrArray *ended;  /* struct mail, likewise */
    struct due_heap dues;
    struct totals totals;
    uint8_t *buffer; /* FRONT_BUFFER; of whoever reads now */
    struct expiry expiry;
    uint64_t deaf_until_ns; /* no descriptor was left; 0: it listens */
    size_t open_mails;
    size_t aside_bytes; /* of messages that wait for the disk */
    int epoll;
    bool is_draining;
};

/* epoll_ctl for a source. */
bool front_watch(struct front *front, int operation, struct source *source,
                 uint32_t events);

#endif
