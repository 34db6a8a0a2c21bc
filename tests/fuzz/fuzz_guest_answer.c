/* SPDX-License-Identifier: MIT */
/*
 * Answers of a guest that was taken over, as a home worker reads them: it speaks in its
 * own plugin's name only, within the bounds of a scan, and what comes of it is a result
 * that the front believes.
 *
 * Input: answers in turn, each {u16 bytes, bytes}; who is asked beyond them is dead.
 */
#include "mail/message.h"
#include "pool/remote.h"
#include "pool/reply.h"
#include "scan/scan.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ARENA = 1 << 16,
    NOW_S = 1700000000
};

/* What is left of the input. */
static const uint8_t *rest;
static size_t rest_n;

static struct remote remote;
static struct remote_link link_;
static struct session *session;
static uint8_t *arena;

static const char mail[] =
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    "--b\r\nContent-Type: application/zip; name=\"a.zip\"\r\n\r\nPK\r\n--b--\r\n";

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static bool ask(void *self, const struct remote *asks, const struct task *task,
                const void *question, size_t n, struct remote_answer *out)
{
    (void)self;
    (void)asks;
    (void)task;
    require(n > 0 && question != NULL);
    uint16_t answer_n = 0;
    if (rest_n < sizeof answer_n) {
        out->name = g_strdup("crash");
        out->why = g_strdup("it is dead");
        return false;
    }
    memcpy(&answer_n, rest, sizeof answer_n);
    rest += sizeof answer_n;
    rest_n -= sizeof answer_n;
    out->n = MIN(answer_n, rest_n);
    out->p = rest;
    rest += out->n;
    rest_n -= out->n;
    return true;
}

static void setup(void)
{
    static char *provides[] = {"p.*", NULL};
    static struct card card = {.path = "/p.so",
                               .id = "org.example.p",
                               .title = "p",
                               .vendor = "v",
                               .version = "1",
                               .licence = "MIT",
                               .has_wants = true,
                               .wants_flags = ASSAY_WANTS_MESSAGE,
                               .provides = provides};
    card.name = g_intern_static_string("p");
    card.class_name = g_intern_static_string("abroad");
    card.stages = ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT) |
                  ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT) |
                  ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    card.flags = ASSAY_FLAG_CHILDREN | ASSAY_FLAG_EDITS | ASSAY_FLAG_MALWARE;
    session = session_new();
    session->mail_from = g_strdup("ann@example.org");
    g_ptr_array_add(session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("eve@example.org"));
    arena = g_malloc0(ARENA);
    lend_init(&link_.lend, arena, ARENA);
    link_.ask = ask;
    link_.question_max = 1 << 16;
    remote_init(&remote, &card, 1, &link_);
}

static void check(const struct scan *scan)
{
    GHashTableIter iter;
    void *key;
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        bool is_its = strcmp(f->plugin, "p") == 0;
        /* core tells of bounds and of odd mails, and of nothing else. */
        require(is_its ||
                (strcmp(f->plugin, "core") == 0 &&
                 (f->kind == ASSAY_KIND_PARTIAL || f->kind == ASSAY_KIND_INFO ||
                  f->kind == ASSAY_KIND_ANOMALY)));
    }
    for (unsigned i = 0; i < scan->answers->len; i++)
        require(
            strcmp(g_array_index(scan->answers, struct scan_answer, i).plugin,
                   "p") == 0);
    g_hash_table_iter_init(&iter, scan->facts);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        require(g_str_has_prefix(key, "p."));
    require(scan->message->objects->len <= scan->plan->limits.max_objects);
}

/* The front gets all of it from the home worker, and believes it. */
static void check_believed(const struct scan *scan)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct packer to;
    struct unpacker from;
    struct reply reply = {0};
    GError *error = NULL;
    const struct reply_context context = {.plan = scan->plan,
                                          .session = session,
                                          .raw_size = sizeof mail - 1,
                                          .now_s = NOW_S};
    packer_grow(&to, bytes, SIZE_MAX);
    reply_pack(scan, false, &to);
    unpacker_init(&from, bytes->data, bytes->len);
    if (!to.is_full && !reply_unpack(&from, &context, &reply, &error)) {
        g_printerr("the front: %s\n", error->message);
        abort();
    }
    reply_clear(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (session == NULL)
        setup();
    const struct scanner *list[] = {&remote.scanner};
    struct scan_plan plan = {.scanners = list, .scanner_n = 1};
    limits_default(&plan.limits);
    /* Small, so that they are met. */
    plan.limits.max_objects = 40;
    plan.limits.max_findings = 20;
    plan.limits.max_bytes = 1 << 20;
    plan.limits.max_rounds = 4;
    rest = data;
    rest_n = size;
    remote.wants_all = 0;
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof mail - 1);
    lend_begin(&link_.lend, NULL, 0);
    struct message *message = message_new(raw, session, &plan.limits);
    struct scan *scan = scan_run(&plan, message, NOW_S);
    check(scan);
    check_believed(scan);
    scan_free(scan);
    message_free(message);
    return 0;
}
