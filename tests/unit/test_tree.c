/* SPDX-License-Identifier: MIT */
/*
 * The structure of mails: by hand, by generated mails whose leaves are known, and
 * beside GMime's own parser.
 */
#include "gmime_leaves.h"
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>
#include <gmime/gmime.h>

#include <stdio.h>
#include <string.h>

static void parts_are_numbered_as_in_imap(void)
{
    struct parsed *parsed = parse(
        "Content-Type: multipart/mixed; boundary=a\n\n"
        "preamble\n"
        "--a\n\none\n"
        "--a\nContent-Type: multipart/alternative; boundary=\"b b\"\n\n"
        "--b b\n\ntwo one\n"
        "--b b\n\ntwo two\n"
        "--b b--\n"
        "--a\nContent-Type: message/rfc822\n\n"
        "Subject: inner\nContent-Type: multipart/mixed; boundary=c\n\n"
        "--c\n\nthree one\n"
        "--c\nContent-Type: message/rfc822\n\nSubject: innermost\n\nlast\n"
        "--c--\n"
        "--a--\nepilogue\n",
        0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 2 2.1 2.2 3 3.1 3.2 3.2.1");
    CU_ASSERT(parse_holds(parsed, "1", "one"));
    CU_ASSERT(parse_holds(parsed, "2", ""));
    CU_ASSERT(parse_holds(parsed, "2.1", "two one"));
    CU_ASSERT(parse_holds(parsed, "2.2", "two two"));
    CU_ASSERT(parse_holds(parsed, "3.1", "three one"));
    CU_ASSERT(parse_holds(parsed, "3.2", "Subject: innermost\n\nlast"));
    CU_ASSERT(parse_holds(parsed, "3.2.1", "last"));
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "");
    const struct object *inner = parse_object(parsed, "3.2.1");
    CU_ASSERT_EQUAL(inner->depth, 3);
    CU_ASSERT_EQUAL(inner->unpack_depth, 0);
    CU_ASSERT_EQUAL(parse_object(parsed, "2")->flags, ASSAY_OBJECT_CONTAINER);
    CU_ASSERT_EQUAL(parse_object(parsed, "3")->kind, ASSAY_OBJECT_MESSAGE);
    parse_free(parsed);
}

static void line_ends_before_a_boundary_belong_to_it(void)
{
    static const struct {
        const char *mail;
        const char *leaf;
    } cases[] = {
        {"--b\n\nx\n--b--\n", "x"},
        {"--b\r\n\r\nx\r\n--b--\r\n", "x"},
        {"--b\n\nx\n\n--b--\n", "x\n"},
        {"--b\n\nx\r\n--b--\n", "x"},
        {"--b\n\n--b--\n", ""},
        {"--b\n\n\n--b--\n", ""},
        {"--b\n\nx", "x"},
        {"--b\n\nx\n", "x\n"},
        {"--b  \t\n\nx\n--b-- \n", "x"},
        {"--b\n\nx\n --b\n--b--\n", "x\n --b"},
        {"--b\n\nx\n-- b\n--b--\n", "x\n-- b"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail =
            g_strconcat("Content-Type: multipart/mixed; boundary=b\n\n",
                        cases[i].mail, NULL);
        struct parsed *parsed = parse(mail, 0, NULL);
        CU_ASSERT(parse_holds(parsed, "1", cases[i].leaf));
        parse_free(parsed);
    }
}

static void boundaries_are_read_as_they_are_written(void)
{
    static const struct {
        const char *parameter;
        const char *line;
    } cases[] = {
        {"boundary=abc", "abc"},
        {"Boundary=\"a b\"", "a b"},
        {"boundary = abc", "abc"},
        {"boundary=\"a\\\"b\"", "a\"b"},
        {"boundary=abc (a comment)", "abc"},
        {"boundary=abc \t(a (nested) comment); charset=x", "abc"},
        {"boundary=a(b", "a(b"},
        {"charset=x; boundary=abc; x=y", "abc"},
        {"; ; boundary=abc", "abc"},
        {"(a comment; boundary=no) boundary=abc", "abc"},
        {"\r\n\tboundary=\"abc\"", "abc"},
        {"boundary*0=ab; boundary*1=c", "abc"},
        {"boundary*=us-ascii'en'a%62c", "abc"},
        {"name=\"; boundary=no\"; boundary=abc", "abc"},
        {"boundary=\"----=_:=?'()+_,-./\"", "----=_:=?'()+_,-./"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail = g_strdup_printf(
            "Content-Type: multipart/mixed; %s\n\n--%s\n\nx\n--%s--\n",
            cases[i].parameter, cases[i].line, cases[i].line);
        struct parsed *parsed = parse(mail, 0, NULL);
        if (!parse_holds(parsed, "1", "x"))
            fprintf(stderr, "%s\n", cases[i].parameter);
        CU_ASSERT(parse_holds(parsed, "1", "x"));
        CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "");
        parse_free(parsed);
    }
}

static void an_outer_boundary_ends_what_is_inside(void)
{
    struct parsed *parsed =
        parse("Content-Type: multipart/mixed; boundary=a\n\n"
              "--a\nContent-Type: multipart/mixed; boundary=b\n\n"
              "--b\n\none\n"
              "--a\n\ntwo\n"
              "--b\nstill two\n"
              "--a--\n",
              0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 1.1 2");
    CU_ASSERT(parse_holds(parsed, "1.1", "one"));
    CU_ASSERT(parse_holds(parsed, "2", "two\n--b\nstill two"));
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed),
                           "info:mime.boundary_unclosed@1");
    parse_free(parsed);
}

static void a_boundary_line_may_go_on(void)
{
    struct parsed *parsed =
        parse("Content-Type: multipart/mixed; boundary=b\n\n"
              "--b trailing words\n\none\n--b-- and more\n",
              0, NULL);
    CU_ASSERT(parse_holds(parsed, "1", "one"));
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "anomaly:mime.boundary_near@");
    parse_free(parsed);
    /* ... unless it is the boundary of a mail inside. */
    parsed = parse("Content-Type: multipart/mixed; boundary=b\n\n"
                   "--b\nContent-Type: message/rfc822\n\n"
                   "Content-Type: multipart/mixed; boundary=\"b2\"\n\n"
                   "--b2\n\none\n--b2--\n"
                   "--b--\n",
                   0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 1.1");
    CU_ASSERT(parse_holds(parsed, "1.1", "one"));
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "");
    parse_free(parsed);
}

static void headers_end_at_a_boundary_too(void)
{
    struct parsed *parsed = parse("Content-Type: multipart/mixed; boundary=b\n"
                                  "--b\nContent-Type: text/html\n"
                                  "--b\n\ntwo\n--b\n--b--\n",
                                  0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 2");
    CU_ASSERT_STRING_EQUAL(parse_object(parsed, "1")->type_declared,
                           "text/html");
    CU_ASSERT(parse_holds(parsed, "1", ""));
    CU_ASSERT(parse_holds(parsed, "2", "two"));
    parse_free(parsed);
}

static void a_part_without_a_header_loses_nothing(void)
{
    struct parsed *parsed =
        parse("Content-Type: multipart/mixed; boundary=b\n\n"
              "--b\nno field here\nnor here\n--b--\n",
              0, NULL);
    CU_ASSERT(parse_holds(parsed, "1", "no field here\nnor here"));
    parse_free(parsed);
}

static void a_digest_holds_mails(void)
{
    struct parsed *parsed =
        parse("Content-Type: multipart/digest; boundary=b\n\n"
              "--b\n\nSubject: one\n\nfirst\n"
              "--b\nContent-Type: text/plain\n\nsecond\n"
              "--b--\n",
              0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 1.1 2");
    CU_ASSERT_EQUAL(parse_object(parsed, "1")->kind, ASSAY_OBJECT_MESSAGE);
    CU_ASSERT(parse_holds(parsed, "1.1", "first"));
    CU_ASSERT_EQUAL(parse_object(parsed, "2")->kind, ASSAY_OBJECT_PART);
    parse_free(parsed);
}

static void mbox_lines_are_skipped(void)
{
    struct parsed *parsed = parse(
        "From a@b Mon Jan  1 00:00:00 2024\nSubject: x\n\nbody\n", 0, NULL);
    const struct object *root = parse_object(parsed, "");
    CU_ASSERT_EQUAL(root->fields->len, 1);
    CU_ASSERT(parse_holds(parsed, "1", "body\n"));
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "");
    parse_free(parsed);
}

/* --- generated mails ------------------------------------------------------------- */

/* Numbers that are the same in each run. */
static uint32_t seed;

static unsigned below(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % n;
}

/* A mail being made, and the leaves it must give. */
struct made {
    GString *text;
    GPtrArray *leaves; /* GString */
    const char *eol;
    unsigned boundaries;
};

static void line(struct made *made, const char *text)
{
    g_string_append(made->text, text);
    g_string_append(made->text, made->eol);
}

static void add_leaf(struct made *made)
{
    static const char *const words[] = {"",     "word",   "--", "-- ", "--x",
                                        "a: b", "From x", "=_", ".",   "  y"};
    GString *leaf = g_string_new(NULL);
    unsigned lines = below(6);
    for (unsigned i = 0; i < lines; i++)
        g_string_append_printf(leaf, "%s%s%s", i > 0 ? made->eol : "",
                               words[below(G_N_ELEMENTS(words))],
                               words[below(G_N_ELEMENTS(words))]);
    if (below(2) == 0)
        line(made, "Content-Type: text/plain; charset=utf-8");
    line(made, "");
    g_string_append_len(made->text, leaf->str, (gssize)leaf->len);
    g_ptr_array_add(made->leaves, leaf);
}

static void add_entity(struct made *made, unsigned depth)
{
    unsigned what = below(4);
    if (depth == 0 || what == 0) {
        add_leaf(made);
        return;
    }
    if (what == 1) {
        line(made, "Content-Type: message/rfc822");
        line(made, "");
        line(made, "Subject: nested");
        add_entity(made, depth - 1);
        return;
    }
    unsigned id = made->boundaries++;
    g_autofree char *type = g_strdup_printf(
        "Content-Type: multipart/mixed;%s\tboundary=\"=_%u_%u=\"", made->eol,
        below(1000), id);
    g_autofree char *name =
        g_strndup(strchr(type, '"') + 1, strlen(strchr(type, '"')) - 2);
    line(made, type);
    line(made, "");
    if (below(2) == 0)
        line(made, "preamble");
    unsigned parts = 1 + below(3);
    for (unsigned i = 0; i < parts; i++) {
        g_string_append_printf(made->text, "--%s%s", name, made->eol);
        add_entity(made, depth - 1);
        g_string_append(made->text, made->eol);
    }
    g_string_append_printf(made->text, "--%s--%s", name, made->eol);
}

static void free_string(void *p)
{
    g_string_free(p, TRUE);
}

static void generated_mails_give_the_leaves_they_were_made_of(void)
{
    g_mime_init();
    seed = 1;
    unsigned agree = 0;

    enum {
        MAILS = 2000
    };

    for (unsigned i = 0; i < MAILS; i++) {
        struct made made = {
            .text = g_string_new(NULL),
            .leaves = g_ptr_array_new_with_free_func(free_string),
            .eol = below(2) == 0 ? "\n" : "\r\n",
        };
        line(&made, "Subject: generated");
        add_entity(&made, i % 6);
        struct parsed *parsed = parse(made.text->str, made.text->len, NULL);
        bool is_same = leaves_are_same(parsed->message, made.leaves);
        bool is_quiet = parsed->message->notes->len == 0;
        if (!is_same || !is_quiet)
            fprintf(stderr, "mail %u: %s\n%s\n", i, parse_notes(parsed),
                    made.text->str);
        CU_ASSERT(is_same);
        CU_ASSERT(is_quiet);
        GPtrArray *theirs = gmime_leaves(made.text->str, made.text->len);
        agree += theirs != NULL && leaves_are_same(parsed->message, theirs);
        g_clear_pointer(&theirs, g_ptr_array_unref);
        parse_free(parsed);
        g_ptr_array_unref(made.leaves);
        g_string_free(made.text, TRUE);
    }
    printf("  tree: GMime's parser gives the same leaves for %u of %d "
           "generated mails\n",
           agree, MAILS);
}

UNIT_MAIN("tree", UNIT(parts_are_numbered_as_in_imap),
          UNIT(line_ends_before_a_boundary_belong_to_it),
          UNIT(boundaries_are_read_as_they_are_written),
          UNIT(an_outer_boundary_ends_what_is_inside),
          UNIT(a_boundary_line_may_go_on), UNIT(headers_end_at_a_boundary_too),
          UNIT(a_part_without_a_header_loses_nothing),
          UNIT(a_digest_holds_mails), UNIT(mbox_lines_are_skipped),
          UNIT(generated_mails_give_the_leaves_they_were_made_of))
