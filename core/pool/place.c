/* SPDX-License-Identifier: MIT */
/*
 * What a worker is told: a job becomes a request in its tray.
 */
#include "mail/message.h"
#include "pool/inside.h"
#include "pool/request.h"
#include "pool/stage.h"

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
        .until = job->request.until,
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

/* What an old generation's plugins have said is no part of a new one's answer. */
static void forget_journal(struct job *job, const struct generation *generation)
{
    if (job->journal_of == generation->number)
        return;
    job->journal_of = generation->number;
    stage_forget(job);
}

/* Does the job go by what its request brought along? */
static bool is_given(const struct job *job)
{
    const struct pool_journal *given = job->request.journal;
    return given != NULL && job->journal == given->bytes;
}

/* False: this seat has no room for it now. */
static bool put(struct seat *seat, struct job *job, uint64_t now_ns)
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

bool place_job(const struct generation *generation, struct seat *seat,
               struct job *job, uint64_t now_ns)
{
    forget_journal(job, generation);
    choose_left_out(generation, job);
    /* What is tried again has to be asked. */
    if (job->trying != NULL && is_given(job))
        stage_forget(job);
    job->may_wait = asking_may_wait(job);
    return put(seat, job, now_ns);
}
