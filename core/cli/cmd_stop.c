/* SPDX-License-Identifier: MIT */
/*
 * The ends of a daemon: no new mail, or no more at all.
 */
#include "cli/ask.h"
#include "cli/ask_args.h"
#include "cli/cmd.h"

#include <glib.h>

#include <stdio.h>

enum {
    ANSWER_S = 10,
    LOOK_US = 100000
};

static const struct ask_usage stop_usage = {
    .command = "assay stop",
    .summary =
        "Has assayd take no new mail, answer what it has within [daemon] stop_time,\n"
        "defer the rest, and end. Waits until it has ended."};

static const struct ask_usage drain_usage = {
    .command = "assay drain",
    .summary =
        "Has assayd take no new mail, and waits until it has answered all that it\n"
        "has. It stays, and says so in assay status, until it is stopped."};

static bool begin(struct ask *to, const char *command, GError **error)
{
    json_t *root = NULL;
    if (!ask(to, command, ANSWER_S, &root, error))
        return false;
    json_decref(root);
    return true;
}

/* It hangs up when it ends. */
static bool stop(struct ask *to, GError **error)
{
    if (!begin(to, "stop", error) || !ask_end(to, 0, error))
        return false;
    puts("it has ended");
    return true;
}

static bool drain(struct ask *to, GError **error)
{
    json_int_t left = 1;
    if (!begin(to, "drain", error))
        return false;
    while (left > 0) {
        json_t *root = NULL;
        if (!ask(to, "status", ANSWER_S, &root, error))
            return false;
        left = json_integer_value(
            json_object_get(json_object_get(root, "daemon"), "open_mails"));
        json_decref(root);
        if (left > 0)
            g_usleep(LOOK_US);
    }
    puts("it has no mail and takes none; end it with assay stop");
    return true;
}

static int run(const struct ask_usage *usage, int argc, char **argv,
               bool (*end)(struct ask *to, GError **error))
{
    struct ask to;
    GError *error = NULL;
    g_autofree char *socket = NULL;
    bool is_good = ask_args_read(usage, argc, argv, &socket, &error) &&
                   ask_open(socket, &to, &error);
    if (is_good) {
        is_good = end(&to, &error);
        ask_close(&to);
    }
    if (error != NULL)
        ask_args_complain(usage, error);
    return is_good ? CMD_CLEAN : CMD_TROUBLE;
}

int cmd_stop(int argc, char **argv)
{
    return run(&stop_usage, argc, argv, stop);
}

int cmd_drain(int argc, char **argv)
{
    return run(&drain_usage, argc, argv, drain);
}
