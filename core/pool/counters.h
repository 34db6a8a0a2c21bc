/* SPDX-License-Identifier: MIT */
/*
 * What the pool counts, for `assay status`: messages, plugins, classes.
 *
 * VSAPI's performance counters and where they are here (Exchange's object MSExchangeIS,
 * each named "Virus Scan ..."; /sec of each is its difference over time, for messages
 * there ready as rates):
 *
 *     Messages Processed, /sec         scanned[], per_second, per_minute
 *     Messages Cleaned, /sec           messages_cleaned
 *     Messages Quarantined, /sec       messages_quarantined
 *     Files Scanned, /sec              objects
 *     Files Cleaned, /sec              objects_cleaned
 *     Files Quarantined, /sec          objects_quarantined
 *     Bytes Scanned                    bytes
 *     Queue Length                     waiting[] + in_flight
 *     Folders Scanned in Background    folders
 *     Messages Scanned in Background   scanned[POOL_BACKGROUND]
 *
 * Who carries a verdict out counts what was cleaned and quarantined; the pool counts
 * the rest.  Plain numbers are added to where things happen; what needs more than that
 * has a function.
 *
 * Owned by the pool, one thread, no clock of its own.  Counters live across
 * generations: an entry belongs to a name.
 */
#ifndef POOL_COUNTERS_H
#define POOL_COUNTERS_H

#include "pool/breaker.h"
#include "pool/histogram.h"
#include "pool/queue.h"
#include "pool/rate.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    COUNTERS_KINDS = ASSAY_KIND_FAILED + 1 /* findings by ASSAY_KIND_* */
};

/* One plugin, that is one [plugin NAME].  Owned by its counters. */
struct plugin_counters {
    const char *name;       /* interned */
    const char *class_name; /* interned */
    uint64_t calls;         /* objects and stages that it was shown */
    uint64_t findings[COUNTERS_KINDS];
    struct histogram time; /* of calls */
    uint64_t timeouts;     /* it overran plugin_time */
    uint64_t crashes;      /* it ended its worker: by a signal, by exit */
    uint64_t limits;       /* it took more memory than it may */
    uint64_t denied;       /* system calls it was refused */
    uint64_t kills;        /* workers killed because of it */
    uint64_t left_out; /* messages scanned without it: its breaker was open */
    enum breaker_state breaker;
    uint64_t times_opened;
    bool has_stamp;
    struct assay_stamp stamp; /* of the generation in use */
};

/* One class.  Owned by its counters. */
struct class_counters {
    const char *name; /* interned */
    /* Now. */
    uint64_t workers;
    uint64_t busy;
    uint64_t workers_min;
    uint64_t workers_max;
    /* bytes, last seen: its zygote's, and what each worker has beyond */
    uint64_t memory;
    uint64_t growth_max; /* bytes: the most that one worker had grown */
    uint64_t waiting;    /* of other classes: tasks that wait for it */
    /* Since the start. */
    uint64_t waiting_max;
    uint64_t tasks;    /* messages; of other classes: single tasks */
    uint64_t starts;   /* workers started, the first ones included */
    uint64_t restarts; /* of them instead of one that died or was killed */
    uint64_t recycled; /* of them for recycle_scans or recycle_growth */
    uint64_t crashes;  /* workers that ended by themselves */
    uint64_t kills; /* workers that the pool ended: deadline, limit, bad tray */
    struct histogram start_time; /* from the order to the worker being ready */
};

/* All of them.  Made by counters_init(); what is not counted here stays 0. */
struct counters {
    uint64_t since_ns; /* when counting began */
    /* Messages. */
    uint64_t scanned[POOL_PRIORITIES]; /* answered with a scan */
    uint64_t failed;    /* of them, where some plugin could not look */
    uint64_t deferred;  /* not scanned: queue full, class gone */
    uint64_t cancelled; /* by who asked */
    uint64_t held;      /* ended workers again and again */
    uint64_t joined;    /* awaited an identical scan */
    uint64_t promoted;
    uint64_t again;     /* scans begun anew after a worker was lost */
    uint64_t stages;    /* of sessions, answered: no messages */
    uint64_t suspended; /* times a scan was put aside for answers */
    uint64_t messages_cleaned;
    uint64_t messages_quarantined;
    uint64_t objects;
    uint64_t objects_cleaned;
    uint64_t objects_quarantined;
    uint64_t bytes;
    uint64_t folders;
    uint64_t in_flight; /* now, in workers or waiting for answers */
    struct rate per_second;
    struct rate per_minute;
    struct histogram time; /* of a message from asking to its answer */
    /* The queue, by counters_see_queue(). */
    uint64_t waiting[POOL_PRIORITIES];
    uint64_t waiting_max[POOL_PRIORITIES];
    uint64_t waiting_ns[POOL_PRIORITIES]; /* of the next one */
    uint64_t waiting_bytes;
    /* Generations. */
    uint64_t generation;    /* number of the one in use, from 1; 0: none yet */
    uint64_t generation_ns; /* when it took over */
    uint64_t reloads;       /* that took over */
    uint64_t reloads_failed;
    char *reload_trouble; /* why the last one failed; NULL: it did not */

    GPtrArray *plugins; /* struct plugin_counters, in order of appearance */
    GPtrArray *classes; /* struct class_counters */
};

void counters_init(struct counters *counters, uint64_t now_ns);
void counters_clear(struct counters *counters);

/* The entry of that name, made when it is new; lent, stays where it is.  A plugin that
 * was moved to another class keeps its numbers. */
struct plugin_counters *counters_plugin(struct counters *counters,
                                        const char *name,
                                        const char *class_name);
struct class_counters *counters_class(struct counters *counters,
                                      const char *name);
/* Forgets entries whose names are not in a list (NULL-ended; NULL: keep all): a
 * generation without them took over.  Pointers to them are dead. */
void counters_keep(struct counters *counters, const char *const *plugins,
                   const char *const *classes);

/* One message that was answered with a scan. */
struct counted_scan {
    enum pool_priority priority;
    uint64_t ns; /* from asking to the answer */
    uint64_t bytes;
    uint64_t objects;
    bool is_failed; /* some plugin could not look */
};

void counters_scanned(struct counters *counters,
                      const struct counted_scan *scan, uint64_t now_ns);
/* The queue as it is: after every push, and before counters are shown. */
void counters_see_queue(struct counters *counters, const struct queue *queue,
                        uint64_t now_ns);

/*
 * All of it as one JSON object on one line, yours; `wall_s` is the time of day in Unix
 * seconds, for the age of signatures.  ASCII only, whatever names say.
 */
char *counters_json(const struct counters *counters, uint64_t now_ns,
                    int64_t wall_s);

#endif
