/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/envelope.h"
#include "cli/isolate.h"
#include "cli/jobs.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/scan_args.h"
#include "cli/summary.h"
#include "cli/view.h"
#include "daemon/control.h"
#include "daemon/divide.h"
#include "daemon/setup.h"
#include "mail/detect.h"
#include "mailbox/source.h"
#include "scan/zone.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One run of the command: what was opened, and what came of it so far. */
struct scan_run {
    struct scan_args args;
    struct setup setup;
    struct session *session;
    struct zone *zone;
    struct control control; /* its pool is NULL where it is not isolated */
    GPtrArray *items;
    struct answer_plan answers;
    struct view view;
    struct summary summary;
    struct progress progress;
    bool shares_terminal; /* answers and bar are on the same screen */
    int write_errno;      /* 0: all written */
};

/* The signal that asked us to stop; 0: none. */
static volatile sig_atomic_t stop_signal;

static void on_signal(int signal_number)
{
    stop_signal = signal_number;
}

/* SIGHUP where somebody controls the scan. */
static volatile sig_atomic_t wants_reload;

static void on_hangup(int signal_number)
{
    (void)signal_number;
    wants_reload = 1;
}

static void catch_signals(bool is_controlled)
{
    /* No SA_RESTART: a waiting parent should wake up. */
    struct sigaction stop = {.sa_handler = on_signal};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    const struct sigaction hangup = {.sa_handler =
                                         is_controlled ? on_hangup : on_signal};
    sigaction(SIGHUP, &hangup, NULL);
    /* A reader that has gone is told by write(). */
    signal(SIGPIPE, SIG_IGN);
}

static bool say_error(GError *error)
{
    g_autofree char *text =
        escape_dup(error->message, strlen(error->message), 0);
    fprintf(stderr, "assay: %s\n", text);
    g_error_free(error);
    return false;
}

static bool open_items(struct scan_run *run, GError **error)
{
    run->items = source_list((const char *const *)run->args.paths,
                             g_strv_length(run->args.paths));
    return run->args.files_from == NULL ||
           source_add_from(run->items, run->args.files_from, error);
}

/* --jobs says how many workers there are, if it says anything. */
static bool start_pool(struct scan_run *run, const struct setup_how *how,
                       GError **error)
{
    struct control *control = &run->control;
    control->how = *how;
    control->is_watched = run->args.control != NULL;
    control->workers = run->args.jobs > 0 ? (unsigned)run->args.jobs : 0;
    control->resolver = zone_resolver(run->zone);
    return control_start_pool(control, &run->setup, error);
}

/* The front may not remove a socket that root has made. */
static void remove_socket(void *self)
{
    operator_close(self);
}

/* What is done as root, where this is root.  From here on there are two processes. */
static bool leave_root(struct scan_run *run, const struct setup_how *how,
                       GError **error)
{
    struct control *control = &run->control;
    const char *path = run->args.control;
    if (path != NULL && !control_listen(control, path, error))
        return false;
    const struct divide_front front = {
        .reads_all = true,
        .at_end = remove_socket,
        .self = control->socket,
    };
    return divide(how, &run->setup, &front, &control->parent, error);
}

static const GPtrArray *refusals(const struct scan_run *run)
{
    return run->control.pool != NULL ? pool_refusals(run->control.pool)
                                     : run->setup.host->refusals;
}

static bool open_all(struct scan_run *run)
{
    const struct scan_args *args = &run->args;
    const struct setup_how how = {
        .config = args->config,
        .plugin = args->plugin,
        .no_plugins = args->no_plugins != 0,
        .is_isolated = args->is_isolated != 0,
    };
    GError *error = NULL;
    if (!setup_open_loud(&how, &run->setup))
        return false;
    bool is_isolated = args->is_isolated != 0;
    if (is_isolated && !leave_root(run, &how, &error))
        return say_error(error);
    if (!envelope_session(args, run->setup.networks, &run->session, &error) ||
        !zone_read(args->dns_zone, args->lookups, &run->zone, &error))
        return say_error(error);
    /* Plugins load while the files are listed. */
    if ((is_isolated && !start_pool(run, &how, &error)) ||
        !open_items(run, &error) ||
        (is_isolated && !control_await_pool(&run->control, &error)))
        return say_error(error);
    run->answers = (struct answer_plan){
        .scan = {.limits = run->setup.limits,
                 .resolver = zone_resolver(run->zone)},
        .policy = run->setup.policy,
        .session = run->session,
        .now_s = args->now_s,
    };
    if (run->setup.host != NULL) {
        run->answers.scan.scanners = run->setup.host->scanners;
        run->answers.scan.scanner_n = run->setup.host->scanner_n;
    }
    return true;
}

static void close_all(struct scan_run *run)
{
    control_close(&run->control);
    if (run->items != NULL)
        g_ptr_array_unref(run->items);
    if (run->zone != NULL)
        zone_free(run->zone);
    if (run->session != NULL)
        session_free(run->session);
    setup_close(&run->setup);
    scan_args_clear(&run->args);
}

static bool put(struct scan_run *run, const char *text, size_t n)
{
    if (output_write(text, n))
        return true;
    run->write_errno = errno;
    return false;
}

static bool take_answer(void *self, const struct record *record,
                        const char *text)
{
    struct scan_run *run = self;
    summary_add(&run->summary, record);
    if (record->text_n > 0 && run->shares_terminal)
        progress_hide(&run->progress);
    return put(run, text, (size_t)record->text_n);
}

static bool on_tick(void *self)
{
    struct scan_run *run = self;
    progress_draw(&run->progress, run->summary.messages);
    if (wants_reload && run->control.pool != NULL) {
        wants_reload = 0;
        control_reload(&run->control);
    }
    return stop_signal == 0;
}

static unsigned job_count(const struct scan_run *run)
{
    if (run->args.jobs == 0)
        return 0;
    unsigned n =
        run->args.jobs > 0 ? (unsigned)run->args.jobs : g_get_num_processors();
    return MAX(MIN(n, run->items->len), 1);
}

static bool scan_isolated(struct scan_run *run)
{
    const struct isolate isolate = {
        .pool = run->control.pool,
        .items = run->items,
        .answers = &run->answers,
        .view = &run->view,
        .control = &run->control,
        .sink = take_answer,
        .tick = on_tick,
        .self = run,
    };
    isolate_run(&isolate);
    progress_hide(&run->progress);
    return true;
}

static bool scan_items(struct scan_run *run)
{
    if (run->control.pool != NULL)
        return scan_isolated(run);
    const struct worker_how how = {
        .items = run->items,
        .answers = &run->answers,
        .view = &run->view,
        .host = run->setup.host,
    };
    const struct jobs jobs = {
        .how = &how,
        .workers = job_count(run),
        .sink = take_answer,
        .tick = on_tick,
        .self = run,
    };
    GError *error = NULL;
    detect_start(); /* one copy of libmagic's database for all workers */
    bool is_good = jobs_run(&jobs, &error);
    progress_hide(&run->progress);
    return is_good || say_error(error);
}

static void show_summary(struct scan_run *run, uint64_t ns)
{
    g_autoptr(GString) text = g_string_new(run->view.is_json ? NULL : "\n");
    summary_show(&run->summary, run->items->len, ns, text);
    if (!run->view.is_json)
        put(run, text->str, text->len);
    else if (run->progress.is_on || stop_signal != 0)
        fputs(text->str, stderr);
}

static int run_scan(struct scan_run *run)
{
    /* From here on there are workers to end; while signatures load, a signal may
     * simply end us. */
    catch_signals(run->args.control != NULL);
    const char *no_color = getenv("NO_COLOR");
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    run->view = (struct view){
        .is_json = run->args.is_json != 0,
        .with_objects = run->args.with_objects != 0,
        .with_reasons = run->args.with_reasons != 0,
        .only_found = run->args.only_found != 0,
        .with_color = is_terminal && (no_color == NULL || no_color[0] == '\0'),
    };
    run->shares_terminal = is_terminal;
    uint64_t begun_ns = clock_mono_ns();
    progress_begin(&run->progress, run->items->len);
    if (!run->view.is_json) {
        g_autoptr(GString) head = g_string_new(NULL);
        view_table_head(&run->view, head);
        put(run, head->str, head->len);
    }
    if (!scan_items(run))
        return CMD_TROUBLE;
    if (run->write_errno == 0)
        show_summary(run, clock_mono_ns() - begun_ns);
    if (run->write_errno != 0 && run->write_errno != EPIPE) {
        fprintf(stderr, "assay: cannot write the answers: %s\n",
                g_strerror(run->write_errno));
        return CMD_TROUBLE;
    }
    return setup_misses_plugin(refusals(run)) ? CMD_TROUBLE
                                              : summary_exit(&run->summary);
}

/* Ends as the signal would have ended us, so that a shell loop stops too. */
static void end_by(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

int cmd_scan(int argc, char **argv)
{
    struct scan_run run = {0};
    GError *error = NULL;
    if (!scan_args_parse(argc, argv, &run.args, &error)) {
        say_error(error);
        fputs("Try assay scan --help\n", stderr);
        return CMD_TROUBLE;
    }
    if (run.args.is_verbose != 0)
        log_set_level(LOG_LEVEL_INFO);
    int status = open_all(&run) ? run_scan(&run) : CMD_TROUBLE;
    int write_errno = run.write_errno;
    close_all(&run);
    if (stop_signal != 0)
        end_by(stop_signal);
    if (write_errno == EPIPE)
        end_by(SIGPIPE);
    return status;
}
