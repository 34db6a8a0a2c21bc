/* SPDX-License-Identifier: MIT */
/*
 * What a front tells a zygote, and what the zygote tells back.
 *
 * One SOCK_SEQPACKET socket between the two; a packet is one struct order or one
 * struct news, with descriptors beside it (SCM_RIGHTS).  What is longer comes in a
 * memfd.  Neither side has seen mail, but the zygote has run plugins' code: the front
 * checks every number.
 *
 *     front                         zygote
 *     OPEN  [memfd: what to open] ->
 *                                <- OPENED [memfd: cards, refusals, paths] or FAILED [memfd: text]
 *     FORK n [tray bell chime log] ->
 *                                <- FORKED n pid        (then the tray says READY)
 *     KILL n                      ->
 *                                <- DIED n pid status   (also unasked)
 *     end of file                 ->  ends its workers and itself
 */
#ifndef POOL_ORDERS_H
#define POOL_ORDERS_H

#include "pool/tray.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ORDERS_PACKET_MAX = 512, /* bytes */
    ORDERS_HOMES_MAX = 64,
    ORDERS_FDS_MAX = ORDERS_HOMES_MAX + 8,
    ZYGOTE_FD = 3 /* the zygote's end of the socket */
};

enum order_kind {
    ORDER_OPEN = 1,
    ORDER_FORK = 2,
    ORDER_KILL = 3,
};

/* FORK's descriptors, in this order.  The trays of all home workers follow where it is
 * a guest that is forked (tray_fd_to_read), then a network plugin's connected ones, one
 * for each of `net` in its class's section; /dev/null where nobody answered. */
enum {
    ORDER_FD_TRAY,
    ORDER_FD_BELL,  /* read end: the front rings the worker */
    ORDER_FD_CHIME, /* write end: the worker rings the front */
    ORDER_FD_LOG,   /* its standard output and error */
    ORDER_FORK_FDS
};

/* From front to zygote.  Plain bytes; unused fields are zero. */
struct order {
    uint32_t kind;           /* enum order_kind */
    uint32_t number;         /* of the seat */
    struct tray_shape shape; /* FORK */
    uint32_t home_n;         /* FORK: so many home workers' trays */
    uint32_t spare;
    struct tray_shape home_shape; /* of each of them */
};

enum news_kind {
    NEWS_OPENED = 1,
    NEWS_FAILED = 2,
    NEWS_FORKED = 3,
    NEWS_DIED = 4,
};

/* From zygote to front.  Plain bytes; unused fields are zero. */
struct news {
    uint32_t kind;   /* enum news_kind */
    uint32_t number; /* of the seat */
    int32_t pid;    /* FORKED, DIED; FORKED: 0, there is no process to be had */
    int32_t status; /* DIED: as waitpid has it; FORKED with pid 0: errno */
    uint64_t max_rss_kib; /* DIED */
    uint64_t took_ns;     /* OPENED: to load; FORKED: to fork */
};

/* Sends one packet with `fd_n` descriptors, which stay the caller's.  False with
 * errno; EAGAIN: the other side is slow. */
bool orders_send(int fd, const void *packet, size_t n, const int *fds,
                 size_t fd_n);

enum orders_got {
    ORDERS_GOT,
    ORDERS_NOTHING, /* not now */
    ORDERS_END,     /* the other side is gone, or the packet is not of size n */
};

/* Takes one packet of exactly `n` bytes; descriptors are yours, the rest of
 * fds[ORDERS_FDS_MAX] is -1. */
enum orders_got orders_take(int fd, void *packet, size_t n, int *fds);

/* A sealed memfd with these bytes; -1 with errno. */
int orders_blob(const void *p, size_t n);
/* Its bytes, copied; NULL: it is none, or longer than `max`. */
GBytes *orders_blob_read(int fd, size_t max);

#endif
