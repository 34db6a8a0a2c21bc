/* SPDX-License-Identifier: MIT */
/*
 * A scan that was packed and unpacked again looks the same: all sample mails, all
 * plugins, verdict and both views, with objects and with reasons.
 */
#include "cli/view.h"
#include "hosting.h"
#include "mail/detect.h"
#include "mail/message.h"
#include "pool/reply.h"
#include "seed.h"
#include "unit.h"
#include "verdict/verdict.h"

#include <assay/plugin.h>

#include <glib.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mails[] = "tests/mail";

static struct hosting *all;
static struct policy *policy;
static struct session *session;
static struct scan_plan plan;

static bool open_all(void)
{
    g_autofree char *dir = g_canonicalize_filename(unit_build("plugins"), NULL);
    g_autofree char *conf = g_strdup_printf(
        "[plugin attachment]\nfile = %s/attachment.so\n"
        "block_lists = sigs/attachment/owa-today.list, "
        "sigs/attachment/assay-detected.list\n"
        "macro_lists = sigs/attachment/macro-documents.list\n"
        "[plugin archive]\nfile = %s/archive.so\n"
        "[plugin tnef]\nfile = %s/tnef.so\n"
        "[plugin clamav]\nfile = %s/clamav.so\ndatabase = sigs/clamav\n"
        "[plugin spam]\nfile = %s/spam.so\n",
        dir, dir, dir, dir, dir);
    detect_start();
    all = hosting_open(conf);
    if (all->host == NULL || all->host->refusals->len > 0 ||
        !policy_new(NULL, &policy, NULL))
        return false;
    host_start(all->host);
    plan = (struct scan_plan){.scanners = all->host->scanners,
                              .scanner_n = all->host->scanner_n,
                              .limits = all->limits};
    session = session_new();
    session_set_client_ip(session, "192.0.2.7");
    session->helo = g_strdup("mx.example.org");
    session->mail_from = g_strdup("ann@example.org");
    g_ptr_array_add(session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("eve@example.org"));
    return true;
}

static void close_all(void)
{
    host_stop(all->host);
    policy_free(policy);
    session_free(session);
    hosting_free(all);
}

/* Both views of one scan; a new string. */
static char *show(const struct source_item *item, struct message *message,
                  struct scan *scan, uint64_t bytes)
{
    struct answer answer = {.item = item,
                            .plan = plan,
                            .message = message,
                            .scan = scan,
                            .verdict = verdict_new(policy, scan),
                            .bytes = bytes};
    struct view view = {
        .is_json = true, .with_objects = true, .with_reasons = true};
    GString *to = g_string_new(NULL);
    view_answer(&view, &answer, to);
    view.is_json = false;
    view_answer(&view, &answer, to);
    verdict_free(answer.verdict);
    return g_string_free(to, FALSE);
}

/* Everything of an object that no view shows. */
static char *describe(const struct message *message)
{
    GString *to = g_string_new(NULL);
    for (unsigned i = 0; i < message->objects->len; i++) {
        const struct object *o = message->objects->pdata[i];
        g_string_append_printf(
            to,
            "%u %u %d %d %u %s|%s|%s|%s|%" PRIu64 " %" PRIu64 " %" PRIu64
            " %" PRId64 "|",
            o->unpack_depth, o->child_count, o->is_name_cut, o->is_expanded,
            o->names != NULL ? o->names->len : 0, o->charset, o->disposition,
            o->encoding, o->content_id, o->readings, o->packed_size,
            o->told_size, o->mtime);
        for (unsigned n = 0; o->names != NULL && n < o->names->len; n++) {
            const struct object_name *name = o->names->pdata[n];
            for (size_t c = 0; c < name->raw_n; c++)
                g_string_append_printf(to, "%02x", (uint8_t)name->raw[c]);
        }
        g_string_append_c(to, '\n');
    }
    return g_string_free(to, FALSE);
}

/* What the fuzzer starts from, see tests/fuzz/fuzz_reply.c. */
static void keep_seed(const char *mail, const GByteArray *bytes)
{
    const uint8_t head = (uint8_t)(0x80 | plan.scanner_n);
    g_autofree char *name = g_path_get_basename(mail);
    g_autoptr(GByteArray) seed = g_byte_array_new();
    if (bytes->len > 4096)
        return;
    g_byte_array_append(seed, &head, 1);
    g_byte_array_append(seed, bytes->data, bytes->len);
    seed_keep(name, seed->data, seed->len);
}

static bool pack_again(const char *mail, struct message *message,
                       struct scan *scan, GBytes *raw, struct reply *out)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct packer to;
    struct unpacker from;
    GError *error = NULL;
    packer_grow(&to, bytes, SIZE_MAX);
    reply_pack(scan, true, &to);
    CU_ASSERT_FALSE(to.is_full);
    CU_ASSERT_PTR_EQUAL(scan->message, message);
    keep_seed(mail, bytes);
    unpacker_init(&from, bytes->data, bytes->len);
    const struct reply_context context = {.plan = &plan,
                                          .session = session,
                                          .raw_size = g_bytes_get_size(raw),
                                          .now_s = 1700000000,
                                          .needs_digests = true};
    bool is_good = reply_unpack(&from, &context, out, &error);
    if (!is_good)
        fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    return is_good;
}

static void try_mail(const char *name)
{
    g_autofree char *path = g_build_filename(mails, name, NULL);
    char *text = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &text, &n, NULL)) {
        CU_FAIL("a sample mail cannot be read");
        return;
    }
    g_autoptr(GBytes) raw = g_bytes_new_take(text, n);
    const struct source_item item = {.name = path};
    struct message *message = message_new(raw, session, &plan.limits);
    struct scan *scan = scan_run(&plan, message, 1700000000);
    struct reply reply = {0};
    bool is_good = pack_again(path, message, scan, raw, &reply);
    CU_ASSERT_TRUE(is_good);
    if (is_good) {
        g_autofree char *before = show(&item, message, scan, n);
        g_autofree char *after = show(&item, reply.message, reply.scan, n);
        g_autofree char *tree_before = describe(message);
        g_autofree char *tree_after = describe(reply.message);
        CU_ASSERT_STRING_EQUAL(after, before);
        CU_ASSERT_STRING_EQUAL(tree_after, tree_before);
        if (strcmp(after, before) != 0)
            fprintf(stderr, "%s\nbefore %s\nafter  %s\n", path, before, after);
        reply_clear(&reply);
    }
    scan_free(scan);
    message_free(message);
}

static void all_samples_look_the_same_after_the_way_through_a_reply(void)
{
    bool is_open = open_all();
    CU_ASSERT_TRUE_FATAL(is_open);
    unsigned n = 0;
    GDir *dir = g_dir_open(mails, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, ".eml")) {
            try_mail(name);
            n++;
        }
    g_dir_close(dir);
    CU_ASSERT(n >= 50);
    close_all();
}

UNIT_MAIN("cli_reply",
          UNIT(all_samples_look_the_same_after_the_way_through_a_reply))
