/* SPDX-License-Identifier: MIT */
/*
 * From the queue into trays, and answers out of them.
 */
#include "base/clock.h"
#include "base/log.h"
#include "mail/message.h"
#include "pool/inside.h"
#include "pool/request.h"

#include <string.h>

/* --- into a tray ------------------------------------------------------------------ */

/* Is `place` left out for this job? */
static bool is_left_out(const struct generation *generation,
                        const struct job *job, size_t place)
{
    const struct scanner *scanner = generation->plan.scanners[place];
    const struct trial *trial = &job->trial;
    if (trial->step == TRIAL_ALONE)
        /* What unpacks stays: without it there may be nothing to look at. */
        return scanner->name != trial->suspect &&
               (scanner->flags & ASSAY_FLAG_CHILDREN) == 0;
    return trial->has_guilty && scanner->name == trial->guilty.scanner;
}

/* A plugin that fails too often is out for a while; one of other classes is asked for
 * when its turn comes. */
static bool is_out(const struct generation *generation, struct job *job,
                   size_t place)
{
    const char *name = generation->plan.scanners[place]->name;
    if (generation->crew_of[place] != generation->home || name == job->trying ||
        job->generation != NULL)
        return false;
    switch (breakers_ask(generation->pool, name)) {
    case BREAKER_USE:
        return false;
    case BREAKER_TRY:
        /* One trial at a time, and of all that the message holds. */
        if (job->trying == NULL && job->trial.step != TRIAL_ALONE) {
            job->trying = name;
            return false;
        }
        breakers_unused(generation->pool, name);
        break;
    case BREAKER_LEAVE_OUT:
        break;
    }
    if (job->out == NULL)
        job->out = g_array_new(false, false, sizeof name);
    g_array_append_val(job->out, name);
    return true;
}

static void choose_left_out(const struct generation *generation,
                            struct job *job)
{
    bool is_plain =
        job->trial.step == TRIAL_WHOLE && breakers_are_idle(generation->pool);
    g_clear_pointer(&job->left_out, g_array_unref);
    g_clear_pointer(&job->out, g_array_unref);
    if (is_plain)
        return;
    job->left_out = g_array_new(false, false, sizeof(uint32_t));
    for (size_t i = 0; i < generation->plan.scanner_n; i++) {
        uint32_t place = (uint32_t)i;
        if (is_left_out(generation, job, i) || is_out(generation, job, i))
            g_array_append_val(job->left_out, place);
    }
}

static uint32_t flags_of(const struct job *job)
{
    uint32_t flags = job->may_wait ? REQUEST_MAY_SUSPEND : 0;
    if (job_is_bulk(job))
        flags |= REQUEST_BULK;
    if (job->request.needs_digests)
        flags |= REQUEST_NEEDS_DIGESTS;
    return flags;
}

static void make_request(const struct job *job, struct request *out)
{
    gsize raw_n = 0;
    const uint8_t *raw = g_bytes_get_data(job->request.raw, &raw_n);
    *out = (struct request){
        .flags = flags_of(job),
        .now_s = job->request.now_s,
        .deadline_ns = job->deadline_ns,
        .session = job->request.session,
        .raw = raw,
        .raw_n = raw_n,
    };
    if (job->left_out != NULL) {
        out->left_out = (const uint32_t *)(const void *)job->left_out->data;
        out->left_out_n = job->left_out->len;
    }
    if (job->journal != NULL) {
        gsize journal_n = 0;
        out->journal = g_bytes_get_data(job->journal, &journal_n);
        out->journal_n = journal_n;
    }
    if (job->answers != NULL) {
        out->answers = job->answers->data;
        out->answers_n = job->answers->len;
    }
}

/* False: this seat has no room for it now. */
static bool place(struct seat *seat, struct job *job, uint64_t now_ns)
{
    struct request request;
    struct packer to;
    uint8_t *room;
    size_t size;
    make_request(job, &request);
    bool is_large = request.raw_n + request.journal_n + request.answers_n >
                    TRAY_SMALL_REQUEST / 2;
    for (;; is_large = true) {
        int slot = seat_room(seat, is_large, &room, &size);
        if (slot < 0)
            return false;
        packer_fixed(&to, room, size);
        request_pack(&request, &to);
        if (to.is_full && !is_large)
            continue;
        /* What does not fit the large room is answered by the worker: refused. */
        const struct load load = {
            .work = job,
            .task = TRAY_SCAN,
            .is_large = is_large,
            .placed_ns = now_ns,
            /* It stands last. */
            .raw_at = (uint64_t)(room - seat->tray.map) + to.n - request.raw_n,
            .raw_n = request.raw_n,
        };
        seat_place(seat, (unsigned)slot, &load, to.is_full ? 0 : to.n,
                   job_is_bulk(job));
        return true;
    }
}

void serve_again(struct job *job)
{
    job->state = JOB_WAITING;
    job->seat = NULL;
    if (job->generation == NULL)
        queue_put_back(&job->pool->queue, &job->item);
}

/* --- who gets it ------------------------------------------------------------------- */

static bool is_below(const struct load *load, enum pool_priority priority)
{
    const struct job *job = load->work;
    return load->ticket != 0 && load->task == TRAY_SCAN && job != NULL &&
           job->item.priority > priority;
}

/* Its worker has not begun with it, so that it was not tried there. */
static void take_back(struct job *job)
{
    job->trial.tries--;
    /* Others may go first for long; but not in the middle of finding a guilty one. */
    if (job->trying != NULL && job->trial.step == TRIAL_WHOLE)
        breakers_unused(job->pool, g_steal_pointer(&job->trying));
    serve_again(job);
}

/* Work that may wait makes room for work that may not. */
static void make_way(struct seat *seat, enum pool_priority priority)
{
    int running = seat_oldest(seat);
    for (unsigned i = 0; i < seat->tray.shape.slots; i++) {
        struct job *job = seat->loads[i].work;
        if ((int)i == running || !is_below(&seat->loads[i], priority) ||
            !seat_withdraw(seat, i))
            continue;
        take_back(job);
    }
}

/* How much waits on a seat before a job of that priority would be served. */
static unsigned ahead(const struct seat *seat, enum pool_priority priority)
{
    unsigned n = 0;
    for (unsigned i = 0; i < seat->tray.shape.slots; i++)
        n += seat->loads[i].ticket != 0 && !is_below(&seat->loads[i], priority);
    return n;
}

static struct seat *choose(struct crew *crew, enum pool_priority priority)
{
    struct seat *best = NULL;
    unsigned best_n = 0;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct seat *seat = &crew->seats[i].seat;
        unsigned n = ahead(seat, priority);
        if (seat->state != SEAT_READY || n >= seat->tray.shape.slots ||
            (seat->is_slow && seat->load_n > 0))
            continue;
        if (best == NULL || n < best_n ||
            (n == best_n && seat->load_n < best->load_n)) {
            best = seat;
            best_n = n;
        }
    }
    return best;
}

/* What an old generation's plugins have said is no part of a new one's answer. */
static void forget_journal(struct job *job, const struct generation *generation)
{
    if (job->journal_of == generation->number)
        return;
    job->journal_of = generation->number;
    job_forget_way(job);
}

static bool serve_one(struct generation *generation, struct job *job,
                      uint64_t now_ns)
{
    struct crew *home = generation->home;
    struct seat *seat = choose(home, job->item.priority);
    if (seat == NULL)
        return false;
    if (seat->load_n > ahead(seat, job->item.priority))
        make_way(seat, job->item.priority);
    forget_journal(job, generation);
    choose_left_out(generation, job);
    job->may_wait = asking_may_wait(job);
    if (!place(seat, job, now_ns))
        return false;
    queue_remove(&job->pool->queue, &job->item);
    job->state = JOB_PLACED;
    job->crew = home;
    job->seat = seat;
    job->trial.tries++;
    if (job->placed_ns == 0)
        job->placed_ns = now_ns;
    return true;
}

/* They would wait for ever. */
static void answer_waiting(struct pool *pool)
{
    struct queue_item *item;
    for (uint64_t n = pool->queue.items;
         n > 0 && (item = queue_first(&pool->queue)) != NULL; n--)
        answer_unread(job_of(item), "workers",
                      "no worker process stays alive, so a plugin may die at "
                      "its start: run assay plugins --test");
}

void serve_queue(struct pool *pool)
{
    struct queue_item *item;
    if (pool->now == NULL || pool->now->home == NULL)
        return;
    uint64_t now_ns = clock_mono_ns();
    while ((item = queue_first(&pool->queue)) != NULL &&
           serve_one(pool->now, job_of(item), now_ns))
        ;
    struct crew *home = pool->now->home;
    if (pool->queue.items > 0 && crew_is_barren(home))
        answer_waiting(pool);
    for (unsigned i = 0; i < home->seat_n; i++)
        seat_ring(&home->seats[i].seat);
}

void serve_canary(struct job *job)
{
    if (serve_one(job->generation, job, clock_mono_ns()))
        seat_ring(job->seat);
}

void serve_withdraw(struct seat *seat)
{
    for (unsigned i = 0; i < seat->tray.shape.slots; i++) {
        struct load load = seat->loads[i];
        if (load.ticket == 0 || load.task == TRAY_SELF_TEST ||
            !seat_withdraw(seat, i))
            continue;
        struct job *job = load.work;
        if (load.task == TRAY_SCAN && job != NULL)
            take_back(job);
    }
}

static unsigned slot_of(const struct job *job)
{
    const struct seat *seat = job->seat;
    unsigned slot = 0;
    while (seat->loads[slot].work != job)
        slot++;
    return slot;
}

void serve_disown(struct job *job)
{
    job->seat->loads[slot_of(job)].work = NULL;
    job->seat = NULL;
}

void serve_cancel(struct job *job)
{
    struct seat *seat = job->seat;
    struct crew *crew = job->crew;
    unsigned slot = slot_of(job);
    serve_disown(job);
    if (!seat_withdraw(seat, slot) && !seat_is_answered(seat, slot))
        crew_kill(crew, seat, DEATH_OUTSIDE);
}

void serve_replace(struct job *job, struct job *next)
{
    job->seat->loads[slot_of(job)].work = next;
    next->seat = g_steal_pointer(&job->seat);
    next->crew = job->crew;
}

/* --- out of a tray ------------------------------------------------------------------ */

/* Was a plugin called at all? */
static bool was_asked(const struct scan *scan, const char *plugin)
{
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        if (scan->plan->scanners[i]->name == plugin)
            return scan->uses[i].calls > 0;
    return false;
}

static void take_done(struct job *job, const struct scan_plan *plan,
                      struct reply *reply)
{
    if (!trial_lived(&job->trial)) {
        death_go_on(job);
        return;
    }
    if (job->trying != NULL && was_asked(reply->scan, job->trying))
        breakers_worked(job->pool, g_steal_pointer(&job->trying), BREAKER_TRY);
    for (unsigned i = 0; job->out != NULL && i < job->out->len; i++)
        trial_add_failed(reply->scan, g_array_index(job->out, const char *, i),
                         "out",
                         "left out: it failed too often and is tried again "
                         "later");
    trial_tell(&job->trial, reply->scan);
    answer_job(job, plan, reply->message, reply->scan);
}

/* A worker that cannot tell the truth is ended; the message goes on. */
static void take_nonsense(struct crew *crew, struct seat *seat, struct job *job,
                          const char *why)
{
    struct generation *generation = crew->self;
    struct crumb_copy crumb;
    crumb_read(&seat->tray.head->crumb, generation->plan.scanner_n, &crumb);
    struct death death = {.cause = DEATH_TRAY};
    g_strlcpy(death.where, crumb.where, sizeof death.where);
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "worker.tray");
    log_text(&event, "class", crew->class_name);
    log_number(&event, "pid", seat->pid);
    log_text(&event, "why", why);
    log_end(&event);
    crew_kill(crew, seat, DEATH_OUTSIDE);
    trial_died(&job->trial, &death, true);
    death_go_on(job);
}

static void take_suspended(struct crew *crew, struct seat *seat,
                           struct job *job, const struct reply *reply)
{
    const struct generation *generation = crew->self;
    const char *rule = asking_begin(job, reply, &generation->plan.limits);
    if (rule != NULL)
        take_nonsense(crew, seat, job, rule);
}

static void take_reply(struct crew *crew, struct seat *seat, struct job *job)
{
    struct generation *generation = crew->self;
    struct pool *pool = generation->pool;
    g_autoptr(GError) error = NULL;
    const struct scanner **store;
    struct scan_plan plan;
    struct reply reply = {0};
    struct unpacker from;
    answer_plan(generation, job->left_out, &plan, &store);
    const struct reply_context context = {
        .plan = &plan,
        .session = job->request.session,
        .raw_size = g_bytes_get_size(job->request.raw),
        .now_s = job->request.now_s,
        .needs_digests = job->request.needs_digests,
    };
    job->seat = NULL;
    unpacker_init(&from, pool->buffer->data, pool->buffer->len);
    if (!reply_unpack(&from, &context, &reply, &error))
        take_nonsense(crew, seat, job, error->message);
    else if (reply.kind == REPLY_DONE)
        take_done(job, &plan, &reply);
    else if (reply.kind == REPLY_SUSPENDED)
        take_suspended(crew, seat, job, &reply);
    else
        answer_unread(job, "refused", reply.why);
    reply_clear(&reply);
    g_free(store);
}

void serve_answers(struct crew *crew, struct seat *seat)
{
    struct generation *generation = crew->self;
    struct pool *pool = generation->pool;
    struct load load;
    bool asks = atomic_load(&seat->tray.head->ask.state) == TRAY_ASKED;
    while (seat->state != SEAT_DYING &&
           seat_answer(seat, &load, pool->buffer, clock_mono_ns()))
        if (load.work != NULL && load.task == TRAY_SCAN)
            take_reply(crew, seat, load.work);
        else if (load.work != NULL && load.task == TRAY_GUEST)
            carry_answered(generation, load.work, pool->buffer);
        else if (load.task == TRAY_SELF_TEST)
            admission_answer(generation->admission, crew, pool->buffer->data,
                             pool->buffer->len);
    /* Only now is the oldest load the one that a question is about; who has asked
     * sleeps, so a question that is seen later waits for the next look. */
    if (crew->is_home && asks)
        carry_look(generation, seat);
    else if (!crew->is_home)
        carry_serve(generation, crew);
}
