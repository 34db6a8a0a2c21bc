/* SPDX-License-Identifier: MIT */
/*
 * A guest and its home worker: what a plugin abroad may do, and what neither of the
 * two can do to the other.
 */
#include "abroad.h"
#include "dump.h"
#include "fake.h"
#include "hosting.h"
#include "scan/one.h"
#include "scan/zone.h"
#include "unit.h"

#include <string.h>

static char *conf_of(const char *plugin, const char *settings,
                     const char *class_name)
{
    g_autofree char *relative = g_strdup_printf("bad/%s.so", plugin);
    g_autofree char *file = g_canonicalize_filename(unit_build(relative), NULL);
    return g_strdup_printf("[plugin p]\nfile = %s\nclass = %s\n%s\n", file,
                           class_name, settings);
}

static char *dump_home(const char *plugin, const char *settings,
                       const struct resolver *resolver)
{
    g_autofree char *conf = conf_of(plugin, settings, "main");
    struct hosting *h = hosting_open(conf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->host);
    h->resolver = resolver;
    hosting_scan(h, NULL);
    char *dump = dump_scan(h->scan);
    hosting_free(h);
    return dump;
}

static char *scan_abroad(struct abroad *abroad, const struct resolver *resolver)
{
    struct session *session = hosting_session();
    struct message *message = NULL;
    struct scan *scan = abroad_scan(abroad, hosting_mail, strlen(hosting_mail),
                                    session, resolver, &message);
    char *dump = dump_scan(scan);
    scan_free(scan);
    message_free(message);
    session_free(session);
    return dump;
}

static struct abroad *open_abroad(const char *plugin, const char *settings)
{
    g_autofree char *conf = conf_of(plugin, settings, "abroad");
    return abroad_open(conf, "/");
}

static void compare(const char *plugin, const char *settings,
                    const struct resolver *resolver, unsigned *asked)
{
    g_autofree char *home = dump_home(plugin, settings, resolver);
    struct abroad *abroad = open_abroad(plugin, settings);
    g_autofree char *away = scan_abroad(abroad, resolver);
    CU_ASSERT(dump_same(home, away));
    *asked = abroad->asked;
    abroad_free(abroad);
}

/* --- what a plugin may do ------------------------------------------------------- */

static void all_that_a_plugin_can_ask_is_the_same_abroad(void)
{
    for (int stage = 1; stage <= 7; stage++) {
        unsigned asked;
        g_autofree char *settings = g_strdup_printf(
            "do = attrs, content, text, header, tree, report, facts, count, "
            "edit, children, seen, time\nat = %d\n",
            stage);
        compare("puppet", settings, NULL, &asked);
        CU_ASSERT(asked > 0);
    }
}

static void rules_that_are_broken_abroad_are_told(void)
{
    static const char *const plugins[] = {"open_writer",   "silent",
                                          "unlisted_fact", "unknown_code",
                                          "host_kind",     "closes_fd"};
    unsigned asked;
    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
        compare(plugins[i], "", NULL, &asked);
        CU_ASSERT(asked > 0);
    }
    compare("puppet", "do = edit_wrong, wrong_rcpt\nat = 6\n", NULL, &asked);
}

static void wishes_go_home_and_answers_come_back(void)
{
    static const struct zone_text dns = {
        "zone",
        "{\"example.org\": {\"TXT\": [\"v=spf1 -all\", \"two\"]},"
        " \"mixed.example.org\": {\"TXT\": \"SERVFAIL\"}}",
        sizeof "{\"example.org\": {\"TXT\": [\"v=spf1 -all\", \"two\"]},"
               " \"mixed.example.org\": {\"TXT\": \"SERVFAIL\"}}" -
            1};
    struct zone *zone = NULL;
    unsigned asked;
    CU_ASSERT_FATAL(zone_parse(&dns, NULL, &zone, NULL));
    compare("puppet", "do = want\nat = 6\n", zone_resolver(zone), &asked);
    /* Three objects, each asked twice, and once in the seven other tasks. */
    CU_ASSERT_EQUAL(asked, 2 * 3 + 7);
    compare("puppet", "do = want, tree\nat = 7\n", NULL, &asked);
    compare("asks_forever", "", zone_resolver(zone), &asked);
    zone_free(zone);
}

static void a_content_that_is_not_lent_is_asked_for(void)
{
    unsigned asked;
    compare("reads_all", "", NULL, &asked);
    /* Three objects, the message, and once more because the first one saw others. */
    CU_ASSERT_EQUAL(asked, 3 + 1 + 1);
}

static void raw_bytes_that_guests_do_not_see_are_lent_as_copies(void)
{
    g_autofree char *home = dump_home("reads_all", "", NULL);
    struct abroad *abroad = open_abroad("reads_all", "");
    struct session *session = hosting_session();
    g_autoptr(GBytes) raw =
        g_bytes_new_static(hosting_mail, strlen(hosting_mail));
    struct message *message = message_new(raw, session, &abroad->limits);
    abroad->view = (struct guest_view){.message = 1,
                                       .arena = abroad->arena_seen,
                                       .arena_n = ABROAD_ARENA,
                                       .answer_max = ABROAD_ARENA};
    lend_begin(&abroad->link.lend, NULL, 0);
    struct scan *scan = scan_run(&abroad->home_plan, message, 1000000000);
    g_autofree char *away = dump_scan(scan);
    CU_ASSERT(dump_same(home, away));
    scan_free(scan);
    message_free(message);
    session_free(session);
    abroad_free(abroad);
}

/* --- a scan that begins anew ------------------------------------------------------ */

/* Unpacks something else each time it is asked about what it has unpacked itself, and
 * about the mail when that is scanned for the third time. */
static struct {
    unsigned mails;
    unsigned members;
} moods;

static int32_t moody(void *self, struct task *task)
{
    char number[16];
    const char *content = number;
    (void)self;
    if (task->object->depth > 2)
        return ASSAY_RC_OK;
    if (task->object->id == 1)
        content = moods.mails++ < 2 ? "aaa" : "something longer";
    else if (task->object->size == 3 &&
             memcmp(task->object->data, "aaa", 3) == 0)
        snprintf(number, sizeof number, "%u", moods.members++);
    else
        return ASSAY_RC_OK;
    return fake_child(task, "m", content, strlen(content), NULL);
}

static int32_t waiting(void *self, struct task *task)
{
    const struct wish *wish;
    (void)self;
    return task->object->id == 1
               ? task_want(task, ASSAY_WANT_DNS, 16, "a.example", &wish)
               : ASSAY_RC_OK;
}

/* One round.  The message's bytes lie where guests see them. */
static void run_round(struct abroad *a, struct fake *fake, GBytes *bytes)
{
    size_t n;
    size_t raw_n = strlen(FAKE_TEXT_MAIL);
    struct journal *journal = NULL;
    if (bytes != NULL) {
        const void *p = g_bytes_get_data(bytes, &n);
        journal = journal_unpack(p, n);
        CU_ASSERT_PTR_NOT_NULL_FATAL(journal);
    }
    memcpy(a->raw, FAKE_TEXT_MAIL, raw_n);
    a->view = (struct guest_view){.message = a->view.message + 1,
                                  .raw = a->raw_seen,
                                  .raw_n = raw_n,
                                  .arena = a->arena_seen,
                                  .arena_n = ABROAD_ARENA,
                                  .answer_max = ABROAD_ARENA};
    lend_begin(&a->link.lend, a->raw, raw_n);
    g_autoptr(GBytes) raw = g_bytes_new_static(a->raw, raw_n);
    fake->message = message_new(raw, fake->session, &fake->plan.limits);
    const struct scan_input input = {.message = fake->message,
                                     .journal = journal,
                                     .may_suspend = bytes == NULL};
    fake->scan = scan_run_input(&fake->plan, &input);
    journal_free(journal);
}

static void a_guest_forgets_what_was_before_a_scan_began_anew(void)
{
    struct abroad *abroad =
        open_abroad("puppet", "do = children, text\nat = 6\n");
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "moody", moody);
    fake_scanner(&fake, "waiting", waiting)->flags = 0;
    fake.list[fake.plan.scanner_n++] = &abroad->remotes[0].scanner;
    moods.mails = 0;
    moods.members = 0;
    run_round(abroad, &fake, NULL);
    CU_ASSERT_FATAL(fake.scan->is_suspended);
    g_autoptr(GBytes) journal = g_bytes_ref(fake.scan->journal);
    scan_free(fake.scan);
    message_free(fake.message);
    run_round(abroad, &fake, journal);
    CU_ASSERT_STRING_EQUAL(fake.scan->journal_refused,
                           "the children of an object differ");
    CU_ASSERT_EQUAL(moods.mails, 3);
    g_autofree char *dump = dump_scan(fake.scan);
    CU_ASSERT_PTR_NOT_NULL(strstr(dump, "\"0 something longer\""));
    CU_ASSERT_PTR_NULL(strstr(dump, "\"0 aaa\""));
    CU_ASSERT_PTR_NULL(strstr(dump, "\"answer\""));
    CU_ASSERT_PTR_NULL(strstr(dump, "\"refused\""));
    fake_end(&fake);
    abroad_free(abroad);
}

/* --- when there is no answer ------------------------------------------------------ */

static void a_guest_that_dies_is_told_in_the_plugins_name(void)
{
    struct abroad *abroad = open_abroad("puppet", "do = attrs\nat = 7\n");
    abroad->fails = "crashed";
    g_autofree char *dump = scan_abroad(abroad, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(dump, "p 0 11 0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(dump, "\"crashed\" \"it is said so\""));
    abroad->fails = NULL;
    g_autofree char *after = scan_abroad(abroad, NULL);
    g_autofree char *home = dump_home("puppet", "do = attrs\nat = 7\n", NULL);
    CU_ASSERT(dump_same(home, after));
    abroad_free(abroad);
}

static void a_message_that_does_not_fit_is_not_clean(void)
{
    struct abroad *abroad = open_abroad("puppet", "do = attrs\nat = 7\n");
    lend_clear(&abroad->link.lend);
    lend_init(&abroad->link.lend, abroad->arena, 300);
    g_autofree char *dump = scan_abroad(abroad, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        dump, "\"lend\" \"the message does not fit the 300 bytes that can be "
              "lent to the plugin's class\""));
    CU_ASSERT_EQUAL(abroad->asked, 0);
    abroad_free(abroad);
}

/* --- a home worker that has been taken over ---------------------------------------- */

/* What to change in the next question. */
static unsigned at_byte;
static uint8_t by;

static void change_question(struct abroad *abroad, GByteArray *question)
{
    (void)abroad;
    question->data[at_byte % question->len] ^= by;
}

static void change_log(struct abroad *abroad, GByteArray *question)
{
    (void)question;
    if (abroad->link.lend.log_n > 0)
        abroad->arena[at_byte % abroad->link.lend.log_n] ^= by;
}

static void lie(const char *plugin,
                void (*meddle)(struct abroad *abroad, GByteArray *question),
                unsigned times)
{
    struct abroad *abroad =
        open_abroad(plugin, strcmp(plugin, "puppet") == 0
                                ? "do = attrs, content, text, tree, header\n"
                                  "at = 6\n"
                                : "");
    unsigned refused = 0;
    abroad->meddle = meddle;
    /* tests/fuzz/fuzz_guest_question.c tries many more. */
    for (unsigned i = 0; i < times; i += 2) {
        at_byte = i;
        by = (uint8_t)(1u << (i * 7 / 2 % 8));
        g_autofree char *dump = scan_abroad(abroad, NULL);
        refused += strstr(dump, "\"refused\"") != NULL;
    }
    CU_ASSERT(refused > times / 40);
    abroad->meddle = NULL;
    g_autofree char *after = scan_abroad(abroad, NULL);
    CU_ASSERT_PTR_NULL(strstr(after, "\"refused\""));
    abroad_free(abroad);
}

static void a_lying_question_or_log_never_hurts_the_guest(void)
{
    lie("puppet", change_question, 200);
    lie("puppet", change_log, 500);
    lie("reads_all", change_log, 500);
}

/* Numbers that reach out of the mapping. */
static void reach_out(struct abroad *abroad, GByteArray *question)
{
    uint64_t n = ABROAD_ARENA + 1;
    (void)abroad;
    memcpy(question->data, &n, sizeof n);
}

static void a_log_beyond_the_arena_is_refused(void)
{
    struct abroad *abroad = open_abroad("reads_all", "");
    abroad->meddle = reach_out;
    g_autofree char *dump = scan_abroad(abroad, NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(dump, "\"refused\" \"its worker was lent a log that is longer "
                     "than the arena\""));
    abroad_free(abroad);
}

/* The content that was lent last is said to lie beyond all. */
static void move_content(struct abroad *abroad, GByteArray *question)
{
    const struct lend *lend = &abroad->link.lend;

    enum {
        ENTRY = 22,
        OFFSET_AT = 6
    };

    uint64_t offset = UINT64_MAX - 4;
    (void)question;
    uint8_t *entry = abroad->arena + lend->log_n - ENTRY;
    CU_ASSERT_EQUAL(entry[0], LEND_CONTENT);
    memcpy(entry + OFFSET_AT, &offset, sizeof offset);
}

static void a_content_beyond_the_mapping_is_not_touched(void)
{
    struct abroad *abroad = open_abroad("reads_all", "");
    abroad->meddle = move_content;
    g_autofree char *dump = scan_abroad(abroad, NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(dump, "\"answer\" \"its worker wants more than there is\""));
    abroad_free(abroad);
}

/* --- a guest that has been taken over ------------------------------------------------ */

static bool lying_ask(void *self, const struct remote *remote,
                      const struct task *task, const void *question, size_t n,
                      struct remote_answer *out)
{
    struct abroad *abroad = self;
    (void)remote;
    (void)task;
    g_byte_array_set_size(abroad->answer, 0);
    guest_run(abroad->guest, &abroad->view, question, n, abroad->answer);
    if (abroad->answer->len > 0)
        abroad->answer->data[at_byte % abroad->answer->len] ^= by;
    out->p = abroad->answer->data;
    out->n = abroad->answer->len;
    return true;
}

static void a_lying_guest_never_hurts_the_home_worker(void)
{
    struct abroad *abroad = open_abroad(
        "puppet", "do = report, facts, count, edit, children, seen\nat = 6\n");
    unsigned refused = 0;
    abroad->link.ask = lying_ask;
    /* tests/fuzz/fuzz_guest_answer.c tries many more. */
    for (unsigned i = 0; i < 1000; i += 3) {
        at_byte = i;
        by = (uint8_t)(1u << (i * 5 % 8));
        g_autofree char *dump = scan_abroad(abroad, NULL);
        /* It speaks in its own name only. */
        CU_ASSERT_PTR_NULL(strstr(dump, "\ncore 3 8"));
        refused += strstr(dump, "p 0 11 0") != NULL;
    }
    CU_ASSERT(refused > 20);
    abroad_free(abroad);
}

UNIT_MAIN("guest", UNIT(all_that_a_plugin_can_ask_is_the_same_abroad),
          UNIT(rules_that_are_broken_abroad_are_told),
          UNIT(wishes_go_home_and_answers_come_back),
          UNIT(a_content_that_is_not_lent_is_asked_for),
          UNIT(raw_bytes_that_guests_do_not_see_are_lent_as_copies),
          UNIT(a_guest_forgets_what_was_before_a_scan_began_anew),
          UNIT(a_guest_that_dies_is_told_in_the_plugins_name),
          UNIT(a_message_that_does_not_fit_is_not_clean),
          UNIT(a_lying_question_or_log_never_hurts_the_guest),
          UNIT(a_log_beyond_the_arena_is_refused),
          UNIT(a_content_beyond_the_mapping_is_not_touched),
          UNIT(a_lying_guest_never_hurts_the_home_worker))
