/* SPDX-License-Identifier: MIT */
/*
 * The control socket: what an operator may ask of a running pool.
 *
 *     assay status, assay reload  ->  "status\n"
 *                                 <-  {"generation":{"number":3,...},...}\n
 *
 * A stream socket in the file system.  A command is a line, an answer is one line of
 * JSON, one after the other; {"error":"..."} is an answer as well.  Commands may be
 * answered later: their client waits and is not read meanwhile.
 *
 *     status    counters_json()
 *     reload    {"reloaded":true,"generation":4,"ms":812} once it is in use, or
 *               {"reloaded":false,"generation":3,"trouble":"why that one stays"}
 *
 * Only root and the user who runs the pool are heard (SO_PEERCRED), whatever the rights
 * of the file; to all others, and to one client too many, an error is said and the
 * connection ends.  Nobody can make it wait: everything is non-blocking, lines, answers
 * and clients are bounded, and who says nothing is put out after a minute.
 *
 * Used by the front in its loop: poll operator_fd(), call operator_serve().  No clock
 * of its own.
 */
#ifndef POOL_OPERATOR_H
#define POOL_OPERATOR_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Where a daemon listens. */
#define OPERATOR_PATH "/run/assay/control.sock"

enum {
    OPERATOR_CLIENTS_MAX = 16,
    OPERATOR_LINE_MAX = 256, /* bytes of a command */
    OPERATOR_IDLE_S = 60     /* without a byte either way */
};

/* A listening control socket.  Owned by who opened it. */
struct operator_socket;

/* Answers `request` with operator_answer(), now or later, once. */
typedef void (*operator_command_fn)(void *data, uint64_t request);

/* One command; a table ends with a NULL name. */
struct operator_command {
    const char *name;
    operator_command_fn run;
};

/*
 * Listens at `path`, as a socket that its owner alone can connect to.  One that was
 * left there by a process that has ended is replaced; one that answers, or a file of
 * another kind, is an error.  `commands` and `data` are lent.
 */
bool operator_open(const char *path, const struct operator_command *commands,
                   void *data, struct operator_socket **out, GError **error);
/* Removes the socket, if it is still this one; NULL is fine. */
void operator_close(struct operator_socket *control);

/* Readable when there is something to serve.  Never changes. */
int operator_fd(const struct operator_socket *control);
/* When to serve although nothing is readable; UINT64_MAX: no need. */
uint64_t operator_next_ns(const struct operator_socket *control);
/* Does what there is to do, never waits.  Calls commands. */
void operator_serve(struct operator_socket *control, uint64_t now_ns);

/* `json` is one object on one line.  A client that has gone hears nothing. */
void operator_answer(struct operator_socket *control, uint64_t request,
                     const char *json);

#endif
