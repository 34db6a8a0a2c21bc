/* SPDX-License-Identifier: MIT */
/* One answer, one envelope and one header for recipients with actions of their own. */
#include "court.h"
#include "unit.h"
#include "verdict/outcome.h"

#include <stdlib.h>

/* A verdict that the test writes itself, over a mail of fakes. */
struct desk {
    struct fake fake;
    struct verdict verdict;
    struct outcome_options options;
    struct outcome *outcome;
};

static void read_options(const char *text, struct outcome_options *out)
{
    struct conf *conf = NULL;
    GError *error = NULL;
    if (!conf_parse(text, strlen(text), "t.conf", "/", &conf, &error) ||
        !outcome_options_read(conf, out, &error)) {
        fprintf(stderr, "%s\n", error->message);
        g_assert_not_reached();
    }
    conf_free(conf);
}

static void desk_open(struct desk *desk, const char *conf)
{
    memset(desk, 0, sizeof *desk);
    fake_begin(&desk->fake);
    fake_run(&desk->fake, FAKE_TEXT_MAIL);
    desk->verdict.rcpts =
        g_array_new(false, false, sizeof(struct verdict_rcpt));
    read_options(conf, &desk->options);
}

static void desk_rcpt(struct desk *desk, const char *address, uint32_t action)
{
    GPtrArray *rcpts = desk->fake.session->rcpts;
    g_ptr_array_add(rcpts, g_strdup(address));
    struct verdict_rcpt one = {.rcpt = rcpts->pdata[rcpts->len - 1],
                               .action = action,
                               .because.kind = ASSAY_KIND_SPAM};
    g_array_append_val(desk->verdict.rcpts, one);
    if (verdict_is_stricter(action, desk->verdict.action))
        desk->verdict.action = action;
}

/* "a@x:junk b@x:reject" */
static void desk_rcpts(struct desk *desk, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word != NULL; word++) {
        char *colon = strchr(*word, ':');
        if (colon == NULL)
            continue;
        *colon = '\0';
        desk_rcpt(desk, *word, verdict_action_by_name(colon + 1));
    }
}

static const struct outcome *desk_decide(struct desk *desk)
{
    outcome_free(desk->outcome);
    desk->outcome =
        outcome_new(&desk->options, &desk->verdict, desk->fake.scan);
    return desk->outcome;
}

static void desk_close(struct desk *desk)
{
    outcome_free(desk->outcome);
    outcome_options_clear(&desk->options);
    g_array_unref(desk->verdict.rcpts);
    fake_end(&desk->fake);
}

static void append(GString *to, const char *label, const char *text)
{
    g_string_append_printf(to, " %s=%s", label, text);
}

/* "deliver on=a@x held=b@x:reject sent=c@x>d@y added=d@y junk" */
static char *show(const struct outcome *outcome)
{
    GString *to = g_string_new(outcome_answer_name(outcome->answer));
    for (unsigned i = 0; i < outcome->goes_on->len; i++)
        append(to, "on", outcome->goes_on->pdata[i]);
    for (unsigned i = 0; i < outcome->held->len; i++) {
        const struct outcome_held *held = outcome->held->pdata[i];
        append(to, "held", held->rcpt);
        g_string_append_printf(to, ":%s", verdict_action_name(held->action));
    }
    for (unsigned i = 0; i < outcome->redirected->len; i++) {
        const struct outcome_redirected *one = outcome->redirected->pdata[i];
        append(to, "sent", one->rcpt);
        g_string_append_printf(to, ">%s", one->to);
    }
    for (unsigned i = 0; i < outcome->added->len; i++)
        append(to, "added", outcome->added->pdata[i]);
    if (outcome->is_tagged)
        g_string_append(to, " tagged");
    if (outcome->is_junk)
        g_string_append(to, " junk");
    if (outcome->is_unscanned)
        append(to, "unscanned", outcome->unscanned_by);
    return g_string_free(to, FALSE);
}

static bool shows(const struct outcome *outcome, const char *expected)
{
    g_autofree char *text = show(outcome);
    if (strcmp(text, expected) == 0)
        return true;
    fprintf(stderr, "  got      %s\n  expected %s\n", text, expected);
    return false;
}

static void the_table_is_well_made(void)
{
    GError *error = NULL;
    CU_ASSERT(option_table_check(actions_options, &error));
    CU_ASSERT_PTR_NULL(error);
    struct outcome_options options;
    outcome_options_default(&options);
    CU_ASSERT_EQUAL(options.reject_code, 550);
    outcome_options_clear(&options);
}

#define TO "[actions]\nredirect_to = r@y\n"
#define COPY                                                                   \
    "[actions]\ncopy_to = c@y\ncopy_actions = accept, junk, quarantine, "      \
    "discard, redirect\nredirect_to = r@y\n"

static void every_mixture_of_actions_has_its_outcome(void)
{
    static const struct {
        const char *conf;
        const char *rcpts;
        const char *expected;
    } rows[] = {
        /* one recipient */
        {"", "a@x:accept", "deliver on=a@x"},
        {"", "a@x:none", "deliver on=a@x"},
        {"", "a@x:tag", "deliver on=a@x tagged"},
        {"", "a@x:junk", "deliver on=a@x junk"},
        {"", "a@x:strip", "discard held=a@x:strip"},
        {"", "a@x:redirect", "discard held=a@x:redirect"},
        {TO, "a@x:redirect", "deliver sent=a@x>r@y added=r@y"},
        {"", "a@x:quarantine", "discard held=a@x:quarantine"},
        {"", "a@x:defer", "defer"},
        {"", "a@x:reject", "reject"},
        {"", "a@x:discard", "discard held=a@x:discard"},
        /* all alike */
        {"", "a@x:accept b@x:accept", "deliver on=a@x on=b@x"},
        {"", "a@x:quarantine b@x:quarantine",
         "discard held=a@x:quarantine held=b@x:quarantine"},
        {"", "a@x:reject b@x:reject c@x:reject", "reject"},
        {"", "a@x:discard b@x:discard",
         "discard held=a@x:discard held=b@x:discard"},
        {TO, "a@x:redirect b@x:redirect",
         "deliver sent=a@x>r@y sent=b@x>r@y added=r@y"},
        /* defer is stronger than all */
        {"", "a@x:accept b@x:defer", "defer"},
        {"", "a@x:reject b@x:defer", "defer"},
        {"", "a@x:discard b@x:defer c@x:accept", "defer"},
        {"", "a@x:quarantine b@x:defer", "defer"},
        {TO, "a@x:redirect b@x:defer", "defer"},
        /* a reject that is not for all */
        {"", "a@x:accept b@x:reject", "deliver on=a@x held=b@x:reject"},
        {"", "a@x:reject b@x:accept", "deliver on=b@x held=a@x:reject"},
        {"", "a@x:reject b@x:quarantine",
         "discard held=a@x:reject held=b@x:quarantine"},
        {"", "a@x:reject b@x:discard",
         "discard held=a@x:reject held=b@x:discard"},
        {TO, "a@x:reject b@x:redirect",
         "deliver held=a@x:reject sent=b@x>r@y added=r@y"},
        /* kept for some */
        {"", "a@x:accept b@x:quarantine", "deliver on=a@x held=b@x:quarantine"},
        {"", "a@x:accept b@x:discard", "deliver on=a@x held=b@x:discard"},
        {"", "a@x:quarantine b@x:discard",
         "discard held=a@x:quarantine held=b@x:discard"},
        {"", "a@x:strip b@x:accept", "deliver on=b@x held=a@x:strip"},
        {TO, "a@x:redirect b@x:quarantine c@x:accept",
         "deliver on=c@x held=b@x:quarantine sent=a@x>r@y added=r@y"},
        /* one header for all who get it */
        {"", "a@x:accept b@x:junk", "deliver on=a@x on=b@x junk"},
        {"", "a@x:tag b@x:junk c@x:accept",
         "deliver on=a@x on=b@x on=c@x tagged junk"},
        {"", "a@x:accept b@x:tag c@x:quarantine",
         "deliver on=a@x on=b@x held=c@x:quarantine tagged"},
        {TO, "a@x:redirect b@x:junk",
         "deliver on=b@x sent=a@x>r@y added=r@y junk"},
        /* where it is redirected to */
        {TO, "r@y:redirect", "deliver on=r@y"},
        {TO, "R@Y:redirect b@x:quarantine",
         "deliver on=R@Y held=b@x:quarantine"},
        {TO, "a@x:redirect r@y:accept", "deliver on=r@y sent=a@x>r@y"},
        {TO, "a@x:redirect r@y:quarantine",
         "discard held=a@x:redirect held=r@y:quarantine"},
        {TO, "a@x:redirect R@y:reject b@x:accept",
         "deliver on=b@x held=a@x:redirect held=R@y:reject"},
        {"", "a@x:redirect b@x:accept", "deliver on=b@x held=a@x:redirect"},
        /* copies */
        {COPY, "a@x:accept", "deliver on=a@x added=c@y"},
        {COPY, "a@x:tag", "deliver on=a@x tagged"},
        {COPY, "a@x:quarantine", "deliver held=a@x:quarantine added=c@y"},
        {COPY, "a@x:discard b@x:accept",
         "deliver on=b@x held=a@x:discard added=c@y"},
        {COPY, "a@x:reject", "reject"},
        {COPY, "a@x:defer", "defer"},
        {COPY, "a@x:accept c@y:accept", "deliver on=a@x on=c@y"},
        {COPY, "a@x:accept c@y:quarantine",
         "deliver on=a@x held=c@y:quarantine"},
        {COPY, "a@x:redirect", "deliver sent=a@x>r@y added=r@y added=c@y"},
        {"[actions]\ncopy_to = c@y, C@Y, d@y\n", "a@x:quarantine",
         "deliver held=a@x:quarantine added=c@y added=d@y"},
        {"[actions]\ncopy_to = c@y\ncopy_kinds = malware\n", "a@x:quarantine",
         "discard held=a@x:quarantine"},
        {"[actions]\ncopy_to = c@y\ncopy_kinds = malware, clean\n",
         "a@x:quarantine", "deliver held=a@x:quarantine added=c@y"},
        /* one address twice */
        {"", "a@x:accept A@X:quarantine",
         "discard held=a@x:quarantine held=A@X:quarantine"},
        {"", "a@x:accept a@x:defer", "defer"},
        {"", "a@x:reject A@x:accept", "reject"},
        {TO, "a@x:junk a@x:redirect b@x:accept",
         "deliver on=b@x sent=a@x>r@y sent=a@x>r@y added=r@y"},
    };

    CU_ASSERT(G_N_ELEMENTS(rows) >= 40);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct desk desk;
        desk_open(&desk, rows[i].conf);
        desk_rcpts(&desk, rows[i].rcpts);
        CU_ASSERT(shows(desk_decide(&desk), rows[i].expected));
        desk_close(&desk);
    }
}

/* Without recipients there is nobody to keep anything for. */
static void a_message_for_nobody_is_never_lost(void)
{
    static const struct {
        uint32_t action;
        const char *expected;
    } rows[] = {
        {ASSAY_ACTION_ACCEPT, "deliver"},
        {ASSAY_ACTION_TAG, "deliver tagged"},
        {ASSAY_ACTION_JUNK, "deliver junk"},
        {ASSAY_ACTION_STRIP, "defer"},
        {ASSAY_ACTION_REDIRECT, "defer"},
        {ASSAY_ACTION_QUARANTINE, "defer"},
        {ASSAY_ACTION_DEFER, "defer"},
        {ASSAY_ACTION_REJECT, "reject"},
        {ASSAY_ACTION_DISCARD, "defer"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct desk desk;
        desk_open(&desk, TO);
        desk.verdict.action = rows[i].action;
        CU_ASSERT(shows(desk_decide(&desk), rows[i].expected));
        desk_close(&desk);
    }
}

/* --- no recipient is lost --- */

static bool is_listed(const GPtrArray *all, const char *address)
{
    for (unsigned i = 0; i < all->len; i++)
        if (g_ascii_strcasecmp(all->pdata[i], address) == 0)
            return true;
    return false;
}

/* In how many places the recipient (the very string) is. */
static unsigned places(const struct outcome *outcome, const char *rcpt)
{
    unsigned n = 0;
    for (unsigned i = 0; i < outcome->goes_on->len; i++)
        n += outcome->goes_on->pdata[i] == rcpt;
    for (unsigned i = 0; i < outcome->held->len; i++)
        n += ((struct outcome_held *)outcome->held->pdata[i])->rcpt == rcpt;
    for (unsigned i = 0; i < outcome->redirected->len; i++) {
        const struct outcome_redirected *one = outcome->redirected->pdata[i];
        n += one->rcpt == rcpt && (is_listed(outcome->added, one->to) ||
                                   is_listed(outcome->goes_on, one->to));
    }
    return n;
}

/* Does an MTA that takes out by address, in either case, take out no more? */
static bool is_envelope_exact(const struct outcome *outcome)
{
    bool is_exact = true;
    for (unsigned i = 0; i < outcome->held->len; i++) {
        const struct outcome_held *held = outcome->held->pdata[i];
        is_exact = is_exact && !is_listed(outcome->goes_on, held->rcpt) &&
                   !is_listed(outcome->added, held->rcpt);
    }
    for (unsigned i = 0; i < outcome->redirected->len; i++) {
        const struct outcome_redirected *one = outcome->redirected->pdata[i];
        is_exact = is_exact && !is_listed(outcome->goes_on, one->rcpt) &&
                   !is_listed(outcome->added, one->rcpt);
    }
    for (unsigned i = 0; i < outcome->added->len; i++)
        is_exact =
            is_exact && !is_listed(outcome->goes_on, outcome->added->pdata[i]);
    return is_exact;
}

static bool is_whole(const struct desk *desk)
{
    const struct outcome *outcome = desk->outcome;
    const GPtrArray *rcpts = desk->fake.session->rcpts;
    unsigned found = 0;
    for (unsigned i = 0; i < rcpts->len; i++) {
        unsigned n = places(outcome, rcpts->pdata[i]);
        if (n > 1)
            return false;
        found += n;
    }
    if (outcome->answer == OUTCOME_REJECT || outcome->answer == OUTCOME_DEFER)
        return found == 0 && outcome->added->len == 0 && outcome->text != NULL;
    if (outcome->answer == OUTCOME_DISCARD)
        return outcome->held->len == rcpts->len && outcome->added->len == 0;
    return found == rcpts->len && is_envelope_exact(outcome) &&
           outcome->goes_on->len + outcome->added->len > 0;
}

/* Few addresses in both cases, so that they meet often. */
static void some_rcpts(struct desk *desk)
{
    static const char *const addresses[] = {"a@x", "A@x", "b@x", "c@y",
                                            "r@y", "R@Y", "s@y"};
    int n = 1 + g_random_int_range(0, 6);
    for (int i = 0; i < n; i++) {
        uint32_t action = (uint32_t)g_random_int_range(0, 10);
        desk_rcpt(desk, addresses[g_random_int_range(0, 7)], action);
    }
    for (unsigned i = 0; i < desk->verdict.rcpts->len; i++) {
        struct verdict_rcpt *one =
            &g_array_index(desk->verdict.rcpts, struct verdict_rcpt, i);
        if (g_random_int_range(0, 4) == 0)
            one->redirect_to =
                (char *)(uintptr_t)addresses[g_random_int_range(0, 7)];
    }
}

static void no_recipient_is_ever_lost(void)
{
    const char *wanted = g_getenv("OUTCOME_SEED");
    uint32_t seed =
        wanted != NULL ? (uint32_t)strtoul(wanted, NULL, 10) : g_random_int();
    g_random_set_seed(seed);
    static const char *const confs[] = {"", TO, COPY};
    unsigned answers[4] = {0};
    for (int i = 0; i < 20000; i++) {
        struct desk desk;
        desk_open(&desk, confs[i % 3]);
        some_rcpts(&desk);
        answers[desk_decide(&desk)->answer]++;
        if (!is_whole(&desk)) {
            g_autofree char *text = show(desk.outcome);
            fprintf(stderr, "OUTCOME_SEED=%u: %s\n", seed, text);
            CU_FAIL("a recipient is lost");
            desk_close(&desk);
            break;
        }
        desk_close(&desk);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        CU_ASSERT(answers[i] > 0);
}

/* --- what could not be done exactly --- */

static void what_is_not_done_exactly_is_noted(void)
{
    static const struct {
        const char *conf;
        const char *rcpts;
        const char *note; /* NULL: none */
    } rows[] = {
        {"", "a@x:accept b@x:quarantine", NULL},
        {"", "a@x:reject", NULL},
        {"", "a@x:accept b@x:reject c@x:reject",
         "reject for some recipients only: kept in quarantine (2)"},
        {"", "a@x:strip", "strip is carried out as quarantine (1)"},
        {"", "a@x:redirect",
         "redirect without an address that can be used: kept in quarantine "
         "(1)"},
        {COPY, "a@x:accept c@y:quarantine",
         "no copy to an address that is taken out of the envelope (2)"},
        {"", "a@x:accept a@x:tag",
         "one address with two actions: the stricter holds (1)"},
        {"", "a@x:accept b@x:junk",
         "marked for all because some recipients want it marked (1)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct desk desk;
        desk_open(&desk, rows[i].conf);
        desk_rcpts(&desk, rows[i].rcpts);
        const GPtrArray *notes = desk_decide(&desk)->notes;
        CU_ASSERT_EQUAL(notes->len, rows[i].note != NULL);
        if (notes->len > 0 && rows[i].note != NULL)
            CU_ASSERT_STRING_EQUAL(notes->pdata[0], rows[i].note);
        desk_close(&desk);
    }
}

/* --- addresses of policy sections --- */

#define SECTIONS                                                               \
    "[actions]\nredirect_to = all@y\n"                                         \
    "[policy]\nencrypted = redirect\nanomaly = quarantine\n"                   \
    "[policy board]\nrcpt = *@board.x\nredirect_to = secretary@board.x\n"      \
    "copy_to = log@y\n"                                                        \
    "[policy quiet]\nrcpt = quiet@board.x\ncopy_to =\n"                        \
    "[policy named]\nname = special\nredirect_to = special@y\n"

static void sections_name_addresses_of_their_own(void)
{
    static const struct {
        const char *rcpt;
        uint32_t kind;
        const char *name;
        const char *expected;
    } rows[] = {
        {"a@x", ASSAY_KIND_ENCRYPTED, "e",
         "deliver sent=a@x>all@y added=all@y"},
        {"a@x", ASSAY_KIND_ANOMALY, "e", "discard held=a@x:quarantine"},
        {"a@board.x", ASSAY_KIND_ENCRYPTED, "e",
         "deliver sent=a@board.x>secretary@board.x added=secretary@board.x"},
        {"a@board.x", ASSAY_KIND_ANOMALY, "e",
         "deliver held=a@board.x:quarantine added=log@y"},
        {"quiet@board.x", ASSAY_KIND_ANOMALY, "e",
         "discard held=quiet@board.x:quarantine"},
        {"a@board.x", ASSAY_KIND_ENCRYPTED, "special",
         "deliver sent=a@board.x>special@y added=special@y"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct court court;
        struct outcome_options options;
        court_open(&court, SECTIONS);
        read_options("[actions]\nredirect_to = all@y\n", &options);
        court_rcpt(&court, rows[i].rcpt);
        const struct court_says says[] = {
            {.scanner = "p", .kind = rows[i].kind, .name = rows[i].name},
            {.scanner = NULL}};
        court_decide(&court, says);
        struct outcome *outcome =
            outcome_new(&options, court.verdict, court.fake.scan);
        CU_ASSERT(shows(outcome, rows[i].expected));
        outcome_free(outcome);
        outcome_options_clear(&options);
        court_close(&court);
    }
}

/* --- what nobody looked at --- */

static char *outcome_of(const char *conf, const struct court_says *says,
                        bool has_two)
{
    struct court court;
    struct outcome_options options;
    court_open(&court, conf);
    outcome_options_default(&options);
    court_rcpt(&court, "a@x");
    if (has_two)
        court_rcpt(&court, "b@x");
    court_decide(&court, says);
    struct outcome *outcome =
        outcome_new(&options, court.verdict, court.fake.scan);
    char *text = show(outcome);
    outcome_free(outcome);
    outcome_options_clear(&options);
    court_close(&court);
    return text;
}

static void mail_that_goes_on_unscanned_is_marked(void)
{
    static const struct {
        const char *conf;
        struct court_says says[3];
        bool has_two;
        const char *expected;
    } rows[] = {
        {"", {{.scanner = "p", .kind = ASSAY_KIND_FAILED}}, false, "defer"},
        {"[policy]\nfailed = accept\n",
         {{.scanner = "p", .kind = ASSAY_KIND_FAILED}},
         false,
         "deliver on=a@x unscanned=p (internal)"},
        {"[policy]\nfailed = accept\n",
         {{.scanner = "p", .kind = ASSAY_KIND_FAILED},
          {.scanner = "q", .kind = ASSAY_KIND_FAILED}},
         true,
         "deliver on=a@x on=b@x unscanned=p (internal), q (internal)"},
        {"[policy]\nfailed = tag\n",
         {{.scanner = "p", .kind = ASSAY_KIND_FAILED}},
         false,
         "deliver on=a@x tagged unscanned=p (internal)"},
        /* What was looked at goes on without. */
        {"[policy]\npartial = accept\n",
         {{.scanner = "p", .kind = ASSAY_KIND_PARTIAL, .name = "d"}},
         false,
         "deliver on=a@x"},
        {"[policy]\nfailed = accept\n",
         {{.scanner = "p", .kind = ASSAY_KIND_INFO, .name = "i"}},
         false,
         "deliver on=a@x"},
        /* Enough engines have answered: it is scanned. */
        {"[verdict]\nbias = max-performance\n",
         {{.scanner = "av1", .kind = ASSAY_KIND_FAILED}, {.scanner = "av2"}},
         false,
         "deliver on=a@x"},
        /* Nobody gets it. */
        {"[policy]\nfailed = quarantine\n",
         {{.scanner = "p", .kind = ASSAY_KIND_FAILED}},
         false,
         "discard held=a@x:quarantine"},
        {"[policy]\nfailed = accept\n[policy b]\nrcpt = b@x\nfailed = "
         "quarantine\n",
         {{.scanner = "p", .kind = ASSAY_KIND_FAILED}},
         true,
         "deliver on=a@x held=b@x:quarantine unscanned=p (internal)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            outcome_of(rows[i].conf, rows[i].says, rows[i].has_two);
        CU_ASSERT_STRING_EQUAL(text, rows[i].expected);
        if (strcmp(text, rows[i].expected) != 0)
            fprintf(stderr, "  got      %s\n  expected %s\n", text,
                    rows[i].expected);
    }
}

static void mail_without_a_verdict_goes_on_marked(void)
{
    struct session *session = session_new();
    g_ptr_array_add(session->rcpts, g_strdup("a@x"));
    g_ptr_array_add(session->rcpts, g_strdup("b@x"));
    struct outcome *outcome = outcome_without_verdict(session, "too\r\nlarge");
    CU_ASSERT(shows(outcome, "deliver on=a@x on=b@x unscanned=too??large"));
    outcome_free(outcome);
    session_free(session);
}

/* --- what the client is told --- */

static char *reply_of(const char *conf, uint32_t action,
                      struct finding *finding, uint32_t kind)
{
    struct desk desk;
    desk_open(&desk, conf);
    desk.fake.session->queue_id = g_strdup("4Xk2");
    desk_rcpt(&desk, "a@x", action);
    struct verdict_rcpt *rcpt =
        &g_array_index(desk.verdict.rcpts, struct verdict_rcpt, 0);
    rcpt->because.finding = finding;
    rcpt->because.kind = kind;
    const struct outcome *outcome = desk_decide(&desk);
    char *text = g_strdup_printf("%u %s %s", outcome->code, outcome->enhanced,
                                 outcome->text);
    desk_close(&desk);
    return text;
}

static void the_reply_says_why_in_words(void)
{
    static const struct {
        const char *conf;
        uint32_t action;
        uint32_t kind;
        const char *name; /* NULL: the SCL decided */
        unsigned code;    /* the plugin's */
        const char *text; /* the plugin's */
        const char *expected;
    } rows[] = {
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_MALWARE, "Eicar", 0, NULL,
         "550 5.7.1 Message refused: it contains malware (Eicar)"},
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_SPAM, NULL, 0, NULL,
         "550 5.7.1 Message refused: it is rated as spam"},
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_ANOMALY, "mime.x", 0, NULL,
         "550 5.6.0 Message refused: it is not well formed (mime.x)"},
        {"", ASSAY_ACTION_DEFER, ASSAY_KIND_FAILED, "crashed", 0, NULL,
         "451 4.3.0 Try again later: it could not be scanned (crashed)"},
        {"", ASSAY_ACTION_DEFER, ASSAY_KIND_POLICY, "grey", 0, NULL,
         "451 4.7.1 Try again later: its content is not allowed here (grey)"},
        {"[actions]\nreply_names = no\n", ASSAY_ACTION_REJECT,
         ASSAY_KIND_MALWARE, "Eicar", 0, NULL,
         "550 5.7.1 Message refused: it contains malware"},
        {"[actions]\nreject_code = 554\nreject_text = No ({id}): {reason}; "
         "100% {name}\nreply_names = no\n",
         ASSAY_ACTION_REJECT, ASSAY_KIND_PHISHING, "x", 0, NULL,
         "554 5.7.1 No (4Xk2): it looks like phishing; 100% x"},
        /* names are from plugins and from mail */
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_MALWARE,
         "a\r\n250 ok\x1b[2J\xc3\xa9{id}", 0, NULL,
         "550 5.7.1 Message refused: it contains malware (a??250 "
         "ok?[2J??{id})"},
        /* plugins' own */
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_POLICY, "x", 553,
         "5.1.8 Who are you?", "553 5.1.8 Who are you?"},
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_POLICY, "x", 553, "Who are you?",
         "553 5.7.1 Who are you?"},
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_POLICY, "x", 553, "5.1.x no",
         "553 5.7.1 5.1.x no"},
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_POLICY, "x", 550, "4.1.1 no",
         "550 5.7.1 4.1.1 no"},
        {"", ASSAY_ACTION_DEFER, ASSAY_KIND_POLICY, "x", 450, "4.2.0 Grey",
         "450 4.2.0 Grey"},
        {"", ASSAY_ACTION_DEFER, ASSAY_KIND_POLICY, "x", 421, "go away",
         "451 4.7.1 go away"},
        {"", ASSAY_ACTION_DEFER, ASSAY_KIND_POLICY, "x", 550, "no",
         "451 4.7.1 Try again later: its content is not allowed here (x)"},
        {"", ASSAY_ACTION_REJECT, ASSAY_KIND_POLICY, "x", 550, "",
         "550 5.7.1 Message refused: its content is not allowed here (x)"},
        {"[actions]\nplugin_replies = no\n", ASSAY_ACTION_REJECT,
         ASSAY_KIND_POLICY, "x", 553, "mine",
         "550 5.7.1 Message refused: its content is not allowed here (x)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct finding finding = {
            .name = (char *)(uintptr_t)rows[i].name,
            .reply_code = rows[i].code,
            .reply_text = (char *)(uintptr_t)rows[i].text,
        };
        g_autofree char *text =
            reply_of(rows[i].conf, rows[i].action,
                     rows[i].name != NULL ? &finding : NULL, rows[i].kind);
        CU_ASSERT_STRING_EQUAL(text, rows[i].expected);
        if (strcmp(text, rows[i].expected) != 0)
            fprintf(stderr, "  got      %s\n  expected %s\n", text,
                    rows[i].expected);
    }
}

static void a_reply_is_one_short_line(void)
{
    g_autofree char *name = g_strnfill(4000, '\n');
    g_autofree char *conf = g_strdup_printf(
        "[actions]\nreject_text = %s {name}{name}{name}{name}{name}{name}\n",
        "{reason}{reason}{reason}{reason}");
    struct finding finding = {.name = name};
    g_autofree char *text =
        reply_of(conf, ASSAY_ACTION_REJECT, &finding, ASSAY_KIND_ENCRYPTED);
    CU_ASSERT(strlen(text) <= strlen("550 5.7.1 ") + 400);
    CU_ASSERT(strlen(text) > 300);
    for (const char *p = text; *p != '\0'; p++)
        CU_ASSERT(*p >= ' ' && *p <= '~');
}

/* --- configuration --- */

static void what_cannot_be_meant_is_refused(void)
{
    static const struct {
        const char *conf;
        const char *expected;
    } rows[] = {
        {"[actions]\nreject_code = 450\n", "t.conf:2: [actions] reject_code: "},
        {"[actions]\ndefer_code = 550\n", "t.conf:2: [actions] defer_code: "},
        {"[actions]\nreject_text = caf\xc3\xa9\n",
         "t.conf:2: [actions] reject_text: \"caf\xc3\xa9\" is not 1 to 240"},
        {"[actions]\nreject_text = \"\"\n",
         "t.conf:2: [actions] reject_text: \"\" is not 1 to 240"},
        {"[actions]\ndefer_text = {who}\n",
         "t.conf:2: [actions] defer_text: \"{who}\" has other braces than"},
        {"[actions]\nredirect_to = boss\n",
         "t.conf:2: [actions] redirect_to: \"boss\" is not an address"},
        {"[actions]\ncopy_to = a@b, <c@d>\n",
         "t.conf:2: [actions] copy_to: \"<c@d>\" is not an address"},
        {"[actions]\ncopy_actions = reject\n",
         "t.conf:2: [actions] copy_actions: \"reject\" is not one of"},
        {"[actions]\ncopy_kinds = viruses\n",
         "t.conf:2: [actions] copy_kinds: \"viruses\" is not one of"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct conf *conf = NULL;
        GError *error = NULL;
        struct outcome_options options;
        CU_ASSERT(conf_parse(rows[i].conf, strlen(rows[i].conf), "t.conf", "/",
                             &conf, NULL));
        CU_ASSERT_FALSE(outcome_options_read(conf, &options, &error));
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT(g_str_has_prefix(error->message, rows[i].expected));
        if (!g_str_has_prefix(error->message, rows[i].expected))
            fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
        conf_free(conf);
    }
}

static void to_redirect_needs_an_address(void)
{
    static const struct {
        const char *conf;
        const char *wrong; /* NULL: it is right */
    } rows[] = {
        {"[policy]\nspoof = redirect\n",
         "t.conf:2: [policy] spoof = redirect: needs an address: set "
         "redirect_to in this section, in [policy] or in [actions]"},
        {"[verdict]\ngateway_action = redirect\n",
         "t.conf:2: [verdict] gateway_action = redirect: needs an address: "
         "set redirect_to in this section, in [policy] or in [actions]"},
        {"[policy b]\nrcpt = a@b\nspoof = redirect\n",
         "t.conf:3: [policy b] spoof = redirect: needs an address: set "
         "redirect_to in this section, in [policy] or in [actions]"},
        {"[policy]\nspoof = redirect\nredirect_to = a@b\n", NULL},
        {"[actions]\nredirect_to = a@b\n[policy]\nspoof = redirect\n", NULL},
        {"[policy b]\nspoof = redirect\nredirect_to = a@b\n", NULL},
        {"[policy b]\nspoof = redirect\nredirect_to = a b@c\n",
         "t.conf:3: [policy b] redirect_to: \"a b@c\" is not an address such "
         "as postmaster@example.org"},
        {"[policy b]\nrcpt = a@b\ncopy_to = a@, b@c\n",
         "t.conf:3: [policy b] copy_to: \"a@\" is not an address such as "
         "postmaster@example.org"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *wrong = NULL;
        struct policy *policy = court_policy(rows[i].conf, &wrong);
        CU_ASSERT_EQUAL(policy != NULL, rows[i].wrong == NULL);
        if (rows[i].wrong != NULL && wrong != NULL)
            CU_ASSERT_STRING_EQUAL(wrong, rows[i].wrong);
        policy_free(policy);
    }
}

UNIT_MAIN("outcome", UNIT(the_table_is_well_made),
          UNIT(every_mixture_of_actions_has_its_outcome),
          UNIT(a_message_for_nobody_is_never_lost),
          UNIT(no_recipient_is_ever_lost),
          UNIT(what_is_not_done_exactly_is_noted),
          UNIT(sections_name_addresses_of_their_own),
          UNIT(mail_that_goes_on_unscanned_is_marked),
          UNIT(mail_without_a_verdict_goes_on_marked),
          UNIT(the_reply_says_why_in_words), UNIT(a_reply_is_one_short_line),
          UNIT(what_cannot_be_meant_is_refused),
          UNIT(to_redirect_needs_an_address))
