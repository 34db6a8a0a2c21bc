/* SPDX-License-Identifier: MIT */
#include "mta.h"
#include "unit.h"

#include <string.h>

static void an_abort_at_any_point_leaves_nothing_behind(void)
{
    static const char implied[] = "AMH";
    for (int n = 0; n <= 5; n++) {
        for (size_t i = 0; i < strlen(implied); i++) {
            struct milter_options options = mta_options();
            struct mta *mta = mta_new(&options);
            mta_greet(mta);
            mta_begin_message(mta, n);
            mta_events(mta);
            if (implied[i] == 'A')
                SAY_NOTHING(mta, 'A');
            else if (implied[i] == 'H')
                SAY(mta, 'H', "again");
            mta_send_message(mta);
            g_autofree char *events = g_strdup(mta_events(mta));
            CU_ASSERT_EQUAL(strstr(events, "aborted") != NULL, n > 0);
            CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
            CU_ASSERT_STRING_EQUAL(mta->rcpts, "b@example.net");
            CU_ASSERT_TRUE(mta_is_message(mta, "Subject: x\r\n\r\nhello\r\n"));
            mta_free(mta);
        }
    }
}

static void a_lost_connection_tells_who_has_something_open(void)
{
    for (int n = 0; n <= 5; n++) {
        struct milter_options options = mta_options();
        struct mta *mta = mta_new(&options);
        mta_greet(mta);
        mta_begin_message(mta, n);
        mta_events(mta);
        milter_session_hang_up(mta->session);
        CU_ASSERT_STRING_EQUAL(mta_events(mta), n > 0 ? "aborted" : "");
        CU_ASSERT_TRUE(milter_session_is_over(mta->session, NULL));
        milter_session_hang_up(mta->session);
        CU_ASSERT_STRING_EQUAL(mta_events(mta), "");
        mta_free(mta);
    }
}

static void a_port_probe_is_nobodys_business(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    milter_session_hang_up(mta->session);
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "");
    mta_free(mta);
    mta = mta_new(&options);
    CU_ASSERT_EQUAL(
        milter_session_feed(mta->session, (const uint8_t *)"GET / HTTP", 10),
        10);
    const char *why = NULL;
    CU_ASSERT_TRUE(milter_session_is_over(mta->session, &why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "not the milter protocol"));
    CU_ASSERT_EQUAL(milter_session_feed(mta->session, (const uint8_t *)"x", 1),
                    0);
    mta_free(mta);
}

static void another_client_may_follow(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    mta_begin_message(mta, 2);
    mta_events(mta);
    SAY_NOTHING(mta, 'K');
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "aborted");
    CU_ASSERT_PTR_NULL(milter_session_facts(mta->session)->helo);
    SAY(mta, 'C',
        "second.example\0004\0\1"
        "192.0.2.2");
    mta_send_message(mta);
    CU_ASSERT_STRING_EQUAL(milter_session_facts(mta->session)->client_ip,
                           "192.0.2.2");
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "connect mail rcpt eoh end?");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "c");
    mta_free(mta);
}

static void what_comes_out_of_turn_ends_it(void)
{
    /* After O, C, M, R, L, N: what is an error then. */
    static const struct {
        int steps;
        const char *refused;
    } cases[] = {
        {0, "CHMRTLNBEADKU"}, {1, "OHMRTLNBE"}, {2, "OCRTLNBE"}, {3, "OCBE"},
        {4, "OCBE"},          {5, "OCRTBE"},    {6, "OCRTLN"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (const char *c = cases[i].refused; *c != '\0'; c++) {
            struct milter_options options = mta_options();
            struct mta *mta = mta_new(&options);
            if (cases[i].steps > 0)
                mta_offer(mta, MTA_ACTIONS, MTA_PROTOCOL);
            if (cases[i].steps > 1)
                SAY(mta, 'C', "localhost\0U");
            mta_begin_message(mta, cases[i].steps - 2);
            CU_ASSERT_FALSE(milter_session_is_over(mta->session, NULL));
            /* By its head alone: its data is not waited for. */
            uint8_t head[] = {0, 0, 1, 0, (uint8_t)*c};
            milter_session_feed(mta->session, head, sizeof head);
            const char *why = NULL;
            CU_ASSERT_TRUE(milter_session_is_over(mta->session, &why));
            CU_ASSERT_PTR_NOT_NULL_FATAL(why);
            CU_ASSERT_PTR_NOT_NULL(strstr(why, "not at this point"));
            mta_free(mta);
        }
    }
}

static void a_broken_packet_ends_it(void)
{
    struct milter_options options = mta_options();
    struct mta *mta = mta_new(&options);
    mta_greet(mta);
    mta_begin_message(mta, 2);
    mta_events(mta);
    mta_say(mta, 'L', "no end", 6);
    const char *why = NULL;
    CU_ASSERT_TRUE(milter_session_is_over(mta->session, &why));
    CU_ASSERT_PTR_NOT_NULL_FATAL(why);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "milter command L"));
    CU_ASSERT_STRING_EQUAL(mta_events(mta), "aborted");
    CU_ASSERT_STRING_EQUAL(mta_hear(mta), "");
    mta_free(mta);
}

UNIT_MAIN("milter turns", UNIT(an_abort_at_any_point_leaves_nothing_behind),
          UNIT(a_lost_connection_tells_who_has_something_open),
          UNIT(a_port_probe_is_nobodys_business),
          UNIT(another_client_may_follow), UNIT(what_comes_out_of_turn_ends_it),
          UNIT(a_broken_packet_ends_it))
