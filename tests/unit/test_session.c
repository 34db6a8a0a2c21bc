/* SPDX-License-Identifier: MIT */
#include "mail/session.h"
#include "unit.h"

#include <assay/plugin.h>

#include <string.h>

static void a_new_session_is_inbound_and_empty(void)
{
    struct session *session = session_new();
    CU_ASSERT_EQUAL(session->direction, ASSAY_DIRECTION_IN);
    CU_ASSERT_EQUAL(session->rcpts->len, 0);
    CU_ASSERT_PTR_NULL(session->client_ip);
    session_free(session);
    session_free(NULL);
}

static void addresses_become_canonical(void)
{
    static const struct {
        const char *given;
        const char *wanted; /* NULL: refused */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"[192.0.2.1]", "192.0.2.1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"IPv6:2001:db8::1", "2001:db8::1"},
        {"[ipv6:2001:db8::1]", "2001:db8::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"", NULL},
        {"[]", NULL},
        {"192.0.2", NULL},
        {"192.0.2.256", NULL},
        {"mail.example.org", NULL},
        {"2001:db8::1::2", NULL},
        {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct session *session = session_new();
        bool ok = session_set_client_ip(session, cases[i].given);
        CU_ASSERT_EQUAL(ok, cases[i].wanted != NULL);
        CU_ASSERT(g_strcmp0(session->client_ip, cases[i].wanted) == 0);
        session_free(session);
    }
}

static void a_refused_address_leaves_the_old_one(void)
{
    struct session *session = session_new();
    CU_ASSERT(session_set_client_ip(session, "192.0.2.1"));
    CU_ASSERT(!session_set_client_ip(session, "nonsense"));
    CU_ASSERT_STRING_EQUAL(session->client_ip, "192.0.2.1");
    CU_ASSERT(session_set_client_ip(session, "192.0.2.2"));
    CU_ASSERT_STRING_EQUAL(session->client_ip, "192.0.2.2");
    session_free(session);
}

UNIT_MAIN("session", UNIT(a_new_session_is_inbound_and_empty),
          UNIT(addresses_become_canonical),
          UNIT(a_refused_address_leaves_the_old_one))
