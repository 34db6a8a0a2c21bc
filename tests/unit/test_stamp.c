/* SPDX-License-Identifier: MIT */
/* What one Assay tells the next, and who is believed. */
#include "front/content_digest.h"
#include "front/stamp_header.h"
#include "front/stamp_key.h"
#include "mail/field.h"
#include "mail/trust.h"
#include "marking.h"
#include "seed.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <sys/stat.h>

#define NOW INT64_C(1790000000)
#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static char *folder;

/* A key's file; its path is yours. */
static char *key_file(const char *name, const char *text, unsigned mode)
{
    char *path = g_build_filename(folder, name, NULL);
    g_assert(g_file_set_contents(path, text, -1, NULL));
    g_assert(chmod(path, (mode_t)mode) == 0);
    return path;
}

static bool read_stamp(const char *text, struct stamp_options *out,
                       GError **error)
{
    struct conf *conf = NULL;
    g_assert(conf_parse(text, strlen(text), "t.conf", folder, &conf, NULL));
    bool is_read = stamp_options_read(conf, out, error);
    conf_free(conf);
    return is_read;
}

static void options_of(const char *text, struct stamp_options *out)
{
    GError *error = NULL;
    if (read_stamp(text, out, &error))
        return;
    fprintf(stderr, "%s\n", error->message);
    g_assert_not_reached();
}

/* Two keys, a peer, recipients behind it. */
#define STAMP                                                                  \
    "[stamp]\nkeys = new.key, old.key\npeers = 192.0.2.1, 2001:db8::/64\n"     \
    "rcpts = *@x, r@y\nmax_age = 1 h\n"

#define MAIL                                                                   \
    "Received: by us\r\nFrom: a@example.org\r\nSubject: hello\r\n"             \
    "To: b@example.org,\r\n c@example.org\r\n\r\nbody\r\nmore\r\n"

static void options_new(struct stamp_options *out)
{
    options_of(STAMP, out);
    g_free(out->host);
    out->host = g_strdup("mx1.example.org");
}

/* --- what travels: a message as the next host gets it --- */

/* The message after the edits, with what MTAs on the way put on top. */
static GBytes *carry(const char *mail, const struct milter_edit *edits,
                     size_t n)
{
    g_autoptr(GString) out = g_string_new(
        "Return-Path: <a@b>\r\nReceived: from mx1\r\n\tby mx2\r\n");
    struct field_reader reader = {.p = (const uint8_t *)mail,
                                  .n = strlen(mail)};
    struct field field;
    GHashTable *counts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (field_next(&reader, &field) == FIELD_LINE_FIELD) {
        char *name = g_ascii_strdown(field.name, (gssize)field.name_n);
        unsigned at = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name)) + 1;
        const struct milter_edit *edit = NULL;
        for (size_t i = 0; i < n; i++)
            if ((edits[i].kind == MILTER_EDIT_CHANGE_HEADER ||
                 edits[i].kind == MILTER_EDIT_DELETE_HEADER) &&
                edits[i].index == at &&
                g_ascii_strcasecmp(edits[i].name, name) == 0)
                edit = &edits[i];
        g_hash_table_insert(counts, name, GUINT_TO_POINTER(at));
        if (edit == NULL)
            g_string_append_printf(out, "%.*s:%.*s\r\n", (int)field.name_n,
                                   field.name, (int)field.value_n, field.value);
        else if (edit->kind == MILTER_EDIT_CHANGE_HEADER)
            g_string_append_printf(out, "%s: %s\r\n", edit->name, edit->value);
    }
    g_hash_table_unref(counts);
    for (size_t i = 0; i < n; i++)
        if (edits[i].kind == MILTER_EDIT_ADD_HEADER)
            g_string_append_printf(out, "%s: %s\r\n", edits[i].name,
                                   edits[i].value);
    g_string_append(out, "\r\n");
    g_string_append(out, mail + reader.at);
    return g_string_free_to_bytes(g_steal_pointer(&out));
}

/* The message, stamped with that claim. */
static GBytes *stamped(const struct stamp_options *options, const char *mail,
                       struct stamp_claim *claim)
{
    GBytes *raw = g_bytes_new(mail, strlen(mail));
    g_autofree char *value = stamp_header_make(options, raw, NULL, 0, claim);
    g_bytes_unref(raw);
    if (value == NULL)
        return NULL;
    const struct milter_edit edit = {.kind = MILTER_EDIT_ADD_HEADER,
                                     .name = "X-Assay-Stamp",
                                     .value = value};
    return carry(mail, &edit, 1);
}

static struct stamp_claim claim_of(int64_t time_s)
{
    return (struct stamp_claim){
        .scl = 3, .action = ASSAY_ACTION_ACCEPT, .time_s = time_s};
}

static bool is_believed_by(const struct stamp_options *options, GBytes *raw,
                           const char *ip, int64_t now_s)
{
    struct session *session = session_new();
    struct stamp_claim claim;
    if (ip != NULL)
        session_set_client_ip(session, ip);
    bool is_good = stamp_header_honoured(options, raw, session, now_s, &claim);
    session_free(session);
    return is_good;
}

static bool is_believed(const struct stamp_options *options, GBytes *raw)
{
    return is_believed_by(options, raw, "192.0.2.1", NOW);
}

static void a_tagged_mail_matches_at_the_second_host(void)
{
    static const struct {
        const char *conf;
        uint32_t action;
        uint32_t proposal; /* ASSAY_EDIT_*, 0: none */
    } rows[] = {
        {"[actions]\ntag_subject = [T]\n", ASSAY_ACTION_TAG, 0},
        {"[actions]\njunk_subject = [J]\n", ASSAY_ACTION_JUNK, 0},
        {"", ASSAY_ACTION_ACCEPT, 0},
        {"", ASSAY_ACTION_ACCEPT, ASSAY_EDIT_HEADER_ADD},
        {"", ASSAY_ACTION_ACCEPT, ASSAY_EDIT_HEADER_CHANGE},
        {"", ASSAY_ACTION_TAG, ASSAY_EDIT_HEADER_DELETE},
    };
    struct stamp_options options;
    options_new(&options);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct marking marking;
        marking_open(&marking, rows[i].conf, "X-Assay-SCL: 0\r\n" MAIL,
                     rows[i].action);
        marking.options.stamp = &options;
        marking.fake.scan->now_s = NOW - 5;
        struct scan_edit *edit = g_new0(struct scan_edit, 1);
        edit->kind = rows[i].proposal;
        edit->name = g_strdup("To");
        edit->value = g_bytes_new_static("d@example.org\r\n e@f", 19);
        g_ptr_array_add(marking.fake.scan->edits, edit);
        CU_ASSERT_PTR_NOT_NULL_FATAL(marking_decide(&marking));
        size_t n = 0;
        const struct milter_edit *edits = marks_edits(marking.marks, &n);
        GBytes *there = carry("X-Assay-SCL: 0\r\n" MAIL, edits, n);
        CU_ASSERT(is_believed(&options, there));
        seed_keep(rows[i].action == ASSAY_ACTION_TAG ? "tagged" : "other",
                  g_bytes_get_data(there, NULL), g_bytes_get_size(there));
        g_bytes_unref(there);
        /* Without its edits it is other content. */
        GBytes *bare = carry(MAIL, edits + n - 1, 1);
        bool is_changed = (rows[i].proposal | (rows[i].action - 1)) != 0;
        CU_ASSERT_EQUAL(is_believed(&options, bare),
                        !is_changed &&
                            edits[n - 1].kind == MILTER_EDIT_ADD_HEADER);
        g_bytes_unref(bare);
        marking_close(&marking);
    }
    stamp_options_clear(&options);
}

static void the_claim_arrives_as_it_was_made(void)
{
    struct stamp_options options;
    options_new(&options);
    struct stamp_claim claim = {.kind = ASSAY_KIND_SPAM,
                                .scl = 7,
                                .action = ASSAY_ACTION_JUNK,
                                .time_s = NOW - 10};
    struct stamp_claim got = {0};
    GBytes *raw = stamped(&options, MAIL, &claim);
    struct session *session = session_new();
    session_set_client_ip(session, "2001:db8::5");
    g_ptr_array_add(session->rcpts, g_strdup("b@x"));
    CU_ASSERT_FATAL(stamp_header_honoured(&options, raw, session, NOW, &got));
    CU_ASSERT_EQUAL(got.kind, ASSAY_KIND_SPAM);
    CU_ASSERT_EQUAL(got.scl, 7);
    CU_ASSERT_EQUAL(got.action, ASSAY_ACTION_JUNK);
    CU_ASSERT_EQUAL(got.time_s, NOW - 10);
    CU_ASSERT_STRING_EQUAL(got.key_id, "new");
    CU_ASSERT_STRING_EQUAL(got.host, "mx1.example.org");
    CU_ASSERT_STRING_EQUAL(got.versions, "assay/" ASSAY_VERSION);
    struct verdict *verdict = stamp_claim_verdict(&got, session);
    struct outcome_options outcomes;
    outcome_options_default(&outcomes);
    struct outcome *outcome = outcome_new_told(&outcomes, verdict, session);
    CU_ASSERT(outcome->is_junk);
    CU_ASSERT_EQUAL(outcome->goes_on->len, 1);
    CU_ASSERT_EQUAL(verdict->scl, 7);
    CU_ASSERT_STRING_EQUAL(verdict->because.line,
                           "stamp of mx1.example.org by key new");
    outcome_free(outcome);
    outcome_options_clear(&outcomes);
    verdict_free(verdict);
    session_free(session);
    g_bytes_unref(raw);
    stamp_options_clear(&options);
}

static void other_content_with_the_same_stamp_is_refused(void)
{
    static const struct {
        const char *from;
        const char *to;
        bool is_believed;
    } rows[] = {
        {"Received: from mx1", "Received: from mx9", true},
        {"Return-Path", "Delivered-To: x\r\nX-Original-To: y\r\nReturn-Path",
         true},
        {"Return-Path", "Authentication-Results: x; none\r\nReturn-Path", true},
        {"Return-Path", "DKIM-Signature: v=1\r\nARC-Seal: i=1\r\nReturn-Path",
         true},
        {"Return-Path", "X-Assay-Other: z\r\nReturn-Path", true},
        {",\r\n c@example.org", ", c@example.org", true}, /* folded anew */
        {"Subject: hello", "subject:hello ", true},
        {"hello", "hellO", false},
        {"From: a", "From: b", false},
        {"Subject: hello\r\n", "", false},
        {"Return-Path", "X-New: z\r\nReturn-Path", false},
        {"Return-Path", "From: z\r\nReturn-Path", false},
        {"body", "Body", false},
        {"more\r\n", "more\r\n\r\n", false},
        {"more\r\n", "more\r\nand more\r\n", false},
        {"X-Assay-Stamp", "X-Assay-Stamp: v=1\r\nX-Assay-Stamp", false},
        {"X-Assay-Stamp", "X-Other-Stamp", false},
        {"b@example.org,", "b@example.org ,", false},
    };
    struct stamp_options options;
    options_new(&options);
    struct stamp_claim claim = claim_of(NOW);
    GBytes *raw = stamped(&options, MAIL, &claim);
    CU_ASSERT(is_believed(&options, raw));
    size_t n = 0;
    const char *p = g_bytes_get_data(raw, &n);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strndup(p, n);
        char *at = strstr(text, rows[i].from);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        *at = '\0';
        g_autofree char *other =
            g_strconcat(text, rows[i].to, at + strlen(rows[i].from), NULL);
        GBytes *changed = g_bytes_new(other, strlen(other));
        CU_ASSERT_EQUAL(is_believed(&options, changed), rows[i].is_believed);
        if (is_believed(&options, changed) != rows[i].is_believed)
            fprintf(stderr, "  %s -> %s\n", rows[i].from, rows[i].to);
        g_bytes_unref(changed);
    }
    g_bytes_unref(raw);
    stamp_options_clear(&options);
}

static void every_bit_of_stamp_and_body_counts(void)
{
    struct stamp_options options;
    options_new(&options);
    struct stamp_claim claim = claim_of(NOW);
    GBytes *raw = stamped(&options, MAIL, &claim);
    size_t n = 0;
    const char *p = g_bytes_get_data(raw, &n);
    g_autofree char *text = g_memdup2(p, n);
    const char *value = g_strstr_len(p, (gssize)n, "X-Assay-Stamp:");
    const char *end = g_strstr_len(p, (gssize)n, "\r\n\r\n");
    size_t from = (size_t)(value - p) + strlen("X-Assay-Stamp:");
    unsigned flips = 0;
    unsigned believed = 0;
    for (size_t i = from; i < n; i++) {
        /* The line ends after the value and the header are none of either. */
        if (i >= (size_t)(end - p) && i < (size_t)(end - p) + 4)
            continue;
        for (int bit = 0; bit < 8; bit++) {
            text[i] = (char)(p[i] ^ (1 << bit));
            GBytes *flipped = g_bytes_new_static(text, n);
            believed += is_believed(&options, flipped);
            g_bytes_unref(flipped);
            flips++;
        }
        text[i] = p[i];
    }
    CU_ASSERT(flips > 8 * 150);
    CU_ASSERT_EQUAL(believed, 0);
    /* And cut short. */
    for (size_t i = from; i < n; i++) {
        GBytes *cut = g_bytes_new_static(p, i);
        CU_ASSERT_FALSE(is_believed(&options, cut));
        g_bytes_unref(cut);
    }
    g_bytes_unref(raw);
    stamp_options_clear(&options);
}

static void it_is_believed_from_peers_and_in_time_only(void)
{
    static const struct {
        const char *ip;
        int64_t age_s; /* below 0: from the future */
        bool is_believed;
    } rows[] = {
        {"192.0.2.1", 0, true},
        {"2001:db8::1", 0, true},
        {"::ffff:192.0.2.1", 0, true},
        {"192.0.2.2", 0, false}, /* replayed from outside */
        {"2001:db8:1::1", 0, false},
        {"127.0.0.1", 0, false},
        {NULL, 0, false},
        {"192.0.2.1", 3600, true},
        {"192.0.2.1", 3601, false},
        {"192.0.2.1", NOW, false},
        {"192.0.2.1", -STAMP_SKEW_S, true},
        {"192.0.2.1", -STAMP_SKEW_S - 1, false},
        {"192.0.2.1", NOW - INT64_MAX, false},
    };
    struct stamp_options options;
    options_new(&options);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct stamp_claim claim = claim_of(NOW - rows[i].age_s);
        GBytes *raw = stamped(&options, MAIL, &claim);
        CU_ASSERT_PTR_NOT_NULL_FATAL(raw);
        CU_ASSERT_EQUAL(is_believed_by(&options, raw, rows[i].ip, NOW),
                        rows[i].is_believed);
        g_bytes_unref(raw);
    }
    stamp_options_clear(&options);
}

static void keys_rotate(void)
{
    static const struct {
        const char *keys; /* of the second host */
        bool is_believed;
    } rows[] = {
        {"new.key", true},
        {"old.key, new.key", true},
        {"new.key, old.key", true},
        {"old.key", false},
        {"", false},
    };
    struct stamp_options options;
    options_new(&options);
    struct stamp_claim claim = claim_of(NOW);
    GBytes *raw = stamped(&options, MAIL, &claim);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct stamp_options there;
        g_autofree char *text = g_strdup_printf(
            "[stamp]\nkeys = %s\npeers = 192.0.2.1\n", rows[i].keys);
        options_of(text, &there);
        CU_ASSERT_EQUAL(is_believed(&there, raw), rows[i].is_believed);
        stamp_options_clear(&there);
    }
    /* The same id, other bytes. */
    struct stamp_key *key = options.keys->pdata[0];
    key->bytes[31] ^= 1;
    CU_ASSERT_FALSE(is_believed(&options, raw));
    g_bytes_unref(raw);
    stamp_options_clear(&options);
}

static void neither_trust_nor_an_exception_is_stamped(void)
{
    static const struct {
        struct stamp_claim claim;
        bool is_made;
    } rows[] = {
        {{.action = ASSAY_ACTION_ACCEPT}, true},
        {{.action = ASSAY_ACTION_TAG, .kind = ASSAY_KIND_ANOMALY}, true},
        {{.action = ASSAY_ACTION_JUNK, .kind = ASSAY_KIND_SPAM, .scl = 9},
         true},
        {{.action = ASSAY_ACTION_ACCEPT, .scl = -1}, false},
        {{.action = ASSAY_ACTION_ACCEPT, .scl = 10}, false},
        {{.action = ASSAY_ACTION_ACCEPT, .kind = ASSAY_KIND_MALWARE}, false},
        {{.action = ASSAY_ACTION_ACCEPT, .kind = ASSAY_KIND_FAILED}, false},
        {{.action = ASSAY_ACTION_ACCEPT, .kind = ASSAY_KIND_PARTIAL}, false},
        {{.action = ASSAY_ACTION_TAG, .kind = ASSAY_KIND_ENCRYPTED}, false},
        {{.action = ASSAY_ACTION_ACCEPT, .kind = ASSAY_KIND_POLICY}, false},
        {{.action = ASSAY_ACTION_QUARANTINE}, false},
        {{.action = ASSAY_ACTION_NONE}, false},
        {{.action = ASSAY_ACTION_ACCEPT, .time_s = -1}, false},
    };
    struct stamp_options options;
    options_new(&options);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct stamp_claim claim = rows[i].claim;
        if (claim.time_s == 0)
            claim.time_s = NOW;
        GBytes *raw = stamped(&options, MAIL, &claim);
        CU_ASSERT_EQUAL(raw != NULL, rows[i].is_made);
        g_bytes_unref(raw);
    }
    stamp_options_clear(&options);
}

/* Has the marked message a stamp? */
static bool is_stamped(struct marking *marking)
{
    marking_decide(marking);
    g_autofree char *text = marking_show(marking->marks, NULL);
    return strstr(text, "+X-Assay-Stamp=") != NULL;
}

static void only_mail_for_those_behind_peers_is_stamped(void)
{
    struct stamp_options options;
    options_new(&options);
    struct marking marking;
    marking_open(&marking, "", MAIL, ASSAY_ACTION_ACCEPT);
    CU_ASSERT_FALSE(is_stamped(&marking)); /* no [stamp] */
    marking.options.stamp = &options;
    CU_ASSERT(is_stamped(&marking));
    struct verdict_rcpt *first =
        &g_array_index(marking.verdict.rcpts, struct verdict_rcpt, 0);
    first->scl = -1;
    CU_ASSERT_FALSE(is_stamped(&marking)); /* trusted */
    first->scl = 3;
    first->is_unscanned = true;
    CU_ASSERT_FALSE(is_stamped(&marking));
    first->is_unscanned = false;
    CU_ASSERT(is_stamped(&marking));
    struct verdict_rcpt stranger = {
        .rcpt = "b@elsewhere", .action = ASSAY_ACTION_ACCEPT, .scl = 3};
    g_ptr_array_add(marking.fake.session->rcpts, g_strdup(stranger.rcpt));
    stranger.rcpt = marking.fake.session->rcpts->pdata[1];
    g_array_append_val(marking.verdict.rcpts, stranger);
    CU_ASSERT_FALSE(is_stamped(&marking));
    marking_close(&marking);
    stamp_options_clear(&options);
}

/* --- configuration --- */

static void a_key_is_a_secret_file(void)
{
    static const struct {
        const char *name;
        const char *text;
        unsigned mode;
        const char *wrong; /* NULL: it is right */
    } rows[] = {
        {"a.key", HEX "\n", 0600, NULL},
        {"b.key", HEX, 0640, NULL},
        {"c.key", "  " HEX "\r\n", 0400, NULL},
        {"d.key", "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=\n", 0600, NULL},
        {"2026-a.b.key", HEX, 0600, NULL},
        {"e.key", HEX, 0644, "has mode 0644: a key is read by its owner"},
        {"f.key", HEX, 0660, "has mode 0660"},
        {"g.key", HEX, 0700, "has mode 0700"},
        {"h.key", "00112233", 0600, "has 4 bytes, and a key at least 32"},
        {"i.key", "", 0600, "has 0 bytes, and a key at least 32"},
        {"j.key", "what is this?", 0600, "is neither hexadecimal nor base64"},
        {"k.key", HEX "\n" HEX, 0600, "is neither hexadecimal nor base64"},
        {"l.key", HEX "0", 0600, "is neither hexadecimal nor base64"},
        {"m n.key", HEX, 0600, "its name is the key's id"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path =
            key_file(rows[i].name, rows[i].text, rows[i].mode);
        struct stamp_key *key = NULL;
        GError *error = NULL;
        bool is_read = stamp_key_read(path, &key, &error);
        CU_ASSERT_EQUAL(is_read, rows[i].wrong == NULL);
        if (key != NULL) {
            CU_ASSERT_EQUAL(key->n, 32);
            CU_ASSERT_EQUAL(key->bytes[1], 0x11);
            CU_ASSERT_EQUAL(key->bytes[31], 0xff);
        }
        if (error != NULL) {
            CU_ASSERT(g_str_has_prefix(error->message, path));
            CU_ASSERT(rows[i].wrong != NULL &&
                      strstr(error->message, rows[i].wrong) != NULL);
            CU_ASSERT_PTR_NULL(strstr(error->message, "0011"));
            g_error_free(error);
        }
        stamp_key_free(key);
    }
    struct stamp_key *key = NULL;
    CU_ASSERT_FALSE(stamp_key_read(folder, &key, NULL));
}

static void what_cannot_be_meant_is_refused(void)
{
    static const struct {
        const char *conf;
        const char *expected;
    } rows[] = {
        {"[stamp]\nkeys = none.key\n", "t.conf:2: [stamp] keys: "},
        {"[stamp]\nkeys = new.key, new.key\n",
         "t.conf:2: [stamp] keys: \"new\" is the id of two keys"},
        {"[stamp]\npeers = 192.0.2.1/24\n",
         "t.conf:2: [stamp] peers: \"192.0.2.1/24\" is not a network"},
        {"[stamp]\npeers = mx.example.org\n",
         "t.conf:2: [stamp] peers: \"mx.example.org\" is not a network"},
        {"[stamp]\nmax_age = 8 d\n", "t.conf:2: [stamp] max_age: "},
    };

    GError *error = NULL;
    CU_ASSERT(option_table_check(stamp_options_table, &error));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct stamp_options options;
        CU_ASSERT_FALSE_FATAL(read_stamp(rows[i].conf, &options, &error));
        CU_ASSERT(g_str_has_prefix(error->message, rows[i].expected));
        if (!g_str_has_prefix(error->message, rows[i].expected))
            fprintf(stderr, "%s\n", error->message);
        g_clear_error(&error);
    }
    struct stamp_options options;
    CU_ASSERT_FATAL(stamp_options_read(NULL, &options, NULL));
    CU_ASSERT_EQUAL(options.keys->len, 0);
    stamp_options_clear(&options);
}

static void the_versions_are_those_in_use(void)
{
    struct stamp_options options;
    struct assay_stamp stamp = {.engine = "1.0.7",
                                .database = "27400; x=y\r\n"};
    options_new(&options);
    stamp_options_add(&options, "clamav", &stamp);
    stamp_options_add(&options, "spam", NULL);
    CU_ASSERT_STRING_EQUAL(options.versions, "assay/" ASSAY_VERSION
                                             ",clamav/1.0.7/27400__x_y__,spam");
    for (int i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("plugin%d", i);
        stamp_options_add(&options, name, NULL);
    }
    CU_ASSERT(strlen(options.versions) <= STAMP_VERSIONS_MAX);
    CU_ASSERT(strlen(options.versions) > STAMP_VERSIONS_MAX - 20);
    struct stamp_claim claim = claim_of(NOW);
    GBytes *raw = stamped(&options, MAIL, &claim);
    CU_ASSERT(is_believed(&options, raw));
    g_bytes_unref(raw);
    stamp_options_clear(&options);
}

/* --- the digest follows the edits --- */

static void the_digest_is_of_the_message_after_the_edits(void)
{
    static const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 2, .name = "a"},
        {.kind = MILTER_EDIT_CHANGE_HEADER,
         .index = 1,
         .name = "B",
         .value = "new"},
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 1,
         .name = "I1",
         .value = "x"},
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 3,
         .name = "I3",
         .value = "y\r\n z"},
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 1,
         .name = "I2",
         .value = "x"},
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "E", .value = "end"},
        {.kind = MILTER_EDIT_ADD_RCPT, .name = "a@b"},
    };
    static const char before[] =
        "A: 1\r\nB: 1\r\nA: 2\r\nC: 1\r\nA: 3\r\n\r\nbody\r\n";
    static const char after[] = "I1: x\r\nI2: x\r\nA: 1\r\nB: new\r\n"
                                "I3: y z\r\nC: 1\r\nA: 3\r\nE: end\r\n"
                                "\r\nbody\r\n";
    uint8_t a[DIGEST_SIZE];
    uint8_t b[DIGEST_SIZE];
    GBytes *raw = g_bytes_new_static(before, sizeof before - 1);
    content_digest(raw, edits, G_N_ELEMENTS(edits), a);
    g_bytes_unref(raw);
    raw = g_bytes_new_static(after, sizeof after - 1);
    content_digest(raw, NULL, 0, b);
    g_bytes_unref(raw);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
}

static void a_message_without_a_body_or_anything_has_a_digest(void)
{
    static const char head[] = "A: 1\r\n\r\n";
    uint8_t none[DIGEST_SIZE];
    uint8_t some[DIGEST_SIZE];
    GBytes *raw = g_bytes_new(NULL, 0);
    content_digest(raw, NULL, 0, none);
    g_bytes_unref(raw);
    raw = g_bytes_new_static(head, sizeof head - 1);
    content_digest(raw, NULL, 0, some);
    g_bytes_unref(raw);
    CU_ASSERT_NOT_EQUAL(memcmp(none, some, sizeof none), 0);
}

static void run_all(void (*test)(void))
{
    folder = g_dir_make_tmp("assay-stamp-XXXXXX", NULL);
    g_assert(folder != NULL);
    g_autofree char *new_key = key_file("new.key", HEX, 0600);
    g_autofree char *old_key = key_file(
        "old.key",
        "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
        0600);
    test();
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
}

/* clang-format off */
#define WITH_KEYS(test) static void test##_(void) { run_all(test); }
WITH_KEYS(a_tagged_mail_matches_at_the_second_host)
WITH_KEYS(the_claim_arrives_as_it_was_made)
WITH_KEYS(other_content_with_the_same_stamp_is_refused)
WITH_KEYS(every_bit_of_stamp_and_body_counts)
WITH_KEYS(it_is_believed_from_peers_and_in_time_only)
WITH_KEYS(keys_rotate)
WITH_KEYS(neither_trust_nor_an_exception_is_stamped)
WITH_KEYS(only_mail_for_those_behind_peers_is_stamped)
WITH_KEYS(a_key_is_a_secret_file)
WITH_KEYS(what_cannot_be_meant_is_refused)
WITH_KEYS(the_versions_are_those_in_use)
/* clang-format on */

#define KEYED(test)                                                            \
    {                                                                          \
#test, test##_                                                         \
    }

UNIT_MAIN("stamp", KEYED(a_tagged_mail_matches_at_the_second_host),
          KEYED(the_claim_arrives_as_it_was_made),
          KEYED(other_content_with_the_same_stamp_is_refused),
          KEYED(every_bit_of_stamp_and_body_counts),
          KEYED(it_is_believed_from_peers_and_in_time_only), KEYED(keys_rotate),
          KEYED(neither_trust_nor_an_exception_is_stamped),
          KEYED(only_mail_for_those_behind_peers_is_stamped),
          KEYED(a_key_is_a_secret_file), KEYED(what_cannot_be_meant_is_refused),
          KEYED(the_versions_are_those_in_use),
          UNIT(the_digest_is_of_the_message_after_the_edits),
          UNIT(a_message_without_a_body_or_anything_has_a_digest))
