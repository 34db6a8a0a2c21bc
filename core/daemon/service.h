/* SPDX-License-Identifier: MIT */
/*
 * The daemon at work: front, pool, control socket, alarms and service manager in one
 * loop.
 *
 *     RUNNING ──drain──► DRAINING    takes nothing new; answers what it has; stays
 *        │                  │
 *        └──────stop────────┴─► STOPPING   the same, for [daemon] stop_time at most;
 *                                 │        a second stop: no longer
 *                                 ├─ all answered ──────────────► the end
 *                                 └─ time over: the rest is answered `tempfail`, which
 *                                    has LAST_MS to get out ────► the end
 *
 * Everything is opened by who calls service_run().  One thread.
 */
#ifndef DAEMON_SERVICE_H
#define DAEMON_SERVICE_H

#include "daemon/control.h"
#include "daemon/herald.h"
#include "daemon/notify.h"
#include "front/alarm.h"
#include "front/front.h"

#include <stdbool.h>
#include <stdint.h>

enum service_state {
    SERVICE_RUNNING = 0,
    SERVICE_DRAINING,
    SERVICE_STOPPING,
};

/* Owned by its program.  Zeroed memory, with notify.fd = -1, is valid and empty. */
struct service {
    struct control control; /* its hooks are service_hooks, its self is this */
    struct front *front;
    struct alarms *alarms;
    struct herald *herald; /* NULL: nobody is mailed */
    struct notify notify;
    uint64_t stop_time_ns;
    enum service_state state;
    bool has_given_up;
    bool is_verbose;     /* whatever [daemon] log_level says */
    bool is_reloading;   /* the service manager thinks so */
    uint64_t stop_by_ns; /* STOPPING */
    uint64_t looked_ns;  /* at the plugins */
};

extern const struct control_hooks service_hooks;

/* Until it is over. */
void service_run(struct service *service);
void service_stop(struct service *service);
void service_drain(struct service *service);
void service_reload(struct service *service);
/* Ends what is open. */
void service_close(struct service *service);

#endif
