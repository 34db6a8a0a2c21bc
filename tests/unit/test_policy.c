/* SPDX-License-Identifier: MIT */
#include "court.h"
#include "unit.h"
#include "verdict/rules.h"

static void the_tables_are_well_made(void)
{
    GError *error = NULL;
    CU_ASSERT(option_table_check(verdict_options, &error));
    CU_ASSERT_PTR_NULL(error);
    CU_ASSERT(option_table_check(policy_options, &error));
    CU_ASSERT_PTR_NULL(error);
}

static void every_kind_but_spam_has_a_default_action(void)
{
    static const struct {
        uint32_t kind;
        const char *line;
    } rows[] = {
        {ASSAY_KIND_MALWARE, "default: [policy] malware = reject"},
        {ASSAY_KIND_PHISHING, "default: [policy] phishing = quarantine"},
        {ASSAY_KIND_SUSPICIOUS, "default: [policy] suspicious = quarantine"},
        {ASSAY_KIND_POLICY, "default: [policy] policy = advice"},
        {ASSAY_KIND_SPOOF, "default: [policy] spoof = junk"},
        {ASSAY_KIND_ENCRYPTED, "default: [policy] encrypted = tag"},
        {ASSAY_KIND_PARTIAL, "default: [policy] partial = quarantine"},
        {ASSAY_KIND_FAILED, "default: [policy] failed = defer"},
        {ASSAY_KIND_ANOMALY, "default: [policy] anomaly = tag"},
        {ASSAY_KIND_INFO, "default: [policy] info = accept"},
    };
    struct policy *policy = NULL;
    CU_ASSERT_FATAL(policy_new(NULL, &policy, NULL));
    const struct rule *base = policy->rules->pdata[0];
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        CU_ASSERT_STRING_EQUAL(base->kinds[rows[i].kind].line, rows[i].line);
    CU_ASSERT_PTR_NULL(base->kinds[ASSAY_KIND_SPAM].line);
    CU_ASSERT_EQUAL(G_N_ELEMENTS(rows), KIND_COUNT - 2);
    policy_free(policy);
    policy_free(NULL);
}

static void what_cannot_be_meant_is_refused_with_its_line(void)
{
    static const struct {
        const char *conf;
        const char *expected;
    } rows[] = {
        {"[policy]\nmalware = rejct\n",
         "t.conf:2: [policy] malware: \"rejct\" is not one of"},
        {"[policy]\nspam = junk\n", "t.conf:2: [policy] spam: no such option"},
        {"[verdict]\nprior = 0\n", "t.conf:2: [verdict] prior: "},
        {"[verdict]\ngateway_threshold = 11\n",
         "t.conf:2: [verdict] gateway_threshold: "},
        {"[policy]\n\nrcpt = a@b\n",
         "t.conf:3: [policy] rcpt: a condition needs a section of its own"},
        {"[policy]\nmin_confidence = 3\n",
         "t.conf:2: [policy] min_confidence: a condition needs a section"},
        {"\n[policy boss]\nrcpt = a@b\n",
         "t.conf:2: [policy boss] sets nothing: add an action"},
        {"[policy p]\nmalware = tag\nmin_confidence = 9\nmax_confidence = 8\n",
         "t.conf:3: [policy p] min_confidence: is larger than max_confidence"},
        {"[policy p]\nname = x\njunk_threshold = 3\n",
         "t.conf:3: [policy p] junk_threshold: the SCL is of the whole mail"},
        {"[policy p]\nplugin = core, av*, va\nmalware = tag\n",
         "t.conf:2: [policy p] plugin: names something without a section"},
        {"[verdict]\nveto = av\n",
         "t.conf:2: [verdict] veto: names something without a section"},
        {"[plugin av]\nfile=x\n[verdict]\nweights = av\n",
         "t.conf:4: [verdict] weights: write plugin:weight"},
        {"[plugin av]\nfile=x\n[verdict]\nweights = av:x\n",
         "t.conf:4: [verdict] weights: write plugin:weight"},
        {"[plugin av]\nfile=x\n[verdict]\nweights = av:-1\n",
         "t.conf:4: [verdict] weights: write plugin:weight"},
        {"[plugin av]\nfile=x\n[verdict]\nweights = av:1001\n",
         "t.conf:4: [verdict] weights: write plugin:weight"},
        {"[plugin av]\nfile=x\n[verdict]\nweights = va:1\n",
         "t.conf:4: [verdict] weights: write plugin:weight"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *wrong = NULL;
        CU_ASSERT_PTR_NULL(court_policy(rows[i].conf, &wrong));
        CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
        CU_ASSERT(g_str_has_prefix(wrong, rows[i].expected));
        if (!g_str_has_prefix(wrong, rows[i].expected))
            fprintf(stderr, "%s\n", wrong);
    }
}

static void patterns_match_as_people_expect(void)
{
    static const struct {
        const char *pattern;
        const char *text;
        bool fits;
    } rows[] = {
        {"boss@example.org", "Boss@Example.ORG", true},
        {"boss@example.org", "boss@example.or", false},
        {"boss@example.org", "xboss@example.org", false},
        {"*@board.example.org", "a@board.example.org", true},
        {"*@board.example.org", "@board.example.org", true},
        {"*@board.example.org", "a@x.board.example.org", false},
        {"*.example.org", "a@x.example.org", true},
        {"*", "", true},
        {"**a", "a", true},
        {"a*b*c", "a-b-b-c", true},
        {"a*b*c", "a-b-b-d", false},
        {"", "", true},
        {"", "a", false},
        {"*\xff", "a\xff", true},
        {"a?c", "abc", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        CU_ASSERT_EQUAL(rules_glob(rows[i].pattern, rows[i].text),
                        rows[i].fits);
}

static void a_hostile_text_does_not_make_a_pattern_slow(void)
{
    g_autofree char *text = g_strnfill(20000, 'a');
    CU_ASSERT_FALSE(rules_glob("*a*a*a*a*a*a*a*a*a*b", text));
}

/* --- which section decides --- */

#define SECTIONS                                                               \
    "[policy out]\ndirection = out\nencrypted = reject\n"                      \
    "[policy]\nencrypted = junk\nanomaly = quarantine\n"                       \
    "[policy boss]\nrcpt = boss@example.org, *@board.example.org\n"            \
    "encrypted = accept\n"                                                     \
    "[policy null]\nsender = <>\nencrypted = discard\n"                        \
    "[policy named]\nname = archive.*\nplugin = arc*\nencrypted = strip\n"     \
    "[policy sure]\nmin_confidence = 80\nmax_confidence = 90\n"                \
    "anomaly = reject\n"

static void the_last_section_that_fits_decides(void)
{
    static const struct {
        const char *rcpt;
        const char *from;
        uint32_t direction;
        struct court_says says;
        uint32_t action;
        const char *line;
    } rows[] = {
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_IN,
         {.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "e"},
         ASSAY_ACTION_JUNK,
         "t.conf:5: [policy] encrypted = junk"},
        /* [policy] comes first wherever it stands. */
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_OUT,
         {.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "e"},
         ASSAY_ACTION_REJECT,
         "t.conf:3: [policy out] encrypted = reject"},
        {"Boss@example.org",
         "a@b",
         ASSAY_DIRECTION_OUT,
         {.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "e"},
         ASSAY_ACTION_ACCEPT,
         "t.conf:9: [policy boss] encrypted = accept"},
        {"x@board.example.org",
         "",
         ASSAY_DIRECTION_IN,
         {.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "e"},
         ASSAY_ACTION_DISCARD,
         "t.conf:12: [policy null] encrypted = discard"},
        {NULL,
         NULL,
         ASSAY_DIRECTION_IN,
         {.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "e"},
         ASSAY_ACTION_JUNK,
         "t.conf:5: [policy] encrypted = junk"},
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_IN,
         {.scanner = "archive",
          .kind = ASSAY_KIND_ENCRYPTED,
          .name = "Archive.zip"},
         ASSAY_ACTION_STRIP,
         "t.conf:16: [policy named] encrypted = strip"},
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_IN,
         {.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "archive.zip"},
         ASSAY_ACTION_JUNK,
         "t.conf:5: [policy] encrypted = junk"},
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_IN,
         {.scanner = "p",
          .kind = ASSAY_KIND_ANOMALY,
          .name = "e",
          .confidence = 80},
         ASSAY_ACTION_REJECT,
         "t.conf:20: [policy sure] anomaly = reject"},
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_IN,
         {.scanner = "p",
          .kind = ASSAY_KIND_ANOMALY,
          .name = "e",
          .confidence = 79},
         ASSAY_ACTION_QUARANTINE,
         "t.conf:6: [policy] anomaly = quarantine"},
        {"x@y",
         "a@b",
         ASSAY_DIRECTION_IN,
         {.scanner = "p", .kind = ASSAY_KIND_ANOMALY, .name = "e"},
         ASSAY_ACTION_QUARANTINE,
         "t.conf:6: [policy] anomaly = quarantine"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct court court;
        court_open(&court, SECTIONS);
        if (rows[i].rcpt != NULL)
            court_rcpt(&court, rows[i].rcpt);
        court.fake.session->mail_from = g_strdup(rows[i].from);
        court.fake.session->direction = rows[i].direction;
        const struct court_says says[] = {rows[i].says, {.scanner = NULL}};
        const struct verdict *verdict = court_decide(&court, says);
        CU_ASSERT_EQUAL(verdict->action, rows[i].action);
        CU_ASSERT(court_because(&court, rows[i].line));
        CU_ASSERT_PTR_EQUAL(verdict->because.finding,
                            court.fake.scan->findings->pdata[0]);
        court_close(&court);
    }
}

UNIT_MAIN("policy", UNIT(the_tables_are_well_made),
          UNIT(every_kind_but_spam_has_a_default_action),
          UNIT(what_cannot_be_meant_is_refused_with_its_line),
          UNIT(patterns_match_as_people_expect),
          UNIT(a_hostile_text_does_not_make_a_pattern_slow),
          UNIT(the_last_section_that_fits_decides))
