/* SPDX-License-Identifier: MIT */
#include "cli/ask.h"
#include "cli/ask_args.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/status_view.h"

#include <glib.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    ANSWER_S = 10, /* a pool answers in a millisecond */
    REFRESH_US = 1000000
};

/* What was asked for. */
struct status_args {
    int is_json;
    int is_once;
};

static bool show_json(struct ask *to, size_t *alarms, GError **error)
{
    json_t *root = NULL;
    if (!ask(to, "status", ANSWER_S, &root, error))
        return false;
    *alarms = status_alarms(root);
    char *line = json_dumps(root, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(root);
    bool is_written = output_write(line, strlen(line)) && output_write("\n", 1);
    free(line);
    return is_written;
}

/* One page.  On a terminal from its top left on, and no more than fits. */
static bool show_page(struct ask *to, bool is_live, const struct winsize *size,
                      size_t *alarms, GError **error)
{
    json_t *root = NULL;
    const char *no_color = g_getenv("NO_COLOR");
    bool is_terminal = size != NULL;
    const struct status_how how = {
        .with_color = is_terminal && (no_color == NULL || *no_color == '\0'),
        .columns = is_live ? size->ws_col : 0,
    };
    if (!ask(to, "status", ANSWER_S, &root, error))
        return false;
    g_autoptr(GString) page = g_string_new(NULL);
    status_show(root, &how, page);
    *alarms = status_alarms(root);
    json_decref(root);
    if (!is_live)
        return output_write(page->str, page->len);
    g_autoptr(GString) screen = g_string_new("\033[H");
    const char *p = page->str;
    for (unsigned row = 1; *p != '\0' && row < size->ws_row; row++) {
        size_t n = strcspn(p, "\n");
        g_string_append_len(screen, p, (gssize)n);
        g_string_append(screen, "\033[K\n");
        p += n + (p[n] == '\n');
    }
    g_string_append(screen, "\033[J");
    return output_write(screen->str, screen->len);
}

static bool show(const struct status_args *args, struct ask *to, size_t *alarms,
                 GError **error)
{
    struct winsize size = {0};
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    bool is_live = is_terminal && !args->is_once;
    if (args->is_json)
        return show_json(to, alarms, error);
    if (is_live)
        output_write("\033[2J", strlen("\033[2J"));
    for (;;) {
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
        if (is_terminal)
            ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
        if (!show_page(to, is_live, is_terminal ? &size : NULL, alarms, error))
            return false;
        if (!is_live)
            return true;
        g_usleep(REFRESH_US);
    }
}

int cmd_status(int argc, char **argv)
{
    struct status_args args = {0};
    const GOptionEntry extra[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &args.is_json,
         "Everything that is counted, as one line of JSON", NULL},
        {"once", '1', 0, G_OPTION_ARG_NONE, &args.is_once,
         "Print it once instead of every second", NULL},
        {0},
    };
    const struct ask_usage usage = {
        .command = "assay status",
        .summary =
            "Shows what a running Assay does: messages, waiting ones, worker\n"
            "processes, plugins, and of assayd its alarms. On a terminal it is live\n"
            "until Ctrl-C, else it is printed once. Exit status: 0 all is well, 1 an\n"
            "alarm is raised, 2 nothing that runs could be asked.",
        .extra = extra};
    struct ask to;
    size_t alarms = 0;
    GError *error = NULL;
    g_autofree char *socket = NULL;
    /* A reader that stops early, such as `head`, is no trouble. */
    signal(SIGPIPE, SIG_DFL);
    bool is_good = ask_args_read(&usage, argc, argv, &socket, &error) &&
                   ask_open(socket, &to, &error);
    if (is_good) {
        is_good = show(&args, &to, &alarms, &error);
        ask_close(&to);
    }
    if (error != NULL) /* NULL as well where standard output has gone */
        ask_args_complain(&usage, error);
    if (!is_good)
        return CMD_TROUBLE;
    return alarms > 0 ? CMD_FOUND : CMD_CLEAN;
}
