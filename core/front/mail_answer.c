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

bool mail_answer_marked(struct mail *mail)
{
    size_t n = 0;
    const struct milter_edit *edits = NULL;
    GError *error = NULL;
    if (mail->marks == NULL) {
        mail_answer_code(mail, 554, "5.6.0",
                         "Too many header fields that only we may set");
        return false;
    }
    edits = marks_edits(mail->marks, &n);
    const struct milter_answer answer = {
        .verdict = MILTER_CONTINUE, .edits = edits, .edit_n = n};
    if (connection_answer(mail->connection, &answer, &error))
        return true;
    tell_unanswerable(mail, error);
    mail_answer_code(mail, 451, "4.3.5", "The message could not be marked");
    return false;
}
