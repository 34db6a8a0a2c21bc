/* SPDX-License-Identifier: MIT */
#include "front/expiry.h"

#include "base/clock.h"
#include "base/log.h"
#include "front/front_inside.h"

enum {
    AT_ONCE = 200 /* messages */
};

#define HOUR_NS (UINT64_C(3600) * 1000000000)

/* One go.  Owned by itself. */
struct go {
    struct front *front;
    struct quarantine *quarantine;
    struct quarantine_expired expired;
    GError *why;
};

static void work(void *self)
{
    struct go *go = self;
    quarantine_expire(go->quarantine, clock_unix_s(), AT_ONCE, &go->expired,
                      &go->why);
}

static void tell(const struct go *go)
{
    struct log_event event;
    if (go->expired.mails == 0)
        return;
    log_begin(&event, LOG_LEVEL_INFO, "quarantine.expired");
    log_number(&event, "mails", (int64_t)go->expired.mails);
    log_number(&event, "bytes", (int64_t)go->expired.bytes);
    log_end(&event);
}

static void done(void *self)
{
    struct go *go = self;
    bool has_more = go->why == NULL && go->expired.mails >= AT_ONCE;
    tell(go);
    if (go->why != NULL)
        alarm_raise(go->front->alarms, "quarantine.expiry", go->why->message);
    else
        alarm_clear(go->front->alarms, "quarantine.expiry");
    go->front->expiry.at_ns = clock_mono_ns() + (has_more ? 0 : HOUR_NS);
    g_clear_error(&go->why);
    g_free(go);
}

void expiry_tend(struct front *front, uint64_t now_ns)
{
    if (now_ns < front->expiry.at_ns)
        return;
    struct go *go = g_new0(struct go, 1);
    const struct aside_work piece = {work, done, go};
    go->front = front;
    go->quarantine = front->quarantine;
    front->expiry.at_ns = UINT64_MAX;
    aside_do(front->aside, &piece);
}
