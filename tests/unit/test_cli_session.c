/* SPDX-License-Identifier: MIT */
#include "cli/envelope.h"
#include "cli/scan_args.h"
#include "mail/trust.h"
#include "unit.h"

#include <assay/plugin.h>

#include <string.h>

static void networks_hold_their_addresses_and_no_others(void)
{
    static const struct {
        const char *network;
        const char *ip;
        bool is_inside;
    } cases[] = {
        {"192.0.2.0/24", "192.0.2.0", true},
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.129", true},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "::1", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"::/0", "2001:db8::1", true},
        {"::1", "::1", true},
        {"::/0", "127.0.0.1", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct network network;
        CU_ASSERT_FATAL(network_parse(cases[i].network, &network));
        CU_ASSERT_EQUAL(network_holds(&network, cases[i].ip),
                        cases[i].is_inside);
    }
}

static void what_is_no_network_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "192.0.2",
        "192.0.2.0/",
        "192.0.2.0/33",
        "192.0.2.1/24",
        "192.0.2.0/-1",
        "192.0.2.0/ 24",
        "192.0.2.0/24x",
        "2001:db8::/129",
        "2001:db8::1/64",
        "example.net",
        "/24",
        "192.0.2.0/99999999999999999999",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct network network;
        CU_ASSERT_FALSE(network_parse(wrong[i], &network));
    }
}

/* The session that a command line makes; NULL where it is refused. */
static struct session *session_of(const char *const *line)
{
    char *argv[16] = {NULL};
    int argc = 0;
    argv[argc++] = g_strdup("scan");
    while (line[argc - 1] != NULL) {
        argv[argc] = g_strdup(line[argc - 1]);
        argc++;
    }
    argv[argc++] = g_strdup("-");
    char *owned[16];
    memcpy(owned, argv, sizeof owned);
    g_autoptr(GArray) networks =
        g_array_new(false, false, sizeof(struct network));
    struct network ours;
    network_parse("198.51.100.0/24", &ours);
    g_array_append_val(networks, ours);
    struct scan_args args;
    struct session *session = NULL;
    if (scan_args_parse(argc, argv, &args, NULL)) {
        if (!envelope_session(&args, networks, &session, NULL))
            session = NULL;
        scan_args_clear(&args);
    }
    for (int i = 0; i < argc; i++)
        g_free(owned[i]);
    return session;
}

#define SESSION(...) session_of((const char *const[]){__VA_ARGS__, NULL})

static void the_envelope_is_taken_as_given(void)
{
    struct session *s =
        SESSION("--client", "192.0.2.1,mx.example.net", "--helo", "mx",
                "--from=<a@example.net>", "--rcpt=<b@example.org>",
                "--rcpt=c@example.org");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_STRING_EQUAL(s->client_ip, "192.0.2.1");
    CU_ASSERT_STRING_EQUAL(s->client_name, "mx.example.net");
    CU_ASSERT_STRING_EQUAL(s->helo, "mx");
    CU_ASSERT_STRING_EQUAL(s->mail_from, "a@example.net");
    CU_ASSERT_EQUAL_FATAL(s->rcpts->len, 2);
    CU_ASSERT_STRING_EQUAL(g_ptr_array_index(s->rcpts, 0), "b@example.org");
    CU_ASSERT_STRING_EQUAL(g_ptr_array_index(s->rcpts, 1), "c@example.org");
    CU_ASSERT_EQUAL(s->direction, ASSAY_DIRECTION_IN);
    CU_ASSERT_FALSE(s->is_trusted);
    session_free(s);
}

static void the_null_sender_is_not_the_unknown_sender(void)
{
    struct session *null_sender = SESSION("--from=<>");
    struct session *unknown = SESSION("--helo=x");
    CU_ASSERT_PTR_NOT_NULL_FATAL(null_sender);
    CU_ASSERT_PTR_NOT_NULL_FATAL(unknown);
    CU_ASSERT_STRING_EQUAL(null_sender->mail_from, "");
    CU_ASSERT_PTR_NULL(unknown->mail_from);
    session_free(null_sender);
    session_free(unknown);
}

static void a_login_or_an_own_network_is_trusted_and_outgoing(void)
{
    struct session *login = SESSION("--auth=alice");
    struct session *network = SESSION("--client=198.51.100.9");
    CU_ASSERT_PTR_NOT_NULL_FATAL(login);
    CU_ASSERT_PTR_NOT_NULL_FATAL(network);
    CU_ASSERT(login->is_trusted && network->is_trusted);
    CU_ASSERT_EQUAL(login->direction, ASSAY_DIRECTION_OUT);
    CU_ASSERT_EQUAL(network->direction, ASSAY_DIRECTION_OUT);
    CU_ASSERT_STRING_EQUAL(login->auth_user, "alice");
    session_free(login);
    session_free(network);
}

static void what_smtp_could_not_have_said_is_refused(void)
{
    CU_ASSERT_PTR_NULL(SESSION("--client=mx.example.net"));
    CU_ASSERT_PTR_NULL(SESSION("--client=192.0.2.1,"));
    CU_ASSERT_PTR_NULL(SESSION("--client=192.0.2.1,a\nb"));
    CU_ASSERT_PTR_NULL(SESSION("--helo="));
    CU_ASSERT_PTR_NULL(SESSION("--from=a@b\r\nDATA"));
    CU_ASSERT_PTR_NULL(SESSION("--from=<a@b"));
    CU_ASSERT_PTR_NULL(SESSION("--rcpt="));
    CU_ASSERT_PTR_NULL(SESSION("--rcpt=<>"));
    CU_ASSERT_PTR_NULL(SESSION("--rcpt=\377@example.org"));
    CU_ASSERT_PTR_NULL(SESSION("--jobs=-5"));
    CU_ASSERT_PTR_NULL(SESSION("--now=-1"));
    CU_ASSERT_PTR_NULL(SESSION("--plugin=x.so", "--no-plugins"));
}

UNIT_MAIN("cli session", UNIT(networks_hold_their_addresses_and_no_others),
          UNIT(what_is_no_network_is_refused),
          UNIT(the_envelope_is_taken_as_given),
          UNIT(the_null_sender_is_not_the_unknown_sender),
          UNIT(a_login_or_an_own_network_is_trusted_and_outgoing),
          UNIT(what_smtp_could_not_have_said_is_refused))
