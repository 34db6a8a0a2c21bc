/* SPDX-License-Identifier: MIT */
/*
 * Stages of a session in a real pool: what is said travels on with the journal, whatever
 * dies or is loaded anew in between.
 */
#include "pool/inside.h"
#include "pool/stage.h"
#include "pooling.h"
#include "scan/zone.h"
#include "unit.h"

#include <assay/plugin.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    PATIENCE_MS = 30000
};

#define ONE "[pool]\nworkers_min = 1\nworkers_max = 1\n"
#define STAGED                                                                 \
    ONE "[plugin one]\nfile = @/staged.so\nclass = main\n"                     \
        "[plugin other]\nfile = @/staged.so\nclass = apart\n"
#define OBJECTS                                                                \
    ONE "[plugin good]\nfile = @/leaks.so\nclass = main\nevery = 0\n"

/* A session of a front, and the last answer. */
struct talk {
    struct pooling *p;
    struct session *session;
    struct pool_journal *journal; /* kept; NULL: none */
    bool is_answered;
    bool is_unread;
    bool has_journal;
    char *said; /* a line each: "PLUGIN NAME RCPT TEXT" */
    unsigned facts;
    unsigned tries;
};

static void talk_begin(struct talk *talk, struct pooling *p)
{
    *talk = (struct talk){.p = p, .session = session_new()};
}

static void talk_end(struct talk *talk)
{
    pool_journal_unref(talk->journal);
    session_free(talk->session);
    g_free(talk->said);
}

static void take(void *self, const struct pool_answer *answer)
{
    struct talk *talk = self;
    GString *said = g_string_new(NULL);
    for (unsigned i = 0; i < answer->scan->findings->len; i++) {
        const struct finding *f = answer->scan->findings->pdata[i];
        if (strcmp(f->plugin, "core") != 0 || f->kind == ASSAY_KIND_FAILED)
            g_string_append_printf(said, "%s %s %d %s\n", f->plugin, f->name,
                                   f->rcpt, f->text);
    }
    g_free(talk->said);
    talk->said = g_string_free(said, false);
    talk->facts = g_hash_table_size(answer->scan->facts);
    talk->is_answered = true;
    talk->is_unread = answer->is_unread;
    talk->tries = answer->tries;
    talk->has_journal = answer->journal != NULL;
    if (answer->journal == NULL)
        return;
    pool_journal_ref(answer->journal);
    pool_journal_unref(talk->journal);
    talk->journal = answer->journal;
}

static struct job *talk_submit(struct talk *talk, uint32_t until)
{
    g_autofree char *mail = pooling_mail("hello");
    g_autoptr(GBytes) raw = until == 0 ? g_bytes_new(mail, strlen(mail)) : NULL;
    const struct pool_request request = {.raw = raw,
                                         .until = until,
                                         .journal = talk->journal,
                                         .session = talk->session,
                                         .priority = POOL_TRANSPORT};
    talk->is_answered = false;
    return pool_submit(talk->p->pool, &request, take, talk);
}

static void talk_wait(struct talk *talk)
{
    uint64_t end_ms = pooling_ms() + PATIENCE_MS;
    while (!talk->is_answered && pooling_ms() < end_ms)
        pool_run(talk->p->pool, 20);
    CU_ASSERT_FATAL(talk->is_answered);
}

static const char *talk_ask(struct talk *talk, uint32_t until)
{
    talk_submit(talk, until);
    talk_wait(talk);
    return talk->said;
}

static void connect_as(struct talk *talk, const char *helo)
{
    session_set_client_ip(talk->session, "192.0.2.1");
    talk->session->helo = g_strdup(helo);
}

static void mail_from(struct talk *talk, const char *from)
{
    g_free(talk->session->mail_from);
    talk->session->mail_from = g_strdup(from);
    g_ptr_array_set_size(talk->session->rcpts, 0);
}

static void rcpt_to(struct talk *talk, const char *rcpt)
{
    g_ptr_array_add(talk->session->rcpts, g_strdup(rcpt));
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

/* The first line of `before` that is not in `now`, yours; NULL: all are. */
static char *missing(const char *before, const char *now)
{
    g_auto(GStrv) lines = g_strsplit(before, "\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++)
        if (strstr(now, lines[i]) == NULL)
            return g_strdup(lines[i]);
    return NULL;
}

static bool goes_on(const char *before, const char *now)
{
    g_autofree char *line = missing(before, now);
    if (line != NULL)
        printf("  \"%s\" is not said any more, but\n%s", line, now);
    return line == NULL;
}

static bool is_anew(const char *before, const char *now)
{
    g_autofree char *line = missing(before, now);
    return line != NULL;
}

/* CONNECT, HELO, MAIL; each goes on where the one before has ended. */
static void greet(struct talk *talk, const char *helo)
{
    session_set_client_ip(talk->session, "192.0.2.1");
    talk_ask(talk, ASSAY_STAGE_CONNECT);
    talk->session->helo = g_strdup(helo);
    g_autofree char *first = g_strdup(talk->said);
    talk_ask(talk, ASSAY_STAGE_HELO);
    CU_ASSERT(goes_on(first, talk->said));
    mail_from(talk, "a@example.org");
    g_autofree char *second = g_strdup(talk->said);
    talk_ask(talk, ASSAY_STAGE_MAIL);
    CU_ASSERT(goes_on(second, talk->said));
}

/* --- promises --------------------------------------------------------------------------- */

static void what_was_said_in_a_stage_is_said_of_the_message(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    CU_ASSERT_EQUAL(scan_plan_stages(pool_plan(p->pool)), 0x9e);
    greet(&talk, "mx");
    CU_ASSERT_EQUAL(talk.facts, 3);
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 3);
    CU_ASSERT_EQUAL(count(talk.said, "other said"), 3);
    for (int i = 0; i < 3; i++) {
        g_autofree char *before = g_strdup(talk.said);
        g_autofree char *of_it = g_strdup_printf("one said.4 %d", i);
        rcpt_to(&talk, "b@example.org");
        talk_ask(&talk, ASSAY_STAGE_RCPT);
        CU_ASSERT(goes_on(before, talk.said));
        CU_ASSERT_PTR_NOT_NULL(strstr(talk.said, of_it));
        CU_ASSERT_EQUAL(count(talk.said, "one said"), 4 + (unsigned)i);
    }
    g_autofree char *before = g_strdup(talk.said);
    talk_ask(&talk, 0);
    CU_ASSERT(goes_on(before, talk.said));
    CU_ASSERT_FALSE(talk.is_unread);
    CU_ASSERT_FALSE(talk.has_journal);
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 7);
    CU_ASSERT_EQUAL(count(talk.said, "other said"), 7);
    CU_ASSERT_EQUAL(talk.facts, 5);
    g_autofree char *status = pool_status(p->pool);
    CU_ASSERT_PTR_NOT_NULL(strstr(status, "\"scanned\":1,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(status, "\"stages\":6,"));
    talk_end(&talk);
    pooling_free(p);
}

static void all_stages_at_once_are_the_same_but_for_the_numbers(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    mail_from(&talk, "a@example.org");
    rcpt_to(&talk, "b@example.org");
    talk_ask(&talk, ASSAY_STAGE_RCPT);
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 4);
    g_autofree char *before = g_strdup(talk.said);
    talk_ask(&talk, 0);
    CU_ASSERT(goes_on(before, talk.said));
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 5);
    talk_end(&talk);
    pooling_free(p);
}

static void a_second_transaction_goes_on_behind_helo(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    g_autofree char *client = g_strdup(talk.said);
    struct pool_journal *helo = pool_journal_ref(talk.journal);
    for (int i = 0; i < 2; i++) {
        g_autofree char *sender = g_strdup_printf("%d@example.org", i);
        pool_journal_unref(talk.journal);
        talk.journal = pool_journal_ref(helo);
        mail_from(&talk, sender);
        talk_ask(&talk, ASSAY_STAGE_MAIL);
        rcpt_to(&talk, sender);
        talk_ask(&talk, ASSAY_STAGE_RCPT);
        talk_ask(&talk, 0);
        CU_ASSERT(goes_on(client, talk.said));
        CU_ASSERT_EQUAL(count(talk.said, "one said"), 5);
    }
    pool_journal_unref(helo);
    talk_end(&talk);
    pooling_free(p);
}

static void a_recipient_that_is_refused_is_as_if_it_had_not_been(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    mail_from(&talk, "a@example.org");
    talk_ask(&talk, ASSAY_STAGE_MAIL);
    struct pool_journal *kept = pool_journal_ref(talk.journal);
    rcpt_to(&talk, "refused@example.org");
    talk_ask(&talk, ASSAY_STAGE_RCPT);
    struct pool_journal *refused = talk.journal;
    g_autofree char *of_refused = g_strdup(strstr(talk.said, "one said.4 0"));
    g_ptr_array_set_size(talk.session->rcpts, 0);
    rcpt_to(&talk, "taken@example.org");
    talk.journal = kept;
    talk_ask(&talk, ASSAY_STAGE_RCPT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(of_refused);
    CU_ASSERT(is_anew(of_refused, talk.said));
    /* With the wrong journal nothing is believed of the one who was refused. */
    pool_journal_unref(talk.journal);
    talk.journal = refused;
    talk_ask(&talk, ASSAY_STAGE_RCPT);
    CU_ASSERT_EQUAL(count(talk.said, "one said.4 0"), 1);
    CU_ASSERT(is_anew(of_refused, talk.said));
    talk_end(&talk);
    pooling_free(p);
}

static void what_nobody_wants_is_answered_at_once(void)
{
    struct pooling *p = pooling_open(OBJECTS, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    CU_ASSERT_PTR_NULL(talk_submit(&talk, ASSAY_STAGE_HELO));
    CU_ASSERT(talk.is_answered);
    CU_ASSERT_FALSE(talk.is_unread);
    CU_ASSERT_EQUAL(talk.tries, 0);
    CU_ASSERT_STRING_EQUAL(talk.said, "");
    talk_ask(&talk, 0);
    CU_ASSERT_FALSE(talk.is_unread);
    talk_end(&talk);
    pooling_free(p);
}

static void a_stage_may_wait_for_answers(void)
{
    static const char text[] = "{\"example.org\": {\"TXT\": [\"zone\"]}}";
    const struct zone_text dns = {"zone", text, sizeof text - 1};
    struct zone *zone;
    CU_ASSERT_FATAL(zone_parse(&dns, NULL, &zone, NULL));
    const struct pool_how how = {.resolver = zone_resolver(zone),
                                 .answer_delay_ms = 50};
    struct pooling *p = pooling_open(STAGED, &how);
    for (uint32_t stage = ASSAY_STAGE_HELO; stage <= ASSAY_STAGE_RCPT;
         stage++) {
        g_autofree char *helo = g_strdup_printf("want.%u", stage);
        struct talk talk;
        talk_begin(&talk, p);
        greet(&talk, helo);
        rcpt_to(&talk, "b@example.org");
        talk_ask(&talk, ASSAY_STAGE_RCPT);
        rcpt_to(&talk, "c@example.org");
        g_autofree char *before = g_strdup(talk.said);
        talk_ask(&talk, ASSAY_STAGE_RCPT);
        CU_ASSERT(goes_on(before, talk.said));
        g_autofree char *last = g_strdup(talk.said);
        talk_ask(&talk, 0);
        CU_ASSERT(goes_on(last, talk.said));
        CU_ASSERT_EQUAL(count(talk.said, "one said"), 6);
        unsigned asked = stage == ASSAY_STAGE_RCPT ? 2 : 1;
        CU_ASSERT_EQUAL(count(talk.said, "one answer"), asked);
        CU_ASSERT_EQUAL(count(talk.said, "other answer"), asked);
        talk_end(&talk);
    }
    pooling_free(p);
    zone_free(zone);
}

/* --- what dies ---------------------------------------------------------------------------- */

static void who_dies_of_a_stage_is_not_asked_about_the_session_again(void)
{
    struct pooling *p = pooling_open(
        ONE "[plugin one]\nfile = @/staged.so\nclass = main\n", NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "die.2");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    CU_ASSERT_PTR_NOT_NULL(strstr(talk.said, "one crash"));
    CU_ASSERT(talk.has_journal);
    CU_ASSERT_FALSE(talk.is_unread);
    mail_from(&talk, "a@example.org");
    talk_ask(&talk, ASSAY_STAGE_MAIL);
    rcpt_to(&talk, "b@example.org");
    talk_ask(&talk, ASSAY_STAGE_RCPT);
    talk_ask(&talk, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(talk.said, "one crash"));
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 0);
    CU_ASSERT_EQUAL(pooling_logged(p, "event=crash class=main"), 1);
    talk_end(&talk);
    pooling_free(p);
}

static void a_session_that_two_die_of_is_held_and_begins_anew(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    session_set_client_ip(talk.session, "192.0.2.1");
    talk_ask(&talk, ASSAY_STAGE_CONNECT);
    g_autofree char *before = g_strdup(talk.said);
    talk.session->helo = g_strdup("die.2");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    CU_ASSERT(talk.is_unread);
    CU_ASSERT_FALSE(talk.has_journal);
    CU_ASSERT_PTR_NOT_NULL(strstr(talk.said, "core deadly"));
    g_free(talk.session->helo);
    talk.session->helo = g_strdup("mx");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    CU_ASSERT(goes_on(before, talk.said));
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 2);
    talk_end(&talk);
    pooling_free(p);
}

static void a_guest_that_dies_of_a_stage_ends_nobody_elses_say(void)
{
    struct pooling *p = pooling_open(
        ONE "[plugin other]\nfile = @/staged.so\nclass = apart\n", NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "die.3");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    g_autofree char *before = g_strdup(talk.said);
    mail_from(&talk, "a@example.org");
    talk_ask(&talk, ASSAY_STAGE_MAIL);
    CU_ASSERT_PTR_NOT_NULL(strstr(talk.said, "other crash"));
    CU_ASSERT(goes_on(before, talk.said));
    rcpt_to(&talk, "b@example.org");
    talk_ask(&talk, ASSAY_STAGE_RCPT);
    talk_ask(&talk, 0);
    CU_ASSERT(goes_on(before, talk.said));
    CU_ASSERT_PTR_NOT_NULL(strstr(talk.said, "other crash"));
    CU_ASSERT_EQUAL(pooling_logged(p, "event=crash class=apart"), 1);
    talk_end(&talk);
    pooling_free(p);
}

/* It may have said what it likes before: what is tried again has to be asked. */
static void who_is_on_trial_is_asked_about_all_stages(void)
{
    struct pooling *p =
        pooling_open(ONE "breaker_failures = 1\nbreaker_backoff = 100 ms\n"
                         "[plugin one]\nfile = @/staged.so\nclass = main\n",
                     NULL);
    struct talk talk;
    struct talk deadly;
    talk_begin(&talk, p);
    talk_begin(&deadly, p);
    connect_as(&talk, "mx");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    g_autofree char *before = g_strdup(talk.said);
    connect_as(&deadly, "die.2");
    talk_ask(&deadly, ASSAY_STAGE_HELO);
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.out"), 1);
    pooling_run(p, 200);
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.back"), 0);
    mail_from(&talk, "a@example.org");
    talk_ask(&talk, ASSAY_STAGE_MAIL);
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.back"), 1);
    CU_ASSERT(is_anew(before, talk.said));
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 3);
    talk_end(&talk);
    talk_end(&deadly);
    pooling_free(p);
}

/* Kills the home worker when it is in a plugin. */
static void kill_in_call(struct pooling *p)
{
    uint64_t end_ms = pooling_ms() + PATIENCE_MS;
    const struct seat *seat = &p->pool->now->home->seats[0].seat;
    while (atomic_load(&seat->tray.head->crumb.scanner) == 0 &&
           pooling_ms() < end_ms)
        pool_run(p->pool, 1);
    CU_ASSERT(pooling_kill_workers(p) > 0);
}

static void a_worker_that_is_killed_in_a_stage_costs_nothing_of_the_others(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "wait.3");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    g_autofree char *before = g_strdup(talk.said);
    mail_from(&talk, "a@example.org");
    talk_submit(&talk, ASSAY_STAGE_MAIL);
    kill_in_call(p);
    talk_wait(&talk);
    CU_ASSERT(goes_on(before, talk.said));
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 3);
    CU_ASSERT_EQUAL(talk.tries, 2);
    talk_end(&talk);
    pooling_free(p);
}

static void a_stage_that_is_cancelled_or_late_leaves_the_journal_as_it_was(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    g_autofree char *before = g_strdup(talk.said);
    mail_from(&talk, "a@example.org");
    pool_cancel(p->pool, talk_submit(&talk, ASSAY_STAGE_MAIL));
    const struct pool_request late = {.until = ASSAY_STAGE_MAIL,
                                      .journal = talk.journal,
                                      .session = talk.session,
                                      .deadline_ns = 1};
    pool_submit(p->pool, &late, take, &talk);
    talk_wait(&talk);
    CU_ASSERT_FALSE(talk.has_journal);
    CU_ASSERT_PTR_NOT_NULL(talk.journal);
    talk_ask(&talk, ASSAY_STAGE_MAIL);
    CU_ASSERT(goes_on(before, talk.said));
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 3);
    talk_end(&talk);
    pooling_free(p);
}

/* --- other journals ----------------------------------------------------------------------- */

static void on_reloaded(void *self, bool is_done, const char *why)
{
    CU_ASSERT(is_done);
    CU_ASSERT_PTR_NULL(why);
    *(bool *)self = true;
}

static void after_a_reload_the_stages_are_run_anew(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    bool is_reloaded = false;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    g_autofree char *before = g_strdup(talk.said);
    const struct pool_how how = {
        .conf = p->conf, .limits = &p->limits, .options = &p->options};
    CU_ASSERT_FATAL(
        pool_reload(p->pool, &how, on_reloaded, &is_reloaded, NULL));
    uint64_t end_ms = pooling_ms() + PATIENCE_MS;
    while (!is_reloaded && pooling_ms() < end_ms)
        pool_run(p->pool, 20);
    mail_from(&talk, "a@example.org");
    talk_ask(&talk, ASSAY_STAGE_MAIL);
    CU_ASSERT_EQUAL(count(talk.said, "one said"), 3);
    CU_ASSERT_EQUAL(count(talk.said, "other said"), 3);
    CU_ASSERT(is_anew(before, talk.said));
    g_autofree char *anew = g_strdup(talk.said);
    talk_ask(&talk, 0);
    CU_ASSERT(goes_on(anew, talk.said));
    talk_end(&talk);
    pooling_free(p);
}

/* A worker that was taken over may write whatever it likes. */
static void a_journal_that_is_nonsense_costs_only_what_was_said(void)
{
    static const char *const nonsense[] = {"", "AJ2\n", "no journal at all"};
    struct pooling *p = pooling_open(STAGED, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        struct talk talk;
        talk_begin(&talk, p);
        connect_as(&talk, "mx");
        talk_ask(&talk, ASSAY_STAGE_HELO);
        g_autofree char *before = g_strdup(talk.said);
        g_bytes_unref(talk.journal->bytes);
        talk.journal->bytes =
            g_bytes_new_static(nonsense[i], strlen(nonsense[i]));
        talk_ask(&talk, 0);
        CU_ASSERT_FALSE(talk.is_unread);
        CU_ASSERT(is_anew(before, talk.said));
        CU_ASSERT_EQUAL(count(talk.said, "one said"), 3);
        talk_end(&talk);
    }
    pooling_free(p);
}

static void a_journal_outlives_its_pool(void)
{
    struct pooling *p = pooling_open(STAGED, NULL);
    struct talk talk;
    talk_begin(&talk, p);
    connect_as(&talk, "mx");
    talk_ask(&talk, ASSAY_STAGE_HELO);
    pooling_free(p);
    CU_ASSERT_PTR_NOT_NULL(talk.journal);
    CU_ASSERT(g_bytes_get_size(talk.journal->bytes) <= POOL_JOURNAL_MAX);
    talk_end(&talk);
}

UNIT_MAIN("pool_stage", UNIT(what_was_said_in_a_stage_is_said_of_the_message),
          UNIT(all_stages_at_once_are_the_same_but_for_the_numbers),
          UNIT(a_second_transaction_goes_on_behind_helo),
          UNIT(a_recipient_that_is_refused_is_as_if_it_had_not_been),
          UNIT(what_nobody_wants_is_answered_at_once),
          UNIT(a_stage_may_wait_for_answers),
          UNIT(who_dies_of_a_stage_is_not_asked_about_the_session_again),
          UNIT(a_session_that_two_die_of_is_held_and_begins_anew),
          UNIT(a_guest_that_dies_of_a_stage_ends_nobody_elses_say),
          UNIT(who_is_on_trial_is_asked_about_all_stages),
          UNIT(a_worker_that_is_killed_in_a_stage_costs_nothing_of_the_others),
          UNIT(a_stage_that_is_cancelled_or_late_leaves_the_journal_as_it_was),
          UNIT(after_a_reload_the_stages_are_run_anew),
          UNIT(a_journal_that_is_nonsense_costs_only_what_was_said),
          UNIT(a_journal_outlives_its_pool))
