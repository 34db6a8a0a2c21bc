/* SPDX-License-Identifier: MIT */
#include "mta.h"
#include "unit.h"

#include <string.h>

enum {
    ALL_STAGES = MILTER_STAGE_BIT(MILTER_STAGE_CONNECT) |
                 MILTER_STAGE_BIT(MILTER_STAGE_HELO) |
                 MILTER_STAGE_BIT(MILTER_STAGE_MAIL) |
                 MILTER_STAGE_BIT(MILTER_STAGE_RCPT) |
                 MILTER_STAGE_BIT(MILTER_STAGE_EOH)
};

static const struct milter_reply no_reply = {550, "5.7.1", "No"};

/* Asked at every stage, answered at none. */
static struct mta *asking(void)
{
    struct milter_options options = mta_options();
    options.asks = ALL_STAGES;
    struct mta *mta = mta_new(&options);
    mta->answers[MILTER_STAGE_END].verdict = 0;
    mta_offer(mta, MTA_ACTIONS, MTA_PROTOCOL);
    mta_hear(mta);
    return mta;
}

static void answers_may_come_later(void)
{
    struct mta *mta = asking();
    SAY(mta, 'C', "localhost\0U");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
    CU_ASSERT_EQUAL(milter_session_is_asking(mta->session),
                    MILTER_STAGE_CONNECT);
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_CONTINUE));
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
    CU_ASSERT_EQUAL(milter_session_is_asking(mta->session), MILTER_STAGE_NONE);
    CU_ASSERT_FALSE(mta_answer(mta, MILTER_CONTINUE));
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
    mta_free(mta);
}

static void what_is_pipelined_waits(void)
{
    struct mta *mta = asking();
    SAY(mta, 'C', "localhost\0U");
    SAY(mta, 'H', "me");
    SAY(mta, 'M', "<a@b>");
    SAY(mta, 'R', "<c@d>");
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "connect?");
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_CONTINUE));
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "helo?");
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_CONTINUE));
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_CONTINUE));
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "mail? rcpt?");
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_CONTINUE));
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c c c c");
    mta_free(mta);
}

static void no_more_than_a_bound_waits(void)
{
    struct mta *mta = asking();
    SAY(mta, 'C', "localhost\0U");
    g_autofree uint8_t *abyss = g_malloc0(1000000);
    for (size_t i = 0; i < 1000000; i += 5)
        memcpy(abyss + i, "\0\0\0\1U", 5);
    size_t taken = milter_session_feed(mta->session, abyss, 1000000);
    CU_ASSERT_EQUAL(taken, MILTER_WAITING_MAX);
    CU_ASSERT_EQUAL(milter_session_feed(mta->session, abyss, 5), 0);
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_CONTINUE));
    mta_hear(mta);
    size_t rest =
        milter_session_feed(mta->session, abyss + taken, 1000000 - taken);
    CU_ASSERT_EQUAL(rest, 1000000 - taken);
    CU_ASSERT_FALSE(milter_session_is_over(mta->session, NULL));
    mta_free(mta);
}

static void an_abort_cuts_in(void)
{
    static const char commands[] = "AKQ";
    for (size_t i = 0; i < strlen(commands); i++) {
        struct milter_options options = mta_options();
        struct mta *mta = mta_new(&options);
        mta->answers[MILTER_STAGE_END].verdict = 0;
        mta_greet(mta);
        SAY(mta, 'M', "<a@b>");
        SAY(mta, 'R', "<c@d>");
        SAY_NOTHING(mta, 'N');
        SAY_NOTHING(mta, 'E');
        CU_ASSERT_STRING_EQUAL(mta_events(mta), "mail rcpt eoh end?");
        SAY_NOTHING(mta, commands[i]);
        CU_ASSERT_STRING_EQUAL(mta_events(mta), "aborted");
        CU_ASSERT_FALSE(mta_answer(mta, MILTER_CONTINUE));
        CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
        CU_ASSERT_EQUAL(milter_session_is_over(mta->session, NULL),
                        commands[i] == 'Q');
        mta_free(mta);
    }
}

static void verdicts_are_said_as_they_are(void)
{
    static const struct {
        enum milter_response verdict;
        const char *wanted;
    } cases[] = {
        {MILTER_CONTINUE, "c"}, {MILTER_ACCEPT, "a"},
        {MILTER_REJECT, "r"},   {MILTER_TEMPFAIL, "t"},
        {MILTER_DISCARD, "d"},  {MILTER_REPLY_CODE, "y(550 5.7.1 No\\0)"},
    };

    static const enum milter_stage stages[] = {
        MILTER_STAGE_MAIL, MILTER_STAGE_RCPT, MILTER_STAGE_EOH,
        MILTER_STAGE_END};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (size_t s = 0; s < G_N_ELEMENTS(stages); s++) {
            struct milter_options options = mta_options();
            options.asks = MILTER_STAGE_BIT(stages[s]);
            struct mta *mta = mta_new(&options);
            mta_greet(mta);
            mta->answers[stages[s]] = (struct milter_answer){
                .verdict = cases[i].verdict,
                .reply =
                    cases[i].verdict == MILTER_REPLY_CODE ? &no_reply : NULL};
            SAY(mta, 'M', "<a@b>");
            if (stages[s] >= MILTER_STAGE_RCPT)
                SAY(mta, 'R', "<c@d>");
            if (stages[s] >= MILTER_STAGE_EOH)
                SAY_NOTHING(mta, 'N');
            if (stages[s] == MILTER_STAGE_END)
                SAY_NOTHING(mta, 'E');
            CU_ASSERT_STRING_EQUAL(mta_hear(mta), cases[i].wanted);
            /* Whatever it was, the next one is welcome. */
            mta->answers[stages[s]] =
                (struct milter_answer){.verdict = MILTER_CONTINUE};
            SAY_NOTHING(mta, 'A');
            SAY(mta, 'M', "<a@b>");
            SAY(mta, 'R', "<c@d>");
            SAY_NOTHING(mta, 'N');
            SAY_NOTHING(mta, 'E');
            CU_ASSERT_STRING_EQUAL(mta_hear(mta),
                                   stages[s] == MILTER_STAGE_END ? "c" : "c c");
            mta_free(mta);
        }
    }
}

static void a_refused_recipient_is_none(void)
{
    struct milter_options options = mta_options();
    options.asks = MILTER_STAGE_BIT(MILTER_STAGE_RCPT);
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    SAY(mta, 'M', "<a@b>");

    static const enum milter_response verdicts[] = {
        MILTER_CONTINUE, MILTER_REJECT, MILTER_TEMPFAIL, MILTER_CONTINUE};

    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        const char rcpt[] = {'<', (char)('a' + i), '>', '\0'};
        mta_say(mta, 'R', rcpt, sizeof rcpt);
        CU_ASSERT_TRUE(mta_answer(mta, verdicts[i]));
    }
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta->rcpts, "a,d");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c r t c c");
    mta_free(mta);
}

static void answers_that_cannot_be_sent_are_refused(void)
{
    static const struct milter_edit edit = {
        .kind = MILTER_EDIT_ADD_HEADER, .name = "X", .value = "1"};
    static const struct milter_edit forged = {
        .kind = MILTER_EDIT_ADD_HEADER, .name = "X", .value = "1\nY: 2"};
    static const struct milter_reply wrong = {250, NULL, "Fine"};

    static const struct {
        enum milter_stage stage;
        struct milter_answer answer;
    } cases[] = {
        {MILTER_STAGE_CONNECT, {.verdict = MILTER_DISCARD}},
        {MILTER_STAGE_CONNECT,
         {.verdict = MILTER_CONTINUE, .edits = &edit, .edit_n = 1}},
        {MILTER_STAGE_CONNECT, {.verdict = MILTER_SKIP}},
        {MILTER_STAGE_CONNECT, {.verdict = MILTER_PROGRESS}},
        {MILTER_STAGE_CONNECT, {.verdict = MILTER_REPLY_CODE}},
        {MILTER_STAGE_CONNECT, {.verdict = MILTER_REPLY_CODE, .reply = &wrong}},
        {MILTER_STAGE_CONNECT, {.verdict = MILTER_REJECT, .reply = &no_reply}},
        {MILTER_STAGE_END,
         {.verdict = MILTER_REJECT, .edits = &edit, .edit_n = 1}},
        {MILTER_STAGE_END,
         {.verdict = MILTER_ACCEPT, .edits = &forged, .edit_n = 1}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct mta *mta = asking();
        SAY(mta, 'C', "localhost\0U");
        if (cases[i].stage == MILTER_STAGE_END) {
            mta_answer(mta, MILTER_CONTINUE);
            SAY(mta, 'M', "<a@b>");
            mta_answer(mta, MILTER_CONTINUE);
            SAY_NOTHING(mta, 'N');
            mta_answer(mta, MILTER_CONTINUE);
            SAY_NOTHING(mta, 'E');
            mta_hear(mta);
        }
        g_autoptr(GError) error = NULL;
        CU_ASSERT_FALSE(
            milter_session_answer(mta->session, &cases[i].answer, &error));
        CU_ASSERT_PTR_NOT_NULL(error);
        CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
        CU_ASSERT_EQUAL(milter_session_is_asking(mta->session), cases[i].stage);
        CU_ASSERT_TRUE(mta_answer(mta, MILTER_TEMPFAIL));
        CU_ASSERT_STRING_EQUAL(mta_hear(mta), "t");
        mta_free(mta);
    }
}

static void edits_come_before_the_verdict(void)
{
    static const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "X", .value = "1"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 1, .name = "Y"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 2, .name = "Y"},
    };
    struct milter_options options = mta_options();
    options.actions = MILTER_MAY_ADD_HEADERS | MILTER_MAY_CHANGE_HEADERS;
    struct mta *mta = mta_new(&options);
    mta->answers[MILTER_STAGE_END] = (struct milter_answer){
        .verdict = MILTER_CONTINUE, .edits = edits, .edit_n = 3};
    mta_greet(mta);
    SAY(mta, 'M', "<a@b>");
    SAY(mta, 'R', "<c@d>");
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta_hear(mta),
                           "m(\\0\\0\\0\\x02Y\\0\\0) m(\\0\\0\\0\\x01Y\\0\\0) "
                           "h(X\\0 1\\0) c");
    mta_free(mta);
}

static void progress_is_told_at_the_end_only(void)
{
    struct mta *mta = asking();
    milter_session_progress(mta->session);
    SAY(mta, 'C', "localhost\0U");
    milter_session_progress(mta->session);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
    mta_free(mta);
    struct milter_options options = mta_options();
    mta = mta_new(&options);
    mta->answers[MILTER_STAGE_END].verdict = 0;
    mta_greet(mta);
    SAY(mta, 'M', "<a@b>");
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    milter_session_progress(mta->session);
    milter_session_progress(mta->session);
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_ACCEPT));
    milter_session_progress(mta->session);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "p p a");
    mta_free(mta);
}

UNIT_MAIN("milter answer", UNIT(answers_may_come_later),
          UNIT(what_is_pipelined_waits), UNIT(no_more_than_a_bound_waits),
          UNIT(an_abort_cuts_in), UNIT(verdicts_are_said_as_they_are),
          UNIT(a_refused_recipient_is_none),
          UNIT(answers_that_cannot_be_sent_are_refused),
          UNIT(edits_come_before_the_verdict),
          UNIT(progress_is_told_at_the_end_only))
