/* SPDX-License-Identifier: MIT */
/*
 * A seat: one worker as the front sees it.
 *
 * It outlives its workers: tray and bells stay, a new process sits down.  What lies in
 * the tray's slots is recorded here, and only this record is believed.
 *
 *     EMPTY ─order─► FORKING ─news─► STARTING ─hello─► READY ⇄ RETIRING (no new work)
 *       ▲                │              │                │        │
 *       └──── news: died ┴──────────────┴── DYING ◄─kill─┴────────┘
 */
#ifndef POOL_SEAT_H
#define POOL_SEAT_H

#include "pool/tray.h"
#include "pool/trial.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum seat_state {
    SEAT_EMPTY,
    SEAT_FORKING,
    SEAT_STARTING,
    SEAT_READY,
    SEAT_RETIRING,
    SEAT_DYING,
};

/* What lies in one slot. */
struct load {
    uint64_t ticket; /* 0: nothing */
    void *work;      /* whose it is; NULL: nobody waits for it any more */
    uint32_t task;   /* enum tray_task */
    bool is_large;
    uint64_t placed_ns;
    /* SCAN: where the raw mail lies in the tray, and how much */
    uint64_t raw_at;
    uint64_t raw_n;
};

/* Owned by its crew; addresses of seats do not change. */
struct seat {
    unsigned number;
    enum seat_state state;
    pid_t pid; /* 0: none, or not known yet */
    struct tray tray;
    int bell;        /* wakes the worker: write end, never blocks */
    int chime;       /* the worker wakes us: read end, never blocks */
    int worker_bell; /* the worker's ends, for each that sits down */
    int worker_chime;
    int log; /* what it prints, read end; -1: none */
    struct load loads[TRAY_SLOTS_MAX];
    unsigned load_n;
    uint64_t next_ticket;
    uint64_t forked_ns;  /* when its worker was ordered */
    uint64_t state_ns;   /* since when it is in its state */
    uint64_t current_ns; /* since when the oldest load may be worked on */
    uint64_t warned_ns;  /* call that has been warned of; 0: none */
    bool is_slow;        /* overran: gets nothing more until it answers */
    bool needs_ring;     /* something was placed since it was last rung */
    bool has_touched_large;
    bool was_killed; /* by us, for `cause` */
    enum death_cause cause;
    uint64_t scans;        /* since it sat down */
    uint64_t asleep_ns;    /* seen to sleep over its work; 0: not */
    uint64_t looked_scans; /* its memory is looked at again after so many */
    uint64_t rss_kib;      /* when it was ready; 0: not known */
    struct carry *carry;   /* its question to another class; NULL: none */
};

bool seat_open(struct seat *seat, unsigned number,
               const struct tray_shape *shape, GError **error);
void seat_close(struct seat *seat);

void seat_enter(struct seat *seat, enum seat_state state, uint64_t now_ns);
/* The process is gone for good: ready for the next one.  Loads are the caller's to
 * take out before. */
void seat_empty(struct seat *seat, uint64_t now_ns);

/* A free slot and its room; -1: none (for `is_large`: also while another large one
 * is in there). */
int seat_room(const struct seat *seat, bool is_large, uint8_t **room,
              size_t *size);
/* What was written into the room is work now. */
void seat_place(struct seat *seat, unsigned slot, const struct load *load,
                size_t n, bool is_bulk);
/* The chime rang: hears all of it, or enough for now. */
void seat_hear(struct seat *seat);
/* Wakes the worker, if it sleeps and there is something new. */
void seat_ring(struct seat *seat);
/* Takes back what the worker has not begun; the load is yours.  False: too late. */
bool seat_withdraw(struct seat *seat, unsigned slot);
/* Its answer lies in the slot, or something that says so. */
bool seat_is_answered(const struct seat *seat, unsigned slot);
/* The next answer, copied into `to`; its load is taken out.  False: none.  What cannot
 * be true reads as an answer of no bytes. */
bool seat_answer(struct seat *seat, struct load *load, GByteArray *to,
                 uint64_t now_ns);
/* The worker's first words, copied; false: it is not ready. */
bool seat_hello(struct seat *seat, GByteArray *to);
/* A load, oldest first, or NULL; takes it out. */
bool seat_take_oldest(struct seat *seat, struct load *load);
/* Slot of the load with the lowest ticket; -1: none. */
int seat_oldest(const struct seat *seat);

#endif
