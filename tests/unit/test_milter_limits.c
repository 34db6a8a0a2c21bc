/* SPDX-License-Identifier: MIT */
#include "mta.h"
#include "unit.h"

#include <string.h>

/* Body packets of 100 bytes; the limit is 1,000. */
static void send_large(struct mta *mta, int packets)
{
    char chunk[100];
    memset(chunk, 'x', sizeof chunk);
    SAY(mta, 'M', "<a@b>");
    SAY(mta, 'R', "<c@d>");
    SAY_NOTHING(mta, 'N'); /* two bytes */
    for (int i = 0; i < packets; i++)
        mta_say(mta, 'B', chunk, sizeof chunk);
}

static void a_message_over_the_limit_is_told_as_such(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    send_large(mta, 9);
    mta_say(mta, 'B',
            "12345678901234567890123456789012345678901234567890"
            "123456789012345678901234567890123456789012345678",
            98);
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_EQUAL(mta->whole, MILTER_WHOLE);
    CU_ASSERT_EQUAL(g_bytes_get_size(mta->message), 1000);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
    mta->answers[MILTER_STAGE_END].verdict = MILTER_TEMPFAIL;
    send_large(mta, 10);
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_EQUAL(mta->whole, MILTER_TOO_LARGE);
    CU_ASSERT_PTR_NULL(mta->message);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "t");
    /* and the next one is not */
    send_large(mta, 1);
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_EQUAL(mta->whole, MILTER_WHOLE);
    mta_free(mta);
}

static bool is_header(struct mta *mta, const char *wanted)
{
    size_t n = 0;
    GBytes *header = milter_session_header(mta->session);
    const void *p = header == NULL ? NULL : g_bytes_get_data(header, &n);
    return p != NULL && n == strlen(wanted) && memcmp(p, wanted, n) == 0;
}

static void of_a_message_too_large_the_header_is_left(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    g_autofree char *large = g_strnfill(900, 'x');
    mta_greet(mta);
    mta->answers[MILTER_STAGE_END].verdict = 0; /* later */
    SAY(mta, 'M', "<a@example.org>");
    SAY(mta, 'L', "Subject\0 x");
    SAY_NOTHING(mta, 'N');
    mta_say(mta, 'B', large, 900);
    mta_say(mta, 'B', large, 900);
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_PTR_NULL(milter_session_message(mta->session));
    CU_ASSERT_TRUE(is_header(mta, "Subject: x\r\n\r\n"));
    CU_ASSERT_TRUE(mta_answer(mta, MILTER_TEMPFAIL));
    /* It may be too large itself. */
    mta_free(mta);
    mta = mta_new(&options);
    mta_greet(mta);
    mta->answers[MILTER_STAGE_END].verdict = 0;
    g_autofree char *field = g_strdup_printf("Subject%c%s", '\0', large);
    SAY(mta, 'M', "<a@example.org>");
    for (unsigned i = 0; i < 2; i++)
        mta_say(mta, 'L', field, 8 + 901);
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_PTR_NULL(milter_session_header(mta->session));
    CU_ASSERT_EQUAL(milter_session_whole(mta->session), MILTER_TOO_LARGE);
    mta_free(mta);
}

static void the_rest_of_a_large_body_is_skipped_once(void)
{
    struct milter_options options = mta_options();
    options.skips_body = true;
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    send_large(mta, 9);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c c c c c c c c c");
    SAY_NOTHING(mta, 'A');
    send_large(mta, 12);
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c c c c c c c c c s c c c");
    CU_ASSERT_EQUAL(mta->whole, MILTER_TOO_LARGE);
    mta_free(mta);
}

static void recipients_are_bounded(void)
{
    /* 64 + 3 each of 1,000: 14 fit. */
    static const char fits[] = "a,a,a,a,a,a,a,a,a,a,a,a,a,a";
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    SAY(mta, 'M', "<a@b>");
    for (int i = 0; i < 20; i++)
        SAY(mta, 'R', "<a>");
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta->rcpts, fits);
    CU_ASSERT_EQUAL(mta->whole, MILTER_TOO_MANY_RCPTS);
    mta_free(mta);
    /* An MTA that waits can be told, and then the envelope is whole. */
    options.asks = MILTER_STAGE_BIT(MILTER_STAGE_RCPT);
    mta = mta_new(&options);
    mta->answers[MILTER_STAGE_RCPT].verdict = MILTER_CONTINUE;
    mta_greet(mta);
    SAY(mta, 'M', "<a@b>");
    for (int i = 0; i < 14; i++)
        SAY(mta, 'R', "<a>");
    mta_hear(mta);
    SAY(mta, 'R', "<a>");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta),
                           "y(452 4.5.3 Too many recipients\\0)");
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta->rcpts, fits);
    CU_ASSERT_EQUAL(mta->whole, MILTER_WHOLE);
    mta_free(mta);
}

static void who_does_not_listen_is_not_listened_to(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_offer(mta, MTA_ACTIONS, 0x100000);
    mta_hear(mta);
    SAY(mta, 'C', "localhost\0U");
    mta_hear(mta);
    /* Each is answered with five bytes. */
    g_autofree uint8_t *unknown = g_malloc0(100000);
    for (size_t i = 0; i < 100000; i += 5)
        memcpy(unknown + i, "\0\0\0\1U", 5);
    CU_ASSERT_EQUAL(milter_session_feed(mta->session, unknown, 100000), 100000);
    size_t n = 0;
    milter_session_output(mta->session, &n);
    CU_ASSERT_EQUAL(n, 100000);
    CU_ASSERT_EQUAL(milter_session_feed(mta->session, unknown, 5), 0);
    milter_session_sent(mta->session, n - MILTER_WAITING_MAX - 1);
    CU_ASSERT_EQUAL(milter_session_feed(mta->session, unknown, 5), 0);
    milter_session_sent(mta->session, 1);
    CU_ASSERT_EQUAL(milter_session_feed(mta->session, unknown, 5), 5);
    CU_ASSERT_PTR_NOT_NULL(milter_session_output(mta->session, &n));
    CU_ASSERT_EQUAL(n, MILTER_WAITING_MAX + 5);
    milter_session_sent(mta->session, n);
    CU_ASSERT_PTR_NULL(milter_session_output(mta->session, &n));
    SAY(mta, 'U', "x");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
    mta_free(mta);
}

static void headers_may_be_as_large_as_postfix_lets_them(void)
{
    struct milter_options options = mta_options();
    options.max_message_bytes = (size_t)2 * 1024 * 1024;
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    SAY(mta, 'M', "<a@b>");
    SAY(mta, 'R', "<c@d>");
    g_autofree char *header = g_strnfill(MILTER_HEADER_MAX, 'x');
    header[1] = '\0';
    header[MILTER_HEADER_MAX - 1] = '\0';
    mta_say(mta, 'L', header, MILTER_HEADER_MAX);
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_PTR_NOT_NULL_FATAL(mta->message);
    /* ":" and CRLF for two NULs, and the empty line */
    CU_ASSERT_EQUAL(g_bytes_get_size(mta->message), MILTER_HEADER_MAX + 3);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
    mta_free(mta);
}

UNIT_MAIN("milter limits", UNIT(who_does_not_listen_is_not_listened_to),
          UNIT(headers_may_be_as_large_as_postfix_lets_them),
          UNIT(a_message_over_the_limit_is_told_as_such),
          UNIT(of_a_message_too_large_the_header_is_left),
          UNIT(the_rest_of_a_large_body_is_skipped_once),
          UNIT(recipients_are_bounded))
