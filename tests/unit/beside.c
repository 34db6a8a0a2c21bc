/* SPDX-License-Identifier: MIT */
#include "beside.h"

#include "dump.h"
#include "mail/message.h"
#include "unit.h"

enum {
    NOW_S = 1700000000
};

const char beside_in_tree[] =
    "[plugin attachment]\nfile = %/attachment.so\nclass = main\n"
    "block_lists = sigs/attachment/owa-today.list, "
    "sigs/attachment/assay-detected.list\n"
    "macro_lists = sigs/attachment/macro-documents.list\n"
    "[plugin archive]\nfile = %/archive.so\nclass = main\n"
    "[plugin tnef]\nfile = %/tnef.so\nclass = main\n"
    "[plugin spam]\nfile = %/spam.so\nclass = main\n";

void beside_open(struct beside *both, const struct hand_how *how)
{
    g_autofree char *text = hand_conf(how->conf);
    both->here = hosting_open(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(both->here->host);
    both->hand = hand_open(how);
    CU_ASSERT_PTR_NOT_NULL_FATAL(both->hand->cards);
    both->session = session_new();
    both->flags = REQUEST_NEEDS_DIGESTS;
    both->plan = (struct scan_plan){
        .scanners = both->here->host->scanners,
        .scanner_n = both->here->host->scanner_n,
        .limits = both->here->limits,
    };
    host_start(both->here->host);
}

void beside_open_main(struct beside *both, const char *conf)
{
    beside_open(both, &(struct hand_how){.conf = conf});
}

void beside_close(struct beside *both)
{
    host_stop(both->here->host);
    session_free(both->session);
    hosting_free(both->here);
    hand_free(both->hand);
}

char *beside_here(const struct beside *both, GBytes *raw)
{
    struct message *message =
        message_new(raw, both->session, &both->plan.limits);
    struct scan *scan = scan_run(&both->plan, message, NOW_S);
    char *text = dump_scan(scan);
    scan_free(scan);
    message_free(message);
    return text;
}

void beside_ask(const struct beside *both, struct hand_worker *w, unsigned slot,
                GBytes *raw)
{
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    const struct request request = {
        .flags = both->flags,
        .now_s = NOW_S,
        .session = both->session,
        .raw = p,
        .raw_n = n,
    };
    hand_ask(w, slot, &request);
}

bool beside_reply(const struct beside *both, struct hand_worker *w,
                  unsigned slot, GBytes *raw, struct reply *out)
{
    if (!hand_wait(w, slot))
        return false;
    g_autoptr(GBytes) bytes = hand_take(w, slot);
    g_autoptr(GError) error = NULL;
    size_t n = 0;
    const void *p = g_bytes_get_data(bytes, &n);
    const struct reply_context context = {
        .plan = &both->plan,
        .session = both->session,
        .raw_size = g_bytes_get_size(raw),
        .now_s = NOW_S,
        .needs_digests = (both->flags & REQUEST_NEEDS_DIGESTS) != 0,
    };
    struct unpacker from;
    unpacker_init(&from, p, n);
    if (reply_unpack(&from, &context, out, &error))
        return true;
    printf("  %s\n", error->message);
    return false;
}

char *beside_there(const struct beside *both, struct hand_worker *w,
                   unsigned slot, GBytes *raw)
{
    struct reply reply = {0};
    if (!beside_reply(both, w, slot, raw, &reply))
        return NULL;
    char *text = reply.scan != NULL ? dump_scan(reply.scan) : NULL;
    reply_clear(&reply);
    return text;
}

void beside_compare(const struct beside *both, struct hand_worker *w,
                    unsigned slot, GBytes *raw)
{
    g_autofree char *here = beside_here(both, raw);
    beside_ask(both, w, slot, raw);
    g_autofree char *there = beside_there(both, w, slot, raw);
    CU_ASSERT_PTR_NOT_NULL_FATAL(there);
    CU_ASSERT(dump_same(here, there));
}

GBytes *beside_mail(const char *word)
{
    g_autofree char *text = g_strdup_printf(
        "Subject: x\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nfirst\r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<html>%s\r\n--b--\r\n",
        word);
    return g_bytes_new(text, strlen(text));
}

static void free_bytes(void *p)
{
    g_bytes_unref(p);
}

GPtrArray *beside_samples(void)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(free_bytes);
    GDir *dir = g_dir_open("tests/mail", 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        char *text = NULL;
        size_t n = 0;
        g_autofree char *path = g_build_filename("tests/mail", name, NULL);
        if (g_str_has_suffix(name, ".eml") &&
            g_file_get_contents(path, &text, &n, NULL))
            g_ptr_array_add(all, g_bytes_new_take(text, n));
    }
    if (dir != NULL)
        g_dir_close(dir);
    return all;
}
