/* SPDX-License-Identifier: MIT */
/* The daemon's loop, with a real pool and a front that is played. */
#include "base/clock.h"
#include "caught.h"
#include "daemon/service.h"
#include "daemon/setup.h"
#include "daemon/signals.h"
#include "mail/session.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MS_NS UINT64_C(1000000)

/* --- a front that does as it is told ------------------------------------------------- */

static struct {
    int fd;
    size_t mails;
    size_t connections;
    unsigned serves;
    unsigned drains;
    unsigned give_ups;
    unsigned reloads;
    bool refuses_reload;
    uint64_t next_ns;
    void (*on_serve)(void); /* what the test does in each turn */
} played;

int front_fd(const struct front *front)
{
    (void)front;
    return played.fd;
}

uint64_t front_next_ns(const struct front *front)
{
    (void)front;
    return played.next_ns;
}

void front_serve(struct front *front, uint64_t now_ns)
{
    (void)front;
    (void)now_ns;
    played.serves++;
    if (played.on_serve != NULL)
        played.on_serve();
}

void front_drain(struct front *front)
{
    (void)front;
    played.drains++;
}

void front_give_up(struct front *front)
{
    (void)front;
    played.give_ups++;
    played.mails = 0;
}

size_t front_open_mails(const struct front *front)
{
    (void)front;
    return played.mails;
}

size_t front_connections(const struct front *front)
{
    (void)front;
    return played.connections;
}

void front_status(const struct front *front, GString *json)
{
    (void)front;
    g_string_append(json, "{\"played\":true}");
}

bool front_reload(struct front *front, const struct conf *conf, GError **error)
{
    (void)front;
    (void)conf;
    played.reloads++;
    if (played.refuses_reload)
        g_set_error_literal(error, G_FILE_ERROR, 0, "it does not like them");
    return !played.refuses_reload;
}

void front_free(struct front *front)
{
    (void)front;
}

/* --- a daemon ------------------------------------------------------------------------ */

static const char right[] = "[pool]\nworkers_min = 1\nworkers_max = 1\n"
                            "watch = no\n[plugin word]\n"
                            "file = %s/crash_on_word.so\n";
static struct service service;
static char *folder;
static char *conf_path;
static char *control_path;
static int manager; /* what it tells its service manager */
static char *program;
static unsigned step;
static uint64_t begun_ns;

static void write_conf(const char *text, const char *more)
{
    g_autofree char *plugins = g_canonicalize_filename(unit_build("bad"), NULL);
    g_auto(GStrv) parts = g_strsplit(text, "%s", -1);
    g_autofree char *with = g_strjoinv(plugins, parts);
    g_autofree char *all = g_strconcat(with, more, NULL);
    CU_ASSERT(g_file_set_contents(conf_path, all, -1, NULL));
}

/* A socket pair in place of NOTIFY_SOCKET: what is told comes out of `manager`. */
static void open_manager(void)
{
    int ends[2];
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) ==
                    0);
    manager = ends[0];
    service.notify = (struct notify){.fd = ends[1]};
}

static void open_daemon(void (*on_serve)(void))
{
    struct setup setup;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    caught_begin();
    memset(&played, 0, sizeof played);
    played.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    played.next_ns = UINT64_MAX;
    played.on_serve = on_serve;
    step = 0;
    folder = g_dir_make_tmp("assay-service-XXXXXX", NULL);
    conf_path = g_build_filename(folder, "plugins.conf", NULL);
    control_path = g_build_filename(folder, "control", NULL);
    program = g_canonicalize_filename(unit_build("assay"), NULL);
    write_conf(right, "");
    service = (struct service){.stop_time_ns = 60000 * MS_NS};
    open_manager();
    struct control *control = &service.control;
    control->how = (struct setup_how){.config = conf_path, .is_isolated = true};
    control->program = program;
    control->hooks = &service_hooks;
    control->self = &service;
    service.alarms = alarms_new();
    CU_ASSERT_FATAL(setup_open(&control->how, &setup, errors));
    CU_ASSERT_FATAL(control_listen(control, control_path, NULL));
    CU_ASSERT_FATAL(control_start_pool(control, &setup, NULL));
    CU_ASSERT_FATAL(control_await_pool(control, NULL));
    setup_close(&setup);
    CU_ASSERT_FATAL(signals_open());
    signals_take_all();
    begun_ns = clock_mono_ns();
}

/* The loop has ended. */
static void close_daemon(void)
{
    caught_end();
    service_close(&service);
    close(manager);
    close(played.fd);
    g_unlink(conf_path);
    g_rmdir(folder);
    g_free(folder);
    g_free(conf_path);
    g_free(control_path);
    g_free(program);
}

/* All that the service manager has heard, a blank between; yours. */
static char *told(void)
{
    GString *all = g_string_new(NULL);
    char text[512];
    ssize_t n;
    while ((n = recv(manager, text, sizeof text - 1, 0)) > 0) {
        text[n] = '\0';
        if (!g_str_has_prefix(text, "STATUS="))
            g_string_append_printf(all, "%s%s", all->len > 0 ? " " : "", text);
    }
    return g_string_free(all, false);
}

/* A test that hangs ends. */
static void look_at_time(void)
{
    if (clock_mono_ns() - begun_ns > 20000 * MS_NS) {
        CU_FAIL("it takes too long");
        played.mails = played.connections = 0;
        service_stop(&service);
    }
}

/* --- promises ------------------------------------------------------------------------- */

/* Ten turns after the first stop the last mail is answered, ten more and the last
 * connection has closed. */
static void stop_then_answer(void)
{
    look_at_time();
    if (step++ == 0)
        raise(SIGTERM);
    CU_ASSERT_EQUAL(played.give_ups, 0);
    if (step > 10)
        played.mails = 0;
    /* Another message was still on its way: it has its time as well. */
    if (step > 20)
        played.connections = 0;
    /* turns without waiting */
    played.next_ns = 0;
}

static void sigterm_finishes_what_is_in_flight(void)
{
    open_daemon(stop_then_answer);
    played.mails = played.connections = 3;
    service_run(&service);
    CU_ASSERT(step > 20);
    CU_ASSERT_EQUAL(played.drains, 1);
    CU_ASSERT_EQUAL(played.give_ups, 0);
    g_autofree char *text = told();
    CU_ASSERT_STRING_EQUAL(text, "READY=1 STOPPING=1");
    close_daemon();
}

static void stop_once(void)
{
    look_at_time();
    if (step++ == 0)
        service_stop(&service);
}

static void what_is_not_answered_in_time_is_given_up(void)
{
    open_daemon(stop_once);
    played.mails = played.connections = 3;
    service.stop_time_ns = 300 * MS_NS;
    service_run(&service);
    uint64_t took_ns = clock_mono_ns() - begun_ns;
    CU_ASSERT_EQUAL(played.give_ups, 1);
    /* the connections stay: their last bytes have a moment */
    CU_ASSERT(took_ns >= 1300 * MS_NS);
    close_daemon();
}

static void stop_twice(void)
{
    look_at_time();
    if (step++ < 2)
        raise(SIGINT);
    if (played.give_ups > 0)
        played.connections = 0;
}

static void a_second_signal_does_not_wait(void)
{
    open_daemon(stop_twice);
    played.mails = played.connections = 3;
    service_run(&service);
    CU_ASSERT_EQUAL(played.give_ups, 1);
    CU_ASSERT_EQUAL(played.drains, 1);
    CU_ASSERT(clock_mono_ns() - begun_ns < 15000 * MS_NS);
    close_daemon();
}

static void drain_then_stop(void)
{
    look_at_time();
    played.next_ns = 0;
    if (step++ == 0)
        service_drain(&service);
    if (step == 50) {
        CU_ASSERT_EQUAL(service.state, SERVICE_DRAINING);
        service_drain(&service);
        service_stop(&service);
    }
}

static void drained_it_stays_until_it_is_stopped(void)
{
    open_daemon(drain_then_stop);
    service_run(&service);
    CU_ASSERT(step >= 50);
    CU_ASSERT_EQUAL(played.drains, 1);
    close_daemon();
}

/* And the service manager knows. */
static bool is_over(void)
{
    return !pool_is_reloading(service.control.pool) && !service.is_reloading;
}

/* Wrong, then right, then such that the front does not take it, then right again. */
static void reload_four_times(void)
{
    look_at_time();
    switch (step) {
    case 0:
        write_conf("[limits]\nmax_depht = 3\n", "");
        raise(SIGHUP);
        step++;
        break;
    case 1: /* SIGHUP is seen from the next turn on */
        if (!alarm_is_raised(service.alarms, "reload"))
            break;
        CU_ASSERT_EQUAL(pool_generation(service.control.pool), 1);
        CU_ASSERT_EQUAL(played.reloads, 0);
        write_conf(right, "");
        service_reload(&service);
        step++;
        break;
    case 2:
        if (!is_over())
            break;
        CU_ASSERT_FALSE(alarm_is_raised(service.alarms, "reload"));
        CU_ASSERT_EQUAL(pool_generation(service.control.pool), 2);
        CU_ASSERT_EQUAL(played.reloads, 1);
        played.refuses_reload = true;
        service_reload(&service);
        step++;
        break;
    case 3:
        if (!is_over())
            break;
        CU_ASSERT(alarm_is_raised(service.alarms, "reload"));
        played.refuses_reload = false;
        write_conf(right, "[daemon]\nstop_time = 7 s\n");
        service_reload(&service);
        step++;
        break;
    case 4:
        if (!is_over())
            break;
        CU_ASSERT_FALSE(alarm_is_raised(service.alarms, "reload"));
        CU_ASSERT_EQUAL(service.stop_time_ns, 7000 * MS_NS);
        service_stop(&service);
        step++;
        break;
    default:
        break;
    }
}

static void a_reload_that_fails_is_an_alarm_and_the_old_one_stays(void)
{
    open_daemon(reload_four_times);
    service_run(&service);
    CU_ASSERT_EQUAL(step, 5);
    g_autofree char *text = told();
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    const char *const wanted[] = {
        "READY=1",         "RELOADING=1",     "MONOTONIC_USEC=", "READY=1",
        "RELOADING=1",     "MONOTONIC_USEC=", "READY=1",         "RELOADING=1",
        "MONOTONIC_USEC=", "READY=1",         "STOPPING=1"};
    CU_ASSERT_EQUAL_FATAL(g_strv_length(words), G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        CU_ASSERT(g_str_has_prefix(words[i], wanted[i]));
    close_daemon();
}

/* --- the control socket --------------------------------------------------------------- */

static int operator_connect(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    g_strlcpy(address.sun_path, control_path, sizeof address.sun_path);
    CU_ASSERT_EQUAL(
        connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static int asking = -1;
static GString *answers;

static unsigned lines_heard(void)
{
    char text[65536];
    ssize_t n;
    while ((n = recv(asking, text, sizeof text, 0)) > 0)
        g_string_append_len(answers, text, n);
    unsigned lines = 0;
    for (size_t i = 0; i < answers->len; i++)
        lines += answers->str[i] == '\n';
    return lines;
}

/* Status, drain, status, stop: one after the other. */
static void operate(void)
{
    static const char words[] = "status\ndrain\nstatus\nstop\n";
    look_at_time();
    if (step == 0) {
        alarm_raise(service.alarms, "disk", "full");
        asking = operator_connect();
        CU_ASSERT_EQUAL(send(asking, words, sizeof words - 1, 0),
                        (ssize_t)sizeof words - 1);
        step++;
    }
    (void)lines_heard();
}

static void the_operator_sees_and_ends_it(void)
{
    open_daemon(operate);
    answers = g_string_new(NULL);
    service_run(&service);
    CU_ASSERT_EQUAL(lines_heard(), 4);
    g_auto(GStrv) lines = g_strsplit(answers->str, "\n", -1);
    static const char *const states[] = {"running", "draining"};
    for (unsigned i = 0; i < 2; i++) {
        json_t *root = json_loads(lines[(size_t)i * 2], 0, NULL);
        const json_t *daemon = json_object_get(root, "daemon");
        CU_ASSERT_PTR_NOT_NULL_FATAL(root);
        CU_ASSERT_STRING_EQUAL(
            json_string_value(json_object_get(daemon, "state")), states[i]);
        CU_ASSERT(json_is_true(
            json_object_get(json_object_get(root, "front"), "played")));
        CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "alarms")), 1);
        CU_ASSERT(json_is_object(json_object_get(root, "generation")));
        json_decref(root);
    }
    CU_ASSERT_STRING_EQUAL(lines[1], "{\"begun\":true}");
    CU_ASSERT_STRING_EQUAL(lines[3], "{\"begun\":true}");
    g_string_free(answers, true);
    close(asking);
    close_daemon();
}

/* --- alarms and the watchdog ------------------------------------------------------------ */

static void wait_for_dogs(void)
{
    look_at_time();
    if (clock_mono_ns() - begun_ns > 1000 * MS_NS && step++ == 0)
        service_stop(&service);
}

static void the_watchdog_is_told_while_the_loop_turns(void)
{
    open_daemon(wait_for_dogs);
    service.notify.watchdog_ns = 200 * MS_NS;
    service_run(&service);
    g_autofree char *text = told();
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    unsigned dogs = 0;
    for (size_t i = 0; words[i] != NULL; i++)
        dogs += strcmp(words[i], "WATCHDOG=1") == 0;
    /* every 100 ms; a busy machine turns less often */
    CU_ASSERT(dogs >= 5 && dogs <= 12);
    close_daemon();
}

/* A front that does not come back: nobody speaks for it. */
static void hang_then_stop(void)
{
    if (step++ > 0) {
        service_stop(&service);
        return;
    }
    g_autofree char *before = told();
    g_usleep(1000000);
    g_autofree char *after = told();
    CU_ASSERT_STRING_EQUAL(after, "");
}

static void a_loop_that_does_not_turn_tells_the_watchdog_nothing(void)
{
    open_daemon(hang_then_stop);
    service.notify.watchdog_ns = 200 * MS_NS;
    service_run(&service);
    close_daemon();
}

static void stop_when_seen(void)
{
    look_at_time();
    if (alarm_is_raised(service.alarms, "signatures.engine") && step++ == 0)
        service_stop(&service);
}

static void an_engine_with_test_signatures_is_an_alarm(void)
{
    open_daemon(stop_when_seen);
    write_conf("[pool]\nworkers_min = 1\nworkers_max = 1\nwatch = no\n"
               "[plugin engine]\nfile = %s/engine.so\ntests = yes\n",
               "");
    service_reload(&service);
    service_run(&service);
    CU_ASSERT_EQUAL(step, 1);
    close_daemon();
}

static struct session *session;

static void ignore_answer(void *self, const struct pool_answer *answer)
{
    (void)self;
    (void)answer;
}

/* Mails that end their worker, until its plugin is left out. */
static void kill_workers(void)
{
    static const char mail[] = "Subject: x\n\nASSAY-TEST-SEGV\n";
    look_at_time();
    if (alarm_is_raised(service.alarms, "plugin.word")) {
        if (step++ == 0)
            service_stop(&service);
        return;
    }
    if (pool_unanswered(service.control.pool) > 0)
        return;
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof mail - 1);
    const struct pool_request request = {
        .raw = raw, .session = session, .priority = POOL_TRANSPORT};
    pool_submit(service.control.pool, &request, ignore_answer, NULL);
}

static void a_plugin_that_is_left_out_is_an_alarm(void)
{
    open_daemon(kill_workers);
    session = session_new();
    service_run(&service);
    CU_ASSERT_EQUAL(step, 1);
    close_daemon();
    session_free(session);
}

UNIT_MAIN("service", UNIT(sigterm_finishes_what_is_in_flight),
          UNIT(what_is_not_answered_in_time_is_given_up),
          UNIT(a_second_signal_does_not_wait),
          UNIT(drained_it_stays_until_it_is_stopped),
          UNIT(a_reload_that_fails_is_an_alarm_and_the_old_one_stays),
          UNIT(the_operator_sees_and_ends_it),
          UNIT(the_watchdog_is_told_while_the_loop_turns),
          UNIT(a_loop_that_does_not_turn_tells_the_watchdog_nothing),
          UNIT(an_engine_with_test_signatures_is_an_alarm),
          UNIT(a_plugin_that_is_left_out_is_an_alarm))
