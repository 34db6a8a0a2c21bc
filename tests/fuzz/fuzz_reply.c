/* SPDX-License-Identifier: MIT */
/*
 * Replies of a worker that was taken over.  What is believed holds to the rules of a
 * scan in this process, is judged without harm, and is believed again when it is
 * packed again.
 *
 * Input: one byte (low bits: scanners in the plan; high bit: digests were asked for; the
 * one below: stages of a session were), then a reply.  The size of the raw message is the one that the reply tells: no
 * fuzzer would guess it.
 */
#include "mail/message.h"
#include "mail/text.h"
#include "pool/reply.h"
#include "verdict/verdict.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SCANNERS_MAX = 7,
    NEEDS_DIGESTS = 0x80,
    IS_STAGE = 0x40,
    /* kind, count, parent, kind, marks, flags: then the root's size */
    ROOT_SIZE_AT = 1 + 4 + 4 + 1 + 1 + 4
};

static struct scanner scanners[SCANNERS_MAX];
static const struct scanner *list[SCANNERS_MAX];
static struct session *session;
static struct policy *policies[2];

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void setup(void)
{
    static const char *const names[SCANNERS_MAX] = {"a", "b", "c", "d",
                                                    "e", "f", "g"};
    static const char strict[] =
        "[verdict]\nconsensus = all\nbias = favor-certainty\n";
    for (size_t i = 0; i < SCANNERS_MAX; i++) {
        scanners[i] =
            (struct scanner){.name = g_intern_static_string(names[i]),
                             .flags = ASSAY_FLAG_CHILDREN | ASSAY_FLAG_EDITS |
                                      ASSAY_FLAG_MALWARE};
        list[i] = &scanners[i];
    }
    session = session_new();
    g_ptr_array_add(session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("eve@example.org"));
    struct conf *conf = NULL;
    require(conf_parse(strict, strlen(strict), "fuzz", "/", &conf, NULL));
    require(policy_new(NULL, &policies[0], NULL));
    require(policy_new(conf, &policies[1], NULL));
    conf_free(conf);
}

static void check_object(const struct message *message, unsigned i)
{
    struct object *o = message->objects->pdata[i];
    require(o->id == i);
    require((o->parent == NULL) == (i == 0));
    require(o->parent == NULL || o->parent->id < i);
    require(o->parent == NULL || o->depth == o->parent->depth + 1);
    require(o->kind >= ASSAY_OBJECT_MESSAGE && o->kind <= ASSAY_OBJECT_DERIVED);
    require(g_utf8_validate(o->path, -1, NULL));
    require(strchr(o->type_detected, '/') != NULL);
    for (unsigned n = 0; o->names != NULL && n < o->names->len; n++) {
        const struct object_name *name = o->names->pdata[n];
        require(name->text[0] != '\0' && g_utf8_validate(name->text, -1, NULL));
    }
    size_t n = 0;
    require(text_utf8(o, &n) == NULL);
    require(o->has_digest == (object_digest(o) != NULL));
}

static void check_clean(const char *text, size_t max)
{
    require(strlen(text) <= max && g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c != '\0'; c++)
        require((uint8_t)*c >= ' ' && *c != 0x7f);
}

static void check_finding(const struct scan *scan, unsigned i)
{
    const struct finding *f = scan->findings->pdata[i];
    require(f->status != ASSAY_STATUS_CLEAN &&
            f->status != ASSAY_STATUS_TRUSTED);
    require(f->confidence >= 1 && f->confidence <= 100);
    require(f->rcpt >= FINDING_ALL_RCPTS && f->rcpt < 2);
    require(finding_kind_rank(f->kind) > 0);
    require(f->object == NULL ||
            scan->message->objects->pdata[f->object->id] == f->object);
    check_clean(f->name, FINDING_NAME_MAX);
    check_clean(f->text, FINDING_TEXT_MAX);
    check_clean(f->reply_text, FINDING_REPLY_MAX);
}

static void check_again(const struct scan *scan,
                        const struct reply_context *context)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct packer to;
    struct unpacker from;
    struct reply again;
    packer_grow(&to, bytes, SIZE_MAX);
    if (context->until == 0)
        reply_pack(scan, false, &to);
    else
        reply_pack_stage(scan, false, &to);
    unpacker_init(&from, bytes->data, bytes->len);
    require(reply_unpack(&from, context, &again, NULL));
    require(again.scan->findings->len == scan->findings->len);
    require(again.message->objects->len == scan->message->objects->len);
    reply_clear(&again);
}

static void check_done(const struct reply *reply,
                       const struct reply_context *context)
{
    const struct limits *limits = &context->plan->limits;
    require(reply->message->objects->len >= 1);
    require(reply->message->objects->len <= limits->max_objects);
    for (unsigned i = 0; i < reply->message->objects->len; i++)
        check_object(reply->message, i);
    require(reply->scan->findings->len <= limits->max_findings + 64);
    for (unsigned i = 0; i < reply->scan->findings->len; i++)
        check_finding(reply->scan, i);
    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++)
        verdict_free(verdict_new(policies[i], reply->scan));
    check_again(reply->scan, context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (session == NULL)
        setup();
    if (size == 0)
        return 0;
    struct scan_plan plan = {.scanners = list,
                             .scanner_n = *data & SCANNERS_MAX};
    limits_default(&plan.limits);
    /* Small, so that they are met. */
    plan.limits.max_objects = 40;
    plan.limits.max_findings = 20;
    plan.limits.max_depth = 4;
    plan.limits.max_mime_depth = 5;
    struct reply_context context = {.plan = &plan,
                                    .session = session,
                                    .needs_digests =
                                        (*data & NEEDS_DIGESTS) != 0};
    context.until = (*data & IS_STAGE) != 0 ? ASSAY_STAGE_RCPT : 0;
    data++;
    size--;
    if (size >= ROOT_SIZE_AT + sizeof context.raw_size)
        memcpy(&context.raw_size, data + ROOT_SIZE_AT, sizeof context.raw_size);
    struct unpacker from;
    struct reply reply = {0};
    GError *error = NULL;
    unpacker_init(&from, data, size);
    if (!reply_unpack(&from, &context, &reply, &error)) {
        require(error != NULL && reply.kind == REPLY_NONE);
        g_error_free(error);
        return 0;
    }
    require(error == NULL && reply.kind != REPLY_NONE);
    require(reply.kind != (context.until == 0 ? REPLY_STAGE : REPLY_DONE));
    if (reply.kind == REPLY_DONE || reply.kind == REPLY_STAGE)
        check_done(&reply, &context);
    reply_clear(&reply);
    return 0;
}
