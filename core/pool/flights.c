/* SPDX-License-Identifier: MIT */
#include "pool/flights.h"

#include "base/clock.h"
#include "pool/inside.h"

/* One canary. */
struct flight {
    struct admission *admission;
    enum canary canary;
    struct job *job; /* NULL: not sent yet, or answered */
    GArray *finders; /* const char *, interned */
};

/* Owned by its admission. */
struct flights {
    struct generation *generation;
    struct session *session;
    struct flight flights[CANARIES];
};

static void take_failed(struct flight *flight, const struct finding *finding)
{
    g_autofree char *text = g_strdup_printf(
        "%s: %s", canary_words(flight->canary),
        finding->text[0] != '\0' ? finding->text : finding->name);
    admission_fault(flight->admission, FAULT_CANARY, finding->plugin, text);
}

static void take_finding(struct flight *flight, const struct finding *finding)
{
    unsigned wanted = canary_kind(flight->canary);
    if (finding->kind == ASSAY_KIND_FAILED)
        take_failed(flight, finding);
    else if (wanted != 0 && finding->kind == wanted)
        g_array_append_val(flight->finders, finding->plugin);
    else if (wanted == 0 && finding->kind == ASSAY_KIND_MALWARE)
        admission_fault(flight->admission, FAULT_CANARY, finding->plugin,
                        "takes a clean message for malware");
}

static void on_answer(void *self, const struct pool_answer *answer)
{
    struct flight *flight = self;
    flight->job = NULL;
    const GPtrArray *findings = answer->scan->findings;
    for (unsigned i = 0; i < findings->len; i++)
        take_finding(flight, findings->pdata[i]);
}

void flights_begin(struct flights *flights)
{
    uint64_t now_ns = clock_mono_ns();
    for (unsigned i = 0; i < CANARIES; i++) {
        struct flight *flight = &flights->flights[i];
        g_autoptr(GBytes) raw = canary_mail(flight->canary);
        const struct pool_request request = {.raw = raw,
                                             .session = flights->session,
                                             .priority = POOL_TRANSPORT};
        flight->job = job_new(&request, on_answer, flight, now_ns);
        flight->job->pool = flights->generation->pool;
        flight->job->generation = flights->generation;
    }
}

bool flights_tend(struct flights *flights)
{
    bool is_over = true;
    for (unsigned i = 0; i < CANARIES; i++) {
        struct job *job = flights->flights[i].job;
        if (job != NULL && job->state == JOB_WAITING)
            serve_canary(job);
        is_over = is_over && flights->flights[i].job == NULL;
    }
    return is_over;
}

struct flights *flights_new(struct admission *admission,
                            struct generation *generation)
{
    struct flights *flights = g_new0(struct flights, 1);
    flights->generation = generation;
    flights->session = session_new();
    for (unsigned i = 0; i < CANARIES; i++)
        flights->flights[i] = (struct flight){
            .admission = admission,
            .canary = (enum canary)i,
            .finders = g_array_new(false, false, sizeof(const char *)),
        };
    return flights;
}

void flights_free(struct flights *flights)
{
    if (flights == NULL)
        return;
    for (unsigned i = 0; i < CANARIES; i++) {
        struct job *job = flights->flights[i].job;
        if (job != NULL)
            due_drop(&job->pool->answering, &job->answering);
        job_free(job);
        g_array_unref(flights->flights[i].finders);
    }
    session_free(flights->session);
    g_free(flights);
}

const GArray *flights_finders(const struct flights *flights, enum canary canary)
{
    return flights->flights[canary].finders;
}

bool flights_has_found(const struct flights *flights, enum canary canary,
                       const char *plugin)
{
    const GArray *finders = flights_finders(flights, canary);
    for (unsigned i = 0; i < finders->len; i++)
        if (g_array_index(finders, const char *, i) == plugin)
            return true;
    return false;
}
