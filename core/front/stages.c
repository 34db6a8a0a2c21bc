/* SPDX-License-Identifier: MIT */
#include "front/stages.h"

#include "base/clock.h"
#include "front/connection.h"
#include "front/front_inside.h"

enum {
    RCPTS_MAX = 200 /* looked at one by one */
};

#define EARLY                                                                  \
    (ASSAY_STAGE_BIT(ASSAY_STAGE_CONNECT) |                                    \
     ASSAY_STAGE_BIT(ASSAY_STAGE_HELO) | ASSAY_STAGE_BIT(ASSAY_STAGE_MAIL) |   \
     ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT))

/* 0: none of a session. */
static uint32_t stage_of(enum milter_stage stage)
{
    switch (stage) {
    case MILTER_STAGE_CONNECT:
        return ASSAY_STAGE_CONNECT;
    case MILTER_STAGE_HELO:
        return ASSAY_STAGE_HELO;
    case MILTER_STAGE_MAIL:
        return ASSAY_STAGE_MAIL;
    case MILTER_STAGE_RCPT:
        return ASSAY_STAGE_RCPT;
    case MILTER_STAGE_EOH:
    case MILTER_STAGE_END:
    case MILTER_STAGE_NONE:
        return 0;
    }
    g_assert_not_reached();
}

unsigned stages_asks(uint64_t wanted, unsigned refuse_at)
{
    unsigned asks = 0;
    uint64_t so_far = 0;
    for (enum milter_stage s = MILTER_STAGE_CONNECT; s <= MILTER_STAGE_RCPT;
         s++) {
        so_far |= wanted & ASSAY_STAGE_BIT(stage_of(s));
        if (so_far != 0)
            asks |= refuse_at & MILTER_STAGE_BIT(s);
    }
    return asks;
}

static void set(struct pool_journal **to, struct pool_journal *journal)
{
    struct pool_journal *kept =
        journal != NULL ? pool_journal_ref(journal) : NULL;
    pool_journal_unref(*to);
    *to = kept;
}

struct stages *stages_new(struct connection *connection, uint64_t wanted)
{
    if ((wanted & EARLY) == 0)
        return NULL;
    struct stages *stages = g_new0(struct stages, 1);
    stages->connection = connection;
    stages->wanted = wanted & EARLY;
    return stages;
}

static void end_look(struct stages *stages)
{
    struct job *job = g_steal_pointer(&stages->job);
    if (job != NULL)
        pool_cancel(stages->connection->front->pool, job);
    stages->next = 0;
    stages->is_waited_for = false;
}

void stages_free(struct stages *stages)
{
    if (stages == NULL)
        return;
    end_look(stages);
    session_free(stages->session);
    outcome_free(stages->client_step);
    outcome_free(stages->last_step);
    pool_journal_unref(stages->client);
    pool_journal_unref(stages->before);
    pool_journal_unref(stages->last);
    g_free(stages);
}

/* --- answers ------------------------------------------------------------------------- */

static void say(struct stages *stages, const struct milter_answer *answer)
{
    static const struct milter_answer later = {.verdict = MILTER_TEMPFAIL};
    GError *error = NULL;
    stages->is_waited_for = false;
    if (connection_answer(stages->connection, answer, &error))
        return;
    g_error_free(error);
    connection_answer(stages->connection, &later, NULL);
}

static bool is_ours(const struct session *session)
{
    return session->is_trusted || session->client_ip == NULL ||
           g_str_has_prefix(session->client_ip, "127.") ||
           g_str_equal(session->client_ip, "::1");
}

/* All that the client has said is looked at, and the MTA waits. */
static void decide(struct stages *stages)
{
    static const struct milter_answer go_on = {.verdict = MILTER_CONTINUE};
    const struct outcome *step =
        stages->last_step != NULL ? stages->last_step : stages->client_step;
    if (step == NULL || step->answer == OUTCOME_DELIVER ||
        is_ours(stages->session)) {
        say(stages, &go_on);
        return;
    }
    /* Answering may begin the next look, which forgets this one. */
    g_autofree char *enhanced = g_strdup(step->enhanced);
    g_autofree char *text = g_strdup(step->text);
    const struct milter_reply told = {step->code, enhanced, text};
    const struct milter_answer answer = {.verdict = MILTER_REPLY_CODE,
                                         .reply = &told};
    /* A recipient who is not taken was never there. */
    if (stages->at == ASSAY_STAGE_RCPT) {
        set(&stages->last, stages->before);
        g_clear_pointer(&stages->last_step, outcome_free);
    }
    say(stages, &answer);
}

/* --- looks --------------------------------------------------------------------------- */

static void look(struct stages *stages, uint32_t stage);

static void keep_journal(struct stages *stages, struct pool_journal *journal)
{
    set(&stages->before, stages->last);
    set(&stages->last, journal);
    if (stages->at <= ASSAY_STAGE_HELO)
        set(&stages->client, journal);
}

static void keep_step(struct stages *stages, const struct pool_answer *answer)
{
    const struct rules *rules = stages->connection->front->rules;
    struct verdict *verdict = verdict_new(rules->policy, answer->scan);
    struct outcome **to = stages->at <= ASSAY_STAGE_HELO ? &stages->client_step
                                                         : &stages->last_step;
    outcome_free(*to);
    *to = outcome_step(&rules->outcome, verdict, stages->session);
    verdict_free(verdict);
}

static void on_answer(void *self, const struct pool_answer *answer)
{
    struct stages *stages = self;
    uint32_t next = stages->next;
    stages->job = NULL;
    stages->next = 0;
    if (answer->journal != NULL)
        keep_journal(stages, answer->journal);
    keep_step(stages, answer);
    if (next != 0)
        look(stages, next);
    else if (stages->is_waited_for)
        decide(stages);
}

static void look(struct stages *stages, uint32_t stage)
{
    const struct connection *connection = stages->connection;
    struct front *front = connection->front;
    session_free(stages->session);
    stages->session = session_copy(milter_session_facts(connection->milter));
    front_rules_find_direction(front->rules, stages->session);
    stages->at = stage;
    const struct pool_request request = {
        .session = stages->session,
        .priority = POOL_TRANSPORT,
        .until = stage,
        .journal = stages->last,
        .deadline_ns = clock_mono_ns() + front->options.stage_ns,
    };
    struct job *job = pool_submit(front->pool, &request, on_answer, stages);
    if (job != NULL)
        stages->job = job;
}

/* Another client on this connection: nothing of the last one is his. */
static void forget_client(struct stages *stages)
{
    end_look(stages);
    g_clear_pointer(&stages->client_step, outcome_free);
    g_clear_pointer(&stages->last_step, outcome_free);
    set(&stages->client, NULL);
    set(&stages->before, NULL);
    set(&stages->last, NULL);
}

/* Each look carries all recipients so far: of very many the rest is seen with the
 * message. */
static bool is_looked_at(const struct stages *stages, uint32_t stage)
{
    const struct session *facts =
        milter_session_facts(stages->connection->milter);
    return (stages->wanted & ASSAY_STAGE_BIT(stage)) != 0 &&
           (stage != ASSAY_STAGE_RCPT || facts->rcpts->len <= RCPTS_MAX);
}

void stages_reach(struct stages *stages, enum milter_stage stage, bool is_asked)
{
    uint32_t at = stage_of(stage);
    bool is_wanted = is_looked_at(stages, at);
    if (stage == MILTER_STAGE_CONNECT)
        forget_client(stages);
    stages->is_waited_for = is_asked;
    if (is_wanted && stages->job != NULL)
        stages->next = at;
    else if (is_wanted)
        look(stages, at);
    else if (is_asked && stages->job == NULL)
        decide(stages);
}

void stages_forget(struct stages *stages)
{
    bool is_of_client = stages->job != NULL && stages->at <= ASSAY_STAGE_HELO;
    stages->is_waited_for = false;
    stages->next = 0;
    if (is_of_client)
        return;
    end_look(stages);
    g_clear_pointer(&stages->last_step, outcome_free);
    set(&stages->last, stages->client);
    set(&stages->before, NULL);
}

struct pool_journal *stages_journal(struct stages *stages)
{
    end_look(stages);
    return stages->last;
}
