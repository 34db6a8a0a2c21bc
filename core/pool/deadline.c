/* SPDX-License-Identifier: MIT */
/*
 * Who is late: a plugin's call, a scan, a caller's own time; and which worker has
 * served long enough.
 */
#include "base/clock.h"
#include "base/log.h"
#include "pool/inside.h"
#include "pool/memory.h"

#include <string.h>

enum {
    /* A scan ends itself at limits.max_time, between two calls of plugins; its worker
     * needs a moment to pack what it has, and on a machine that is short of processors a
     * few turns to get there.  Who is later than that is in a call that does not end. */
    LATE_MS = 500,
    GRACE_MS = 100,   /* after the caller's own deadline */
    MOVE_MS = 50,     /* what waits behind something slower is moved */
    DEAF_MS = 5000,   /* a worker that lives takes its next message at once */
    ASLEEP_MS = 1000, /* with work before it: there is none that it sees */
    LOOK_SCANS = 16,  /* its memory is looked at after so many scans */
    GUEST_GRACE_MS = 30, /* the same for a guest: its home has to answer yet */
};

#define AGAIN_NS                                                               \
    (10 * MS_NS) /* when a late one on a worker is looked at again */

static void warn(const struct crew *crew, struct seat *seat, uint64_t call_ns,
                 const struct crumb_copy *crumb, uint64_t now_ns)
{
    const char *plugin = death_scanner(crew, crumb->scanner);
    if (seat->warned_ns == call_ns)
        return;
    seat->warned_ns = call_ns;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "plugin.slow");
    log_text(&event, "class", crew->class_name);
    log_text(&event, "plugin", plugin != NULL ? plugin : "core");
    log_text(&event, "object", crumb->where);
    log_number(&event, "ms", (int64_t)((now_ns - call_ns) / MS_NS));
    log_end(&event);
}

/* Is it a plugin of another class?  Its guest had the time, and has perhaps just been
 * ended for it: whoever waited for that needs a moment to go on. */
static bool is_abroad(const struct crew *crew, uint32_t scanner)
{
    return scanner > 0 && scanner <= crew->scanner_n &&
           death_scanner(crew, scanner) == NULL;
}

/* The plugin's own time; what the worker says of it counts only against it. */
static bool is_call_late(const struct crew *crew, struct seat *seat,
                         uint64_t now_ns)
{
    const struct class_options *options = &crew->options;
    const struct crumb *said = &seat->tray.head->crumb;
    uint64_t call_ns = atomic_load(&said->call_ns);
    if (call_ns == 0 || call_ns >= now_ns || seat->carry != NULL ||
        is_abroad(crew, atomic_load(&said->scanner)))
        return false;
    uint64_t took_ns = now_ns - call_ns;
    if (took_ns > options->plugin_time_ns)
        return true;
    if (options->plugin_warn_ns != 0 && took_ns > options->plugin_warn_ns) {
        struct crumb_copy crumb;
        crumb_read(&seat->tray.head->crumb, crew->scanner_n, &crumb);
        warn(crew, seat, call_ns, &crumb, now_ns);
    }
    return false;
}

/* It was rung and is not on what is there: a plugin has robbed it of its bell or has
 * written over its tray, or it is stopped.  The message goes to another one. */
static bool is_deaf(const struct seat *seat, uint64_t now_ns)
{
    const struct tray_head *head = seat->tray.head;
    unsigned oldest = (unsigned)seat_oldest(seat);
    return now_ns > seat->current_ns + DEAF_MS * MS_NS &&
           !seat_is_answered(seat, oldest) &&
           (atomic_load(&head->slots[oldest].state) != TRAY_RUNNING ||
            atomic_load(&head->crumb.ticket) != seat->loads[oldest].ticket);
}

/* Slots that have work say so, whatever a plugin has scribbled over them. */
static bool is_mad(const struct seat *seat)
{
    for (unsigned i = 0; i < seat->tray.shape.slots; i++) {
        uint32_t state = atomic_load(&seat->tray.head->slots[i].state);
        if (seat->loads[i].ticket != 0 && state != TRAY_QUEUED &&
            state != TRAY_RUNNING && state != TRAY_ANSWERED)
            return true;
    }
    return false;
}

/* It sleeps although it has work and waits for nobody: it no longer sees the work, or
 * it has not heard the bell. */
static bool is_asleep(struct seat *seat, uint64_t now_ns)
{
    if (seat->carry != NULL ||
        atomic_load(&seat->tray.head->worker_sleeps) == 0) {
        seat->asleep_ns = 0;
        return false;
    }
    if (seat->asleep_ns == 0)
        seat->asleep_ns = now_ns;
    seat->needs_ring = true;
    seat_ring(seat);
    return now_ns - seat->asleep_ns > ASLEEP_MS * MS_NS;
}

/* The question that a guest works on; NULL: it is no guest. */
static const struct carry *carry_of(const struct load *load)
{
    return load->task == TRAY_GUEST ? load->work : NULL;
}

/* The scan that asked was given up: nobody waits for what this guest does. */
static bool is_unwanted(const struct load *load, uint64_t since_ns,
                        uint64_t now_ns)
{
    const struct carry *carry = carry_of(load);
    return carry != NULL && carry->home == NULL && now_ns > since_ns &&
           now_ns - since_ns > MOVE_MS * MS_NS;
}

/* Who asked for the scan waits no longer. */
static bool is_scan_late(const struct load *load, uint64_t now_ns)
{
    const struct carry *carry = carry_of(load);
    uint64_t grace_ms = GRACE_MS;
    if (carry != NULL) {
        grace_ms = GUEST_GRACE_MS;
        int asking = carry->home != NULL ? seat_oldest(carry->home) : -1;
        if (asking < 0)
            return false;
        load = &carry->home->loads[asking];
    }
    const struct job *job = load->task == TRAY_SCAN ? load->work : NULL;
    return job != NULL && job->deadline_ns != 0 &&
           now_ns > job->deadline_ns + grace_ms * MS_NS;
}

static void look_at_seat(struct crew *crew, struct seat *seat, uint64_t now_ns)
{
    const struct generation *generation = crew->self;
    if ((seat->state != SEAT_READY && seat->state != SEAT_RETIRING) ||
        seat->load_n == 0)
        return;
    const struct load *load = &seat->loads[seat_oldest(seat)];
    uint64_t since_ns = seat->current_ns;
    uint64_t most_ns = crew->is_home
                           ? generation->recipe->limits.max_time_ms * MS_NS
                           : crew->options.plugin_time_ns;
    most_ns += LATE_MS * MS_NS;
    bool is_late = now_ns > since_ns && now_ns - since_ns > most_ns;
    if (is_mad(seat) || is_asleep(seat, now_ns)) {
        crew_kill(crew, seat, DEATH_TRAY);
    } else if (is_unwanted(load, since_ns, now_ns) || is_deaf(seat, now_ns)) {
        crew_kill(crew, seat, DEATH_OUTSIDE);
    } else if (is_late || is_scan_late(load, now_ns) ||
               is_call_late(crew, seat, now_ns)) {
        crew_kill(crew, seat, DEATH_TIMEOUT);
    } else if (seat->load_n > 1 && now_ns - since_ns > MOVE_MS * MS_NS) {
        seat->is_slow = true;
        serve_withdraw(seat);
    }
}

static void recycle(struct crew *crew, struct seat *seat, uint64_t now_ns)
{
    const struct generation *generation = crew->self;
    const struct pool_options *options = &generation->recipe->options;
    if (seat->state == SEAT_READY && seat->scans >= seat->looked_scans) {
        seat->looked_scans = seat->scans + LOOK_SCANS;
        uint64_t rss_kib = memory_resident(seat->pid) / 1024;
        if (seat->rss_kib == 0)
            seat->rss_kib = rss_kib;
        bool has_grown =
            options->recycle_growth != 0 && rss_kib > seat->rss_kib &&
            (rss_kib - seat->rss_kib) * 1024 > options->recycle_growth;
        bool is_old = options->recycle_scans != 0 &&
                      seat->scans >= options->recycle_scans;
        if (has_grown || is_old)
            seat_enter(seat, SEAT_RETIRING, now_ns);
    }
    if (seat->state == SEAT_RETIRING) {
        if (seat->load_n == 0)
            crew_kill(crew, seat, DEATH_OUTSIDE);
        else
            serve_withdraw(seat);
    }
}

void deadline_answer(struct job *job)
{
    answer_unread(job, "deadline", "its time was over before it was scanned");
}

void deadline_watch(struct job *job)
{
    if (job->deadline_ns != 0)
        due_put(&job->pool->deadlines, &job->deadline, job->deadline_ns);
}

/* Each answer may cancel others, and bring new ones that are late at once. */
static void look_at_jobs(struct pool *pool, uint64_t now_ns)
{
    struct job *job;
    for (unsigned n = pool->deadlines.items->len;
         n > 0 && (job = due_take(&pool->deadlines, now_ns)) != NULL; n--) {
        if (job->state != JOB_PLACED)
            deadline_answer(job);
        else /* its worker is about to end it, or to be ended */
            due_put(&pool->deadlines, &job->deadline, now_ns + AGAIN_NS);
    }
}

static void look_at_crew(void *self, struct crew *crew)
{
    const uint64_t *now_ns = self;
    for (unsigned k = 0; k < crew->seat_n; k++) {
        look_at_seat(crew, &crew->seats[k].seat, *now_ns);
        recycle(crew, &crew->seats[k].seat, *now_ns);
    }
}

void deadline_look(struct pool *pool, uint64_t now_ns)
{
    pool_each_crew(pool, look_at_crew, &now_ns);
    look_at_jobs(pool, now_ns);
}
