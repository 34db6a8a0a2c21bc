/* SPDX-License-Identifier: MIT */
/*
 * A front with a pool of real processes, reached by a socket; and MTAs that talk to it.
 */
#ifndef TESTS_FRONTED_H
#define TESTS_FRONTED_H

#include "front/front.h"
#include "pooled.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owned by the test. */
struct fronted {
    struct pooled *pooled;
    struct alarms *alarms;
    struct front *front;
    char *dir;         /* of its own, removed at the end */
    char *path;        /* of the socket */
    uint64_t ahead_ns; /* the front's clock goes ahead by so much */
};

/* `text` as for pooled_open; in it ~ stands for the folder.  [milter] is made here, with
 * `milter` in it. */
struct fronted *fronted_open(const char *text, const char *milter);
void fronted_free(struct fronted *f);
/* The same configuration but for `text`: what front_reload says. */
bool fronted_reload(struct fronted *f, const char *text);
/* One turn of the loop. */
void fronted_turn(struct fronted *f);

/* One MTA.  Owned by the test. */
struct peer {
    struct fronted *f;
    int fd; /* -1: left */
    GByteArray *heard;
};

/* Connected, and nothing said. */
struct peer *peer_new(struct fronted *f);
/* Leaves; NULL is fine. */
void peer_free(struct peer *peer);
/* Bytes as they are. */
void peer_send(struct peer *peer, const void *p, size_t n);
/* One packet. */
void peer_say(struct peer *peer, char command, const void *data, size_t n);
/* Its strings with their NULs. */
#define PEER_SAY(peer, command, text)                                          \
    peer_say(peer, command, text, sizeof(text))
/* O, C, H as Postfix says them; the front's answer to O is taken. */
void peer_greet(struct peer *peer);
/* A message as packets, up to and with its end. */
void peer_send_mail(struct peer *peer, const char *subject, const char *body);
/* The next packet, "c" or "y(550 5.7.1 …)", when it has come, within 30 s; "gone": the
 * connection has ended.  Lent until the next call. */
const char *peer_hear(struct peer *peer);
/* A new one that has greeted. */
struct peer *peer_greeted(struct fronted *f);
/* What is said to the end of a message, edits before it left out; as peer_hear. */
const char *peer_verdict(struct peer *peer);
/* Has it nothing to say now? */
bool peer_is_silent(struct peer *peer);

#endif
