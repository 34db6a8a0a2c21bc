/* SPDX-License-Identifier: MIT */
/*
 * What becomes of messages whose worker died: the one it was on goes through its
 * trial, those that only waited there go back to their places in the queue.
 */
#include "base/clock.h"
#include "host/card.h"
#include "pool/inside.h"
#include "pool/selftests.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

enum {
    TRIES_MAX = 10 /* a worker that dies without a word is nobody's guilt */
};

void death_go_on(struct job *job)
{
    job->seat = NULL;
    job->crew = NULL;
    if (job->trial.step == TRIAL_HELD) {
        answer_unread(job, NULL, NULL);
        return;
    }
    if (job->trial.tries >= TRIES_MAX) {
        answer_unread(job, "workers",
                      "no worker that took it lived long enough to answer");
        return;
    }
    if (job->deadline_ns != 0 && clock_mono_ns() > job->deadline_ns) {
        deadline_answer(job);
        return;
    }
    /* What another plugin may have been part of begins anew. */
    job_forget_way(job);
    serve_again(job);
}

static void find_cause(const struct seat *seat, int status,
                       const struct crumb_copy *crumb, struct death *out)
{
    if (seat->was_killed) {
        out->cause = seat->cause;
    } else if (status == -1 ||
               (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
        out->cause = DEATH_OUTSIDE;
    } else if (WIFEXITED(status)) {
        out->cause = DEATH_EXIT;
        out->number = WEXITSTATUS(status);
    } else if (WTERMSIG(status) == SIGSYS) {
        out->cause = DEATH_DENIED;
        out->number = (int)crumb->denied;
    } else if (WTERMSIG(status) == SIGXCPU) {
        out->cause = DEATH_TIMEOUT;
    } else {
        out->cause = crumb->is_starved ? DEATH_MEMORY : DEATH_SIGNAL;
        out->number = WTERMSIG(status);
    }
}

/* Who was on duty. */
static void find_guilty(struct crew *crew, struct seat *seat, int status,
                        struct crumb_copy *crumb, struct death *death)
{
    crumb_read(&seat->tray.head->crumb, crew->scanner_n, crumb);
    *death = (struct death){0};
    find_cause(seat, status, crumb, death);
    death->scanner = death_scanner(crew, crumb->scanner);
    g_strlcpy(death->where, crumb->where, sizeof death->where);
}

const char *death_scanner(const struct crew *crew, uint32_t number)
{
    const struct generation *generation = crew->self;
    if (number == 0)
        return NULL;
    if (!crew->is_home)
        return ((const struct card *)crew->cards->pdata[number - 1])->name;
    /* Who waits for a guest dies of something else. */
    return generation->crew_of[number - 1] == crew
               ? generation->plan.scanners[number - 1]->name
               : NULL;
}

static bool has_neighbours(const struct crew *crew)
{
    return crew->cards->len > 1;
}

/* `death` NULL: it only waited there.  Where nobody was on duty all count as tried, so
 * that workers which die without a word do so only so often. */
static void scan_died(struct crew *crew, struct job *job,
                      const struct death *death, bool was_tried)
{
    const char *blamed = NULL;
    if (!was_tried)
        job->trial.tries--;
    if (death != NULL)
        blamed = trial_died(&job->trial, death, has_neighbours(crew));
    if (blamed != NULL && job->generation == NULL) {
        breakers_failed(job->pool, blamed,
                        blamed == job->trying ? BREAKER_TRY : BREAKER_USE);
        if (blamed == job->trying)
            job->trying = NULL;
    }
    death_go_on(job);
}

/* The load that the worker was on; 0: none.  A breadcrumb that names no load was not
 * laid by the worker's own hand: then it was the oldest one, as in any worker, and
 * nobody in particular was on duty.  (Where we have ended it for what another message
 * did, that one has gone already.) */
static uint64_t ticket_on_duty(const struct seat *seat, uint64_t ticket,
                               struct death *death)
{
    int oldest = seat_oldest(seat);
    if (ticket == 0 || oldest < 0 || death->cause == DEATH_OUTSIDE)
        return ticket;
    for (unsigned i = 0; i < seat->tray.shape.slots; i++)
        if (seat->loads[i].ticket == ticket)
            return ticket;
    death->scanner = NULL;
    return seat->loads[oldest].ticket;
}

void death_of_seat(struct crew *crew, struct seat *seat, int status)
{
    struct generation *generation = crew->self;
    struct crumb_copy crumb;
    struct death death;
    /* What had not begun with its plugin cannot be its guilt. */
    const struct death waited = {.cause = DEATH_OUTSIDE};
    struct load load;
    if (!seat->was_killed)
        take_last_answers(crew, seat);
    find_guilty(crew, seat, status, &crumb, &death);
    tally_death(crew, seat, &death, &crumb);
    carry_forget(generation, seat);
    uint64_t on_duty = ticket_on_duty(seat, crumb.ticket, &death);
    while (seat_take_oldest(seat, &load)) {
        bool was_on_duty = on_duty == load.ticket;
        if (load.task == TRAY_SELF_TEST)
            selftests_died(admission_tests(generation->admission), crew,
                           &death);
        else if (load.work != NULL && load.task == TRAY_GUEST)
            carry_died(generation, load.work, was_on_duty ? &death : &waited);
        else if (load.work != NULL && load.task == TRAY_SCAN)
            scan_died(crew, load.work, was_on_duty ? &death : NULL,
                      was_on_duty || on_duty == 0);
    }
}
