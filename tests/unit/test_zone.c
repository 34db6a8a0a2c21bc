/* SPDX-License-Identifier: MIT */
#include "scan/zone.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    A = 1,
    NS = 2,
    CNAME = 5,
    PTR = 12,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    SPF = 99
};

static const char zone_text[] =
    "{\"Example.ORG.\": {\"TXT\": [\"one\", [\"t\", \"wo\"]], \"A\": "
    "[\"192.0.2.1\", \"192.0.2.2\"], \"AAAA\": \"2001:db8::1\", \"MX\": [[10, "
    "\"mx.example.org.\"], [\"20\", \"mx2.example.org\"]], \"*\": "
    "\"TIMEOUT\"},"
    " \"states.org\": {\"A\": \"SERVFAIL\", \"TXT\": \"REFUSED\", \"MX\": "
    "\"BOGUS\", \"NS\": \"NODATA\", \"PTR\": \"NXDOMAIN\"},"
    " \"spf.org\": [{\"SPF\": \"v=spf1 -all\"}, \"TIMEOUT\"],"
    " \"none.org\": [{\"SPF\": \"v=spf1 -all\"}, {\"TXT\": \"NONE\"}],"
    " \"both.org\": [{\"SPF\": \"s\"}, {\"TXT\": \"t\"}],"
    " \"nonestar.org\": [{\"TXT\": \"NONE\"}, \"SERVFAIL\"],"
    " \"bare.org\": [\"TIMEOUT\"], \"word.org\": \"BOGUS\","
    " \"list.org\": [{\"A\": \"192.0.2.1\"}, {\"A\": \"192.0.2.2\"}, {\"MX\": "
    "[\"0\", \"m.org\"]}, {\"SPF\": [\"v=spf1 ip4:\", \"192.0.2.5 -all\"]}],"
    " \"alias.org\": {\"CNAME\": \"Example.org.\"},"
    " \"alias2.org\": {\"CNAME\": [\"alias.org\"], \"TXT\": [\"own\"]},"
    " \"loop1.org\": {\"CNAME\": \"loop2.org\"}, \"loop2.org\": {\"CNAME\": "
    "\"loop1.org\"}, \"nowhere.org\": {\"CNAME\": \"not.there\"},"
    " \"1.2.0.192.in-addr.arpa\": {\"PTR\": [\"Host.example.org.\"], \"NS\": "
    "\"ns.example.org\"}, \"empty.org\": {}, \"void.org\": {\"A\": []}}";

static const char lookup_text[] = "# users\n"
                                  "user:alice@example.org  Alice \n"
                                  "\n"
                                  "list:x\tyes\n"
                                  "user:bob 1 2";

/* A file with that text; removed by drop(). */
static char *file_with(const char *text, size_t n)
{
    char *path = g_strdup("/tmp/assay-zone-XXXXXX");
    int fd = g_mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL_FATAL(write(fd, text, n), (ssize_t)n);
    close(fd);
    return path;
}

static void drop(char *path)
{
    g_unlink(path);
    g_free(path);
}

static struct zone *zone_of(const char *dns, const char *lookup)
{
    GError *error = NULL;
    struct zone *zone = NULL;
    char *dns_path = dns != NULL ? file_with(dns, strlen(dns)) : NULL;
    char *lookup_path =
        lookup != NULL ? file_with(lookup, strlen(lookup)) : NULL;
    if (!zone_read(dns_path, lookup_path, &zone, &error)) {
        fprintf(stderr, "%s\n", error->message);
        CU_FAIL_FATAL("zone");
    }
    if (dns_path != NULL)
        drop(dns_path);
    if (lookup_path != NULL)
        drop(lookup_path);
    return zone;
}

/* "state: record record"; yours. */
static char *answer(const struct zone *zone, uint32_t kind, uint32_t type,
                    const char *key)
{
    static const char *const states[] = {"?",        "DATA",     "NODATA",
                                         "NXDOMAIN", "SERVFAIL", "REFUSED",
                                         "TIMEOUT",  "BOGUS",    "BLOCKED"};
    struct wish *wish = wish_new(kind, type, key);
    const struct resolver *resolver = zone_resolver(zone);
    resolver->resolve(resolver->self, &wish, 1);
    GString *text = g_string_new(states[wish->state]);
    for (unsigned i = 0; i < wish->records->len; i++) {
        const struct wish_record *r = wish->records->pdata[i];
        g_string_append_c(text, ' ');
        if (r->type == MX)
            g_string_append_printf(text, "%u:", r->preference);
        if (r->type == A || r->type == AAAA)
            for (size_t b = 0; b < r->data_n; b++)
                g_string_append_printf(text, "%02x", (unsigned char)r->data[b]);
        else
            g_string_append_len(text, r->data, (gssize)r->data_n);
        CU_ASSERT_EQUAL(r->data[r->data_n], '\0');
    }
    wish_free(wish);
    return g_string_free(text, FALSE);
}

static void names_and_types_are_answered_as_the_zone_says(void)
{
    static const struct {
        uint32_t type;
        const char *name;
        const char *expected;
    } rows[] = {
        {TXT, "example.org", "DATA one two"},
        {TXT, "EXAMPLE.org.", "DATA one two"},
        {A, "example.org", "DATA c0000201 c0000202"},
        {AAAA, "example.org", "DATA 20010db8000000000000000000000001"},
        {MX, "example.org", "DATA 10:mx.example.org 20:mx2.example.org"},
        {NS, "example.org", "TIMEOUT"},
        {52, "example.org", "TIMEOUT"},
        {A, "www.example.org", "NXDOMAIN"},
        {A, "states.org", "SERVFAIL"},
        {TXT, "states.org", "REFUSED"},
        {MX, "states.org", "BOGUS"},
        {NS, "states.org", "NODATA"},
        {PTR, "states.org", "NXDOMAIN"},
        {AAAA, "states.org", "NODATA"},
        {SPF, "spf.org", "DATA v=spf1 -all"},
        {TXT, "spf.org", "DATA v=spf1 -all"},
        {A, "spf.org", "TIMEOUT"},
        {SPF, "none.org", "DATA v=spf1 -all"},
        {TXT, "none.org", "NODATA"},
        {TXT, "both.org", "DATA t"},
        {SPF, "both.org", "DATA s"},
        {TXT, "nonestar.org", "SERVFAIL"},
        {A, "bare.org", "TIMEOUT"},
        {TXT, "bare.org", "TIMEOUT"},
        {A, "word.org", "BOGUS"},
        {A, "list.org", "DATA c0000201 c0000202"},
        {MX, "list.org", "DATA 0:m.org"},
        {TXT, "list.org", "DATA v=spf1 ip4:192.0.2.5 -all"},
        {A, "alias.org", "DATA c0000201 c0000202"},
        {NS, "alias.org", "TIMEOUT"},
        {CNAME, "alias.org", "DATA Example.org"},
        {A, "alias2.org", "DATA c0000201 c0000202"},
        {TXT, "alias2.org", "DATA own"},
        {A, "loop1.org", "SERVFAIL"},
        {A, "nowhere.org", "NXDOMAIN"},
        {PTR, "1.2.0.192.in-addr.arpa", "DATA Host.example.org"},
        {NS, "1.2.0.192.in-addr.arpa", "DATA ns.example.org"},
        {A, "empty.org", "NODATA"},
        {A, "void.org", "NODATA"},
        {A, "", "NXDOMAIN"},
    };
    struct zone *zone = zone_of(zone_text, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            answer(zone, ASSAY_WANT_DNS, rows[i].type, rows[i].name);
        if (strcmp(text, rows[i].expected) != 0)
            fprintf(stderr, "%s %u: %s\n", rows[i].name, rows[i].type, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].expected);
    }
    zone_free(zone);
}

static void long_chains_of_aliases_are_followed_to_a_bound(void)
{
    GString *text = g_string_new("{\"c0\": {\"A\": \"192.0.2.9\"}");
    for (int i = 1; i <= 20; i++)
        g_string_append_printf(text, ", \"c%d\": {\"CNAME\": \"c%d\"}", i,
                               i - 1);
    g_string_append_c(text, '}');
    struct zone *zone = zone_of(text->str, NULL);
    g_autofree char *near = answer(zone, ASSAY_WANT_DNS, A, "c8");
    g_autofree char *far = answer(zone, ASSAY_WANT_DNS, A, "c9");
    CU_ASSERT_STRING_EQUAL(near, "DATA c0000209");
    CU_ASSERT_STRING_EQUAL(far, "SERVFAIL");
    zone_free(zone);
    g_string_free(text, TRUE);
}

static void lookups_are_answered_by_their_whole_key(void)
{
    static const struct {
        const char *key;
        const char *expected;
    } rows[] = {
        {"user:alice@example.org", "DATA Alice"},
        {"list:x", "DATA yes"},
        {"user:bob", "DATA 1 2"},
        {"user:carol", "NXDOMAIN"},
        {"alice@example.org", "NXDOMAIN"},
    };
    struct zone *zone = zone_of(NULL, lookup_text);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = answer(zone, ASSAY_WANT_LOOKUP, 0, rows[i].key);
        CU_ASSERT_STRING_EQUAL(text, rows[i].expected);
    }
    zone_free(zone);
    zone_free(NULL);
}

static void without_a_file_nobody_is_asked(void)
{
    struct zone *lookups = zone_of(NULL, lookup_text);
    g_autofree char *dns = answer(lookups, ASSAY_WANT_DNS, A, "example.org");
    CU_ASSERT_STRING_EQUAL(dns, "BLOCKED");
    zone_free(lookups);
    struct zone *names = zone_of("{}", NULL);
    g_autofree char *user = answer(names, ASSAY_WANT_LOOKUP, 0, "user:bob");
    CU_ASSERT_STRING_EQUAL(user, "BLOCKED");
    g_autofree char *name = answer(names, ASSAY_WANT_DNS, A, "example.org");
    CU_ASSERT_STRING_EQUAL(name, "NXDOMAIN");
    zone_free(names);
}

static void what_is_wrong_is_said_with_what_would_be_right(void)
{
    static const struct {
        const char *text;
        const char *expected; /* behind the path */
    } rows[] = {
        {"", ":1: '[' or '{' expected near end of file"},
        {"{\"a\": \n {\"A\": }}", ":2: unexpected token near '}'"},
        {"[]", ": not an object of names such as {\"example.org\": {\"A\": "
               "[\"192.0.2.1\"]}}"},
        {"{\"a.org\": {\"A\": \"1.2.3\"}}",
         ": \"a.org\": A \"1.2.3\" is not an address such as \"192.0.2.1\""},
        {"{\"a.org\": {\"AAAA\": [\"192.0.2.1\"]}}",
         ": \"a.org\": AAAA \"192.0.2.1\" is not an address such as "
         "\"2001:db8::1\""},
        {"{\"a.org\": {\"MX\": [10, \"mx\"]}}",
         ": \"a.org\": MX 10 is not an MX such as [10, \"mx.example.org\"]"},
        {"{\"a.org\": {\"MX\": [[65536, \"mx\"]]}}",
         ": \"a.org\": MX [65536,\"mx\"] is not an MX such as [10, "
         "\"mx.example.org\"]"},
        {"{\"a.org\": {\"TXTT\": \"x\"}}",
         ": \"a.org\": TXTT \"x\" is not a type that is known: A, AAAA, CNAME, "
         "MX, NS, PTR, SPF, TXT or *"},
        {"{\"a.org\": {\"TXT\": [[]]}}",
         ": \"a.org\": TXT [] is not a text, or a list of strings that are one "
         "text"},
        {"{\"a.org\": {\"TXT\": 7}}",
         ": \"a.org\": TXT 7 is not a text, or a list of strings that are one "
         "text"},
        {"{\"a.org\": {\"PTR\": [1]}}", ": \"a.org\": PTR 1 is not a name"},
        {"{\"a.org\": {\"*\": \"GONE\"}}",
         ": \"a.org\": * \"GONE\" is not TIMEOUT, SERVFAIL, NXDOMAIN, REFUSED, "
         "BOGUS or NODATA"},
        {"{\"a.org\": 5}",
         ": \"a.org\": 5 is not TIMEOUT, SERVFAIL, NXDOMAIN, REFUSED, BOGUS or "
         "NODATA"},
        {"{\"a.org\": {}, \"A.org.\": {}}",
         ": \"A.org.\" is there twice: join the two"},
        {"{\"a\": {}, \"a\": {}}", ":1: duplicate object key near '\"a\"'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct zone *zone = NULL;
        GError *error = NULL;
        char *path = file_with(rows[i].text, strlen(rows[i].text));
        CU_ASSERT_FALSE(zone_read(path, NULL, &zone, &error));
        CU_ASSERT_PTR_NULL(zone);
        g_autofree char *expected = g_strconcat(path, rows[i].expected, NULL);
        CU_ASSERT_STRING_EQUAL(error->message, expected);
        if (strcmp(error->message, expected) != 0)
            fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
        drop(path);
    }
}

static void wrong_lines_of_a_lookup_file_are_named(void)
{
    static const struct {
        const char *text;
        size_t n;
        const char *expected;
    } rows[] = {
        {"user:a 1\nnokey 2\n", 17, ":2: \"nokey 2\" is not a new "},
        {"user:a 1\n\nuser:b\n", 17, ":3: \"user:b\" is not a new "},
        {"user:a 1\nuser:a 2\n", 18, ":2: \"user:a 2\" is not a new "},
        {":a 1\n", 5, ":1: \":a 1\" is not a new "},
        {"user: 1\n", 8, ":1: \"user: 1\" is not a new "},
        {"user:\xff 1\n", 9, ":1: \"user:\\xFF 1\" is not a new "},
        {"user:a\0b 1\n", 11, ": holds NUL bytes"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct zone *zone = NULL;
        GError *error = NULL;
        char *path = file_with(rows[i].text, rows[i].n);
        CU_ASSERT_FALSE(zone_read(NULL, path, &zone, &error));
        g_autofree char *expected = g_strconcat(path, rows[i].expected, NULL);
        CU_ASSERT(g_str_has_prefix(error->message, expected));
        if (!g_str_has_prefix(error->message, expected))
            fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
        drop(path);
    }
}

static void a_file_that_cannot_be_read_is_named(void)
{
    struct zone *zone = NULL;
    GError *error = NULL;
    CU_ASSERT_FALSE(zone_read("/nonexistent/zone", NULL, &zone, &error));
    CU_ASSERT_STRING_EQUAL(error->message,
                           "/nonexistent/zone: No such file or directory");
    g_clear_error(&error);
    CU_ASSERT_FALSE(zone_read("/tmp", NULL, &zone, &error));
    CU_ASSERT_STRING_EQUAL(error->message, "/tmp: Is a directory");
    g_clear_error(&error);
    CU_ASSERT_FALSE(zone_read(NULL, "/dev/zero", &zone, &error));
    CU_ASSERT_STRING_EQUAL(
        error->message, "/dev/zero: larger than 16 MiB, the most that is read");
    g_clear_error(&error);
}

UNIT_MAIN("zone", UNIT(names_and_types_are_answered_as_the_zone_says),
          UNIT(long_chains_of_aliases_are_followed_to_a_bound),
          UNIT(lookups_are_answered_by_their_whole_key),
          UNIT(without_a_file_nobody_is_asked),
          UNIT(what_is_wrong_is_said_with_what_would_be_right),
          UNIT(wrong_lines_of_a_lookup_file_are_named),
          UNIT(a_file_that_cannot_be_read_is_named))
