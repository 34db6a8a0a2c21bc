/* SPDX-License-Identifier: MIT */
#include "pool/request.h"
#include "seed.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdint.h>
#include <string.h>

enum {
    SCANNERS = 5,
    ROOM = 4096
};

/* Memory as a tray gives it: aligned. */
struct tray {
    _Alignas(8) uint8_t room[ROOM];
    size_t n;
};

static struct session *full_session(void)
{
    struct session *session = session_new();
    session_set_client_ip(session, "2001:db8::1");
    session->client_name = g_strdup("mx.example.org");
    session->helo = g_strdup("helo.example.org");
    session->mail_from = g_strdup("");
    session->auth_user = g_strdup("ann");
    session->queue_id = g_strdup("4Xk2");
    session->local_ip = g_strdup("192.0.2.1");
    session->tls_version = g_strdup("TLSv1.3");
    session->tls_cipher = g_strdup("TLS_AES_256_GCM_SHA384");
    session->client_port = 65535;
    session->local_port = 25;
    session->direction = ASSAY_DIRECTION_OUT;
    session->is_trusted = true;
    g_ptr_array_add(session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("\xff@example.org"));
    return session;
}

static const uint32_t left_out[] = {1, 4};

static struct request full_request(const struct session *session)
{
    return (struct request){.flags =
                                REQUEST_MAY_SUSPEND | REQUEST_NEEDS_DIGESTS,
                            .until = ASSAY_STAGE_RCPT,
                            .now_s = 1700000000,
                            .deadline_ns = UINT64_MAX - 1,
                            .session = session,
                            .left_out = left_out,
                            .left_out_n = G_N_ELEMENTS(left_out),
                            .journal = (const uint8_t *)"jour\0nal",
                            .journal_n = 8,
                            .answers = (const uint8_t *)"answers",
                            .answers_n = 7,
                            .raw = (const uint8_t *)"From: a\r\n\r\nhello\r\n",
                            .raw_n = 18};
}

static void put(struct tray *tray, const struct request *request)
{
    struct packer to;
    packer_fixed(&to, tray->room, sizeof tray->room);
    request_pack(request, &to);
    CU_ASSERT_FALSE(to.is_full);
    tray->n = to.n;
}

static bool get(struct request_reader *reader, const void *p, size_t n,
                struct request *out)
{
    struct unpacker from;
    GError *error = NULL;
    unpacker_init(&from, p, n);
    bool is_good = request_unpack(reader, &from, SCANNERS, out, &error);
    CU_ASSERT_EQUAL(is_good, error == NULL);
    g_clear_error(&error);
    return is_good;
}

static void same_session(const struct session *a, const struct session *b)
{
    CU_ASSERT_EQUAL(g_strcmp0(a->client_ip, b->client_ip), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->client_name, b->client_name), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->helo, b->helo), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->mail_from, b->mail_from), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->auth_user, b->auth_user), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->queue_id, b->queue_id), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->local_ip, b->local_ip), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->tls_version, b->tls_version), 0);
    CU_ASSERT_EQUAL(g_strcmp0(a->tls_cipher, b->tls_cipher), 0);
    CU_ASSERT_EQUAL(a->client_port, b->client_port);
    CU_ASSERT_EQUAL(a->local_port, b->local_port);
    CU_ASSERT_EQUAL(a->direction, b->direction);
    CU_ASSERT_EQUAL(a->is_trusted, b->is_trusted);
    CU_ASSERT_EQUAL_FATAL(a->rcpts->len, b->rcpts->len);
    for (unsigned i = 0; i < a->rcpts->len; i++)
        CU_ASSERT_STRING_EQUAL(a->rcpts->pdata[i], b->rcpts->pdata[i]);
}

static void everything_arrives(void)
{
    struct session *session = full_session();
    struct request request = full_request(session);
    struct request_reader reader = {0};
    struct tray tray;
    struct request got = {0};
    put(&tray, &request);
    seed_keep("everything", tray.room, tray.n);
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    CU_ASSERT_EQUAL(got.flags, request.flags);
    CU_ASSERT_EQUAL(got.until, ASSAY_STAGE_RCPT);
    CU_ASSERT_EQUAL(got.now_s, request.now_s);
    CU_ASSERT_EQUAL(got.deadline_ns, request.deadline_ns);
    CU_ASSERT_EQUAL_FATAL(got.left_out_n, 2);
    CU_ASSERT_EQUAL(got.left_out[0], 1);
    CU_ASSERT_EQUAL(got.left_out[1], 4);
    CU_ASSERT_EQUAL_FATAL(got.journal_n, 8);
    CU_ASSERT(memcmp(got.journal, "jour\0nal", 8) == 0);
    CU_ASSERT_EQUAL_FATAL(got.answers_n, 7);
    CU_ASSERT(memcmp(got.answers, "answers", 7) == 0);
    same_session(got.session, session);
    request_reader_clear(&reader);
    session_free(session);
}

static void the_raw_message_is_used_where_it_lies(void)
{
    struct session *session = session_new();
    struct request_reader reader = {0};
    struct tray tray;
    for (size_t n = 0; n < 20; n++) {
        struct request request = full_request(session);
        struct request got = {0};
        request.journal_n = n % 9;
        request.raw_n = n;
        put(&tray, &request);
        CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
        CU_ASSERT_EQUAL_FATAL(got.raw_n, n);
        CU_ASSERT_PTR_NOT_NULL_FATAL(got.raw);
        if (n == 0)
            continue;
        CU_ASSERT(memcmp(got.raw, request.raw, n) == 0);
        CU_ASSERT_EQUAL((uintptr_t)got.raw % 8, 0);
        CU_ASSERT_PTR_EQUAL(got.raw + n, tray.room + tray.n);
    }
    request_reader_clear(&reader);
    session_free(session);
}

static void no_journal_is_not_an_empty_one(void)
{
    struct session *session = session_new();
    struct request_reader reader = {0};
    struct tray tray;
    struct request request = {.session = session};
    struct request got = {0};
    put(&tray, &request);
    seed_keep("least", tray.room, tray.n);
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    CU_ASSERT_PTR_NULL(got.journal);
    request.journal = (const uint8_t *)"";
    put(&tray, &request);
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    CU_ASSERT_PTR_NOT_NULL(got.journal);
    CU_ASSERT_EQUAL(got.journal_n, 0);
    CU_ASSERT_EQUAL(got.left_out_n, 0);
    request_reader_clear(&reader);
    session_free(session);
}

static void a_session_that_comes_again_is_not_built_again(void)
{
    struct session *one = full_session();
    struct session *other = full_session();
    struct request_reader reader = {0};
    struct tray tray;
    struct request request = full_request(one);
    struct request got = {0};
    g_ptr_array_add(other->rcpts, g_strdup("eve@example.org"));
    put(&tray, &request);
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    const struct session *first = got.session;
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    CU_ASSERT_PTR_EQUAL(got.session, first);
    request.session = other;
    put(&tray, &request);
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    same_session(got.session, other);
    request.session = one;
    put(&tray, &request);
    CU_ASSERT_TRUE_FATAL(get(&reader, tray.room, tray.n, &got));
    same_session(got.session, one);
    request_reader_clear(&reader);
    session_free(one);
    session_free(other);
}

static void a_tray_that_is_too_small_is_full(void)
{
    struct session *session = full_session();
    struct request request = full_request(session);
    struct tray tray;
    put(&tray, &request);
    for (size_t n = 0; n < tray.n; n++) {
        struct packer to;
        struct tray small;
        packer_fixed(&to, small.room, n);
        request_pack(&request, &to);
        CU_ASSERT_TRUE(to.is_full);
        CU_ASSERT(to.n <= n);
    }
    session_free(session);
}

static void what_is_not_well_made_is_refused(void)
{
    static const uint32_t falling[] = {3, 3};
    static const uint32_t beyond[] = {SCANNERS};
    struct session *session = full_session();
    struct request_reader reader = {0};
    struct tray tray;
    struct request got = {0};
    struct request request = full_request(session);
    request.flags = REQUEST_FLAGS + 1;
    put(&tray, &request);
    CU_ASSERT_FALSE(get(&reader, tray.room, tray.n, &got));
    request = full_request(session);
    request.until = ASSAY_STAGE_HEADERS;
    put(&tray, &request);
    CU_ASSERT_FALSE(get(&reader, tray.room, tray.n, &got));
    request = full_request(session);
    request.left_out = falling;
    put(&tray, &request);
    CU_ASSERT_FALSE(get(&reader, tray.room, tray.n, &got));
    request.left_out = beyond;
    request.left_out_n = 1;
    put(&tray, &request);
    CU_ASSERT_FALSE(get(&reader, tray.room, tray.n, &got));
    request = full_request(session);
    session->direction = 7;
    put(&tray, &request);
    CU_ASSERT_FALSE(get(&reader, tray.room, tray.n, &got));
    session->direction = ASSAY_DIRECTION_IN;
    put(&tray, &request);
    for (size_t n = 0; n < tray.n; n++) {
        g_autofree uint8_t *cut = g_memdup2(tray.room, n);
        CU_ASSERT_FALSE(get(&reader, cut, n, &got));
    }
    CU_ASSERT_FALSE(get(&reader, tray.room, tray.n + 1, &got));
    CU_ASSERT_PTR_NULL(got.session);
    CU_ASSERT_TRUE(get(&reader, tray.room, tray.n, &got));
    request_reader_clear(&reader);
    session_free(session);
}

UNIT_MAIN("request", UNIT(everything_arrives),
          UNIT(the_raw_message_is_used_where_it_lies),
          UNIT(no_journal_is_not_an_empty_one),
          UNIT(a_session_that_comes_again_is_not_built_again),
          UNIT(a_tray_that_is_too_small_is_full),
          UNIT(what_is_not_well_made_is_refused))
