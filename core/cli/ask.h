/* SPDX-License-Identifier: MIT */
/*
 * Asking a running pool through its control socket (pool/operator.h).
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <glib.h>

#include <jansson.h>
#include <stdbool.h>

enum {
    ASK_ANSWER_MAX = 16 * 1024 * 1024 /* bytes of one answer */
};

/* One connection.  Owned by the command. */
struct ask {
    int fd;
    GString *heard; /* read beyond the last answer */
    char *path;
};

/* Connects; path NULL: OPERATOR_PATH. */
bool ask_open(const char *path, struct ask *out, GError **error);
/* Says `command` and waits for its answer, for at most `wait_s` seconds (0: for ever).
 * *root is the answer, yours with json_decref().  An answer {"error": ...} is an error. */
bool ask(struct ask *ask, const char *command, unsigned wait_s, json_t **root,
         GError **error);
/* Waits until the other side has ended, for at most `wait_s` seconds (0: for ever). */
bool ask_end(struct ask *ask, unsigned wait_s, GError **error);
void ask_close(struct ask *ask);

#endif
