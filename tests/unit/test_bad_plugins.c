/* SPDX-License-Identifier: MIT */
/*
 * Plugins that load well and behave badly: what they do is contained and told as
 * `failed` in their name; nothing that they made up is believed.
 */
#include "hosting.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* Scans with the plugin of that name; the findings must be these lines. */
static void expect(const char *name, const char *findings)
{
    struct hosting *h = hosting_open_bad(name);
    CU_ASSERT_FATAL(h->host != NULL);
    CU_ASSERT_EQUAL(h->host->refusals->len, 0);
    hosting_scan(h, NULL);
    const char *got = hosting_findings(h);
    CU_ASSERT_STRING_EQUAL(got, findings);
    if (strcmp(got, findings) != 0)
        fprintf(stderr, "%s:\n%s", name, got);
    hosting_free(h);
}

static void a_report_about_a_foreign_object_is_refused(void)
{
    expect("foreign_report", "failed rule : used an object that is not of this "
                             "message and stage\n");
}

static void a_report_about_an_object_it_was_not_asked_about_is_refused(void)
{
    expect("sibling_report",
           "failed rule 1: reported about an object that is not its task's\n"
           "failed rule 2: reported about an object that is not its task's\n");
}

static void an_unknown_status_is_refused(void)
{
    expect("unknown_status", "failed rule : reported unknown status 77\n");
}

static void a_kind_of_the_hosts_is_refused(void)
{
    expect("host_kind",
           "failed rule : reported kind partial, which only the host makes\n");
}

static void a_finding_of_a_wrong_size_is_refused(void)
{
    expect("finding_size",
           "failed rule : reported a finding whose struct_size is wrong\n");
}

static void a_null_text_with_a_length_is_refused(void)
{
    expect("null_text",
           "failed rule : reported a text that is NULL with a length\n");
}

static void garbage_in_a_name_is_made_harmless(void)
{
    struct hosting *h = hosting_open_bad("garbage_name");
    CU_ASSERT_FATAL(h->host != NULL);
    hosting_scan(h, NULL);
    CU_ASSERT_EQUAL_FATAL(h->scan->findings->len, 1);
    const struct finding *f = h->scan->findings->pdata[0];
    CU_ASSERT_STRING_EQUAL(f->name,
                           "Evil\\x0D\\x0AX-Assay-SCL: -1\\x1B[2J\\xFF");
    CU_ASSERT_EQUAL(strlen(f->text), 1024);
    CU_ASSERT_STRING_EQUAL(f->reply_text, "5.7.1 no??250 yes");
    hosting_free(h);
}

static void a_child_left_open_is_dropped(void)
{
    expect("open_writer", "failed rule 1: left a child open\n"
                          "failed rule 2: left a child open\n");
}

static void a_closed_writer_is_harmless(void)
{
    struct hosting *h = hosting_open_bad("closed_writer");
    CU_ASSERT_FATAL(h->host != NULL);
    h->limits.max_depth = 1;
    hosting_scan(h, NULL);
    CU_ASSERT(strstr(hosting_findings(h),
                     "failed rule 1: used a writer that is not open\n") !=
              NULL);
    /* What was committed before is kept, what came after is not. */
    const struct object *child = h->message->objects->pdata[3];
    CU_ASSERT_STRING_EQUAL(child->path, "1!whole.txt");
    CU_ASSERT_EQUAL(child->size, 5);
    hosting_free(h);
}

static void an_unknown_code_is_no_success(void)
{
    expect("unknown_code",
           "failed rule : returned unknown code 42 from handle()\n");
}

static void a_task_that_was_kept_is_harmless(void)
{
    expect("stale_task",
           "failed rule 2: used a task that is not the running one\n");
}

static void a_task_of_its_own_making_is_harmless(void)
{
    expect("copied_task",
           "failed rule : used a task that is not the running one\n");
}

static void a_call_from_another_thread_is_harmless(void)
{
    expect("thread_report", "info here : \n");
}

static void waiting_for_nothing_is_refused(void)
{
    expect("pending_forever",
           "failed rule : answered PENDING, but no want() said so\n");
}

static void asking_for_ever_ends_in_blocked(void)
{
    struct hosting *h = hosting_open_bad("asks_forever");
    CU_ASSERT_FATAL(h->host != NULL);
    h->limits.max_rounds = 5;
    hosting_scan(h, NULL);
    CU_ASSERT_STRING_EQUAL(hosting_findings(h),
                           "info blocked : r5.example.org\n");
    hosting_free(h);
}

static void silence_after_a_promise_is_told(void)
{
    expect(
        "silent",
        "failed rule 1: promised to answer every object, but said nothing\n"
        "failed rule 2: promised to answer every object, but said nothing\n");
}

static void a_descriptor_of_ours_that_it_closed_is_told(void)
{
    expect("closes_fd",
           "failed rule : closed or replaced a descriptor of content_fd()\n");
}

static void a_fact_that_was_not_announced_is_refused(void)
{
    expect("unlisted_fact",
           "failed rule : set a fact that is not in its `provides`\n");
}

static void one_that_cannot_start_is_told_with_every_mail(void)
{
    struct hosting *h = hosting_open_bad("start_fails");
    CU_ASSERT_FATAL(h->host != NULL);
    hosting_scan(h, NULL);
    CU_ASSERT_STRING_EQUAL(hosting_findings(h),
                           "failed rule : start() failed with IO: no socket\n");
    CU_ASSERT_STRING_EQUAL(hosting_refusal(h),
                           "start() failed with IO: no socket");
    hosting_free(h);
}

/* tests/plugins/bad.h: whoever has the message knows who will act on it.  The first
 * two bytes of hosting_mail's SHA-256 are 0x6153, which is 24915. */
static void a_bad_one_acts_on_the_messages_that_its_settings_name(void)
{
    static const struct {
        const char *settings;
        bool acts;
    } table[] = {
        {"", true},
        {"every = 1\nphase = 5\n", true},
        {"every = 0\n", false},
        {"every = 65536\nphase = 24915\n", true},
        {"every = 65536\nphase = 24916\n", false},
        {"every = 100\nphase = 15\n", true},
        {"every = 100\nphase = 16\n", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *conf =
            g_strdup_printf("[plugin waits]\nfile = @/pending_forever.so\n%s",
                            table[i].settings);
        struct hosting *h = hosting_open(conf);
        CU_ASSERT_FATAL(h->host != NULL);
        hosting_scan(h, NULL);
        CU_ASSERT_EQUAL(h->scan->findings->len, table[i].acts ? 1 : 0);
        CU_ASSERT_EQUAL(h->scan->answers->len, table[i].acts ? 0 : 1);
        hosting_free(h);
    }
}

UNIT_MAIN("bad_plugins", UNIT(a_report_about_a_foreign_object_is_refused),
          UNIT(a_report_about_an_object_it_was_not_asked_about_is_refused),
          UNIT(an_unknown_status_is_refused),
          UNIT(a_kind_of_the_hosts_is_refused),
          UNIT(a_finding_of_a_wrong_size_is_refused),
          UNIT(a_null_text_with_a_length_is_refused),
          UNIT(garbage_in_a_name_is_made_harmless),
          UNIT(a_child_left_open_is_dropped), UNIT(a_closed_writer_is_harmless),
          UNIT(an_unknown_code_is_no_success),
          UNIT(a_task_that_was_kept_is_harmless),
          UNIT(a_task_of_its_own_making_is_harmless),
          UNIT(a_call_from_another_thread_is_harmless),
          UNIT(waiting_for_nothing_is_refused),
          UNIT(asking_for_ever_ends_in_blocked),
          UNIT(silence_after_a_promise_is_told),
          UNIT(a_descriptor_of_ours_that_it_closed_is_told),
          UNIT(a_fact_that_was_not_announced_is_refused),
          UNIT(one_that_cannot_start_is_told_with_every_mail),
          UNIT(a_bad_one_acts_on_the_messages_that_its_settings_name))
