/* SPDX-License-Identifier: MIT */
#include "scan/journal.h"

#include "base/clock.h"
#include "scan/wishes.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0x0a324a41u /* "AJ2\n" */

enum {
    SCANNERS_MAX = 4096,
    NAME_MAX_BYTES = 255,
    CHILD_SIZE = 4 + 8 + DIGEST_SIZE,
    ENTRY_HEAD = 28 /* before the tape's length */
};

static struct journal *journal_new(void)
{
    struct journal *journal = g_new0(struct journal, 1);
    journal->scanners = g_ptr_array_new_with_free_func(g_free);
    journal->wishes = wishes_new();
    journal->index = g_hash_table_new(wish_hash, wish_same);
    journal->children = g_array_new(false, false, sizeof(struct journal_child));
    journal->groups = g_array_new(false, false, sizeof(uint32_t));
    journal->entries = g_byte_array_new();
    return journal;
}

void journal_free(struct journal *journal)
{
    if (journal == NULL)
        return;
    g_hash_table_unref(journal->index);
    g_ptr_array_unref(journal->scanners);
    g_ptr_array_unref(journal->wishes);
    g_array_unref(journal->children);
    g_array_unref(journal->groups);
    g_byte_array_unref(journal->entries);
    g_free(journal);
}

static void pack_end(const struct journal *journal, struct packer *to)
{
    pack_u32(to, journal->until);
    pack_raw(to, journal->session, DIGEST_SIZE);
    pack_u32(to, journal->groups->len);
    for (unsigned i = 0; i < journal->groups->len; i++)
        pack_u32(to, g_array_index(journal->groups, uint32_t, i));
}

void journal_pack(const struct journal *journal, struct packer *to)
{
    pack_u32(to, MAGIC);
    pack_i64(to, journal->now_s);
    pack_u64(to, journal->deadline_ns);
    pack_u64(to, journal->ns);
    pack_u32(to, journal->anew);
    pack_u32(to, journal->differs);
    pack_u32(to, journal->differs_at);
    pack_end(journal, to);
    pack_u32(to, journal->scanners->len);
    for (unsigned i = 0; i < journal->scanners->len; i++)
        pack_text(to, journal->scanners->pdata[i]);
    wishes_pack(journal->wishes, to);
    pack_u32(to, journal->children->len);
    for (unsigned i = 0; i < journal->children->len; i++) {
        const struct journal_child *child =
            &g_array_index(journal->children, struct journal_child, i);
        pack_u32(to, child->id);
        pack_u64(to, child->size);
        pack_raw(to, child->digest, DIGEST_SIZE);
    }
    pack_u32(to, journal->entry_n);
    if (journal->entries->len > 0)
        pack_raw(to, journal->entries->data, journal->entries->len);
}

/* Where it ended, if it does not wait. */
static void read_end(struct unpacker *from, struct journal *journal)
{
    journal->until = unpack_u32(from);
    const uint8_t *digest = unpack_raw(from, DIGEST_SIZE);
    if (digest != NULL)
        memcpy(journal->session, digest, DIGEST_SIZE);
    uint32_t n = unpack_count(from, INT32_MAX, 4);
    uint32_t last = 0;
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        uint32_t rcpts = unpack_u32(from);
        if (rcpts <= last)
            unpack_refuse(from);
        last = rcpts;
        g_array_append_val(journal->groups, rcpts);
    }
    if (journal->until > ASSAY_STAGE_RCPT ||
        (journal->until == ASSAY_STAGE_RCPT && n == 0))
        unpack_refuse(from);
}

static void read_head(struct unpacker *from, struct journal *journal)
{
    if (unpack_u32(from) != MAGIC)
        unpack_refuse(from);
    journal->now_s = unpack_i64(from);
    journal->deadline_ns = unpack_u64(from);
    journal->ns = unpack_u64(from);
    journal->anew = unpack_u32(from);
    journal->differs = unpack_u32(from);
    journal->differs_at = unpack_u32(from);
    read_end(from, journal);
    uint32_t n = unpack_count(from, SCANNERS_MAX, 4);
    for (uint32_t i = 0; i < n; i++)
        g_ptr_array_add(journal->scanners, unpack_string(from, NAME_MAX_BYTES));
    if (journal->now_s == 0 || (journal->differs != JOURNAL_NONE &&
                                journal->differs >= journal->scanners->len))
        unpack_refuse(from);
}

static void read_wishes(struct unpacker *from, struct journal *journal)
{
    wishes_unpack(from, journal->wishes);
    for (unsigned i = 0; i < journal->wishes->len; i++)
        if (!g_hash_table_add(journal->index, journal->wishes->pdata[i]))
            unpack_refuse(from); /* there twice */
}

static void read_children(struct unpacker *from, struct journal *journal)
{
    uint32_t n = unpack_count(from, UINT32_MAX, CHILD_SIZE);
    uint32_t last = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct journal_child child = {.id = unpack_u32(from)};
        child.size = unpack_u64(from);
        const uint8_t *digest = unpack_raw(from, DIGEST_SIZE);
        if (digest == NULL || child.id <= last) /* the root is nobody's child */
            unpack_refuse(from);
        if (digest == NULL || from->is_bad)
            return;
        last = child.id;
        memcpy(child.digest, digest, DIGEST_SIZE);
        g_array_append_val(journal->children, child);
    }
}

static void read_entries(struct unpacker *from, struct journal *journal)
{
    uint32_t n = unpack_count(from, UINT32_MAX, ENTRY_HEAD + 12);
    size_t begin = from->at;
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        const uint8_t *tape;
        size_t tape_n;
        if (unpack_u32(from) >= journal->scanners->len)
            unpack_refuse(from);
        unpack_raw(from, ENTRY_HEAD - 4);
        unpack_bytes(from, &tape, &tape_n, UNPACK_ANY);
    }
    if (from->is_bad)
        return;
    journal->entry_n = n;
    if (n > 0)
        g_byte_array_append(journal->entries, from->p + begin,
                            (unsigned)(from->at - begin));
}

struct journal *journal_unpack(const void *p, size_t n)
{
    struct unpacker from;
    struct journal *journal = journal_new();
    unpacker_init(&from, p, n);
    if (n > JOURNAL_MAX)
        unpack_refuse(&from);
    read_head(&from, journal);
    read_wishes(&from, journal);
    read_children(&from, journal);
    read_entries(&from, journal);
    if (unpack_end(&from))
        return journal;
    journal_free(journal);
    return NULL;
}

struct journal *journal_anew(const GPtrArray *answers)
{
    struct journal *journal = journal_new();
    journal->now_s = clock_unix_s();
    journal->deadline_ns = UINT64_MAX;
    journal->anew = 1;
    journal->differs = JOURNAL_NONE;
    journal->differs_at = JOURNAL_NONE;
    for (unsigned i = 0; i < answers->len; i++) {
        const struct wish *answer = answers->pdata[i];
        if (answer->state == 0 || g_hash_table_contains(journal->index, answer))
            continue;
        struct wish *wish = wish_new(answer->kind, answer->type, answer->key);
        wish_answer(wish, answer);
        g_ptr_array_add(journal->wishes, wish);
        g_hash_table_add(journal->index, wish);
    }
    return journal;
}

bool journal_answer(struct journal *journal, const struct wish *answer)
{
    struct wish *wish = g_hash_table_lookup(journal->index, answer);
    if (wish == NULL || wish->state != 0 || answer->state == 0)
        return false;
    wish_answer(wish, answer);
    return true;
}

static int by_id(const void *key, const void *child)
{
    uint32_t id = *(const uint32_t *)key;
    uint32_t other = ((const struct journal_child *)child)->id;
    return id < other ? -1 : id > other;
}

const struct journal_child *journal_child(const struct journal *journal,
                                          uint32_t id)
{
    if (journal->children->len == 0)
        return NULL;
    return bsearch(&id, journal->children->data, journal->children->len,
                   sizeof(struct journal_child), by_id);
}
