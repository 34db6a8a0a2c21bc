/* SPDX-License-Identifier: MIT */
/*
 * The command lines of those who ask a running pool: they name its control socket, and
 * say on standard error what went wrong.
 */
#ifndef CLI_ASK_ARGS_H
#define CLI_ASK_ARGS_H

#include <glib.h>

#include <stdbool.h>

/* What one command takes.  Lent. */
struct ask_usage {
    const char *command;       /* "assay NAME" */
    const char *summary;       /* for --help */
    const GOptionEntry *extra; /* beside --socket; NULL: nothing */
};

/* *socket: what --socket says, yours; NULL: it is not given.  Anything that is no
 * option is an error. */
bool ask_args_read(const struct ask_usage *usage, int argc, char **argv,
                   char **socket, GError **error);
/* "assay NAME: WHY" on standard error; the error is freed. */
void ask_args_complain(const struct ask_usage *usage, GError *error);

#endif
