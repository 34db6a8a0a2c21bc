/* SPDX-License-Identifier: MIT */
#include "mta.h"
#include "unit.h"

#include <string.h>

static void what_nobody_answers_is_negotiated_so(void)
{
    static const struct {
        unsigned asks;
        bool skips_body;
        uint32_t offered;
        uint32_t agreed; /* 0: turned away */
    } cases[] = {
        {0, false, 0x1fffff, 0x1cf380},
        {MILTER_STAGE_BIT(MILTER_STAGE_CONNECT), false, 0x1fffff, 0x1ce380},
        {MILTER_STAGE_BIT(MILTER_STAGE_HELO), false, 0x1fffff, 0x1cd380},
        {MILTER_STAGE_BIT(MILTER_STAGE_MAIL), false, 0x1fffff, 0x1cb380},
        {MILTER_STAGE_BIT(MILTER_STAGE_RCPT), false, 0x1fffff, 0x1c7380},
        {MILTER_STAGE_BIT(MILTER_STAGE_EOH), false, 0x1fffff, 0x18f380},
        {0, true, 0x1fffff, 0x14f780},              /* with SKIP */
        {0, true, 0x1ffbff, 0x14f380},              /* that is not known */
        {0, false, 0x1ff7ff & ~0x80000U, 0x14f780}, /* NR_BODY is not known */
        {0, false, 0x1ffcff, 0x1ff080},             /* no NO_* */
        {0, false, 0x100000, 0x100000},
        {0, false, 0x0fffff, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct milter_options options = mta_options();
        options.asks = cases[i].asks;
        options.skips_body = cases[i].skips_body;
        struct mta *mta = mta_new(&options);
        mta_offer(mta, 0x3f, cases[i].offered);
        size_t n = 0;
        const uint8_t *p = milter_session_output(mta->session, &n);
        const char *why = NULL;
        CU_ASSERT_EQUAL(milter_session_is_over(mta->session, &why),
                        cases[i].agreed == 0);
        if (cases[i].agreed == 0) {
            CU_ASSERT_PTR_NULL(p);
            CU_ASSERT_PTR_NOT_NULL(strstr(why, "HDR_LEADSPC"));
        } else {
            CU_ASSERT_EQUAL_FATAL(n, 17);
            uint32_t agreed = (uint32_t)p[13] << 24 | (uint32_t)p[14] << 16 |
                              (uint32_t)p[15] << 8 | p[16];
            CU_ASSERT_EQUAL(agreed, cases[i].agreed);
            CU_ASSERT_EQUAL(milter_session_actions(mta->session), 0x3f);
        }
        mta_free(mta);
    }
}

static void old_versions_are_turned_away(void)
{
    static const uint8_t offer[] = {0, 0,    0, 4,    0,    0,
                                    1, 0xff, 0, 0x1f, 0xff, 0xff};
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_say(mta, 'O', offer, sizeof offer);
    const char *why = NULL;
    CU_ASSERT_TRUE(milter_session_is_over(mta->session, &why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "version 4"));
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "");
    mta_free(mta);
}

static void only_the_end_is_answered(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    SAY(mta, 'M', "<a@example.org>\0SIZE=100");
    SAY(mta, 'R', "<b@example.net>");
    SAY(mta, 'L', "Subject\0 x");
    SAY_NOTHING(mta, 'N');
    mta_say(mta, 'B', "hello\r\n", 7);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "mail rcpt eoh end?");
    CU_ASSERT_TRUE(mta_is_message(mta, "Subject: x\r\n\r\nhello\r\n"));
    mta_free(mta);
}

static void an_mta_that_waits_is_continued(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_offer(mta, MTA_ACTIONS, 0x100000);
    mta_hear(mta);
    SAY(mta, 'C', "localhost\0U");
    SAY(mta, 'H', "me");
    SAY(mta, 'U', "WHAT");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c c c");
    mta_begin_message(mta, 2);
    SAY_NOTHING(mta, 'T');
    SAY(mta, 'L', "Subject\0 x");
    SAY_NOTHING(mta, 'N');
    mta_say(mta, 'B', "x", 1);
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c c c c c c c");
    mta_free(mta);
}

static void facts_are_what_the_mta_tells(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta->answers[MILTER_STAGE_END].verdict = 0;
    mta_offer(mta, MTA_ACTIONS, MTA_PROTOCOL);
    SAY(mta, 'D', "C{daemon_addr}\000192.0.2.25\0{daemon_port}\00025\0j\0mx");
    SAY(mta, 'C', "mail.example.org\0006\x1f\x90IPv6:2001:DB8:0::1");
    SAY(mta, 'D', "H{tls_version}\0TLSv1.3\0{cipher}\0AES");
    SAY(mta, 'H', "helo.example.org");
    SAY(mta, 'D', "M{auth_authen}\0joe");
    SAY(mta, 'M', "<>");
    SAY(mta, 'D', "Ri\0004Xk2");
    SAY(mta, 'R', "<b@example.net>\0NOTIFY=NEVER");
    SAY(mta, 'R', "c@example.net");
    SAY_NOTHING(mta, 'N');
    SAY_NOTHING(mta, 'E');
    const struct session *facts = milter_session_facts(mta->session);
    CU_ASSERT_STRING_EQUAL(facts->client_ip, "2001:db8::1");
    CU_ASSERT_EQUAL(facts->client_port, 8080);
    CU_ASSERT_STRING_EQUAL(facts->client_name, "mail.example.org");
    CU_ASSERT_STRING_EQUAL(facts->helo, "helo.example.org");
    CU_ASSERT_STRING_EQUAL(facts->mail_from, "");
    CU_ASSERT_STRING_EQUAL(mta->rcpts, "b@example.net,c@example.net");
    CU_ASSERT_STRING_EQUAL(facts->auth_user, "joe");
    CU_ASSERT_TRUE(facts->is_trusted);
    CU_ASSERT_STRING_EQUAL(facts->tls_version, "TLSv1.3");
    CU_ASSERT_STRING_EQUAL(facts->tls_cipher, "AES");
    CU_ASSERT_STRING_EQUAL(facts->queue_id, "4Xk2");
    CU_ASSERT_STRING_EQUAL(facts->local_ip, "192.0.2.25");
    CU_ASSERT_EQUAL(facts->local_port, 25);
    CU_ASSERT_STRING_EQUAL(milter_session_macro(mta->session, "j"), "mx");
    CU_ASSERT_PTR_NULL(milter_session_macro(mta->session, "k"));
    mta_free(mta);
}

static void a_name_that_is_not_verified_is_none(void)
{
    static const struct {
        const char *macros;
        size_t n;
        const char *name;
        size_t name_n;
        const char *wanted;
    } cases[] = {

#define CASE(macros, name, wanted)                                             \
    {macros, sizeof(macros), name, sizeof(name) - 1, wanted}
        CASE("Cj\0mx",
             "a.example\0004\0\1"
             "192.0.2.1\0",
             "a.example"),
        CASE("C{client_resolve}\0OK",
             "a.example\0004\0\1"
             "192.0.2.1\0",
             "a.example"),
        CASE("C{client_resolve}\0FORGED",
             "a.example\0004\0\1"
             "192.0.2.1\0",
             NULL),
        CASE("Cj\0mx",
             "[192.0.2.1]\0004\0\1"
             "192.0.2.1\0",
             NULL),
        CASE("Cj\0mx", "unknown\0U", NULL),
#undef CASE
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct milter_options options = mta_options();
        struct mta *mta = mta_new(&options);
        mta_offer(mta, MTA_ACTIONS, MTA_PROTOCOL);
        mta_say(mta, 'D', cases[i].macros, cases[i].n);
        mta_say(mta, 'C', cases[i].name, cases[i].name_n);
        CU_ASSERT(g_strcmp0(milter_session_facts(mta->session)->client_name,
                            cases[i].wanted) == 0);
        mta_free(mta);
    }
}

static void the_queue_id_is_asked_for_again_at_the_end(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    SAY(mta, 'M', "<a@example.org>");
    CU_ASSERT_PTR_NULL(milter_session_facts(mta->session)->queue_id);
    SAY(mta, 'R', "<b@example.net>");
    SAY_NOTHING(mta, 'N');
    SAY(mta, 'D', "Ei\000QID1");
    SAY_NOTHING(mta, 'E');
    CU_ASSERT_STRING_EQUAL(mta->queue_id, "QID1");
    /* and is not the next message's */
    SAY(mta, 'M', "<a@example.org>");
    CU_ASSERT_PTR_NULL(milter_session_facts(mta->session)->queue_id);
    SAY(mta, 'R', "<b@example.net>");
    CU_ASSERT_PTR_NULL(milter_session_macro(mta->session, "i"));
    mta_free(mta);
}

static void the_message_is_the_clients_byte_for_byte(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    SAY(mta, 'M', "<a@example.org>");
    SAY(mta, 'R', "<b@example.net>");
    SAY(mta, 'L', "DKIM-Signature\0  v=1;\n\ta=b;\n \t c=simple/simple");
    SAY(mta, 'L', "Tab\0\tx \t");
    SAY(mta, 'L', "None\0");
    SAY(mta, 'L', "tight\0x");
    SAY(mta, 'L', "Crlf\0 a\r\n b");
    SAY(mta, 'L', "End\0 a\n");
    SAY_NOTHING(mta, 'N');
    mta_say(mta, 'B', "a\0b\n", 4);
    mta_say(mta, 'B', "\r\n\r\n", 4);
    mta_say(mta, 'E', "last", 4);
    static const char wanted[] =
        "DKIM-Signature:  v=1;\r\n\ta=b;\r\n \t c=simple/simple\r\n"
        "Tab:\tx \t\r\nNone:\r\ntight:x\r\nCrlf: a\r\n b\r\nEnd: a\r\n\r\n\r\n"
        "a\0b\n\r\n\r\nlast";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mta->message);
    size_t n = 0;
    const void *p = g_bytes_get_data(mta->message, &n);
    CU_ASSERT_EQUAL_FATAL(n, sizeof wanted - 1);
    CU_ASSERT_EQUAL(memcmp(p, wanted, n), 0);
    mta_free(mta);
}

static void one_connection_carries_many_messages(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    for (int i = 0; i < 3; i++) {
        mta_send_message(mta);
        CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
        CU_ASSERT_STRING_EQUAL(mta->rcpts, "b@example.net");
        CU_ASSERT_TRUE(mta_is_message(mta, "Subject: x\r\n\r\nhello\r\n"));
    }
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "mail rcpt eoh end? "
                                            "mail rcpt eoh end? "
                                            "mail rcpt eoh end?");
    SAY_NOTHING(mta, 'Q');
    const char *why = "";
    CU_ASSERT_TRUE(milter_session_is_over(mta->session, &why));
    CU_ASSERT_PTR_NULL(why);
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
    mta_free(mta);
}

UNIT_MAIN("milter session", UNIT(what_nobody_answers_is_negotiated_so),
          UNIT(old_versions_are_turned_away), UNIT(only_the_end_is_answered),
          UNIT(an_mta_that_waits_is_continued),
          UNIT(facts_are_what_the_mta_tells),
          UNIT(a_name_that_is_not_verified_is_none),
          UNIT(the_queue_id_is_asked_for_again_at_the_end),
          UNIT(the_message_is_the_clients_byte_for_byte),
          UNIT(one_connection_carries_many_messages))
