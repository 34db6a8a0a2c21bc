/* SPDX-License-Identifier: MIT */
/*
 * What is done with a message: by the scan, by the stamp of another host, or without
 * either.
 */
#include "base/clock.h"
#include "front/front_inside.h"
#include "front/mail_inside.h"
#include "front/stamp_header.h"

/* --- by the scan --------------------------------------------------------------------- */

static struct quarantine_item *item_of(const struct mail *mail,
                                       const struct pool_answer *answer,
                                       const struct verdict *verdict)
{
    g_autoptr(GArray) rcpts = g_array_new(false, false, sizeof(char *));
    struct quarantine_what what = {
        .scan = answer->scan,
        .verdict = verdict,
        .generation = mail->log.generation,
        .now_s = clock_unix_s(),
    };
    for (unsigned i = 0; i < mail->outcome->held->len; i++) {
        const struct outcome_held *held = mail->outcome->held->pdata[i];
        g_array_append_val(rcpts, held->rcpt);
        if (verdict_is_stricter(held->action, what.action))
            what.action = held->action;
    }
    what.rcpts = (const char *const *)(void *)rcpts->data;
    what.rcpt_n = rcpts->len;
    return quarantine_item_new(mail->raw, &what);
}

/* What somebody has released it from does not count any more. */
static void drop_exempted(const struct mail *mail, GPtrArray *findings)
{
    for (unsigned i = findings->len; mail->exemption.id != NULL && i > 0; i--) {
        const struct finding *finding = findings->pdata[i - 1];
        if (quarantine_exemption_covers(&mail->exemption, finding->plugin,
                                        finding->name))
            g_ptr_array_remove_index(findings, i - 1);
    }
}

void mail_decide(struct mail *mail, const struct pool_answer *answer)
{
    const struct rules *rules = mail->front->rules;
    drop_exempted(mail, answer->scan->findings);
    struct verdict *verdict = verdict_new(rules->policy, answer->scan);
    mail->outcome = outcome_new(&rules->outcome, verdict, answer->scan);
    mail_log_decided(&mail->log, verdict, mail->outcome, answer);
    stamp_options_see(&mail->front->rules->stamp, mail->front->pool);
    if (mail->outcome->answer == OUTCOME_DELIVER)
        mail->marks = marks_new(&rules->marks, mail->raw, answer->scan, verdict,
                                mail->outcome);
    struct quarantine_item *item =
        mail->outcome->held->len > 0 ? item_of(mail, answer, verdict) : NULL;
    verdict_free(verdict);
    if (item != NULL && !mail_may_wait_aside(mail)) {
        quarantine_item_free(item);
        mail_too_much_waits(mail);
    } else if (item != NULL) {
        mail_keep(mail, item);
    } else {
        mail_carry_out(mail);
    }
}

/* --- by a stamp ---------------------------------------------------------------------- */

bool mail_decide_by_stamp(struct mail *mail)
{
    const struct rules *rules = mail->front->rules;
    struct stamp_claim claim;
    if (!stamp_header_honoured(&rules->stamp, mail->raw, mail->session,
                               clock_unix_s(), &claim))
        return false;
    struct verdict *verdict = stamp_claim_verdict(&claim, mail->session);
    mail->outcome = outcome_new_told(&rules->outcome, verdict, mail->session);
    const struct marks_unscanned of = {.raw = mail->raw,
                                       .session = mail->session,
                                       .verdict = verdict,
                                       .outcome = mail->outcome,
                                       .scanned_s = claim.time_s};
    mail_log_told(&mail->log, verdict, mail->outcome);
    g_free(mail->log.note);
    mail->log.note =
        g_strdup_printf("scanned by %s, key %s", claim.host, claim.key_id);
    if (mail->outcome->answer == OUTCOME_DELIVER)
        mail->marks = marks_new_unscanned(&rules->marks, &of);
    verdict_free(verdict);
    mail_carry_out(mail);
    return true;
}

/* --- without either ------------------------------------------------------------------ */

bool mail_pass_unscanned(struct mail *mail, GBytes *header)
{
    const struct rules *rules = mail->front->rules;
    mail->outcome = outcome_without_verdict(
        mail->session, "larger than [limits] max_message_bytes");
    const struct marks_unscanned of = {
        .raw = header, .session = mail->session, .outcome = mail->outcome};
    mail->marks = marks_new_unscanned(&rules->marks, &of);
    if (mail->marks == NULL)
        return false;
    mail->log.action = verdict_action_name(ASSAY_ACTION_ACCEPT);
    mail_answer_marked(mail);
    return true;
}
