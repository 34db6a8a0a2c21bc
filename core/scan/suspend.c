/* SPDX-License-Identifier: MIT */
/*
 * The end of a scan that waits, or of one that has done its last stage: its journal.
 */
#include "base/clock.h"
#include "base/pack.h"
#include "mail/message.h"
#include "scan/state.h"
#include "scan/wishes.h"

#include <string.h>

/* Children that scanners made so far, with their digests: only a scan that is really
 * suspended pays for these. */
static void list_children(const struct scan *scan, GArray *to)
{
    const GPtrArray *objects = scan->message->objects;
    for (unsigned i = 0; i < objects->len; i++) {
        struct object *object = objects->pdata[i];
        if (object->origin == NULL)
            continue;
        struct journal_child child = {.id = object->id, .size = object->size};
        memcpy(child.digest, object_digest(object), DIGEST_SIZE);
        g_array_append_val(to, child);
    }
}

/* What has been answered before, and what is open. */
static void list_wishes(const struct scan *scan, GPtrArray *to)
{
    const struct journal *journal = scan->state->replay.journal;
    for (unsigned i = 0; journal != NULL && i < journal->wishes->len; i++) {
        const struct wish *wish = journal->wishes->pdata[i];
        struct wish *copy = wish_new(wish->kind, wish->type, wish->key);
        wish_answer(copy, wish);
        if (copy->state == 0)
            copy->state = ASSAY_ANSWER_SERVFAIL;
        g_ptr_array_add(to, copy);
    }
    const GPtrArray *asked = scan->state->asked;
    for (unsigned i = 0; asked != NULL && i < asked->len; i++) {
        const struct wish *wish = asked->pdata[i];
        if (journal != NULL && g_hash_table_contains(journal->index, wish))
            continue;
        struct wish *copy = wish_new(wish->kind, wish->type, wish->key);
        wish_answer(copy, wish);
        g_ptr_array_add(to, copy);
    }
}

static uint32_t rcpts_of(const struct scan *scan)
{
    return scan->message->session->rcpts->len;
}

/* The journal as bytes, of a scan that is over behind stage `until` or (0) waits.  NULL:
 * it is too large. */
static GBytes *write_journal(struct scan *scan, uint32_t until)
{
    struct replay *replay = &scan->state->replay;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) wishes = wishes_new();
    g_autoptr(GArray) children =
        g_array_new(false, false, sizeof(struct journal_child));
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        g_ptr_array_add(names, g_strdup(scan->plan->scanners[i]->name));
    list_wishes(scan, wishes);
    list_children(scan, children);
    struct journal journal = {
        .now_s = scan->now_s,
        .deadline_ns = scan->deadline_ns,
        .ns = scan->ns + clock_mono_ns() - scan->state->begun_ns,
        .anew = until == 0 ? replay->anew : 0,
        .differs = until == 0 ? replay->differs : JOURNAL_NONE,
        .differs_at = until == 0 ? replay->differs_at : JOURNAL_NONE,
        .until = until,
        .groups = replay->groups,
        .scanners = names,
        .wishes = wishes,
        .children = children,
        .entries = replay->record,
        .entry_n = replay->recorded,
    };
    if (until != 0)
        replay_session(scan->message->session, until, rcpts_of(scan),
                       journal.session);
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, replay->to.max);
    journal_pack(&journal, &to);
    GBytes *packed = g_byte_array_free_to_bytes(bytes);
    if (to.is_full)
        g_clear_pointer(&packed, g_bytes_unref);
    return packed;
}

bool replay_suspend(struct scan *scan)
{
    struct replay *replay = &scan->state->replay;
    if (!replay->may_suspend || replay->to.is_full)
        return false;
    scan->journal = write_journal(scan, 0);
    if (scan->journal == NULL)
        replay->to.is_full = true; /* it only grows */
    scan->is_suspended = scan->journal != NULL;
    return scan->is_suspended;
}

/* RCPT without recipients is no more than MAIL. */
void replay_stop(struct scan *scan, uint32_t until)
{
    struct replay *replay = &scan->state->replay;
    GArray *groups = replay->groups;
    uint32_t rcpts = rcpts_of(scan);
    bool is_late = (scan->state->bounds_told & 1u << BOUND_TIME) != 0;
    if (replay->refused != NULL || replay->to.is_full || is_late)
        return;
    if (until == ASSAY_STAGE_RCPT && rcpts == 0)
        until = ASSAY_STAGE_MAIL;
    if (until == ASSAY_STAGE_RCPT &&
        (groups->len == 0 ||
         g_array_index(groups, uint32_t, groups->len - 1) < rcpts))
        g_array_append_val(groups, rcpts);
    scan->journal = write_journal(scan, until);
}

static void pack_stage(const struct session *session, uint32_t stage,
                       uint32_t rcpts, struct packer *to)
{
    switch (stage) {
    case ASSAY_STAGE_CONNECT:
        pack_text(to, session->client_ip);
        pack_text(to, session->client_name);
        break;
    case ASSAY_STAGE_HELO:
        pack_text(to, session->helo);
        break;
    case ASSAY_STAGE_MAIL:
        pack_text(to, session->mail_from);
        break;
    default:
        for (uint32_t i = 0; i < rcpts && i < session->rcpts->len; i++)
            pack_text(to, session->rcpts->pdata[i]);
        break;
    }
}

void replay_session(const struct session *session, uint32_t until,
                    uint32_t rcpts, uint8_t out[DIGEST_SIZE])
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, UINT32_MAX);
    for (uint32_t stage = ASSAY_STAGE_CONNECT; stage <= until; stage++)
        pack_stage(session, stage, rcpts, &to);
    digest_sha256(bytes->data, bytes->len, out);
}
