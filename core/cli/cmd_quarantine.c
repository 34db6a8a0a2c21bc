/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "cli/quarantine.h"
#include "daemon/setup.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct verb {
    const char *name;
    enum cmd_exit (*run)(struct quarantine_run *run);
    bool takes_ids;
    bool is_reading; /* the folder need not be writable */
} verbs[] = {
    {"list", quarantine_list, false, true},
    {"show", quarantine_show, true, true},
    {"release", quarantine_release, true, false},
    {"rescan", quarantine_rescan, true, true},
    {"delete", quarantine_delete, true, false},
    {"expire", quarantine_clean, false, false},
    {"verify", quarantine_check, false, false},
};

void quarantine_complain(GError *error)
{
    g_autofree char *shown =
        escape_dup(error->message, strlen(error->message), 0);
    fprintf(stderr, "assay quarantine: %s\n", shown);
    g_error_free(error);
}

enum cmd_exit quarantine_each(struct quarantine_run *run,
                              quarantine_each_fn each, void *self)
{
    enum cmd_exit worst = CMD_CLEAN;
    for (char **id = run->args.ids; *id != NULL; id++) {
        struct row row = {0};
        GError *error = NULL;
        enum cmd_exit status = CMD_TROUBLE;
        if (held_find(run->q, *id, &row, &error))
            status = each(run, &row, self);
        else
            quarantine_complain(error);
        row_clear(&row);
        worst = MAX(worst, status);
    }
    return worst;
}

static const struct verb *find_verb(const struct quarantine_args *args,
                                    GError **error)
{
    const char *names[G_N_ELEMENTS(verbs) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        names[i] = verbs[i].name;
        if (args->verb == NULL || strcmp(args->verb, verbs[i].name) != 0)
            continue;
        if (verbs[i].takes_ids == (args->ids[0] != NULL))
            return &verbs[i];
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    verbs[i].takes_ids
                        ? "%s: say which: assay quarantine list shows the ids"
                        : "%s takes no id",
                    args->verb);
        return NULL;
    }
    const char *near =
        args->verb != NULL ? option_nearest(args->verb, names) : NULL;
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_CONF,
        "say list, show, release, rescan, delete, expire or verify%s%s; "
        "see assay quarantine --help",
        near != NULL ? "; nearest is " : "", near != NULL ? near : "");
    return NULL;
}

/* All of plugins.conf is read where plugins are needed: here its section only. */
static bool read_options(struct quarantine_run *run, GError **error)
{
    struct conf *conf = NULL;
    if (run->args.config == NULL)
        run->args.config = setup_find_config(error);
    if (run->args.config == NULL || !conf_read(run->args.config, &conf, error))
        return false;
    bool is_read = quarantine_options_read(conf, &run->options, error);
    conf_free(conf);
    return is_read;
}

static bool open_folder(struct quarantine_run *run, const struct verb *verb,
                        GError **error)
{
    bool is_open = verb->is_reading
                       ? quarantine_open_to_read(&run->options, &run->q, error)
                       : quarantine_open(&run->options, &run->q, error);
    const char *trouble = is_open ? quarantine_trouble(run->q) : NULL;
    if (trouble != NULL) {
        g_autofree char *shown = escape_dup(trouble, strlen(trouble), 0);
        fprintf(stderr, "assay quarantine: %s\n", shown);
    }
    return is_open;
}

int cmd_quarantine(int argc, char **argv)
{
    struct quarantine_run run = {.now_s = clock_unix_s()};
    GError *error = NULL;
    enum cmd_exit status = CMD_TROUBLE;
    const struct verb *verb = NULL;
    /* A reader that stops early, such as `head`, is no trouble. */
    signal(SIGPIPE, SIG_DFL);
    if (quarantine_args_read(argc, argv, &run.args, &error) &&
        (verb = find_verb(&run.args, &error)) != NULL &&
        read_options(&run, &error) && open_folder(&run, verb, &error))
        status = verb->run(&run);
    else
        quarantine_complain(error);
    quarantine_close(run.q);
    quarantine_options_clear(&run.options);
    quarantine_args_clear(&run.args);
    return (int)status;
}
