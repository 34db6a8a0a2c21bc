/* SPDX-License-Identifier: MIT */
/*
 * The front before there is a message: what an MTA hears of a session's stages.
 */
#include "fronted.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* Tells of every stage; what it says of recipients, or of the client, is refused. */
#define STAGED(refused)                                                        \
    "[plugin staged]\nfile = @/staged.so\nclass = main\n"                      \
    "[policy no]\nname = " refused "\ninfo = reject\nrcpt = bad*\n"

static void begin_message(struct peer *peer)
{
    PEER_SAY(peer, 'M', "<a@example.org>");
}

static void rest_of_message(struct peer *peer)
{
    peer_say(peer, 'N', NULL, 0);
    peer_say(peer, 'B', "hello\r\n", 7);
    peer_say(peer, 'E', NULL, 0);
}

static void a_recipient_is_refused_where_policy_says_so(void)
{
    struct fronted *f = fronted_open(STAGED("said.4"), "");
    struct peer *peer = peer_greeted(f);
    for (unsigned i = 0; i < 2; i++) {
        begin_message(peer);
        PEER_SAY(peer, 'R', "<good@example.net>");
        CU_ASSERT_STRING_EQUAL(peer_hear(peer), "c");
        PEER_SAY(peer, 'R', "<bad@example.net>");
        CU_ASSERT_EQUAL(strncmp(peer_hear(peer), "y(550 5.", 8), 0);
        PEER_SAY(peer, 'R', "<better@example.net>");
        CU_ASSERT_STRING_EQUAL(peer_hear(peer), "c");
        rest_of_message(peer);
        CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    }
    peer_free(peer);
    fronted_free(f);
}

static void who_is_not_asked_is_heard_at_the_next_step(void)
{
    /* What it says at CONNECT, to which nobody is answered. */
    struct fronted *f = fronted_open(STAGED("said.1"), "");
    struct peer *peer = peer_greeted(f);
    begin_message(peer);
    PEER_SAY(peer, 'R', "<bad@example.net>");
    CU_ASSERT_EQUAL(strncmp(peer_hear(peer), "y(550 5.", 8), 0);
    PEER_SAY(peer, 'R', "<good@example.net>");
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "c");
    rest_of_message(peer);
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    peer_free(peer);
    fronted_free(f);
}

static void our_own_are_never_refused_before_the_message(void)
{
    struct fronted *f = fronted_open(
        STAGED("said.4") "[session]\ntrusted_networks = 192.0.2.0/24\n", "");
    struct peer *peer = peer_greeted(f);
    begin_message(peer);
    PEER_SAY(peer, 'R', "<bad@example.net>");
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "c");
    rest_of_message(peer);
    CU_ASSERT_EQUAL(strncmp(peer_verdict(peer), "y(550 5.", 8), 0);
    peer_free(peer);
    fronted_free(f);
}

static void nobody_waits_where_nothing_is_refused_at(void)
{
    struct fronted *f = fronted_open(STAGED("said.4"), "refuse_at = \n");
    struct peer *peer = peer_greeted(f);
    begin_message(peer);
    PEER_SAY(peer, 'R', "<bad@example.net>");
    CU_ASSERT_TRUE(peer_is_silent(peer));
    rest_of_message(peer);
    CU_ASSERT_EQUAL(strncmp(peer_verdict(peer), "y(550 5.", 8), 0);
    peer_free(peer);
    fronted_free(f);
}

static void another_client_is_not_judged_by_the_last_one(void)
{
    struct fronted *f =
        fronted_open("[plugin helo]\nfile = @/helo_only.so\nclass = main\n"
                     "[policy no]\nname = helo\ninfo = reject\n",
                     "");
    struct peer *peer = peer_greeted(f);
    begin_message(peer);
    PEER_SAY(peer, 'R', "<b@example.net>");
    CU_ASSERT_EQUAL(strncmp(peer_hear(peer), "y(550 5.", 8), 0);
    peer_say(peer, 'A', NULL, 0);
    peer_say(peer, 'K', NULL, 0);
    /* This one says no HELO, so there is nothing to refuse it for. */
    PEER_SAY(peer, 'C',
             "other.example.org\0004\x1f\x90"
             "192.0.2.2");
    begin_message(peer);
    PEER_SAY(peer, 'R', "<b@example.net>");
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "c");
    rest_of_message(peer);
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    peer_free(peer);
    fronted_free(f);
}

static void a_session_that_ends_in_a_stage_leaves_nothing(void)
{
    struct fronted *f = fronted_open(STAGED("said.4"), "");
    for (unsigned i = 0; i < 20; i++) {
        struct peer *peer = peer_greeted(f);
        begin_message(peer);
        PEER_SAY(peer, 'R', "<good@example.net>");
        if (i % 2 == 0)
            peer_say(peer, 'A', NULL, 0);
        for (unsigned k = 0; k < i % 5; k++)
            fronted_turn(f);
        peer_free(peer);
    }
    for (unsigned i = 0; i < 2000 && front_connections(f->front) > 0; i++)
        fronted_turn(f);
    CU_ASSERT_EQUAL(front_connections(f->front), 0);
    CU_ASSERT_EQUAL(pool_unanswered(f->pooled->pool), 0);
    fronted_free(f);
}

UNIT_MAIN("front stages", UNIT(a_recipient_is_refused_where_policy_says_so),
          UNIT(who_is_not_asked_is_heard_at_the_next_step),
          UNIT(our_own_are_never_refused_before_the_message),
          UNIT(nobody_waits_where_nothing_is_refused_at),
          UNIT(another_client_is_not_judged_by_the_last_one),
          UNIT(a_session_that_ends_in_a_stage_leaves_nothing))
