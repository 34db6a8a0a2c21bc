/* SPDX-License-Identifier: MIT */
#include "pool/remote.h"

#include "base/escape.h"
#include "base/pack.h"
#include "pool/guest.h"
#include "scan/one.h"
#include "scan/tape.h"

#include <inttypes.h>

/* What one question came to. */
enum came {
    CAME_TAPE,   /* the answer's tape stands in the unpacker */
    CAME_NEEDS,  /* to be asked again with all lent */
    CAME_NOTHING /* the task has been told as failed */
};

static enum came fail(struct task *task, const char *name, const char *why)
{
    task_fail(task, name, why);
    return CAME_NOTHING;
}

/* The task's object and all above it: what nearly every plugin looks at. */
static bool lend_own(struct lend *lend, const struct task *task)
{
    for (const struct object *o = task->object; o != NULL; o = o->parent)
        if (!lend_content(lend, o))
            return false;
    return true;
}

static bool lend_all(struct lend *lend, const struct task *task)
{
    const GPtrArray *objects = task->scan->message->objects;
    for (unsigned i = 0; i < objects->len; i++)
        if (!lend_content(lend, objects->pdata[i]))
            return false;
    return true;
}

/* Lends what the plugin may look at. */
static bool lend_for(struct remote *remote, const struct task *task)
{
    struct lend *lend = &remote->link->lend;
    if (!lend_objects(lend, task->scan))
        return false;
    if (task->stage < ASSAY_STAGE_OBJECT)
        return true; /* the body has not arrived */
    bool is_all = (remote->wants_all & ASSAY_STAGE_BIT(task->stage)) != 0;
    return is_all ? lend_all(lend, task) : lend_own(lend, task);
}

/* The question; NULL: it is too long. */
static const GByteArray *make_question(struct remote_link *link,
                                       const struct task *task)
{
    struct packer to;
    if (link->question == NULL)
        link->question = g_byte_array_new();
    g_byte_array_set_size(link->question, 0);
    packer_grow(&to, link->question, link->question_max);
    pack_u64(&to, link->lend.log_n);
    one_pack(task, &to);
    return to.is_full ? NULL : link->question;
}

static enum came refused(struct task *task, struct unpacker *from)
{
    const uint8_t *why;
    size_t n;
    unpack_bytes(from, &why, &n, GUEST_WHY_MAX);
    if (!unpack_end(from))
        return fail(task, "answer", "its worker's answer is not well made");
    g_autofree char *clean =
        escape_clean_dup((const char *)why, n, GUEST_WHY_MAX);
    g_autofree char *text = g_strdup_printf("its worker %s", clean);
    return fail(task, "refused", text);
}

static enum came read_answer(struct task *task,
                             const struct remote_answer *answer,
                             struct unpacker *tape)
{
    unpacker_init(tape, answer->p, answer->n);
    switch (unpack_u8(tape)) {
    case GUEST_TAPE:
        return CAME_TAPE;
    case GUEST_NEEDS:
        return CAME_NEEDS;
    case GUEST_REFUSED:
        return refused(task, tape);
    default:
        return fail(task, "answer", "its worker's answer is not well made");
    }
}

/* Asks once. */
static enum came ask(struct remote *remote, struct task *task,
                     struct unpacker *tape)
{
    struct remote_link *link = remote->link;
    struct remote_answer answer = {0};
    if (link->ask == NULL)
        return fail(task, "class", "its class has no workers here");
    if (!lend_for(remote, task)) {
        g_autofree char *why = g_strdup_printf(
            "the message does not fit the %zu bytes that can be lent to the "
            "plugin's class",
            link->lend.size);
        return fail(task, "lend", why);
    }
    const GByteArray *question = make_question(link, task);
    if (question == NULL)
        return fail(task, "lend", "what it reads is too much to be told");
    enum came came;
    if (link->ask(link->self, remote, task, question->data, question->len,
                  &answer))
        came = read_answer(task, &answer, tape);
    else
        came =
            fail(task, answer.name != NULL ? answer.name : "class",
                 answer.why != NULL ? answer.why : "its class did not answer");
    g_free(answer.name);
    g_free(answer.why);
    return came;
}

static int32_t handle(void *self, struct task *task)
{
    struct remote *remote = self;
    struct unpacker tape;
    enum came came = ask(remote, task, &tape);
    if (came == CAME_NEEDS) {
        remote->wants_all |= ASSAY_STAGE_BIT(task->stage);
        came = ask(remote, task, &tape);
    }
    switch (came) {
    case CAME_TAPE:
        return tape_play(task, &tape);
    case CAME_NEEDS:
        fail(task, "answer", "its worker wants more than there is");
        break;
    case CAME_NOTHING:
        break;
    }
    return ASSAY_RC_INTERNAL;
}

void remote_init(struct remote *remote, const struct card *card,
                 uint32_t class_number, struct remote_link *link)
{
    *remote = (struct remote){.class_number = class_number, .link = link};
    card_scanner(card, &remote->scanner);
    remote->scanner.self = remote;
    remote->scanner.handle = handle;
}

void remote_link_clear(struct remote_link *link)
{
    lend_clear(&link->lend);
    if (link->question != NULL)
        g_byte_array_unref(link->question);
    *link = (struct remote_link){0};
}
