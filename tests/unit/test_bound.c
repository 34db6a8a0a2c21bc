/* SPDX-License-Identifier: MIT */
/*
 * Hostile mails: each must give a message, a note with the bound's name, and take
 * neither time nor memory.
 */
#include "base/clock.h"
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <malloc.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_MS =
        5000, /* a second on a quiet machine, sanitizers and company aside */
    MAX_MIB = 200
};

#define HEAD "From: a@example.org\nSubject: x\n"

static struct mallinfo2 now(void)
{
    return mallinfo2();
}

/* Reads `mail` (takes it), checks time, memory and that every wanted note is there. */
static struct parsed *survive(GString *mail, const char *wanted)
{
    uint64_t begin = clock_mono_ns();
    size_t before = now().uordblks + now().hblkhd;
    struct parsed *parsed = parse(mail->str, mail->len, NULL);
    size_t after = now().uordblks + now().hblkhd;
    uint64_t ms = (clock_mono_ns() - begin) / 1000000;
    size_t copy = mail->len; /* parse() keeps one */
    size_t mib = after > before + copy ? (after - before - copy) >> 20 : 0;
    if (ms > MAX_MS || mib > MAX_MIB)
        fprintf(stderr, "%s: %u ms, %zu MiB\n", wanted, (unsigned)ms, mib);
    CU_ASSERT(ms <= MAX_MS);
    CU_ASSERT(mib <= MAX_MIB);
    CU_ASSERT(parsed->message->objects->len >= 1);
    const char *notes = parse_notes(parsed);
    if (strstr(notes, wanted) == NULL)
        fprintf(stderr, "wanted %s, got \"%.200s\"\n", wanted, notes);
    CU_ASSERT_PTR_NOT_NULL(strstr(notes, wanted));
    g_string_free(mail, TRUE);
    return parsed;
}

static void repeat(GString *to, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        g_string_append(to, text);
}

static void a_hundred_thousand_parts(void)
{
    GString *mail =
        g_string_new(HEAD "Content-Type: multipart/mixed; boundary=b\n\n");
    repeat(mail, "--b\n\nx\n", 100000);
    struct parsed *parsed = survive(mail, "partial:parts@");
    CU_ASSERT_EQUAL(parsed->message->parts, parsed->limits.max_parts);
    CU_ASSERT_EQUAL(parsed->message->objects->len,
                    parsed->limits.max_parts + 1);
    parse_free(parsed);
}

static void ten_thousand_nested_multiparts(void)
{
    GString *mail = g_string_new(HEAD);
    for (unsigned i = 0; i < 10000; i++)
        g_string_append_printf(
            mail, "Content-Type: multipart/mixed; boundary=b%uz\n\n--b%uz\n", i,
            i);
    g_string_append(mail, "\nx\n");
    struct parsed *parsed = survive(mail, "partial:mime_depth@");
    const struct object *last = g_ptr_array_index(
        parsed->message->objects, parsed->message->objects->len - 1);
    CU_ASSERT_EQUAL(last->depth, parsed->limits.max_mime_depth - 1);
    parse_free(parsed);
}

static void ten_thousand_nested_mails(void)
{
    GString *mail = g_string_new(NULL);
    repeat(mail, "Content-Type: message/rfc822\n\n", 10000);
    struct parsed *parsed = survive(mail, "partial:mime_depth@");
    const struct object *last = g_ptr_array_index(
        parsed->message->objects, parsed->message->objects->len - 1);
    CU_ASSERT_EQUAL(last->depth, parsed->limits.max_mime_depth);
    parse_free(parsed);
}

static void ten_thousand_nested_mails_in_multiparts(void)
{
    GString *mail = g_string_new(NULL);
    for (unsigned i = 0; i < 10000; i++)
        g_string_append_printf(mail,
                               "Content-Type: multipart/mixed; "
                               "boundary=b%uz\n\n--b%uz\n"
                               "Content-Type: message/rfc822\n\n",
                               i, i);
    parse_free(survive(mail, "partial:mime_depth@"));
}

static void a_million_header_lines(void)
{
    GString *mail = g_string_new(NULL);
    for (unsigned i = 0; i < 1000000; i++)
        g_string_append_printf(mail, "X-%u: y\n", i);
    g_string_append(mail, "\nbody\n");
    struct parsed *parsed = survive(mail, "partial:header_");
    CU_ASSERT(parsed->message->header_fields <=
              parsed->limits.max_header_fields);
    parse_free(parsed);
}

static void a_million_short_header_lines_of_one_name(void)
{
    static const char *const lines[] = {"To: a\n", "Content-Type: text/plain\n",
                                        "Content-Disposition: a\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        GString *mail = g_string_new(NULL);
        repeat(mail, lines[i], 1000000);
        parse_free(survive(mail, "partial:header_"));
    }
}

static void header_lines_in_many_parts_count_together(void)
{
    GString *mail =
        g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    for (unsigned i = 0; i < 1000; i++) {
        g_string_append(mail, "--b\n");
        repeat(mail, "X-A: b\n", 100);
        g_string_append(mail, "\n");
    }
    parse_free(survive(mail, "partial:header_fields@"));
}

static void forty_five_thousand_nested_groups(void)
{
    static const char *const fields[] = {
        "To: ", "from: ", "CC : ", "Reply-To: x, "};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        GString *mail = g_string_new(fields[i]);
        repeat(mail, "a:", 45000);
        g_string_append(mail, "\n\nbody\n");
        struct parsed *parsed = survive(mail, "partial:group_nesting@");
        CU_ASSERT(parse_holds(parsed, "1", "body\n"));
        parse_free(parsed);
    }
}

static void common_addresses_are_no_nested_groups(void)
{
    GString *mail = g_string_new("To: ");
    repeat(mail, "team:a@example.org,b@example.org;, ", 1000);
    repeat(mail, "\"a:b:c\" <x@[IPv6:2001:db8::1]> (1:2:3), ", 1000);
    g_string_append(mail, "undisclosed-recipients:;\n\nbody\n");
    struct parsed *parsed = survive(mail, "");
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "");
    parse_free(parsed);
}

static void a_million_parameters(void)
{
    GString *mail = g_string_new("Content-Type: multipart/mixed; ");
    repeat(mail, "a=b;", 1000000);
    g_string_append(mail, "boundary=b\n\n--b\n\nx\n--b--\n");
    parse_free(survive(mail, "partial:header_"));
    mail = g_string_new("Content-Disposition: attachment; ");
    repeat(mail, "filename=b;", 80000);
    g_string_append(mail, "\n\nx\n");
    parse_free(survive(mail, "partial:header_fields@"));
}

static void giant_encoded_words(void)
{
    static const char *const words[] = {"=?utf-8?B?QUFB?= ", "=?",  "=?a?b?",
                                        "=?utf-8?Q?",        "(((", "\\\""};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        GString *mail =
            g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
        for (unsigned part = 0; part < 60; part++) {
            g_string_append(mail, "--b\nContent-Type: text/plain; name=\"");
            repeat(mail, words[i], 100000 / strlen(words[i]));
            g_string_append(mail, "\"\n\nx\n");
        }
        g_string_append(mail, "--b--\n");
        parse_free(survive(mail, ""));
    }
}

static void a_boundary_of_a_mebibyte(void)
{
    g_autofree char *boundary = g_strnfill(1 << 20, 'b');
    GString *mail = g_string_new(NULL);
    g_string_printf(mail,
                    "Content-Type: multipart/mixed; boundary=\"%s\"\n\n"
                    "--%s\n\nx\n--%s--\n",
                    boundary, boundary, boundary);
    parse_free(survive(mail, "partial:header_bytes@"));
}

static void a_header_line_of_a_hundred_mebibytes(void)
{
    static const char *const fills[] = {"x", "x\n ", "x:\t\n\t"};
    for (size_t i = 0; i < G_N_ELEMENTS(fills); i++) {
        size_t size = (size_t)(i == 0 ? 100 : 10) << 20;
        GString *mail = g_string_sized_new(size + 64);
        g_string_append(mail, "Subject: ");
        repeat(mail, fills[i], size / strlen(fills[i]));
        g_string_append(mail, "\n\nbody\n");
        parse_free(survive(mail, "partial:header_bytes@"));
    }
}

static void many_lines_that_look_like_boundaries(void)
{
    GString *mail = g_string_new(HEAD);
    for (unsigned i = 0; i < 99; i++)
        g_string_append_printf(
            mail, "Content-Type: multipart/mixed; boundary=b%uz\n\n--b%uz\n", i,
            i);
    g_string_append_c(mail, '\n');
    repeat(mail, "--x\n", 5000000);
    parse_free(survive(mail, "partial:parts@"));
    mail = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    for (unsigned i = 0; i < 20000; i++)
        g_string_append_printf(mail, "--b%u%01000d\n", i, 0);
    parse_free(survive(mail, "anomaly:mime.boundary_near@"));
}

static void much_around_the_parts(void)
{
    g_autofree char *line = g_strnfill(70, 'x');
    line[69] = '\n';
    GString *mail =
        g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    repeat(mail, line, 1000000);
    g_string_append(mail, "--b\n\nx\n--b--\n");
    repeat(mail, line, 1000000);
    struct parsed *parsed = survive(mail, "");
    CU_ASSERT(parse_holds(parsed, "1", "x"));
    parse_free(parsed);
}

static void large_parts_are_cut_and_told(void)
{
    struct limits limits;
    limits_default(&limits);
    limits.max_object_bytes = 100000;
    limits.max_bytes = 250000;
    GString *mail =
        g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    for (unsigned i = 0; i < 4; i++) {
        g_string_append(mail, "--b\nContent-Transfer-Encoding: base64\n\n");
        repeat(mail, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n",
               4000);
    }
    g_string_append(mail, "--b--\n");
    struct parsed *parsed = parse(mail->str, mail->len, &limits);
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed),
                           "partial:object_bytes@1 partial:object_bytes@2 "
                           "partial:bytes@3 partial:bytes@4");
    CU_ASSERT_EQUAL(parse_object(parsed, "1")->size, 100000);
    CU_ASSERT_EQUAL(parse_object(parsed, "3")->size, 50000);
    CU_ASSERT_EQUAL(parse_object(parsed, "4")->size, 0);
    CU_ASSERT_NOT_EQUAL(
        parse_object(parsed, "1")->flags & ASSAY_OBJECT_TRUNCATED, 0);
    CU_ASSERT_EQUAL(parsed->message->bytes, 250000);
    parse_free(parsed);
    g_string_free(mail, TRUE);
}

static void objects_are_bounded(void)
{
    struct limits limits;
    limits_default(&limits);
    limits.max_objects = 10;
    GString *mail =
        g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    repeat(mail, "--b\n\nx\n", 100);
    struct parsed *parsed = parse(mail->str, mail->len, &limits);
    CU_ASSERT_EQUAL(parsed->message->objects->len, 10);
    CU_ASSERT_PTR_NOT_NULL(strstr(parse_notes(parsed), "partial:objects@"));
    parse_free(parsed);
    g_string_free(mail, TRUE);
}

UNIT_MAIN("bound", UNIT(a_hundred_thousand_parts),
          UNIT(ten_thousand_nested_multiparts), UNIT(ten_thousand_nested_mails),
          UNIT(ten_thousand_nested_mails_in_multiparts),
          UNIT(a_million_header_lines),
          UNIT(a_million_short_header_lines_of_one_name),
          UNIT(header_lines_in_many_parts_count_together),
          UNIT(forty_five_thousand_nested_groups),
          UNIT(common_addresses_are_no_nested_groups),
          UNIT(a_million_parameters), UNIT(giant_encoded_words),
          UNIT(a_boundary_of_a_mebibyte),
          UNIT(a_header_line_of_a_hundred_mebibytes),
          UNIT(many_lines_that_look_like_boundaries),
          UNIT(much_around_the_parts), UNIT(large_parts_are_cut_and_told),
          UNIT(objects_are_bounded))
