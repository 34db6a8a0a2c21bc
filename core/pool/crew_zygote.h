/* SPDX-License-Identifier: MIT */
/*
 * Private to crew.c and crew_zygote.c: the process that a crew's workers come from.
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
/* Its worker is dead. */
void crew_seat_died(struct crew *crew, struct crew_seat *s, int status);

#endif
