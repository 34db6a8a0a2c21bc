/* SPDX-License-Identifier: MIT */
/*
 * One client of the control socket.  Private to it.
 */
#ifndef POOL_OPERATOR_CLIENT_H
#define POOL_OPERATOR_CLIENT_H

#include "pool/operator.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owned by its socket; is heard while it has nothing to be told. */
struct operator_client {
    int fd;
    char line[OPERATOR_LINE_MAX]; /* what was read of commands */
    size_t line_n;
    GString *answer;  /* not yet sent; empty: none */
    size_t sent;      /* bytes of it */
    uint64_t request; /* of the command that is not answered yet; 0: none */
    uint64_t active_ns;
    bool is_last; /* ends after its answer */
};

/* Takes the connected, non-blocking `fd` over. */
struct operator_client *operator_client_new(int fd, uint64_t now_ns);
void operator_client_free(struct operator_client *client);

/* Reads, without waiting, what there is room for.  False: it has gone. */
bool operator_client_read(struct operator_client *client, uint64_t now_ns);
/* The next whole command, without its end, or NULL; yours.  A line
 * that is too long or has a NUL is answered with an error, and is its last. */
char *operator_client_command(struct operator_client *client);
/* Sends, without waiting, what can be sent.  False: it has gone, or had its last. */
bool operator_client_write(struct operator_client *client, uint64_t now_ns);
/* Queues an answer. */
void operator_client_say(struct operator_client *client, const char *json);
/* Queues {"error": "..."}. */
void operator_client_refuse(struct operator_client *client, const char *why);

#endif
