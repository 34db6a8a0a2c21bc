/* SPDX-License-Identifier: MIT */
/*
 * Clients that hand over the mails as an MTA does: what is answered 4xx, or not at all, is
 * sent again later, on another connection; what is answered 2xx or 5xx is settled.
 */
#ifndef TORTURE_MAIL_CLIENTS_H
#define TORTURE_MAIL_CLIENTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What became of one mail as its client saw it.  Zeroed memory: it was not sent. */
struct attempts {
    unsigned n;
    unsigned failed; /* 4xx, or the connection was lost */
    int code;        /* that settled it; 0: nothing did */
};

/* Sums over all of them. */
struct clients_sum {
    size_t settled;
    size_t deferred;  /* replies 4xx */
    size_t lost;      /* connections lost with a mail under way */
    size_t first_try; /* settled by their first attempt */
};

struct clients;

/* `n` mails over `connections` at a time to `at`. */
struct clients *clients_new(const struct sockaddr_in *at, size_t connections,
                            size_t n);
void clients_free(struct clients *clients);
/* Goes on for at most `wait_ms`. */
void clients_serve(struct clients *clients, int wait_ms);
/* Mails under way now, and the sums. */
size_t clients_in_flight(const struct clients *clients);
const struct clients_sum *clients_sum(const struct clients *clients);
/* A line for each mail: its number, attempts, those that failed, the last code. */
void clients_write(const struct clients *clients, FILE *to);

#endif
