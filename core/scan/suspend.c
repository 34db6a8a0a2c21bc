/* SPDX-License-Identifier: MIT */
/*
 * The end of a scan that waits: its journal.
 */
#include "base/clock.h"
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
    for (unsigned i = 0; i < scan->state->open->len; i++) {
        const struct wish *wish = scan->state->open->pdata[i];
        g_ptr_array_add(to, wish_new(wish->kind, wish->type, wish->key));
    }
}

/* The journal as bytes, or NULL: it is too large. */
static GBytes *write_journal(struct scan *scan)
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
    const struct journal journal = {
        .now_s = scan->now_s,
        .deadline_ns = scan->deadline_ns,
        .ns = scan->ns + clock_mono_ns() - scan->state->begun_ns,
        .anew = replay->anew,
        .differs = replay->differs,
        .differs_at = replay->differs_at,
        .scanners = names,
        .wishes = wishes,
        .children = children,
        .entries = replay->record,
        .entry_n = replay->recorded,
    };
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
    if (replay->record == NULL || replay->to.is_full)
        return false;
    scan->journal = write_journal(scan);
    if (scan->journal == NULL)
        replay->to.is_full = true; /* it only grows */
    scan->is_suspended = scan->journal != NULL;
    return scan->is_suspended;
}
