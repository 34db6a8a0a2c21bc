/* SPDX-License-Identifier: MIT */
/* What the owner says. */
#include "base/error.h"
#include "front/milter_inside.h"

static bool refuse(GError **error, const char *why)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_DATA, "milter answer: %s", why);
    return false;
}

/* Of a client nothing can be discarded, and edits are of a whole message. */
static bool may_answer(const struct milter_session *session,
                       const struct milter_answer *answer, GError **error)
{
    enum milter_response verdict = answer->verdict;
    bool goes_on = verdict == MILTER_CONTINUE || verdict == MILTER_ACCEPT;
    if (session->asking == MILTER_STAGE_NONE)
        return refuse(error, "nothing was asked");
    if (!goes_on && verdict != MILTER_REJECT && verdict != MILTER_TEMPFAIL &&
        verdict != MILTER_DISCARD && verdict != MILTER_REPLY_CODE)
        return refuse(error, "no verdict");
    if (verdict == MILTER_DISCARD && session->asking < MILTER_STAGE_MAIL)
        return refuse(error, "a client cannot be discarded");
    if (answer->edit_n > 0 && (!goes_on || session->asking != MILTER_STAGE_END))
        return refuse(error, "edits of a message that is not delivered");
    if ((answer->reply != NULL) != (verdict == MILTER_REPLY_CODE))
        return refuse(error, "a reply code goes with its reply");
    return true;
}

static bool put(struct milter_session *session,
                const struct milter_answer *answer, GError **error)
{
    if (answer->reply != NULL)
        return milter_put_reply(session->output, answer->reply, error);
    if (!milter_put_edits(session->output, answer->edits, answer->edit_n,
                          session->agreed.actions, error))
        return false;
    milter_put_plain(session->output, answer->verdict);
    return true;
}

/* What it means for the session. */
static void follow(struct milter_session *session, enum milter_stage stage,
                   enum milter_response verdict)
{
    bool is_final = verdict == MILTER_ACCEPT || verdict == MILTER_DISCARD;
    if (stage == MILTER_STAGE_RCPT && verdict != MILTER_CONTINUE && !is_final) {
        GPtrArray *rcpts = session->facts->rcpts;
        g_ptr_array_remove_index(rcpts, rcpts->len - 1);
        return;
    }
    if (stage == MILTER_STAGE_END ||
        (stage >= MILTER_STAGE_MAIL && verdict != MILTER_CONTINUE)) {
        milter_session_forget(session);
        milter_macros_clear(&session->macros, MILTER_SET_MAIL);
    }
}

bool milter_session_answer(struct milter_session *session,
                           const struct milter_answer *answer, GError **error)
{
    if (!may_answer(session, answer, error) || !put(session, answer, error))
        return false;
    enum milter_stage stage = session->asking;
    session->asking = MILTER_STAGE_NONE;
    follow(session, stage, answer->verdict);
    if (!session->is_running)
        milter_session_run(session);
    return true;
}

void milter_session_progress(struct milter_session *session)
{
    if (session->asking == MILTER_STAGE_END)
        milter_put_plain(session->output, MILTER_PROGRESS);
}
