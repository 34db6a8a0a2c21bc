/* SPDX-License-Identifier: MIT */
/*
 * assayd: scans mail while the MTA still holds it.
 *
 *     root       reads plugins.conf, opens sockets, begins the herald; becomes parent
 *                and front (daemon/divide.h)
 *     front      starts the pool, waits until it scans, tells so, serves (service.h)
 *
 * In the foreground, without a file of its number: systemd and its like need neither.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/log.h"
#include "daemon/activation.h"
#include "daemon/divide.h"
#include "daemon/service.h"
#include "daemon/setup.h"
#include "daemon/signals.h"
#include "front/listen.h"
#include "pool/zygote.h"

#include <assay/plugin.h>

#include <glib.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Part of the interface: assayd(8) tells it, the systemd unit goes by it. */
enum {
    EXIT_DONE = 0,   /* ended as it was told to; --check: it is right */
    EXIT_FAILED = 1, /* it could not begin, another try may be worth it */
    EXIT_CONF = 2,   /* the configuration or the command line is wrong */
};

/* What was asked for. */
struct daemon_args {
    char *config; /* NULL: the default one */
    int is_check;
    int is_verbose;
    int is_version;
};

/* The program, from its start to its end. */
struct program {
    struct daemon_args args;
    struct setup_how how;
    struct setup setup;
    struct service service;
    GArray *fds; /* int, that listen */
};

static void complain(const char *text)
{
    g_autofree char *shown = escape_dup(text, strlen(text), 0);
    fprintf(stderr, "assayd: %s\n", shown);
}

static bool parse(int argc, char **argv, struct daemon_args *out)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &out->config,
         "The configuration, instead of /etc/assay/plugins.conf", "FILE"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &out->is_check,
         "Say whether the configuration is right, and end", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &out->is_verbose,
         "Log debug messages, whatever [daemon] log_level says", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &out->is_version,
         "Print the version and end", NULL},
        {0},
    };
    g_autoptr(GError) error = NULL;
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_summary(
        context,
        "Scans mail with plugins for an MTA that speaks the milter protocol. Runs\n"
        "in the foreground; SIGHUP reloads, SIGTERM stops. Manual: assayd(8).\n"
        "Exit status: 0 ended as told, 1 could not begin, 2 the configuration or\n"
        "the command line is wrong.");
    g_option_context_add_main_entries(context, entries, NULL);
    bool is_good = g_option_context_parse(context, &argc, &argv, &error);
    g_option_context_free(context);
    if (is_good && argc > 1)
        g_set_error(&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "\"%s\" is not wanted here; see assayd --help", argv[1]);
    if (error != NULL)
        complain(error->message);
    return error == NULL;
}

static int check(const struct daemon_args *args)
{
    const struct setup_how how = {.config = args->config, .is_check = true};
    struct setup setup;
    if (!setup_open_loud(&how, &setup))
        return EXIT_CONF;
    bool is_good = !setup_misses_plugin(setup.host->refusals);
    if (is_good)
        printf("%s: right; %u plugin%s can be used\n", setup.conf->path,
               setup.host->instances->len,
               setup.host->instances->len == 1 ? "" : "s");
    setup_close(&setup);
    return is_good ? EXIT_DONE : EXIT_CONF;
}

/* --- what is done before there are two ---------------------------------------------- */

/* Those that a service manager has opened, or else those that [milter] names. */
static bool open_sockets(struct program *p, GError **error)
{
    if (!activation_take(&p->fds, error))
        return false;
    if (p->fds->len > 0)
        return true;
    g_array_unref(g_steal_pointer(&p->fds));
    return listen_open_all(p->setup.conf, &p->fds, error);
}

static bool begin_herald(struct program *p, GError **error)
{
    const struct daemon_options *options = &p->setup.daemon;
    struct account user;
    bool is_root = geteuid() == 0;
    if (options->alarm_to[0] == NULL)
        return true;
    if (is_root && !account_front(p->setup.pool.front_user, &user, error))
        return false;
    const struct herald_how how = {
        .to = (const char *const *)options->alarm_to,
        .sendmail = options->sendmail,
        .user = is_root ? &user : NULL,
        .every_ns = options->mail_every_ns,
    };
    return herald_begin(&how, &p->service.herald, error);
}

/* The parent's last deed: the front may not remove it from a folder of root's. */
static void remove_socket(void *self)
{
    operator_close(self);
}

static bool leave_root(struct program *p, GError **error)
{
    struct control *control = &p->service.control;
    if (!control_listen(control, p->setup.daemon.control, error) ||
        !open_sockets(p, error) || !begin_herald(p, error))
        return false;
    const struct divide_front front = {
        .must_divide = true,
        .at_end = remove_socket,
        .self = control->socket,
    };
    return divide(&p->how, &p->setup, &front, &control->parent, error);
}

/* --- and after ---------------------------------------------------------------------- */

static void on_alarm(void *self, const char *name, const char *text,
                     bool is_raised)
{
    herald_tell(self, name, text, is_raised, clock_mono_ns());
}

static bool start(struct program *p, GError **error)
{
    struct service *service = &p->service;
    struct control *control = &service->control;
    service->alarms = alarms_new();
    if (service->herald != NULL)
        alarms_listen(service->alarms, on_alarm, service->herald);
    if (!control_start_pool(control, &p->setup, error) ||
        !control_await_pool(control, error))
        return false;
    if (setup_misses_plugin(pool_refusals(control->pool))) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                            "a plugin that is not optional was refused");
        return false;
    }
    const struct front_how how = {
        .conf = p->setup.conf,
        .pool = control->pool,
        .alarms = service->alarms,
        .fds = (const int *)(const void *)p->fds->data,
        .fd_n = p->fds->len,
    };
    return front_open(&how, &service->front, error);
}

static void set_log(const struct daemon_args *args,
                    const struct daemon_options *options)
{
    log_set_sink(options->log, "assayd");
    log_set_level(args->is_verbose != 0 ? LOG_LEVEL_DEBUG : options->log_level);
}

static int run(struct program *p)
{
    struct service *service = &p->service;
    g_autoptr(GError) error = NULL;
    p->how = (struct setup_how){.config = p->args.config, .is_isolated = true};
    if (!setup_open_loud(&p->how, &p->setup))
        return EXIT_CONF;
    set_log(&p->args, &p->setup.daemon);
    service->stop_time_ns = p->setup.daemon.stop_time_ns;
    service->is_verbose = p->args.is_verbose != 0;
    service->control.how = p->how;
    service->control.is_watched = true;
    service->control.hooks = &service_hooks;
    service->control.self = service;
    notify_open(&service->notify);
    if (!leave_root(p, &error) || !signals_open() || !start(p, &error)) {
        complain(error != NULL ? error->message : g_strerror(errno));
        return g_error_matches(error, BASE_ERROR, BASE_ERROR_CONF)
                   ? EXIT_CONF
                   : EXIT_FAILED;
    }
    signals_take_all();
    service_run(service);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    struct program p = {.service.notify.fd = -1};
    log_catch_glib();
    /* Started by another assayd only, on a socket. */
    if (argc == 2 && strcmp(argv[1], "zygote") == 0)
        return zygote_main();
    if (!parse(argc, argv, &p.args))
        return EXIT_CONF;
    int status = EXIT_DONE;
    if (p.args.is_version != 0)
        printf("assayd %s, vendor ABI %d.%d\n", ASSAY_VERSION, ASSAY_ABI_MAJOR,
               ASSAY_ABI_MINOR);
    else
        status = p.args.is_check != 0 ? check(&p.args) : run(&p);
    service_close(&p.service);
    if (p.fds != NULL)
        g_array_unref(p.fds);
    setup_close(&p.setup);
    g_free(p.args.config);
    return status;
}
