/* SPDX-License-Identifier: MIT */
#include "daemon/service.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/signals.h"
#include "daemon/standing.h"

#include <limits.h>

#define MS_NS UINT64_C(1000000)

enum {
    LAST_MS = 1000, /* for answers on their way */
};

static const char reload_alarm[] = "reload";

static const char *const state_names[] = {
    [SERVICE_RUNNING] = "running",
    [SERVICE_DRAINING] = "draining",
    [SERVICE_STOPPING] = "stopping",
};

static void say(const char *name)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_INFO, name);
    log_end(&event);
}

static void tell_state(const struct service *service)
{
    g_autofree char *text = g_strdup_printf(
        "%s, generation %" G_GUINT64_FORMAT, state_names[service->state],
        pool_generation(service->control.pool));
    notify_status(&service->notify, text);
}

/* --- what is asked of it ---------------------------------------------------------- */

void service_drain(struct service *service)
{
    if (service->state != SERVICE_RUNNING)
        return;
    service->state = SERVICE_DRAINING;
    say("daemon.drain");
    front_drain(service->front);
    tell_state(service);
}

/* The second time it is meant. */
void service_stop(struct service *service)
{
    uint64_t now_ns = clock_mono_ns();
    if (service->state == SERVICE_STOPPING) {
        if (!service->has_given_up)
            service->stop_by_ns = now_ns;
        return;
    }
    bool is_draining = service->state == SERVICE_DRAINING;
    service->state = SERVICE_STOPPING;
    service->stop_by_ns = now_ns + service->stop_time_ns;
    say("daemon.stop");
    notify_stopping(&service->notify);
    tell_state(service);
    if (!is_draining)
        front_drain(service->front);
}

void service_reload(struct service *service)
{
    control_reload(&service->control);
}

/* --- hooks of control ---------------------------------------------------------------- */

static void add_status(void *self, GString *json)
{
    const struct service *service = self;
    g_string_append_printf(
        json,
        ",\"daemon\":{\"state\":\"%s\",\"open_mails\":%zu,\"connections\":%zu}",
        state_names[service->state], front_open_mails(service->front),
        front_connections(service->front));
    g_string_append(json, ",\"front\":");
    front_status(service->front, json);
    g_string_append(json, ",\"alarms\":");
    alarms_status(service->alarms, json);
}

static bool take(void *self, const struct setup *setup, GError **error)
{
    struct service *service = self;
    if (!front_reload(service->front, setup->conf, error)) {
        g_prefix_error(error, "plugins and signatures are new, what the front "
                              "does stays as it was: ");
        return false;
    }
    service->stop_time_ns = setup->daemon.stop_time_ns;
    if (!service->is_verbose)
        log_set_level(setup->daemon.log_level);
    if (service->herald != NULL)
        herald_pace(service->herald, setup->daemon.mail_every_ns);
    return true;
}

static void reloaded(void *self, bool is_done, const char *why)
{
    struct service *service = self;
    if (is_done)
        alarm_clear(service->alarms, reload_alarm);
    else
        alarm_raise(service->alarms, reload_alarm, why);
}

static void hook_stop(void *self)
{
    service_stop(self);
}

static void hook_drain(void *self)
{
    service_drain(self);
}

const struct control_hooks service_hooks = {
    .status = add_status,
    .take = take,
    .reloaded = reloaded,
    .stop = hook_stop,
    .drain = hook_drain,
};

/* --- the loop -------------------------------------------------------------------------- */

/* A file that changed, SIGHUP, assay reload: whoever began it, the manager is told. */
static void tell_reload(struct service *service, uint64_t now_ns)
{
    bool is_reloading = pool_is_reloading(service->control.pool);
    if (is_reloading == service->is_reloading)
        return;
    service->is_reloading = is_reloading;
    if (is_reloading)
        notify_reloading(&service->notify, now_ns);
    else
        notify_ready(&service->notify);
    tell_state(service);
}

static int wait_ms(const struct service *service, uint64_t now_ns)
{
    uint64_t next_ns = service->looked_ns + STANDING_EVERY_MS * MS_NS;
    next_ns = MIN(next_ns, front_next_ns(service->front));
    next_ns = MIN(next_ns, notify_next_ns(&service->notify));
    if (service->control.socket != NULL)
        next_ns = MIN(next_ns, operator_next_ns(service->control.socket));
    if (service->herald != NULL)
        next_ns = MIN(next_ns, herald_next_ns(service->herald));
    if (service->state == SERVICE_STOPPING)
        next_ns = MIN(next_ns, service->stop_by_ns);
    if (next_ns <= now_ns)
        return 0;
    /* Rounded up: else it turns idly through the last millisecond. */
    return (int)MIN((next_ns - now_ns + MS_NS - 1) / MS_NS, INT_MAX);
}

static void heed_signals(struct service *service)
{
    struct signals_seen seen = signals_see();
    for (unsigned i = 0; i < seen.stops; i++)
        service_stop(service);
    if (seen.hangup && service->state != SERVICE_STOPPING)
        service_reload(service);
}

static void look_at_plugins(struct service *service, uint64_t now_ns)
{
    if (service->looked_ns != 0 &&
        now_ns - service->looked_ns < STANDING_EVERY_MS * MS_NS)
        return;
    service->looked_ns = now_ns;
    standing_look(service->control.pool, service->alarms);
}

static void turn(struct service *service)
{
    pool_run(service->control.pool, wait_ms(service, clock_mono_ns()));
    uint64_t now_ns = clock_mono_ns();
    heed_signals(service);
    front_serve(service->front, now_ns);
    if (service->control.socket != NULL)
        operator_serve(service->control.socket, now_ns);
    look_at_plugins(service, now_ns);
    tell_reload(service, now_ns);
    if (service->herald != NULL)
        herald_tend(service->herald, now_ns);
    notify_turn(&service->notify, now_ns);
}

/* STOPPING: is it over? */
static bool is_over(struct service *service)
{
    uint64_t now_ns = clock_mono_ns();
    if (service->has_given_up)
        return now_ns >= service->stop_by_ns ||
               front_connections(service->front) == 0;
    /* A message that is still on its way is one more that can be answered. */
    if (front_open_mails(service->front) == 0 &&
        front_connections(service->front) == 0)
        return true;
    if (now_ns < service->stop_by_ns)
        return false;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "daemon.give-up");
    log_number(&event, "mails", (int64_t)front_open_mails(service->front));
    log_text(&event, "why", "stop_time is over: they are deferred");
    log_end(&event);
    front_give_up(service->front);
    service->has_given_up = true;
    service->stop_by_ns = now_ns + LAST_MS * MS_NS;
    return false;
}

void service_run(struct service *service)
{
    pool_listen(service->control.pool, front_fd(service->front));
    pool_listen(service->control.pool, signals_fd());
    say("daemon.ready");
    notify_ready(&service->notify);
    tell_state(service);
    while (service->state != SERVICE_STOPPING || !is_over(service))
        turn(service);
    /* Who has asked for the end hears that it has begun. */
    if (service->control.socket != NULL)
        operator_serve(service->control.socket, clock_mono_ns());
    say("daemon.end");
}

void service_close(struct service *service)
{
    front_free(service->front);
    control_close(&service->control);
    herald_end(service->herald);
    alarms_free(service->alarms);
    notify_close(&service->notify);
    *service = (struct service){.notify = {.fd = -1}};
}
