/* SPDX-License-Identifier: MIT */
/*
 * Questions and lent memory of a home worker that was taken over, as a guest reads
 * them: it answers each of them, and its plugin sees whole objects only.
 *
 * Input: u16 bytes of the log, the log, then a question.  Asked twice: what the guest
 * keeps of the message is not in its way.
 */
#include "mail/message.h"
#include "pool/guest.h"
#include "scan/scan.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ARENA = 1 << 16,
    ANSWER_MAX = 1 << 16
};

static const char mail[] =
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    "--b\r\nContent-Type: application/zip; name=\"a.zip\"\r\n\r\nPK\r\n--b--\r\n";

static uint64_t sum;

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void read_object(const struct message *message, struct object *o)
{
    require(o->id < message->objects->len);
    require(message->objects->pdata[o->id] == o);
    require(g_utf8_validate(o->path, -1, NULL));
    require(o->parent == NULL || o->parent->id < o->id);
    if (o->bytes == NULL &&
        (message->fetch == NULL || !message->fetch(message->fetch_self, o)))
        return;
    for (size_t i = 0; i < o->size; i++)
        sum += o->data[i];
}

/* As a plugin that wants to know everything. */
static int32_t handle(void *self, struct task *task)
{
    const struct message *message = task->scan->message;
    (void)self;
    for (unsigned i = 0; i < message->objects->len; i++)
        read_object(message, message->objects->pdata[i]);
    require(task->object == NULL ||
            message->objects->pdata[task->object->id] == task->object);
    require(task->rcpt == FINDING_ALL_RCPTS ||
            (unsigned)task->rcpt < message->session->rcpts->len);
    struct finding *finding = finding_new(NULL);
    finding->status = ASSAY_STATUS_FOUND;
    finding->kind = ASSAY_KIND_INFO;
    finding->object = task->object;
    task_report(task, finding);
    return ASSAY_RC_OK;
}

static void run(struct guest *guest, const struct guest_view *view,
                const uint8_t *question, size_t n)
{
    g_autoptr(GByteArray) answer = g_byte_array_new();
    guest_run(guest, view, question, n, answer);
    require(answer->len > 0 && answer->len <= ANSWER_MAX);
    require(answer->data[0] == GUEST_TAPE || answer->data[0] == GUEST_NEEDS ||
            answer->data[0] == GUEST_REFUSED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct scanner scanner = {
        .name = "p",
        .stages = UINT64_MAX,
        .flags = ASSAY_FLAG_CHILDREN,
        .handle = handle,
    };
    const struct scanner *list[] = {&scanner};
    struct scan_plan plan = {.scanners = list, .scanner_n = 1};
    uint16_t log_n;
    if (size < sizeof log_n)
        return 0;
    memcpy(&log_n, data, sizeof log_n);
    data += sizeof log_n;
    size -= sizeof log_n;
    log_n = (uint16_t)MIN(log_n, size);
    limits_default(&plan.limits);
    plan.limits.max_objects = 40;
    g_autofree uint8_t *arena = g_malloc0(ARENA);
    memcpy(arena, data, log_n);
    struct guest *guest = guest_new(&plan);
    struct guest_view view = {.message = 1,
                              .raw = (const uint8_t *)mail,
                              .raw_n = sizeof mail - 1,
                              .arena = arena,
                              .arena_n = ARENA,
                              .answer_max = ANSWER_MAX};
    run(guest, &view, data + log_n, size - log_n);
    run(guest, &view, data + log_n, size - log_n);
    guest_free(guest);
    return 0;
}
