/* SPDX-License-Identifier: MIT */
/*
 * The front over a real pool and real sockets: what an MTA sees.
 */
#include "base/clock.h"
#include "fronted.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCKS                                                                 \
    "[plugin attachment]\nfile = %/attachment.so\nclass = main\n"              \
    "block_extensions = exe\n[policy]\npolicy = reject\n"
/* Does what a word in the message tells it to. */
#define OBEYS                                                                  \
    "[plugin obedient]\nfile = @/crash_on_word.so\nclass = main\n"             \
    "[pool]\nplugin_time = 20 s\n"

#define EXE_TYPE                                                               \
    "x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; "       \
    "name=\"a.exe\"\r\nContent-Disposition: attachment; filename=\"a.exe\""

static void a_message_is_let_through_and_the_next_too(void)
{
    struct fronted *f = fronted_open(BLOCKS, "");
    struct peer *peer = peer_greeted(f);
    for (unsigned i = 0; i < 3; i++) {
        peer_send_mail(peer, "hello", "As agreed.\r\n");
        CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    }
    CU_ASSERT_EQUAL(front_open_mails(f->front), 0);
    CU_ASSERT_EQUAL(front_connections(f->front), 1);
    peer_free(peer);
    fronted_free(f);
}

static void what_policy_rejects_is_rejected_with_a_code(void)
{
    struct fronted *f = fronted_open(BLOCKS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    const char *said = peer_verdict(peer);
    CU_ASSERT_EQUAL(strncmp(said, "y(550 5.", 8), 0);
    if (said[0] != 'y')
        printf("  %s\n", said);
    peer_send_mail(peer, "hello", "As agreed.\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    peer_free(peer);
    fronted_free(f);
}

static void a_plugin_that_dies_defers_its_message(void)
{
    pooled_log_begin();
    struct fronted *f = fronted_open(OBEYS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, "hello", "ASSAY-TEST-SEGV\r\n");
    const char *said = peer_verdict(peer);
    CU_ASSERT_EQUAL(strncmp(said, "y(451 4.", 8), 0);
    if (said[0] != 'y')
        printf("  %s\n", said);
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void bytes_may_come_one_by_one(void)
{
    static const char mail[] = "\0\0\0\x11M<a@example.org>\0"
                               "\0\0\0\x11R<b@example.net>\0"
                               "\0\0\0\x01N"
                               "\0\0\0\x08"
                               "Bhello\r\n"
                               "\0\0\0\x01"
                               "E";
    struct fronted *f = fronted_open(BLOCKS, "");
    struct peer *peer = peer_greeted(f);
    for (size_t i = 0; i < sizeof mail - 1; i++) {
        peer_send(peer, mail + i, 1);
        fronted_turn(f);
    }
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    /* And all at once: what comes while a message is at work waits for it. */
    for (unsigned i = 0; i < 50; i++)
        peer_send(peer, mail, sizeof mail - 1);
    for (unsigned i = 0; i < 50; i++)
        CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    CU_ASSERT_TRUE(peer_is_silent(peer));
    peer_free(peer);
    fronted_free(f);
}

static void until(struct fronted *f, size_t mails)
{
    for (unsigned i = 0; i < 2000 && front_open_mails(f->front) != mails; i++)
        fronted_turn(f);
    CU_ASSERT_EQUAL(front_open_mails(f->front), mails);
}

static void a_message_that_waited_for_the_one_before_can_be_broken_off(void)
{
    static const char mail[] = "\0\0\0\x11M<a@example.org>\0"
                               "\0\0\0\x11R<b@example.net>\0"
                               "\0\0\0\x01N"
                               "\0\0\0\x08"
                               "Bhello\r\n"
                               "\0\0\0\x01"
                               "E"
                               "\0\0\0\x11M<a@example.org>\0"
                               "\0\0\0\x11R<b@example.net>\0"
                               "\0\0\0\x01N"
                               "\0\0\0\x11"
                               "BASSAY-TEST-HANG\n"
                               "\0\0\0\x01"
                               "E";
    pooled_log_begin();
    struct fronted *f = fronted_open(OBEYS, "");
    struct peer *peer = peer_greeted(f);
    peer_send(peer, mail, sizeof mail - 1);
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    until(f, 1);
    CU_ASSERT_EQUAL(pool_unanswered(f->pooled->pool), 1);
    peer_say(peer, 'A', NULL, 0);
    until(f, 0);
    CU_ASSERT_EQUAL(pool_unanswered(f->pooled->pool), 0);
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void add_packet(GByteArray *to, char command, const char *data, size_t n)
{
    uint32_t length = GUINT32_TO_BE((uint32_t)n + 1);
    g_byte_array_append(to, (const guint8 *)&length, sizeof length);
    g_byte_array_append(to, (const guint8 *)&command, 1);
    g_byte_array_append(to, (const guint8 *)data, (unsigned)n);
}

/* What waits is taken up from inside the answer before it; answers that come at once
 * there must not begin another turn. */
static void messages_that_are_answered_at_once_wait_for_their_turn(void)
{
    enum {
        MANY = 300, /* more than a session keeps while it is asked, twice */
        RCPTS = 20
    };
    struct fronted *f = fronted_open(BLOCKS, "max_envelope_bytes = 1 KiB\n");
    struct peer *peer = peer_greeted(f);
    g_autoptr(GByteArray) all = g_byte_array_new();
    CU_ASSERT_TRUE(peer_is_silent(peer));
    for (unsigned i = 0; i <= MANY; i++) {
        add_packet(all, 'M', "<a@example.org>", 16);
        for (unsigned k = 0; k < (i > 0 ? RCPTS : 1); k++)
            add_packet(all, 'R', "<b@example.net>", 16);
        add_packet(all, 'N', "", 0);
        add_packet(all, 'E', "", 0);
    }
    peer_send(peer, all->data, all->len);
    /* The first is at work, and its answer not taken before all room is full. */
    for (unsigned i = 0; i < 10; i++)
        front_serve(f->front, clock_mono_ns());
    CU_ASSERT_EQUAL(front_open_mails(f->front), 1);
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    unsigned wrong = 0;
    for (unsigned i = 0; i < MANY; i++)
        wrong += strncmp(peer_verdict(peer), "y(554", 5) != 0;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(peer_is_silent(peer));
    peer_free(peer);
    fronted_free(f);
}

static void nonsense_costs_its_own_connection_only(void)
{
    struct fronted *f = fronted_open(BLOCKS, "");
    struct peer *good = peer_greeted(f);
    struct peer *bad = peer_new(f);
    struct peer *probe = peer_new(f);
    peer_send(bad, "GET / HTTP/1.0\r\n\r\n", 18);
    peer_free(probe);
    CU_ASSERT_STRING_EQUAL(peer_hear(bad), "gone");
    peer_send_mail(good, "hello", "As agreed.\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(good), "c");
    CU_ASSERT_EQUAL(front_connections(f->front), 1);
    peer_free(bad);
    peer_free(good);
    fronted_free(f);
}

static void an_mta_that_goes_away_is_not_waited_for(void)
{
    pooled_log_begin();
    struct fronted *f = fronted_open(OBEYS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, "hello", "ASSAY-TEST-HANG\r\n");
    until(f, 1);
    CU_ASSERT_EQUAL(pool_unanswered(f->pooled->pool), 1);
    peer_free(peer);
    until(f, 0);
    CU_ASSERT_EQUAL(pool_unanswered(f->pooled->pool), 0);
    CU_ASSERT_EQUAL(front_connections(f->front), 0);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void an_abort_ends_the_scan_and_the_connection_goes_on(void)
{
    pooled_log_begin();
    struct fronted *f = fronted_open(OBEYS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, "hello", "ASSAY-TEST-HANG\r\n");
    until(f, 1);
    peer_say(peer, 'A', NULL, 0);
    until(f, 0);
    CU_ASSERT_EQUAL(front_connections(f->front), 1);
    CU_ASSERT_TRUE(peer_is_silent(peer));
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void who_waits_long_is_told_that_we_are_at_work(void)
{
    pooled_log_begin();
    struct fronted *f = fronted_open(OBEYS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, "hello", "ASSAY-TEST-HANG\r\n");
    until(f, 1);
    CU_ASSERT_TRUE(peer_is_silent(peer));
    f->ahead_ns = 11 * UINT64_C(1000000000);
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "p");
    CU_ASSERT_EQUAL(front_open_mails(f->front), 1);
    front_give_up(f->front);
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "t");
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "gone");
    CU_ASSERT_EQUAL(front_open_mails(f->front), 0);
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void who_says_nothing_is_put_out(void)
{
    struct fronted *f = fronted_open(BLOCKS, "idle_time = 10 min\n");
    struct peer *peer = peer_greeted(f);
    CU_ASSERT_TRUE(peer_is_silent(peer));
    f->ahead_ns = 601 * UINT64_C(1000000000);
    CU_ASSERT_STRING_EQUAL(peer_hear(peer), "gone");
    peer_free(peer);
    fronted_free(f);
}

static void one_connection_too_many_is_closed(void)
{
    struct fronted *f = fronted_open(BLOCKS, "connections_max = 2\n");
    struct peer *one = peer_greeted(f);
    struct peer *two = peer_greeted(f);
    struct peer *three = peer_new(f);
    CU_ASSERT_STRING_EQUAL(peer_hear(three), "gone");
    CU_ASSERT_TRUE(alarm_is_raised(f->alarms, "connections"));
    peer_free(one);
    for (unsigned i = 0; i < 100 && front_connections(f->front) > 1; i++)
        fronted_turn(f);
    CU_ASSERT_FALSE(alarm_is_raised(f->alarms, "connections"));
    struct peer *four = peer_greeted(f);
    peer_send_mail(four, "hello", "As agreed.\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(four), "c");
    peer_free(two);
    peer_free(three);
    peer_free(four);
    fronted_free(f);
}

static void a_message_that_is_too_large_is_answered_as_configured(void)
{
    static const struct {
        const char *milter;
        const char *says;
    } rows[] = {
        {"", "y(552 5.3.4 Message too large to be scanned\\0)"},
        {"too_large = defer\n",
         "y(452 4.3.4 Message too large to be scanned\\0)"},
        {"too_large = accept\n",
         "h(X-Assay-Unscanned\\0 larger than [limits] max_message_bytes\\0)"},
    };

    g_autofree char *large = g_strnfill(60000, 'x');
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fronted *f = fronted_open(
            BLOCKS "[limits]\nmax_message_bytes = 64 KiB\n", rows[i].milter);
        struct peer *peer = peer_greeted(f);
        PEER_SAY(peer, 'M', "<a@example.org>");
        PEER_SAY(peer, 'R', "<b@example.net>");
        peer_say(peer, 'N', NULL, 0);
        peer_say(peer, 'B', large, 60000);
        peer_say(peer, 'B', large, 60000);
        peer_say(peer, 'E', NULL, 0);
        const char *said = peer_hear(peer);
        CU_ASSERT_STRING_EQUAL(said, rows[i].says);
        if (strcmp(said, rows[i].says) != 0)
            printf("  %s\n", said);
        peer_free(peer);
        fronted_free(f);
    }
}

#define HOLDS                                                                  \
    "[plugin attachment]\nfile = %/attachment.so\nclass = main\n"              \
    "block_extensions = exe\n[policy]\npolicy = quarantine\n"

/* Files below a folder of the front's. */
static unsigned kept(const char *path)
{
    unsigned n = 0;
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        n += g_str_has_suffix(name, ".held") || g_str_has_suffix(name, ".mail");
        n += kept(below);
    }
    if (dir != NULL)
        g_dir_close(dir);
    return n;
}

static void what_is_held_is_on_the_disk_before_the_mta_lets_go(void)
{
    struct fronted *f = fronted_open(HOLDS, "");
    struct peer *peer = peer_greeted(f);
    for (unsigned i = 0; i < 3; i++) {
        peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
        CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "d");
        CU_ASSERT_EQUAL(kept(f->dir), 1);
    }
    peer_free(peer);
    fronted_free(f);
}

static void what_cannot_be_kept_is_deferred_and_an_alarm_is_raised(void)
{
    pooled_log_begin();
    struct fronted *f =
        fronted_open(HOLDS "[quarantine]\nmin_free = 1000 TiB\n", "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer),
                           "y(451 4.3.0 The message could not be kept\\0)");
    CU_ASSERT_TRUE(alarm_is_raised(f->alarms, "quarantine"));
    CU_ASSERT_EQUAL(kept(f->dir), 0);
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void an_index_that_goes_is_made_again_and_told(void)
{
    pooled_log_begin();
    struct fronted *f = fronted_open(HOLDS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "d");
    CU_ASSERT_FALSE(alarm_is_raised(f->alarms, "quarantine.index"));
    g_autofree char *index = g_build_filename(f->dir, "kept/index.db", NULL);
    CU_ASSERT_EQUAL(unlink(index), 0);
    peer_send_mail(peer, EXE_TYPE, "MZ2\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "d");
    CU_ASSERT_TRUE(alarm_is_raised(f->alarms, "quarantine.index"));
    CU_ASSERT_EQUAL(access(index, F_OK), 0);
    CU_ASSERT_EQUAL(kept(f->dir), 2);
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void another_quarantine_is_used_from_the_next_message_on(void)
{
    pooled_log_begin();
    struct fronted *f = fronted_open(HOLDS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "d");
    CU_ASSERT_TRUE(
        fronted_reload(f, HOLDS "[quarantine]\nmin_free = 1000 TiB\n"));
    peer_send_mail(peer, EXE_TYPE, "MZ two\r\n");
    CU_ASSERT_EQUAL(peer_verdict(peer)[0], 'y');
    CU_ASSERT_EQUAL(kept(f->dir), 1);
    CU_ASSERT_TRUE(fronted_reload(f, HOLDS));
    /* One that cannot be used changes nothing. */
    CU_ASSERT_FALSE(
        fronted_reload(f, HOLDS "[quarantine]\nkey_file = /no/such/key\n"));
    peer_send_mail(peer, EXE_TYPE, "MZ two\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "d");
    CU_ASSERT_EQUAL(kept(f->dir), 2);
    peer_free(peer);
    fronted_free(f);
    g_free(pooled_log_end());
}

static void draining_lets_what_has_begun_come_to_its_end(void)
{
    struct fronted *f = fronted_open(BLOCKS, "");
    struct peer *idle = peer_greeted(f);
    struct peer *begun = peer_greeted(f);
    CU_ASSERT_TRUE(peer_is_silent(idle));
    PEER_SAY(begun, 'M', "<a@example.org>");
    CU_ASSERT_TRUE(peer_is_silent(begun));
    front_drain(f->front);
    CU_ASSERT_STRING_EQUAL(peer_hear(idle), "gone");
    PEER_SAY(begun, 'R', "<b@example.net>");
    peer_say(begun, 'N', NULL, 0);
    peer_say(begun, 'B', "x\r\n", 3);
    peer_say(begun, 'E', NULL, 0);
    CU_ASSERT_STRING_EQUAL(peer_verdict(begun), "c");
    CU_ASSERT_STRING_EQUAL(peer_hear(begun), "gone");
    CU_ASSERT_EQUAL(front_connections(f->front), 0);
    peer_free(idle);
    peer_free(begun);
    fronted_free(f);
}

static void other_rules_hold_from_the_next_verdict_on(void)
{
    struct fronted *f = fronted_open(BLOCKS, "");
    struct peer *peer = peer_greeted(f);
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    CU_ASSERT_EQUAL(peer_verdict(peer)[0], 'y');
    CU_ASSERT_FALSE(fronted_reload(f, "[policy]\npolicy = no-such-action\n"));
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    CU_ASSERT_EQUAL(peer_verdict(peer)[0], 'y');
    CU_ASSERT_TRUE(fronted_reload(f, "[policy]\npolicy = accept\n"));
    peer_send_mail(peer, EXE_TYPE, "MZ\r\n");
    CU_ASSERT_STRING_EQUAL(peer_verdict(peer), "c");
    peer_free(peer);
    fronted_free(f);
}

UNIT_MAIN("front", UNIT(a_message_is_let_through_and_the_next_too),
          UNIT(what_policy_rejects_is_rejected_with_a_code),
          UNIT(a_plugin_that_dies_defers_its_message),
          UNIT(bytes_may_come_one_by_one),
          UNIT(a_message_that_waited_for_the_one_before_can_be_broken_off),
          UNIT(messages_that_are_answered_at_once_wait_for_their_turn),
          UNIT(nonsense_costs_its_own_connection_only),
          UNIT(an_mta_that_goes_away_is_not_waited_for),
          UNIT(an_abort_ends_the_scan_and_the_connection_goes_on),
          UNIT(who_waits_long_is_told_that_we_are_at_work),
          UNIT(who_says_nothing_is_put_out),
          UNIT(one_connection_too_many_is_closed),
          UNIT(a_message_that_is_too_large_is_answered_as_configured),
          UNIT(what_is_held_is_on_the_disk_before_the_mta_lets_go),
          UNIT(what_cannot_be_kept_is_deferred_and_an_alarm_is_raised),
          UNIT(an_index_that_goes_is_made_again_and_told),
          UNIT(another_quarantine_is_used_from_the_next_message_on),
          UNIT(draining_lets_what_has_begun_come_to_its_end),
          UNIT(other_rules_hold_from_the_next_verdict_on))
