/* SPDX-License-Identifier: MIT */
/*
 * Private to crew*.c.
 *
 *     crew.c         how many workers there are and should be
 *     crew_seat.c    one of them, from its fork to its death
 *     crew_zygote.c  the process that they come from
 *     crew_news.c    what that process tells
 */
#ifndef POOL_CREW_ZYGOTE_H
#define POOL_CREW_ZYGOTE_H

#include "pool/crew.h"

#include <glib.h>

#include <stdbool.h>

/* --- crew_zygote.c --- */
/* OPENING.  False: no process is to be had. */
bool crew_zygote_start(struct crew *crew, GError **error);
/* Kills it; it is buried later. */
void crew_zygote_end(struct crew *crew);
/* It is gone, or of no use: LOST, and its workers dead. */
void crew_zygote_lose(struct crew *crew, const char *why);
/* LOST, and its time has come. */
void crew_zygote_again(struct crew *crew);
/* News of it. */
void crew_zygote_opened(struct crew *crew, const struct news *news, int blob);
void crew_zygote_failed(struct crew *crew, int blob);

/* --- crew.c --- */
void crew_watch(const struct crew *crew, int fd, struct crew_source *source);

/* --- crew_seat.c --- */
/* So many workers in a row that died before they were ready are no accident. */
enum {
    CREW_STILLBORN_MAX = 3
};

/* Orders a worker for it. */
void crew_seat_fork(struct crew *crew, struct crew_seat *s, uint64_t now_ns);
/* The order was carried out, or could not be. */
void crew_seat_forked(struct crew *crew, const struct news *news);
/* Its worker is dead. */
void crew_seat_died(struct crew *crew, struct crew_seat *s, int status);

#endif
