/* SPDX-License-Identifier: MIT */
/*
 * What is said to the MTA about a message.
 */
#include "base/log.h"
#include "front/front_inside.h"
#include "front/mail_inside.h"

static void tell_unanswerable(const struct mail *mail, GError *error)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "milter.edit");
    log_text(&event, "id", mail->session->queue_id);
    log_text(&event, "why", error->message);
    log_end(&event);
    g_error_free(error);
}

/* Without edits or text there is nothing that could be refused. */
void mail_answer_plain(struct mail *mail, enum milter_response verdict)
{
    const struct milter_answer answer = {.verdict = verdict};
    bool is_said = connection_answer(mail->connection, &answer, NULL);
    g_assert(is_said);
}

void mail_answer_code(struct mail *mail, unsigned code, const char *enhanced,
                      const char *text)
{
    const struct milter_reply reply = {code, enhanced, text};
    const struct milter_answer answer = {.verdict = MILTER_REPLY_CODE,
                                         .reply = &reply};
    GError *error = NULL;
    if (connection_answer(mail->connection, &answer, &error))
        return;
    tell_unanswerable(mail, error);
    mail_answer_plain(mail, code >= 500 ? MILTER_REJECT : MILTER_TEMPFAIL);
}

void mail_answer_too_large(struct mail *mail)
{
    switch (mail->front->options.too_large) {
    case FRONT_TOO_LARGE_REJECT:
        mail_answer_code(mail, 552, "5.3.4", "Message too large to be scanned");
        break;
    case FRONT_TOO_LARGE_DEFER:
        mail_answer_code(mail, 452, "4.3.4", "Message too large to be scanned");
        break;
    case FRONT_TOO_LARGE_ACCEPT: {
        const struct milter_edit mark = {
            .kind = MILTER_EDIT_ADD_HEADER,
            .name = "X-Assay-Unscanned",
            .value = "larger than [limits] max_message_bytes"};
        const struct milter_answer answer = {
            .verdict = MILTER_CONTINUE, .edits = &mark, .edit_n = 1};
        GError *error = NULL;
        if (!connection_answer(mail->connection, &answer, &error)) {
            tell_unanswerable(mail, error);
            mail_answer_plain(mail, MILTER_TEMPFAIL);
        }
        break;
    }
    }
}
