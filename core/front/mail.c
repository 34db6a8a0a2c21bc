/* SPDX-License-Identifier: MIT */
#include "front/mail.h"

#include "base/clock.h"
#include "base/log.h"
#include "front/front_inside.h"
#include "front/mail_inside.h"

#include <string.h>

/* For an answer of the pool that is on its way. */
#define GRACE_NS (UINT64_C(5) * 1000000000)

/* --- its end ------------------------------------------------------------------------- */

void mail_free(struct mail *mail)
{
    quarantine_exemption_clear(&mail->exemption);
    marks_free(mail->marks);
    outcome_free(mail->outcome);
    session_free(mail->session);
    if (mail->raw != NULL)
        g_bytes_unref(mail->raw);
    mail_log_clear(&mail->log);
    g_free(mail);
}

static void count(struct totals *totals, const struct mail *mail)
{
    totals->mails++;
    totals->bytes += mail->log.size;
    totals->actions[verdict_action_by_name(
        mail->log.action != NULL ? mail->log.action : "defer")]++;
    histogram_add(&totals->took, mail->log.took_ns);
}

/* It is answered, or nobody waits: the line, and that was it. */
static void end(struct mail *mail, const char *answer)
{
    mail->log.answer = answer;
    mail->log.took_ns = clock_mono_ns() - mail->begun_ns;
    mail_log_write(&mail->log, mail->session);
    if (g_strcmp0(answer, "gone") != 0)
        count(&mail->front->totals, mail);
    mail->connection = NULL;
    mail->is_over = true;
    mail->front->open_mails--;
    g_ptr_array_add(mail->front->ended, mail);
}

void mail_carry_out(struct mail *mail)
{
    const struct outcome *outcome = mail->outcome;
    const char *answer = mail->log.answer;
    switch (outcome->answer) {
    case OUTCOME_DELIVER:
        if (!mail_answer_marked(mail))
            answer = "not-marked";
        break;
    case OUTCOME_REJECT:
    case OUTCOME_DEFER:
        mail_answer_code(mail, outcome->code, outcome->enhanced, outcome->text);
        break;
    case OUTCOME_DISCARD:
        mail_answer_plain(mail, MILTER_DISCARD);
        break;
    }
    end(mail, answer);
}

/* --- copy, verdict ---------------------------------------------------------------- */

void mail_too_much_waits(struct mail *mail)
{
    mail_answer_code(mail, 451, "4.3.2", "Too much waits for the quarantine");
    end(mail, "not-kept");
}

void mail_kept(struct mail *mail, char *id, const GError *why)
{
    mail->log.copy = id;
    if (why == NULL) {
        alarm_clear(mail->front->alarms, "quarantine");
    } else {
        alarm_raise(mail->front->alarms, "quarantine", why->message);
        g_free(mail->log.note);
        mail->log.note = g_strdup(why->message);
    }
    if (mail->connection == NULL) {
        end(mail, "gone");
    } else if (why == NULL) {
        mail_carry_out(mail);
    } else {
        mail_answer_code(mail, 451, "4.3.0", "The message could not be kept");
        end(mail, "not-kept");
    }
}

static void on_answer(void *self, const struct pool_answer *answer)
{
    struct mail *mail = self;
    mail->job = NULL;
    mail->log.generation = pool_generation(mail->front->pool);
    mail_decide(mail, answer);
}

/* --- its beginning ------------------------------------------------------------------- */

static void submit(struct mail *mail)
{
    struct stages *stages = mail->connection->stages;
    const struct pool_request request = {
        .raw = mail->raw,
        .session = mail->session,
        .priority = POOL_TRANSPORT,
        .journal = stages != NULL ? stages_journal(stages) : NULL,
        .deadline_ns = mail->begun_ns + mail->front->options.mail_ns,
    };
    struct job *job = pool_submit(mail->front->pool, &request, on_answer, mail);
    if (job != NULL)
        mail->job = job;
}

void mail_looked_up(struct mail *mail, const GError *why)
{
    if (why != NULL) {
        g_free(mail->log.note);
        mail->log.note = g_strdup(why->message);
        alarm_raise(mail->front->alarms, "quarantine.lookup", why->message);
    } else {
        alarm_clear(mail->front->alarms, "quarantine.lookup");
    }
    if (mail->connection == NULL) {
        end(mail, "gone");
    } else if (why != NULL) {
        mail_answer_code(mail, 451, "4.3.0",
                         "The quarantine could not be asked");
        end(mail, "not-kept");
    } else {
        submit(mail);
    }
}

/* Where it may pass, with the marks of its header, which is all that is left of it. */
static void answer_too_large(struct mail *mail, GBytes *header)
{
    static const char text[] = "Message too large to be scanned";
    switch (mail->front->options.too_large) {
    case FRONT_TOO_LARGE_REJECT:
        mail_answer_code(mail, 552, "5.3.4", text);
        break;
    case FRONT_TOO_LARGE_DEFER:
        mail_answer_code(mail, 452, "4.3.4", text);
        break;
    case FRONT_TOO_LARGE_ACCEPT:
        if (header != NULL && mail_pass_unscanned(mail, header))
            break;
        mail_answer_code(mail, 552, "5.3.4", text);
        break;
    }
    end(mail, "too-large");
}

static void look_up(struct mail *mail)
{
    if (mail_may_wait_aside(mail))
        mail_look_up(mail);
    else
        mail_too_much_waits(mail);
}

/* Whatever can be said of it before anybody has looked at it. */
static void begin(struct mail *mail, const struct milter_session *milter)
{
    if (milter_session_whole(milter) == MILTER_TOO_MANY_RCPTS) {
        mail_answer_code(mail, 554, "5.5.3", "Too many recipients");
        end(mail, "too-many-rcpts");
    } else if (milter_session_message(milter) == NULL) {
        answer_too_large(mail, milter_session_header(milter));
    } else {
        mail->raw = g_bytes_ref(milter_session_message(milter));
        mail->log.size = g_bytes_get_size(mail->raw);
        if (quarantine_is_claimed(mail->raw))
            look_up(mail);
        else if (!mail_decide_by_stamp(mail))
            submit(mail);
    }
}

struct mail *mail_begin(struct connection *connection)
{
    struct front *front = connection->front;
    struct mail *mail = g_new0(struct mail, 1);
    mail->front = front;
    mail->connection = connection;
    mail->begun_ns = clock_mono_ns();
    mail->session = session_copy(milter_session_facts(connection->milter));
    front->open_mails++;
    front_rules_find_direction(front->rules, mail->session);
    begin(mail, connection->milter);
    return mail->is_over ? NULL : mail;
}

void mail_abandon(struct mail *mail)
{
    struct job *job = g_steal_pointer(&mail->job);
    mail->front->totals.gone++;
    mail->connection = NULL;
    if (job == NULL)
        return; /* something is done aside for it */
    pool_cancel(mail->front->pool, job);
    end(mail, "gone");
}

void mail_give_up(struct mail *mail, const char *why)
{
    struct job *job = g_steal_pointer(&mail->job);
    mail_answer_plain(mail, MILTER_TEMPFAIL);
    mail->connection = NULL;
    if (job == NULL)
        return;
    pool_cancel(mail->front->pool, job);
    end(mail, why);
}

bool mail_is_late(const struct mail *mail, uint64_t now_ns)
{
    return now_ns > mail->begun_ns + mail->front->options.mail_ns + GRACE_NS;
}
