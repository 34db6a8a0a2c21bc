/* SPDX-License-Identifier: MIT */
/* What is changed about a message that goes on. */
#include "front/authserv_id.h"
#include "front/report_header.h"
#include "front/subject_tag.h"
#include "marking.h"
#include "unit.h"

#define HEAD "From: a@example.org\r\n"
#define BODY "\r\nhello\r\n"

static const char *const ours[] = {"X-Assay-SCL", "X-Assay-Report", NULL};

struct row {
    const char *conf;
    const char *header;
    uint32_t action;
    const char *expected;
};

static void try_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *mail = g_strconcat(rows[i].header, BODY, NULL);
        struct marking marking;
        marking_open(&marking, rows[i].conf, mail, rows[i].action);
        CU_ASSERT_PTR_NOT_NULL_FATAL(marking_decide(&marking));
        g_autofree char *text = marking_show(marking.marks, ours);
        CU_ASSERT_STRING_EQUAL(text, rows[i].expected);
        if (strcmp(text, rows[i].expected) != 0)
            fprintf(stderr, "  got      %s\n  expected %s\n", text,
                    rows[i].expected);
        CU_ASSERT(marking_is_well_made(marking.marks));
        marking_close(&marking);
    }
}

#define ID "[actions]\nauthserv_id = mx.example.org\n"

static void what_others_wrote_in_our_name_is_removed(void)
{
    static const struct row rows[] = {
        {"", HEAD, ASSAY_ACTION_ACCEPT, ""},
        {"", "X-Assay-SCL: -1\r\n" HEAD, ASSAY_ACTION_ACCEPT, "-X-Assay-SCL#1"},
        {"",
         "x-assay-scl: -1\r\nX-ASSAY-SCL: 0\r\n" HEAD "X-Assay-Stamp: a\r\n"
         "X-Assay-Own-Idea: b\r\nX-Assay-SCL :\r\n 1\r\n",
         ASSAY_ACTION_ACCEPT,
         "-x-assay-scl#1; -X-ASSAY-SCL#2; -X-Assay-Stamp#1; "
         "-X-Assay-Own-Idea#1; -X-Assay-SCL#3"},
        {"", "X-Assay: a\r\nX-Assays-SCL: b\r\nXX-Assay-SCL: c\r\n",
         ASSAY_ACTION_ACCEPT, ""},
        {ID,
         "Authentication-Results: mx.example.org; spf=pass\r\n"
         "Authentication-Results: mx.example.net; spf=pass\r\n"
         "authentication-results: MX.example.ORG 1; none\r\n",
         ASSAY_ACTION_ACCEPT,
         "-Authentication-Results#1; -authentication-results#3"},
        {"[actions]\nremove_headers = X-Spam-*, X-Virus\n",
         "X-Spam-Flag: NO\r\nX-Spam: a\r\nx-spam-status: b\r\nX-Virus: c\r\n"
         "X-Virus-Scanned: d\r\n",
         ASSAY_ACTION_ACCEPT, "-X-Spam-Flag#1; -x-spam-status#1; -X-Virus#1"},
        /* What is no field name cannot be edited, and is nobody's. */
        {"", "X-Assay-\xd0SCL: -1\r\nX-Assay-SCL: -1\r\n", ASSAY_ACTION_ACCEPT,
         "-X-Assay-SCL#1"},
        /* Only the message's own header counts. */
        {"", HEAD "\r\nX-Assay-SCL: -1\r\n", ASSAY_ACTION_ACCEPT, ""},
    };
    try_rows(rows, G_N_ELEMENTS(rows));
}

static void our_id_is_known_in_every_dress(void)
{
    static const struct {
        const char *value;
        bool is_ours;
    } rows[] = {
        {" mx.example.org; spf=pass", true},
        {"mx.example.org;none", true},
        {" MX.Example.Org", true},
        {" mx.example.org 1; none", true},
        {" mx.example.org/1; none", true},
        {" (by us) mx.example.org; none", true},
        {" (a (b) \\) c)\r\n\tmx.example.org; none", true},
        {" mx.example.org(by us); none", true},
        {" \"mx.example.org\"; none", true},
        {" \"mx\\.example.org\"; none", true},
        {"\r\n mx.example.org\r\n ; none", true},
        {" mx.example.org.; none", true},
        {" mx.example.org:25; none", true},
        /* broken, and might be read as ours */
        {" (mx.example.org; none", true},
        {" \"mx.example.org; none", true},
        {" mx.exa\\mple.org; none", true},
        {" x) mx.example.org; none", true},
        {" =?utf-8?q?x?= \xc3\xa9 mx.example.org; none", true},
        {" mx.exa\x01mple.org; none", true},
        {"", true},
        {" ; spf=pass", true},
        {" (nobody); spf=pass", true},
        {" (open mx.example.net; none", true},
        /* others' */
        {" mx.example.net; spf=pass", false},
        {" mx.example.org.example.net; none", false},
        {" xmx.example.org; none", false},
        {" mx.example.orgx; none", false},
        {" mx.example.org-x; none", false},
        {" (mx.example.org) mx.example.net; none", false},
        {" mx.example.net; spf=pass smtp.helo=mx.example.org", false},
        {" other mx.example.org; none", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is_ours = authserv_id_may_be(rows[i].value, strlen(rows[i].value),
                                          "mx.Example.org");
        CU_ASSERT_EQUAL(is_ours, rows[i].is_ours);
        if (is_ours != rows[i].is_ours)
            fprintf(stderr, "  \"%s\"\n", rows[i].value);
    }
    CU_ASSERT(authserv_id_may_be(" mx\0.example.org;", 18, "mx.example.org"));
}

#define TAGS "[actions]\ntag_subject = [T]\njunk_subject = [J]\n"

static void a_subject_is_tagged_once_and_never_broken(void)
{
    static const struct row rows[] = {
        {TAGS, "Subject: hi\r\n", ASSAY_ACTION_TAG, "~Subject#1=[T] hi"},
        {TAGS, "Subject: hi\r\n", ASSAY_ACTION_ACCEPT, ""},
        {TAGS, "Subject: hi\r\n", ASSAY_ACTION_JUNK,
         "~Subject#1=[J] hi; +X-Assay-Junk=yes"},
        {"", "Subject: hi\r\n", ASSAY_ACTION_TAG, "~Subject#1=[CAUTION] hi"},
        {"", "Subject: hi\r\n", ASSAY_ACTION_JUNK, "+X-Assay-Junk=yes"},
        {"[actions]\ntag_subject =\n", "Subject: hi\r\n", ASSAY_ACTION_TAG, ""},
        {TAGS, HEAD, ASSAY_ACTION_TAG, "+Subject=[T]"},
        {TAGS, "Subject:\r\n", ASSAY_ACTION_TAG, "~Subject#1=[T]"},
        {TAGS, "Subject: a\r\n" HEAD "SUBJECT: b\r\n", ASSAY_ACTION_TAG,
         "~Subject#1=[T] a; ~Subject#2=[T] b"},
        {TAGS, "Subject: [T] hi\r\n", ASSAY_ACTION_TAG, ""},
        {TAGS, "Subject:\r\n [T] hi\r\n", ASSAY_ACTION_TAG, ""},
        {TAGS, "Subject: =?utf-8?q?[T]_hi?=\r\n", ASSAY_ACTION_TAG, ""},
        {TAGS, "Subject: =?utf-8?b?W1RdIGhp?=\r\n", ASSAY_ACTION_TAG, ""},
        {TAGS, "Subject: Re: [T] hi\r\n", ASSAY_ACTION_TAG,
         "~Subject#1=[T] Re: [T] hi"},
        {TAGS, "Subject: =?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k=?=\r\n",
         ASSAY_ACTION_TAG,
         "~Subject#1=[T] =?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k=?="},
        {TAGS, "Subject: \xc3\xa9\r\n", ASSAY_ACTION_TAG,
         "~Subject#1=[T] \xc3\xa9"},
        {TAGS, "Subject: a\rb\r\r\n", ASSAY_ACTION_TAG, "~Subject#1=[T] a b"},
        {TAGS,
         "Subject: 123456789 123456789 123456789 123456789 123456789 "
         "123456789 123456\r\n",
         ASSAY_ACTION_TAG,
         "~Subject#1=[T]\r\n 123456789 123456789 123456789 123456789 "
         "123456789 123456789 123456"},
    };
    try_rows(rows, G_N_ELEMENTS(rows));
    g_autofree char *long_one = g_strnfill(70000, 'a');
    CU_ASSERT_PTR_NULL(subject_tag(long_one, 70000, "[T]"));
}

static void the_envelope_follows_the_outcome(void)
{
    struct marking marking;
    marking_open(&marking, "[actions]\nredirect_to = r@y\n", HEAD BODY,
                 ASSAY_ACTION_ACCEPT);

    static const struct {
        const char *rcpt;
        uint32_t action;
    } more[] = {{"b@x", ASSAY_ACTION_QUARANTINE},
                {"c@x", ASSAY_ACTION_REDIRECT},
                {"d@x", ASSAY_ACTION_REJECT}};

    for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
        GPtrArray *rcpts = marking.fake.session->rcpts;
        g_ptr_array_add(rcpts, g_strdup(more[i].rcpt));
        struct verdict_rcpt one = {.rcpt = rcpts->pdata[rcpts->len - 1],
                                   .action = more[i].action,
                                   .scl = 9};
        g_array_append_val(marking.verdict.rcpts, one);
    }
    marking.verdict.scl = 9;
    marking_decide(&marking);
    g_autofree char *text = marking_show(marking.marks, NULL);
    /* The SCL is of those who get it. */
    CU_ASSERT_STRING_EQUAL(
        text, "+X-Assay-SCL=3; +X-Assay-Report=v=1; kind=clean; scl=3; "
              "action=accept; -<b@x>; -<d@x>; -<c@x>; +<r@y>");
    CU_ASSERT(marking_is_well_made(marking.marks));
    marking_close(&marking);
}

static void mail_that_nobody_scanned_says_so(void)
{
    struct marking marking;
    marking_open(&marking, "", "X-Assay-SCL: 1\r\n" HEAD BODY,
                 ASSAY_ACTION_ACCEPT);
    marking.outcome =
        outcome_without_verdict(marking.fake.session, "too large");
    const struct marks_unscanned of = {.raw = marking.raw,
                                       .session = marking.fake.session,
                                       .outcome = marking.outcome};
    marking.marks = marks_new_unscanned(&marking.options, &of);
    g_autofree char *text = marking_show(marking.marks, NULL);
    CU_ASSERT_STRING_EQUAL(text,
                           "-X-Assay-SCL#1; +X-Assay-Unscanned=too large");
    marking_close(&marking);
}

/* --- the report --- */

static struct finding *finding_of(const char *plugin, uint32_t kind,
                                  const char *name)
{
    struct finding *finding = finding_new(plugin);
    finding->kind = kind;
    finding->name = g_strdup(name);
    return finding;
}

static char *report_of(struct marking *marking)
{
    struct report_scope scope;
    marking_decide(marking);
    report_scope_of(&marking->verdict, marking->outcome, &scope);
    return report_header(&marking->verdict, &scope, marking->fake.session,
                         marking->fake.scan);
}

static void the_report_is_an_interface(void)
{
    struct marking marking;
    marking_open(&marking, "", HEAD BODY, ASSAY_ACTION_JUNK);
    marking.fake.session->queue_id = g_strdup("4Xk2 a;b");
    GPtrArray *findings = marking.fake.scan->findings;
    g_ptr_array_set_size(findings, 0);
    g_ptr_array_add(findings, finding_of("spam", ASSAY_KIND_SPAM, "body.x"));
    g_ptr_array_add(findings, finding_of("core", ASSAY_KIND_INFO, "i"));
    g_ptr_array_add(findings, finding_of("clamav", ASSAY_KIND_MALWARE,
                                         "Win.Test:a;b\r\nX: y \xc3\xa9%"));
    struct finding *private = finding_of("p", ASSAY_KIND_POLICY, "secret");
    private->rcpt = 0;
    g_ptr_array_add(findings, private);
    g_array_index(marking.verdict.rcpts, struct verdict_rcpt, 0)
        .because.finding = findings->pdata[2];
    marking.verdict.kind = ASSAY_KIND_MALWARE;
    g_autofree char *text = report_of(&marking);
    CU_ASSERT_STRING_EQUAL(
        text, "v=1; kind=malware; scl=3; action=junk; by=clamav;\r\n"
              "\tname=Win.Test:a%3Bb%0D%0AX:%20y%20%C3%A9%25; "
              "id=4Xk2%20a%3Bb;\r\n"
              "\tf=clamav:malware:Win.Test%3Aa%3Bb%0D%0AX%3A%20y%20%C3%A9%25;"
              "\r\n\tf=spam:spam:body.x");
    marking_close(&marking);
}

/* The grammar of report_header.h, as a reader would write it. */
static bool is_report(const char *text)
{
    g_autofree char *flat = g_strdup(text);
    g_auto(GStrv) lines = g_strsplit(flat, "\r\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (strlen(*line) > 998 || (line > lines && **line != '\t'))
            return false;
    return g_regex_match_simple(
        "\\Av=1(;( |\\r\\n\\t)[a-z]+=([A-Za-z0-9._/@:+!*,-]|%[0-9A-F]{2})*)*\\z",
        text, 0, 0);
}

static void a_report_is_bounded_and_well_made_whatever_plugins_say(void)
{
    struct marking marking;
    marking_open(&marking, "", HEAD BODY, ASSAY_ACTION_ACCEPT);
    GPtrArray *findings = marking.fake.scan->findings;
    g_autofree char *bad = g_strnfill(300, '\n');
    g_autofree char *good = g_strnfill(300, 'a');
    marking.fake.session->queue_id = g_strdup(bad);
    for (int i = 0; i < 1000; i++)
        g_ptr_array_add(findings,
                        finding_of(i % 2 ? bad : good, ASSAY_KIND_SUSPICIOUS,
                                   i % 3 ? bad : good));
    g_array_index(marking.verdict.rcpts, struct verdict_rcpt, 0)
        .because.finding = findings->pdata[0];
    g_autofree char *text = report_of(&marking);
    CU_ASSERT(is_report(text));
    CU_ASSERT(strlen(text) <= REPORT_MAX);
    CU_ASSERT(g_str_has_suffix(text, "; more=992") ||
              g_str_has_suffix(text, "\tmore=992"));
    CU_ASSERT(marking_is_well_made(marking.marks));
    marking_close(&marking);
}

/* --- plugins' proposals --- */

static void propose(struct marking *marking, uint32_t kind, uint32_t index,
                    const char *name, const char *value)
{
    struct scan_edit *edit = g_new0(struct scan_edit, 1);
    edit->plugin = "p";
    edit->kind = kind;
    edit->index = index;
    edit->name = g_strdup(name);
    edit->value = g_bytes_new(value, strlen(value));
    g_ptr_array_add(marking->fake.scan->edits, edit);
}

#define THREE "A: 1\r\nX-Assay-SCL: 1\r\nB: 1\r\nA: 2\r\nSubject: s\r\nC: 1\r\n"

static void proposals_about_the_header_are_carried_out(void)
{
    static const struct {
        uint32_t kind;
        uint32_t index;
        const char *name;
        const char *value;
        const char *expected; /* NULL: refused */
    } rows[] = {
        {ASSAY_EDIT_HEADER_ADD, 0, "N", "v", "+N=v"},
        {ASSAY_EDIT_HEADER_ADD, 0, "N", "v\r\n w", "+N=v\r\n w"},
        {ASSAY_EDIT_HEADER_ADD, 0, "N", "v\r\nX: w", NULL},
        {ASSAY_EDIT_HEADER_ADD, 0, "N", "v\r", NULL},
        {ASSAY_EDIT_HEADER_ADD, 0, "N", "v\n", NULL},
        {ASSAY_EDIT_HEADER_ADD, 0, "N: x", "v", NULL},
        {ASSAY_EDIT_HEADER_ADD, 0, "", "v", NULL},
        {ASSAY_EDIT_HEADER_ADD, 0, "X-Assay-SCL", "9", NULL},
        {ASSAY_EDIT_HEADER_ADD, 0, "x-assay-other", "9", NULL},
        {ASSAY_EDIT_HEADER_CHANGE, 0, "X-Assay-SCL", "9", NULL},
        {ASSAY_EDIT_HEADER_CHANGE, 1, "a", "v", "~a#2=v"},
        {ASSAY_EDIT_HEADER_CHANGE, 2, "a", "v", NULL},
        {ASSAY_EDIT_HEADER_CHANGE, 0, "B", "", "-B#1"},
        {ASSAY_EDIT_HEADER_CHANGE, 0, "Subject", "v", NULL}, /* tagged */
        {ASSAY_EDIT_HEADER_DELETE, 0, "A", "", "-A#1"},
        {ASSAY_EDIT_HEADER_DELETE, 0, "D", "", NULL},
        /* Behind the MTA's own Received, without the field that goes. */
        {ASSAY_EDIT_HEADER_INSERT, 0, "N", "v", "<N@1=v"},
        {ASSAY_EDIT_HEADER_INSERT, 1, "N", "v", "<N@2=v"},
        {ASSAY_EDIT_HEADER_INSERT, 2, "N", "v", "<N@2=v"},
        {ASSAY_EDIT_HEADER_INSERT, 5, "N", "v", "<N@5=v"},
        {ASSAY_EDIT_HEADER_INSERT, 4000000000U, "N", "v", "<N@6=v"},
        {ASSAY_EDIT_RCPT_ADD, 0, "", "x@y", NULL},
        {ASSAY_EDIT_RCPT_DELETE, 0, "", "a@x", NULL},
        {ASSAY_EDIT_SENDER, 0, "", "x@y", NULL},
        {ASSAY_EDIT_REPLACE, 0, "", "x", NULL},
        {99, 0, "N", "x", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct marking marking;
        marking_open(&marking, TAGS, THREE BODY, ASSAY_ACTION_TAG);
        propose(&marking, rows[i].kind, rows[i].index, rows[i].name,
                rows[i].value);
        marking_decide(&marking);
        g_autofree char *text = marking_show(marking.marks, ours);
        g_autofree char *expected = g_strconcat(
            "-X-Assay-SCL#1; ~Subject#1=[T] s",
            rows[i].expected != NULL ? "; " : "", rows[i].expected, NULL);
        CU_ASSERT_STRING_EQUAL(text, expected);
        if (strcmp(text, expected) != 0)
            fprintf(stderr, "  got      %s\n  expected %s\n", text, expected);
        CU_ASSERT_EQUAL(marks_refused(marking.marks), rows[i].expected == NULL);
        CU_ASSERT(marking_is_well_made(marking.marks));
        marking_close(&marking);
    }
}

static void two_proposals_for_one_field_are_one(void)
{
    struct marking marking;
    marking_open(&marking, "", THREE BODY, ASSAY_ACTION_ACCEPT);
    propose(&marking, ASSAY_EDIT_HEADER_CHANGE, 0, "B", "first");
    propose(&marking, ASSAY_EDIT_HEADER_DELETE, 0, "b", "");
    for (int i = 0; i < 200; i++)
        propose(&marking, ASSAY_EDIT_HEADER_ADD, 0, "N", "v");
    marking_decide(&marking);
    CU_ASSERT(marking_is_well_made(marking.marks));
    CU_ASSERT_EQUAL(marks_refused(marking.marks), 1 + 202 - MARKS_PROPOSED_MAX);
    marking_close(&marking);
}

/* They go out when scan, verdict and settings are gone. */
static void only_the_outcome_is_needed_later(void)
{
    struct marking marking;
    marking_open(&marking, TAGS, "A: 1\r\n" BODY, ASSAY_ACTION_TAG);
    propose(&marking, ASSAY_EDIT_HEADER_ADD, 0, "N", "v");
    propose(&marking, ASSAY_EDIT_HEADER_CHANGE, 0, "A", "v");
    marking_decide(&marking);
    g_ptr_array_set_size(marking.fake.scan->edits, 0);
    memset(marking.options.tag_subject, 'x', 3);
    g_autofree char *text = marking_show(marking.marks, ours);
    CU_ASSERT_STRING_EQUAL(text, "+Subject=[T]; +N=v; ~A#1=v");
    marking_close(&marking);
}

/* --- hostile headers --- */

static void a_header_full_of_forgeries_is_given_up(void)
{
    static const struct {
        unsigned n;
        bool is_taken;
    } rows[] = {{MARKS_REMOVED_MAX, true}, {MARKS_REMOVED_MAX + 1, false}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) mail = g_string_new(NULL);
        for (unsigned j = 0; j < rows[i].n; j++)
            g_string_append_printf(mail, "X-Assay-%u: a\r\n", j);
        g_string_append(mail, BODY);
        struct marking marking;
        marking_open(&marking, "", mail->str, ASSAY_ACTION_ACCEPT);
        CU_ASSERT_EQUAL(marking_decide(&marking) != NULL, rows[i].is_taken);
        if (marking.marks != NULL)
            CU_ASSERT(marking_is_well_made(marking.marks));
        marking_close(&marking);
    }
    g_autofree char *name = g_strnfill(MARKS_NAME_MAX, 'a');
    g_autofree char *mail = g_strconcat("X-Assay-", name, ": b\r\n" BODY, NULL);
    struct marking marking;
    marking_open(&marking, "", mail, ASSAY_ACTION_ACCEPT);
    CU_ASSERT_PTR_NULL(marking_decide(&marking));
    marking_close(&marking);
}

static void no_header_is_too_large_to_be_searched(void)
{
    g_autoptr(GString) mail = g_string_new(NULL);
    for (int i = 0; i < 200000; i++)
        g_string_append_printf(mail, "F%d: a\r\nSubject: s\r\n", i);
    g_string_append(mail, "X-Assay-SCL: -1\r\n" BODY);
    struct marking marking;
    marking_open(&marking, TAGS, mail->str, ASSAY_ACTION_TAG);
    CU_ASSERT_PTR_NOT_NULL_FATAL(marking_decide(&marking));
    size_t n = 0;
    const struct milter_edit *edits = marks_edits(marking.marks, &n);
    CU_ASSERT(n < 100);
    bool is_gone = false;
    for (size_t i = 0; i < n; i++)
        is_gone = is_gone || (edits[i].kind == MILTER_EDIT_DELETE_HEADER &&
                              strcmp(edits[i].name, "X-Assay-SCL") == 0);
    CU_ASSERT(is_gone);
    marking_close(&marking);
}

static void what_cannot_be_meant_is_refused(void)
{
    static const struct {
        const char *conf;
        const char *expected;
    } rows[] = {
        {"[actions]\ntag_subject = caf\xc3\xa9\n",
         "t.conf:2: [actions] tag_subject: \"caf\xc3\xa9\" is not at most 60"},
        {"[actions]\ntag_subject = =?a\n",
         "t.conf:2: [actions] tag_subject: \"=?a\" is not at most 60"},
        {"[actions]\njunk_subject = \" x\"\n",
         "t.conf:2: [actions] junk_subject: \" x\" is not at most 60"},
        {"[actions]\nauthserv_id = a b\n",
         "t.conf:2: [actions] authserv_id: \"a b\" is not a name"},
        {"[actions]\nremove_headers = Received\n",
         "t.conf:2: [actions] remove_headers: \"Received\" is not a header"},
        {"[actions]\nremove_headers = X-*-a\n",
         "t.conf:2: [actions] remove_headers: \"X-*-a\" is not a header"},
        {"[actions]\nremove_headers = X-*\n",
         "t.conf:2: [actions] remove_headers: \"X-*\" is not a header"},
        {"[actions]\nremove_headers = X-Spam-*, X-Virus\n", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct conf *conf = NULL;
        GError *error = NULL;
        struct marks_options options = {0};
        CU_ASSERT(conf_parse(rows[i].conf, strlen(rows[i].conf), "t.conf", "/",
                             &conf, NULL));
        bool is_read = marks_options_read(conf, &options, &error);
        CU_ASSERT_EQUAL(is_read, rows[i].expected == NULL);
        if (error != NULL && rows[i].expected != NULL &&
            !g_str_has_prefix(error->message, rows[i].expected)) {
            CU_FAIL("another message");
            fprintf(stderr, "%s\n", error->message);
        }
        g_clear_error(&error);
        if (is_read)
            marks_options_clear(&options);
        conf_free(conf);
    }
}

UNIT_MAIN("marks", UNIT(what_others_wrote_in_our_name_is_removed),
          UNIT(our_id_is_known_in_every_dress),
          UNIT(a_subject_is_tagged_once_and_never_broken),
          UNIT(the_envelope_follows_the_outcome),
          UNIT(mail_that_nobody_scanned_says_so),
          UNIT(the_report_is_an_interface),
          UNIT(a_report_is_bounded_and_well_made_whatever_plugins_say),
          UNIT(proposals_about_the_header_are_carried_out),
          UNIT(two_proposals_for_one_field_are_one),
          UNIT(only_the_outcome_is_needed_later),
          UNIT(a_header_full_of_forgeries_is_given_up),
          UNIT(no_header_is_too_large_to_be_searched),
          UNIT(what_cannot_be_meant_is_refused))
