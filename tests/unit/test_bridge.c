/* SPDX-License-Identifier: MIT */
/*
 * What a good plugin gets from the host: told by tests/plugins/puppet.c, which does
 * what its options say and reports what it saw.
 */
#include "hosting.h"
#include "mail/message.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct hosting *play(const char *acts, int stage)
{
    g_autofree char *conf = g_strdup_printf(
        "[plugin p]\nfile = @/puppet.so\ndo = %s\nat = %d\n", acts, stage);
    struct hosting *h = hosting_open(conf);
    CU_ASSERT_FATAL(h->host != NULL);
    CU_ASSERT_EQUAL(hosting_refusal(h)[0], '\0');
    hosting_scan(h, NULL);
    return h;
}

static void expect(const char *acts, int stage, const char *findings)
{
    struct hosting *h = play(acts, stage);
    const char *got = hosting_findings(h);
    CU_ASSERT_STRING_EQUAL(got, findings);
    if (strcmp(got, findings) != 0)
        fprintf(stderr, "%s at %d:\n%s", acts, stage, got);
    hosting_free(h);
}

/* What stages OBJECT and MESSAGE know of the session. */
#define SESSION                                                                \
    "1=192.0.2.7 6=mx.example.org 11=ann@example.org 12=bob@example.org "      \
    "12=eve@example.org 13=1 14=0 15=1000000000 "

static void each_stage_sees_what_is_known_then(void)
{
    expect("attrs", ASSAY_STAGE_CONNECT,
           "info attrs -: 1=192.0.2.7 13=1 14=0 15=1000000000 \n");
    expect("attrs", ASSAY_STAGE_HELO,
           "info attrs -: 1=192.0.2.7 6=mx.example.org 13=1 14=0 15=1000000000 "
           "\n");
    expect("attrs", ASSAY_STAGE_MAIL,
           "info attrs -: 1=192.0.2.7 6=mx.example.org 11=ann@example.org 13=1 "
           "14=0 15=1000000000 \n");
    expect("attrs", ASSAY_STAGE_RCPT,
           "info attrs -: 1=192.0.2.7 6=mx.example.org 11=ann@example.org "
           "12=bob@example.org 13=1 14=0 15=1000000000 \n"
           "info attrs -: 1=192.0.2.7 6=mx.example.org 11=ann@example.org "
           "12=bob@example.org 12=eve@example.org 13=1 14=0 15=1000000000 \n");
    expect("attrs", ASSAY_STAGE_HEADERS,
           "info attrs : 1=192.0.2.7 6=mx.example.org 11=ann@example.org "
           "12=bob@example.org 12=eve@example.org 13=1 14=0 15=1000000000 32=0 "
           "33=1 36=0 37= 40=message/rfc822 \n");
}

static void objects_have_their_attributes(void)
{
    expect("attrs", ASSAY_STAGE_OBJECT,
           "info attrs : " SESSION "32=0 33=1 34=16 35=379 36=0 37= "
           "40=message/rfc822 41=message/rfc822 46=6153.. "
           "47=18446744073709551615 \n"
           "info attrs 1: " SESSION
           "32=1 33=2 34=32 35=4 36=1 37=1 40=text/plain "
           "41=text/plain 42=iso-8859-1 46=dafd.. 47=18446744073709551615 \n"
           "info attrs 2: " SESSION "32=2 33=2 34=64 35=8 36=1 37=2 38=b.bin "
           "38=a.bin 39=b.bin 39=a.bin 40=application/octet-stream "
           "41=application/octet-stream 43=attachment 44=base64 46=8a85.. "
           "47=18446744073709551615 \n");
}

static void content_is_lent_as_bytes_and_as_a_sealed_file(void)
{
    expect("content", ASSAY_STAGE_OBJECT,
           "info content : 379 bytes fd same equal read-only\n"
           "info content 1: 4 bytes fd same equal read-only\n"
           "info content 2: 8 bytes fd same equal read-only\n");
}

static void content_has_not_arrived_before_stage_object(void)
{
    expect("content, text, tree", ASSAY_STAGE_HEADERS,
           "info content : content -11 fd -11\n"
           "info text : -11 \n"
           "info tree : 0<99 -5\n");
    expect("content, text, tree", ASSAY_STAGE_MAIL,
           "info content -: content -3 fd -3\n"
           "info text -: -3 \n"
           "info tree -: -5\n");
}

static void text_is_utf8_where_there_is_text(void)
{
    expect("text", ASSAY_STAGE_OBJECT,
           "info text : -5 \n"
           "info text 1: 0 caf\\c3\\a9\n"
           "info text 2: -5 \n");
}

static void header_fields_come_raw_and_decoded(void)
{
    expect("header", ASSAY_STAGE_HEADERS,
           "info header : From,To,Subject,MIME-Version,Content-Type,"
           "gr\\c3\\bc\\c3\\9fe -5 -3\n");
}

static void the_tree_can_be_walked(void)
{
    expect("tree", ASSAY_STAGE_MESSAGE, "info tree : 0<99 1<0 2<0 -5\n");
}

static void a_finding_keeps_all_that_was_said(void)
{
    struct hosting *h = play("report", ASSAY_STAGE_MESSAGE);
    CU_ASSERT_STRING_EQUAL(hosting_findings(h), "spam Sp\xc3\xa4m\\x : why\n"
                                                "encrypted encrypted : \n"
                                                "partial a.damaged : \n"
                                                "info report : 0 0 0 0 \n");
    const struct finding *f = h->scan->findings->pdata[0];
    CU_ASSERT_STRING_EQUAL(f->plugin, "p");
    CU_ASSERT_EQUAL(f->status, ASSAY_STATUS_FOUND);
    CU_ASSERT_EQUAL(f->log_odds_milli, 1500);
    CU_ASSERT_EQUAL(f->rcpt, 1);
    CU_ASSERT_EQUAL(f->confidence, 70);
    CU_ASSERT_EQUAL(f->advice, ASSAY_ACTION_JUNK);
    CU_ASSERT_EQUAL(f->delay_ms, 2000);
    CU_ASSERT_EQUAL(f->reply_code, 451);
    CU_ASSERT_STRING_EQUAL(f->reply_text, "4.7.1 later");
    const struct scan_answer *trusted =
        &g_array_index(h->scan->answers, struct scan_answer, 0);
    CU_ASSERT_EQUAL_FATAL(h->scan->answers->len, 1);
    CU_ASSERT_STRING_EQUAL(trusted->plugin, "p");
    CU_ASSERT_EQUAL(trusted->status, ASSAY_STATUS_TRUSTED);
    hosting_free(h);
}

static void a_recipient_that_is_not_there_is_refused(void)
{
    expect("wrong_rcpt", ASSAY_STAGE_MESSAGE,
           "info wrong_rcpt : -3 -3 \n"
           "failed rule : reported for a recipient that is not there\n");
}

static void facts_counters_and_edits_reach_the_scan(void)
{
    struct hosting *h = play("facts, count, edit", ASSAY_STAGE_MESSAGE);
    CU_ASSERT_STRING_EQUAL(hosting_findings(h),
                           "info facts : -5 0 0 blue -5\n"
                           "info count : 0 -3\n"
                           "info edit : 0\n"
                           "failed rule : count() with a wrong name or key\n");
    CU_ASSERT_STRING_EQUAL(
        (const char *)g_hash_table_lookup(h->scan->facts, "puppet.colour"),
        "blue");
    CU_ASSERT_EQUAL_FATAL(h->scan->counts->len, 1);
    const struct scan_count *count = h->scan->counts->pdata[0];
    CU_ASSERT_STRING_EQUAL(count->name, "puppet.seen");
    CU_ASSERT_STRING_EQUAL(count->key, "ann@example.org");
    CU_ASSERT_EQUAL(count->n, 2);
    CU_ASSERT_EQUAL_FATAL(h->scan->edits->len, 1);
    const struct scan_edit *edit = h->scan->edits->pdata[0];
    CU_ASSERT_STRING_EQUAL(edit->name, "X-Puppet");
    CU_ASSERT_STRING_EQUAL(edit->plugin, "p");
    hosting_free(h);
}

static void a_request_of_a_newer_minor_is_not_dropped_silently(void)
{
    expect("edit_wrong", ASSAY_STAGE_MESSAGE,
           "info edit_wrong : -3\n"
           "failed rule : proposed an edit that is not well made\n");
}

static void children_are_shown_to_all(void)
{
    struct hosting *h =
        hosting_open("[plugin p]\nfile = @/puppet.so\ndo = children\nat = 6\n");
    CU_ASSERT_FATAL(h->host != NULL);
    h->limits.max_depth = 1;
    hosting_scan(h, "Subject: x\r\n\r\nabcdef\r\n");
    const GPtrArray *objects = h->message->objects;
    CU_ASSERT_EQUAL_FATAL(objects->len, 6);
    const struct object *one = objects->pdata[2];
    CU_ASSERT_STRING_EQUAL(one->path, "one.txt");
    CU_ASSERT_EQUAL(one->names->len, 2);
    CU_ASSERT_EQUAL(one->size, 11);
    CU_ASSERT_STRING_EQUAL(one->type_declared, "text/plain");
    CU_ASSERT_STRING_EQUAL(one->method, "stored");
    CU_ASSERT_EQUAL(one->mtime, 1000);
    CU_ASSERT((one->flags & ASSAY_OBJECT_DAMAGED) != 0);
    const struct object *range = objects->pdata[3];
    CU_ASSERT_STRING_EQUAL(range->path, "range");
    CU_ASSERT(range->size == 3 && memcmp(range->data, "ubj", 3) == 0);
    CU_ASSERT(
        strstr(hosting_findings(h),
               "info about.child one.txt: \n"
               "info children : one.txt 11 bytes damaged; report 0; range "
               "3 bytes; \n") != NULL);
    /* The second level is too deep, and that is told. */
    CU_ASSERT(strstr(hosting_findings(h), "partial depth one.txt: ") != NULL);
    hosting_free(h);
}

static void seen_and_time_answer(void)
{
    expect("seen, time", ASSAY_STAGE_MESSAGE,
           "info seen : 0 -3\n"
           "info time : left 0\n");
}

/* --- answers --------------------------------------------------------------------- */

static void answer(void *self, struct wish *const *wishes, size_t n)
{
    unsigned *asked = self;
    (*asked)++;
    for (size_t i = 0; i < n; i++) {
        static char first[] = "v=spf1 -all";
        static char second[] = "x";
        struct wish_record a = {
            .type = 16, .ttl_s = 300, .data = first, .data_n = strlen(first)};
        struct wish_record b = {
            .type = 16, .ttl_s = 60, .data = second, .data_n = 1};
        bool is_known = strcmp(wishes[i]->key, "example.org") == 0;
        wishes[i]->state = is_known ? ASSAY_ANSWER_DATA : ASSAY_ANSWER_NXDOMAIN;
        if (is_known) {
            wish_add_record(wishes[i], &a);
            wish_add_record(wishes[i], &b);
        }
    }
}

static void answers_come_by_replay(void)
{
    unsigned asked = 0;
    struct resolver resolver = {.resolve = answer, .self = &asked};
    struct hosting *h = hosting_open(
        "[plugin p]\nfile = @/puppet.so\ndo = time, want\nat = 7\n");
    CU_ASSERT_FATAL(h->host != NULL);
    h->resolver = &resolver;
    hosting_scan(h, NULL);
    CU_ASSERT_EQUAL(asked, 1);
    /* A key made of garbage is INVAL, but breaks no rule. */
    CU_ASSERT_STRING_EQUAL(
        hosting_findings(h),
        "info time : left 0\n"
        "info want : state 1 n 2 ttl 60 v=spf1 -allxstate 3 n 0 "
        "ttl 0 -3 -3 \n");
    hosting_free(h);
}

/* --- life ------------------------------------------------------------------------ */

static void create_reads_its_settings(void)
{
    expect("settings", ASSAY_STAGE_MESSAGE,
           "info settings : p 0 -3 -5 0 2048 -5 -5 17\n");
}

/* The worker's folder that the puppet was given, as it tells it. */
static char *told_folder(const struct hosting *h)
{
    const char *at = strstr(hosting_findings(h), " own ");
    g_autofree char *path = g_strdup(at != NULL ? at + 5 : "");
    return g_strdup(g_strchomp(path));
}

static void each_process_has_a_scratch_folder_that_goes_away(void)
{
    struct hosting *h =
        hosting_open("[plugin p]\nfile = @/puppet.so\ndo = started\nat = 7\n");
    CU_ASSERT_FATAL(h->host != NULL);
    int ends[2];
    CU_ASSERT_FATAL(pipe(ends) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        hosting_scan(h, NULL);
        g_autofree char *told = told_folder(h);
        _exit(write(ends[1], told, strlen(told) + 1) < 2);
    }
    hosting_scan(h, NULL);
    CU_ASSERT(g_str_has_prefix(hosting_findings(h),
                               "info started : scratch there own /"));
    g_autofree char *own = told_folder(h);
    char other[512] = "";
    CU_ASSERT(read(ends[0], other, sizeof other - 1) > 1);
    waitpid(pid, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    CU_ASSERT_STRING_NOT_EQUAL(own, other);
    CU_ASSERT(access(own, F_OK) != 0 && access(other, F_OK) != 0);
    g_autofree char *root = g_path_get_dirname(own);
    CU_ASSERT(access(root, F_OK) == 0);
    hosting_free(h);
    CU_ASSERT(access(root, F_OK) != 0);
}

static void without_fork_shared_each_process_creates_its_own(void)
{
    struct hosting *h = hosting_open("[plugin l]\nfile = @/late_create.so\n");
    CU_ASSERT_FATAL(h->host != NULL);
    hosting_scan(h, NULL);
    g_autofree char *expected = g_strdup_printf(
        "info created : pid %ld after 1 checks\n", (long)getpid());
    CU_ASSERT_STRING_EQUAL(hosting_findings(h), expected);
    hosting_free(h);
}

static void checking_creates_nothing_that_stays(void)
{
    struct hosting *h =
        hosting_open_how("[plugin p]\nfile = @/puppet.so\nat = 3\n",
                         (struct host_how){.is_check = true});
    CU_ASSERT_FATAL(h->host != NULL);
    CU_ASSERT_EQUAL_FATAL(h->host->instances->len, 1);
    const struct instance *p = h->host->instances->pdata[0];
    CU_ASSERT(!p->is_created && !p->has_stamp);
    CU_ASSERT_EQUAL(option_int(p->options, "at"), 3);
    hosting_free(h);
}

static void the_stamp_is_kept(void)
{
    struct hosting *h = play("time", ASSAY_STAGE_MESSAGE);
    const struct instance *p = h->host->instances->pdata[0];
    CU_ASSERT(p->has_stamp);
    CU_ASSERT_STRING_EQUAL(p->stamp.engine, "7");
    CU_ASSERT_STRING_EQUAL(p->stamp.database, "2026");
    CU_ASSERT_EQUAL(p->stamp.signatures, 3);
    hosting_free(h);
}

static bool self_test(const char *acts, char **text)
{
    g_autofree char *conf =
        g_strdup_printf("[plugin p]\nfile = @/puppet.so\ndo = %s\n", acts);
    struct hosting *h = hosting_open(conf);
    CU_ASSERT_FATAL(h->host != NULL);
    g_autoptr(GError) error = NULL;
    host_start(h->host);
    bool is_good = host_self_test(h->host->instances->pdata[0], &error);
    host_stop(h->host);
    *text = g_strdup(error != NULL ? error->message : "");
    hosting_free(h);
    return is_good;
}

static void a_self_test_passes_or_says_why_not(void)
{
    g_autofree char *good = NULL;
    g_autofree char *bad = NULL;
    CU_ASSERT(self_test("time", &good));
    CU_ASSERT(!self_test("fail", &bad));
    CU_ASSERT_STRING_EQUAL(bad,
                           "p: self_test() failed with INTERNAL: cannot find "
                           "its own nose");
}

static void one_of_several_is_chosen_by_id(void)
{
    struct hosting *h = hosting_open("[plugin t]\nfile = @/two.so\n");
    CU_ASSERT_STRING_EQUAL(
        hosting_refusal(h),
        "two.so: holds several plugins: say which one with "
        "\"id = ...\" (org.example.test, org.example.other)");
    hosting_free(h);
    h = hosting_open("[plugin t]\nfile = @/two.so\nid = org.example.none\n");
    CU_ASSERT_STRING_EQUAL(hosting_refusal(h),
                           "two.so: holds no plugin \"org.example.none\", but "
                           "org.example.test, org.example.other");
    hosting_free(h);
    h = hosting_open("[plugin t]\nfile = @/two.so\nid = org.example.other\n");
    CU_ASSERT_FATAL(h->host != NULL && h->host->instances->len == 1);
    const struct instance *t = h->host->instances->pdata[0];
    CU_ASSERT_STRING_EQUAL(t->plugin->id, "org.example.other");
    hosting_free(h);
    /* A file that no section names is shown whole. */
    g_autofree char *file =
        g_canonicalize_filename(unit_build("bad/two.so"), NULL);
    h = hosting_open_how("", (struct host_how){.only_file = file});
    CU_ASSERT_FATAL(h->host != NULL && h->host->instances->len == 2);
    t = h->host->instances->pdata[1];
    CU_ASSERT_STRING_EQUAL(t->name, "org.example.other");
    hosting_free(h);
}

static void only_one_file_keeps_the_settings_of_its_section(void)
{
    const char *conf = "[plugin mine]\nfile = @/puppet.so\nat = 2\n"
                       "[plugin other]\nfile = @/right.so\n";
    g_autofree char *file =
        g_canonicalize_filename(unit_build("bad/puppet.so"), NULL);
    struct hosting *h =
        hosting_open_how(conf, (struct host_how){.only_file = file});
    CU_ASSERT_FATAL(h->host != NULL && h->host->instances->len == 1);
    const struct instance *p = h->host->instances->pdata[0];
    CU_ASSERT_STRING_EQUAL(p->name, "mine");
    CU_ASSERT_EQUAL(option_int(p->options, "at"), 2);
    hosting_free(h);
    h = hosting_open_how("", (struct host_how){.only_file = file});
    CU_ASSERT_FATAL(h->host != NULL && h->host->instances->len == 1);
    p = h->host->instances->pdata[0];
    CU_ASSERT_STRING_EQUAL(p->name, "puppet");
    CU_ASSERT_EQUAL(option_int(p->options, "at"), 7);
    hosting_free(h);
}

/* --- the log --------------------------------------------------------------------- */

static void a_flood_of_log_lines_is_cut(void)
{
    FILE *file = tmpfile();
    CU_ASSERT_FATAL(file != NULL);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    struct hosting *h = play("log", ASSAY_STAGE_MESSAGE);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    unsigned lines = 0;
    char line[256];
    char last[256] = "";
    rewind(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (lines == 0)
            CU_ASSERT(strstr(line, "plugin=p") != NULL &&
                      strstr(line, "text=\"a line\"") != NULL);
        memcpy(last, line, sizeof last);
        lines++;
    }
    CU_ASSERT_EQUAL(lines, 101);
    CU_ASSERT(strstr(last, "logs too much") != NULL);
    fclose(file);
    hosting_free(h);
}

UNIT_MAIN("bridge", UNIT(each_stage_sees_what_is_known_then),
          UNIT(objects_have_their_attributes),
          UNIT(content_is_lent_as_bytes_and_as_a_sealed_file),
          UNIT(content_has_not_arrived_before_stage_object),
          UNIT(text_is_utf8_where_there_is_text),
          UNIT(header_fields_come_raw_and_decoded),
          UNIT(the_tree_can_be_walked), UNIT(a_finding_keeps_all_that_was_said),
          UNIT(a_recipient_that_is_not_there_is_refused),
          UNIT(facts_counters_and_edits_reach_the_scan),
          UNIT(a_request_of_a_newer_minor_is_not_dropped_silently),
          UNIT(children_are_shown_to_all), UNIT(seen_and_time_answer),
          UNIT(answers_come_by_replay), UNIT(create_reads_its_settings),
          UNIT(each_process_has_a_scratch_folder_that_goes_away),
          UNIT(without_fork_shared_each_process_creates_its_own),
          UNIT(checking_creates_nothing_that_stays), UNIT(the_stamp_is_kept),
          UNIT(a_self_test_passes_or_says_why_not),
          UNIT(one_of_several_is_chosen_by_id),
          UNIT(only_one_file_keeps_the_settings_of_its_section),
          UNIT(a_flood_of_log_lines_is_cut))
