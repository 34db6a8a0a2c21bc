/* SPDX-License-Identifier: MIT */
/* Alarms by mail: sent by a process of its own, not too often, never waited for. */
#include "daemon/herald.h"
#include "unit.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)
#define EVERY_NS  (600 * SECOND_NS)

/* Where a sendmail of ours puts what it gets: N.mail, and its arguments. */
struct post {
    char *folder;
    char *sendmail;
    struct herald *herald;
};

static void post_open(struct post *post, const char *script)
{
    static const char *const to[] = {"root@example.org", "ops@example.org",
                                     NULL};
    post->folder = g_dir_make_tmp("assay-herald-XXXXXX", NULL);
    post->sendmail = g_build_filename(post->folder, "sendmail", NULL);
    g_autofree char *text =
        g_strdup_printf("#!/bin/sh\ndir=%s\n%s\n", post->folder, script);
    CU_ASSERT(g_file_set_contents(post->sendmail, text, -1, NULL));
    g_chmod(post->sendmail, 0755);
    const struct herald_how how = {
        .to = to, .sendmail = post->sendmail, .every_ns = EVERY_NS};
    CU_ASSERT_FATAL(herald_begin(&how, &post->herald, NULL));
}

static void post_close(struct post *post)
{
    GDir *dir = g_dir_open(post->folder, 0, NULL);
    const char *name;
    herald_end(post->herald);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(post->folder, name, NULL);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(post->folder);
    g_free(post->folder);
    g_free(post->sendmail);
}

#define KEEPS                                                                  \
    "n=$(ls $dir | grep -c mail$)\necho \"$*\" >$dir/$n.args\n"                \
    "cat >$dir/tmp; mv $dir/tmp $dir/$n.mail"

/* The text of a file once it is there; "": it does not come. */
static char *await(const struct post *post, const char *name, unsigned ms)
{
    g_autofree char *path = g_build_filename(post->folder, name, NULL);
    char *text = NULL;
    for (unsigned i = 0; i < ms; i += 5) {
        if (g_file_get_contents(path, &text, NULL, NULL))
            return text;
        g_usleep(5000);
    }
    return g_strdup("");
}

static void an_alarm_is_mailed_to_all_addresses(void)
{
    struct post post;
    post_open(&post, KEEPS);
    CU_ASSERT_EQUAL(herald_next_ns(post.herald), UINT64_MAX);
    herald_tell(post.herald, "reload", "plugins.conf:3: wrong", true,
                SECOND_NS);
    uint64_t due_ns = herald_next_ns(post.herald);
    CU_ASSERT_EQUAL(due_ns, SECOND_NS + HERALD_WAIT_MS * UINT64_C(1000000));
    herald_tend(post.herald, due_ns);
    CU_ASSERT_EQUAL(herald_next_ns(post.herald), UINT64_MAX);
    /* "sendmail" is one of the files that end so. */
    g_autofree char *mail = await(&post, "1.mail", 10000);
    g_autofree char *args = await(&post, "1.args", 100);
    CU_ASSERT_STRING_EQUAL(args, "-i -- root@example.org ops@example.org\n");
    CU_ASSERT(g_str_has_prefix(mail, "To: root@example.org, ops@example.org\n"
                                     "Subject: Assay on "));
    CU_ASSERT_PTR_NOT_NULL(strstr(mail, "alarm reload\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(mail, "Auto-Submitted: auto-generated\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(mail, "\n\nraised   reload\n         plugins.conf:3: wrong\n"));
    post_close(&post);
}

static void many_changes_are_one_mail_in_a_while(void)
{
    struct post post;
    post_open(&post, KEEPS);
    uint64_t now_ns = 5000 * SECOND_NS;
    herald_tell(post.herald, "disk", "full", true, now_ns);
    now_ns = herald_next_ns(post.herald);
    herald_tend(post.herald, now_ns);
    for (unsigned i = 0; i < 1000; i++) {
        herald_tell(post.herald, "disk", "full", i % 2 == 1, now_ns);
        herald_tend(post.herald, now_ns + i * SECOND_NS / 100);
    }
    CU_ASSERT_EQUAL(herald_next_ns(post.herald), now_ns + EVERY_NS);
    herald_tend(post.herald, now_ns + EVERY_NS - 1);
    g_autofree char *first = await(&post, "1.mail", 10000);
    CU_ASSERT_STRING_NOT_EQUAL(first, "");
    herald_tend(post.herald, now_ns + EVERY_NS);
    g_autofree char *second = await(&post, "2.mail", 10000);
    CU_ASSERT_PTR_NOT_NULL(strstr(second, "alarm disk and others\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(second, "cleared  disk\nraised   disk\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(second, "\n... and "));
    CU_ASSERT(strlen(second) < HERALD_BODY_MAX + 2000);
    g_autofree char *third = await(&post, "3.mail", 50);
    CU_ASSERT_STRING_EQUAL(third, "");
    post_close(&post);
}

/* Nobody waits for a sendmail that does not end: packets queue up, then are kept. */
static void a_sendmail_that_hangs_holds_nobody_up(void)
{
    struct post post;
    post_open(&post, "exec sleep 30");
    herald_pace(post.herald, 1);
    g_autofree char *why = g_strnfill(1000, 'w');
    uint64_t now_ns = 0;
    gint64 begun_us = g_get_monotonic_time();
    for (unsigned i = 0; i < 2000; i++) {
        for (unsigned k = 0; k < 15; k++)
            herald_tell(post.herald, "disk", why, true, now_ns);
        now_ns += 10 * SECOND_NS;
        herald_tend(post.herald, now_ns);
    }
    CU_ASSERT(herald_next_ns(post.herald) != UINT64_MAX);
    CU_ASSERT(g_get_monotonic_time() - begun_us < 5000000);
    post_close(&post);
}

static void a_herald_that_has_gone_is_done_without(void)
{
    struct post post;
    /* It kills who runs it. */
    post_open(&post, "kill -9 $PPID");
    herald_pace(post.herald, 1);
    uint64_t now_ns = 0;
    for (unsigned i = 0; i < 200; i++) {
        herald_tell(post.herald, "disk", "full", true, now_ns);
        now_ns += 10 * SECOND_NS;
        herald_tend(post.herald, now_ns);
        g_usleep(5000);
    }
    CU_ASSERT_EQUAL(herald_next_ns(post.herald), UINT64_MAX);
    post_close(&post);
}

UNIT_MAIN("herald", UNIT(an_alarm_is_mailed_to_all_addresses),
          UNIT(many_changes_are_one_mail_in_a_while),
          UNIT(a_sendmail_that_hangs_holds_nobody_up),
          UNIT(a_herald_that_has_gone_is_done_without))
