/* SPDX-License-Identifier: MIT */
/*
 * Who answers what plugins want: DNS and look-ups, all wishes of a round at once.
 *
 * The scan never blocks inside a plugin: it collects the wishes of all waiting
 * tasks, asks a resolver once, and runs those tasks again.  Here answers come from
 * a zone file and look-up files (scan/zone.h); a daemon's front brings its own.
 */
#ifndef SCAN_RESOLVER_H
#define SCAN_RESOLVER_H

#include <assay/plugin.h>

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

/* One record of an answer.  Owned by its wish. */
struct wish_record {
    uint32_t type;
    uint32_t ttl_s;
    uint32_t preference;
    const char *data; /* as struct assay_record.data; a NUL stands behind it */
    size_t data_n;
};

/* A question, and its answer once state is not 0.  Owned by the scan. */
struct wish {
    uint32_t kind; /* ASSAY_WANT_* */
    uint32_t type;
    char *key;      /* DNS: lower case, no final dot */
    uint32_t state; /* ASSAY_ANSWER_*; 0: not answered yet */
    uint32_t flags;
    GPtrArray *records; /* struct wish_record */
};

/*
 * A resolver.  `resolve` must give every wish a state (what it does not know is
 * NXDOMAIN) and returns when all are answered.  A wish that it leaves without one
 * reads as SERVFAIL: "could not ask" is not "does not exist".
 */
struct resolver {
    void (*resolve)(void *self, struct wish *const *wishes, size_t n);
    void *self;
};

struct wish *wish_new(uint32_t kind, uint32_t type, const char *key);
void wish_free(struct wish *wish);
/* A copy that owns its data; the original's need not end in a NUL. */
struct wish_record *wish_record_dup(const struct wish_record *record);
void wish_record_free(struct wish_record *record);
/* Adds a copy. */
void wish_add_record(struct wish *wish, const struct wish_record *record);

#endif
