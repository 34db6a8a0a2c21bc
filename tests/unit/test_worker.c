/* SPDX-License-Identifier: MIT */
/*
 * What a worker does with its tray, and that being shut in takes nothing away that a
 * scan needs.
 */
#include "base/clock.h"
#include "beside.h"
#include "hand.h"
#include "mail/message.h"
#include "scan/wishes.h"
#include "unit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char puppet_text[] =
    "[plugin puppet]\nfile = @/puppet.so\nclass = main\ndo = text\nat = 6\n";

static void charsets_are_read_behind_the_walls(void)
{
    static const struct {
        const char *charset;
        const char *bytes;
        const char *is; /* as the puppet shows UTF-8 */
    } cases[] = {
        {"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4",
         "\\d0\\9f\\d1\\80\\d0\\b8\\d0\\b2\\d0\\b5\\d1\\82\""},
        {"iso-2022-jp", "\x1b$B$3$s\x1b(B", "\\e3\\81\\93\\e3\\82\\93\""},
        {"gb18030", "\xc4\xe3\xba\xc3", "\\e4\\bd\\a0\\e5\\a5\\bd\""},
        {"euc-kr", "\xb0\xa1", "\\ea\\b0\\80\""},
    };
    struct beside both;
    beside_open_main(&both, puppet_text);
    struct hand_worker *w = hand_fork(both.hand, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("Content-Type: text/plain; charset=%s\r\n\r\n%s",
                            cases[i].charset, cases[i].bytes);
        g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
        beside_ask(&both, w, 0, raw);
        g_autofree char *there = beside_there(&both, w, 0, raw);
        CU_ASSERT_PTR_NOT_NULL_FATAL(there);
        CU_ASSERT_PTR_NOT_NULL(strstr(there, cases[i].is));
        beside_compare(&both, w, 1, raw);
    }
    hand_worker_free(w);
    beside_close(&both);
}

/* The text of a finding, or NULL; lent. */
static const char *finding_text(const struct scan *scan, const char *name)
{
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        if (strcmp(f->name, name) == 0)
            return f->text;
    }
    return NULL;
}

static bool is_gone(const char *path)
{
    for (unsigned i = 0; i < 200 && access(path, F_OK) == 0; i++)
        usleep(10000);
    return access(path, F_OK) != 0;
}

static void a_plugin_made_in_the_worker_has_its_files(void)
{
    struct beside both;
    g_autofree char *path = g_canonicalize_filename("Makefile", NULL);
    g_autofree char *conf =
        g_strdup_printf("[plugin late]\nfile = @/late_reader.so\nclass = main\n"
                        "path = %s\n",
                        path);
    beside_open_main(&both, conf);
    struct hand_worker *w = hand_fork(both.hand, 0);
    CU_ASSERT_PTR_NULL(w->hello.downs);
    g_autoptr(GBytes) raw = beside_mail("x");
    struct reply reply = {0};
    beside_ask(&both, w, 0, raw);
    CU_ASSERT_FATAL(beside_reply(&both, w, 0, raw, &reply));
    CU_ASSERT(g_str_has_prefix(finding_text(reply.scan, "line"), "# "));
    CU_ASSERT_STRING_EQUAL(finding_text(reply.scan, "kept"), "kept");
    g_autofree char *scratch = g_strdup(finding_text(reply.scan, "scratch"));
    CU_ASSERT(access(scratch, F_OK) == 0);
    reply_clear(&reply);
    hand_kill(w);
    /* What a dead worker leaves is swept while others go on. */
    CU_ASSERT(is_gone(scratch));
    hand_worker_free(w);
    beside_close(&both);
}

static void what_cannot_start_is_told_in_the_hello(void)
{
    struct hand *hand =
        hand_open_main("[plugin right]\nfile = @/right.so\nclass = main\n"
                       "[plugin late]\nfile = @/late_reader.so\nclass = main\n"
                       "path = /nowhere/file\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(hand->cards);
    struct hand_worker *w = hand_fork(hand, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->hello.downs);
    CU_ASSERT_EQUAL(w->hello.downs->len, 1);
    const struct hello_down *down = w->hello.downs->pdata[0];
    CU_ASSERT_EQUAL(down->scanner, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(down->text, "/nowhere/file"));
    hand_worker_free(w);
    hand_free(hand);
}

static void self_tests_run_in_a_worker(void)
{
    struct hand *hand = hand_open_main(
        "[plugin right]\nfile = @/right.so\nclass = main\n"
        "[plugin ill]\nfile = @/puppet.so\nclass = main\ndo = fail\n");
    struct hand_worker *w = hand_fork(hand, 0);
    hand_task(w, 2, TRAY_SELF_TEST);
    CU_ASSERT_FATAL(hand_wait(w, 2));
    g_autoptr(GBytes) bytes = hand_take(w, 2);
    size_t n = 0;
    const void *p = g_bytes_get_data(bytes, &n);
    struct unpacker from;
    unpacker_init(&from, p, n);
    CU_ASSERT_EQUAL(unpack_count(&from, 8, 8), 1);
    g_autofree char *name = unpack_string(&from, UNPACK_ANY);
    g_autofree char *text = unpack_string(&from, UNPACK_ANY);
    CU_ASSERT(unpack_end(&from));
    CU_ASSERT_STRING_EQUAL(name, "ill");
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "cannot find its own nose"));
    hand_worker_free(w);
    hand_free(hand);
}

/* A mail with many attachments: its answer does not fit the small room. */
static GBytes *large_mail(void)
{
    GString *text = g_string_new("MIME-Version: 1.0\r\nContent-Type: "
                                 "multipart/mixed; boundary=b\r\n\r\n");
    for (unsigned i = 0; i < 1400; i++)
        g_string_append_printf(text,
                               "--b\r\nContent-Type: application/x-%u\r\n"
                               "Content-Disposition: attachment; filename="
                               "\"a-long-name-for-a-small-file-%u.bin\"\r\n\r\n"
                               "%u\r\n",
                               i, i, i);
    g_string_append(text, "--b--\r\n");
    return g_string_free_to_bytes(text);
}

static void large_mails_go_through_the_large_rooms(void)
{
    struct beside both;
    beside_open_main(&both, beside_in_tree);
    struct hand_worker *w = hand_fork(both.hand, 0);
    g_autoptr(GBytes) raw = large_mail();
    CU_ASSERT(g_bytes_get_size(raw) > TRAY_SMALL_REQUEST);
    g_autofree char *here = beside_here(&both, raw);
    /* The second one's answer has to wait for the room. */
    beside_ask(&both, w, 0, raw);
    CU_ASSERT(hand_wait(w, 0));
    CU_ASSERT_EQUAL(w->tray.head->slots[0].is_large_reply, 1);
    beside_ask(&both, w, 1, raw);
    usleep(50000);
    CU_ASSERT_EQUAL(atomic_load(&w->tray.head->slots[1].state), TRAY_RUNNING);
    for (unsigned i = 0; i < 2; i++) {
        g_autofree char *there = beside_there(&both, w, i, raw);
        CU_ASSERT_PTR_NOT_NULL_FATAL(there);
        CU_ASSERT_STRING_EQUAL(there, here);
    }
    hand_worker_free(w);
    beside_close(&both);
}

static void a_scan_that_waits_goes_on_in_another_worker(void)
{
    struct beside both;
    beside_open_main(&both, "[plugin puppet]\nfile = @/puppet.so\n"
                            "class = main\ndo = want\n");
    struct hand_worker *w[] = {hand_fork(both.hand, 0),
                               hand_fork(both.hand, 1)};
    g_autoptr(GBytes) raw = beside_mail("x");
    struct reply reply = {0};
    both.flags |= REQUEST_MAY_SUSPEND;
    beside_ask(&both, w[0], 0, raw);
    CU_ASSERT_FATAL(beside_reply(&both, w[0], 0, raw, &reply));
    CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_SUSPENDED);
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(reply.wishes, &n);
    g_autoptr(GPtrArray) wishes = wishes_new();
    struct unpacker from;
    unpacker_init(&from, p, n);
    wishes_unpack(&from, wishes);
    CU_ASSERT_FATAL(unpack_end(&from) && wishes->len == 2);
    for (unsigned i = 0; i < wishes->len; i++)
        ((struct wish *)wishes->pdata[i])->state = ASSAY_ANSWER_NXDOMAIN;
    g_autoptr(GByteArray) answers = g_byte_array_new();
    struct packer to;
    packer_grow(&to, answers, 1 << 16);
    wishes_pack(wishes, &to);
    size_t journal_n = 0;
    size_t raw_n = 0;
    const uint8_t *journal = g_bytes_get_data(reply.journal, &journal_n);
    const uint8_t *raw_p = g_bytes_get_data(raw, &raw_n);
    const struct request request = {
        .flags = both.flags,
        .now_s = 1700000000,
        .session = both.session,
        .journal = journal,
        .journal_n = journal_n,
        .answers = answers->data,
        .answers_n = answers->len,
        .raw = raw_p,
        .raw_n = raw_n,
    };
    hand_ask(w[1], 0, &request);
    reply_clear(&reply);
    CU_ASSERT_FATAL(beside_reply(&both, w[1], 0, raw, &reply));
    CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_DONE);
    g_autofree char *state = g_strdup_printf("state %d", ASSAY_ANSWER_NXDOMAIN);
    CU_ASSERT_PTR_NOT_NULL(strstr(finding_text(reply.scan, "want"), state));
    reply_clear(&reply);
    hand_worker_free(w[0]);
    hand_worker_free(w[1]);
    beside_close(&both);
}

static void a_journal_that_cannot_be_read_costs_no_more_than_itself(void)
{
    static const uint8_t nonsense[] = "AJ1\nnothing that is well made";
    struct beside both;
    beside_open_main(&both, "[plugin puppet]\nfile = @/puppet.so\n"
                            "class = main\ndo = want\n");
    struct hand_worker *w = hand_fork(both.hand, 0);
    g_autoptr(GBytes) raw = beside_mail("x");
    g_autoptr(GPtrArray) known = wishes_new();
    struct wish *one = wish_new(ASSAY_WANT_DNS, 16, "example.org");
    one->state = ASSAY_ANSWER_NODATA;
    g_ptr_array_add(known, one);
    g_autoptr(GByteArray) answers = g_byte_array_new();
    struct packer to;
    packer_grow(&to, answers, 1 << 16);
    wishes_pack(known, &to);
    size_t raw_n = 0;
    const uint8_t *raw_p = g_bytes_get_data(raw, &raw_n);
    const struct request request = {
        .flags = both.flags | REQUEST_MAY_SUSPEND,
        .now_s = 1700000000,
        .session = both.session,
        .journal = nonsense,
        .journal_n = sizeof nonsense,
        .answers = answers->data,
        .answers_n = answers->len,
        .raw = raw_p,
        .raw_n = raw_n,
    };
    hand_ask(w, 0, &request);
    struct reply reply = {0};
    CU_ASSERT_FATAL(beside_reply(&both, w, 0, raw, &reply));
    CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_SUSPENDED);
    size_t n = 0;
    const void *p = g_bytes_get_data(reply.journal, &n);
    struct journal *journal = journal_unpack(p, n);
    CU_ASSERT_PTR_NOT_NULL_FATAL(journal);
    CU_ASSERT_EQUAL(journal->anew, 1);
    /* What was known still is. */
    CU_ASSERT_EQUAL(journal->wishes->len, 2);
    const struct wish *kept = journal->wishes->pdata[0];
    CU_ASSERT_STRING_EQUAL(kept->key, "example.org");
    CU_ASSERT_EQUAL(kept->state, ASSAY_ANSWER_NODATA);
    journal_free(journal);
    reply_clear(&reply);
    hand_worker_free(w);
    beside_close(&both);
}

static void a_network_plugin_has_its_connection(void)
{
    static const char conf[] =
        "[plugin net]\nfile = @/network.so\nclass = cloud\n"
        "[class cloud]\nnet = cloud.example:443\n";
    struct beside both;
    int ends[2];
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CU_ASSERT(write(ends[1], "pong", 4) == 4);
    beside_open(&both, &(struct hand_how){.conf = conf, .class_name = "cloud"});
    both.hand->net_fd = ends[0];
    struct hand_worker *w = hand_fork(both.hand, 0);
    close(ends[0]);
    g_autoptr(GBytes) raw = beside_mail("x");
    beside_ask(&both, w, 0, raw);
    g_autofree char *there = beside_there(&both, w, 0, raw);
    CU_ASSERT_PTR_NOT_NULL_FATAL(there);
    CU_ASSERT_PTR_NOT_NULL(strstr(there, "cloud.example:443: 0 again -11"));
    CU_ASSERT_PTR_NOT_NULL(strstr(there, "answer pong"));
    hand_worker_free(w);
    /* /dev/null: nobody has answered. */
    both.hand->net_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    w = hand_fork(both.hand, 1);
    beside_ask(&both, w, 0, raw);
    g_autofree char *none = beside_there(&both, w, 0, raw);
    CU_ASSERT_PTR_NOT_NULL_FATAL(none);
    CU_ASSERT_PTR_NOT_NULL(strstr(none, "cloud.example:443: -9"));
    close(both.hand->net_fd);
    close(ends[1]);
    hand_worker_free(w);
    beside_close(&both);
}

/* --- figures ---------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum {
    ROUNDS = 400
};

static double median_us(uint64_t *ns)
{
    qsort(ns, ROUNDS, sizeof ns[0], by_value);
    return (double)ns[ROUNDS / 2] / 1e3;
}

static void a_small_mail_costs_little_more_than_in_process(void)
{
    struct beside both;
    uint64_t here_ns[ROUNDS];
    uint64_t there_ns[ROUNDS];
    beside_open_main(&both, beside_in_tree);
    both.flags = 0;
    struct hand_worker *w = hand_fork(both.hand, 0);
    g_autoptr(GBytes) raw = beside_mail("hello");
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t since_ns = clock_mono_ns();
        struct message *message =
            message_new(raw, both.session, &both.plan.limits);
        struct scan *scan = scan_run(&both.plan, message, 1700000000);
        scan_free(scan);
        message_free(message);
        here_ns[i] = clock_mono_ns() - since_ns;
        since_ns = clock_mono_ns();
        beside_ask(&both, w, i % 4, raw);
        struct reply reply = {0};
        CU_ASSERT_FATAL(beside_reply(&both, w, i % 4, raw, &reply));
        reply_clear(&reply);
        there_ns[i] = clock_mono_ns() - since_ns;
    }
    printf("  a small mail, median: %.1f us in this process, %.1f us in a "
           "worker\n",
           median_us(here_ns), median_us(there_ns));
    hand_worker_free(w);
    beside_close(&both);
}

UNIT_MAIN("worker", UNIT(charsets_are_read_behind_the_walls),
          UNIT(a_plugin_made_in_the_worker_has_its_files),
          UNIT(what_cannot_start_is_told_in_the_hello),
          UNIT(self_tests_run_in_a_worker),
          UNIT(large_mails_go_through_the_large_rooms),
          UNIT(a_scan_that_waits_goes_on_in_another_worker),
          UNIT(a_journal_that_cannot_be_read_costs_no_more_than_itself),
          UNIT(a_network_plugin_has_its_connection),
          UNIT(a_small_mail_costs_little_more_than_in_process))
