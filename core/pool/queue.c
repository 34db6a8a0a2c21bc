/* SPDX-License-Identifier: MIT */
#include "pool/queue.h"

#include <glib.h>

#include <string.h>
#include <sys/random.h>

/* Chains are short from 16 items a slot down; 2^16 slots are 512 KiB. */
enum {
    TABLE_BITS_MIN = 4,
    TABLE_BITS_MAX = 16
};

static uint64_t random_odd(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)g_get_real_time() * UINT64_C(0x9e3779b97f4a7c15);
    return seed | 1;
}

void queue_init(struct queue *queue, uint64_t max_items, uint64_t max_bytes)
{
    g_assert(max_items > 0 && max_bytes > 0);
    *queue = (struct queue){
        .max_items = max_items,
        .max_bytes = max_bytes,
        .table_seed = random_odd(),
        .table_bits = TABLE_BITS_MIN,
    };
    while (queue->table_bits < TABLE_BITS_MAX &&
           (UINT64_C(1) << queue->table_bits) < max_items)
        queue->table_bits++;
    queue->table = g_new0(struct queue_item *, (size_t)1 << queue->table_bits);
}

void queue_clear(struct queue *queue)
{
    g_free(queue->table);
    *queue = (struct queue){0};
}

void queue_rebound(struct queue *queue, uint64_t max_items, uint64_t max_bytes)
{
    g_assert(max_items > 0 && max_bytes > 0);
    queue->max_items = max_items;
    queue->max_bytes = max_bytes;
}

/* Multiply-shift: a universal hash, the slot is the product's upper bits. */
static struct queue_item **slot_of(const struct queue *queue,
                                   const uint8_t key[QUEUE_KEY_SIZE])
{
    uint64_t head;
    memcpy(&head, key, sizeof head);
    return &queue
                ->table[(head * queue->table_seed) >> (64 - queue->table_bits)];
}

static bool is_findable(const struct queue_item *item)
{
    static const uint8_t none[QUEUE_KEY_SIZE];
    return item->priority != POOL_TRANSPORT &&
           memcmp(item->key, none, sizeof none) != 0;
}

static void table_add(struct queue *queue, struct queue_item *item)
{
    if (!is_findable(item))
        return;
    struct queue_item **slot = slot_of(queue, item->key);
    item->chain = *slot;
    item->is_in_table = true;
    *slot = item;
}

static void table_remove(struct queue *queue, struct queue_item *item)
{
    if (!item->is_in_table)
        return;
    struct queue_item **link = slot_of(queue, item->key);
    while (*link != item)
        link = &(*link)->chain;
    *link = item->chain;
    item->chain = NULL;
    item->is_in_table = false;
}

/* Into its line, before `after`; NULL: at the end. */
static void line_insert(struct queue *queue, struct queue_item *item,
                        struct queue_item *after)
{
    struct queue_line *line = &queue->lines[item->priority];
    item->after = after;
    item->before = after != NULL ? after->before : line->last;
    if (item->before != NULL)
        item->before->after = item;
    else
        line->first = item;
    if (after != NULL)
        after->before = item;
    else
        line->last = item;
    line->items++;
}

static void line_remove(struct queue *queue, struct queue_item *item)
{
    struct queue_line *line = &queue->lines[item->priority];
    if (item->before != NULL)
        item->before->after = item->after;
    else
        line->first = item->after;
    if (item->after != NULL)
        item->after->before = item->before;
    else
        line->last = item->before;
    if (line->put == item)
        line->put = item->after;
    item->before = NULL;
    item->after = NULL;
    line->items--;
}

static void begin_wait(struct queue *queue, struct queue_item *item,
                       struct queue_item *after)
{
    line_insert(queue, item, after);
    table_add(queue, item);
    item->is_waiting = true;
    queue->items++;
    queue->bytes += item->bytes;
}

/* What may wait in all before one of this priority is refused. */
static uint64_t part_of(uint64_t bound, enum pool_priority priority)
{
    static const unsigned quarters[POOL_PRIORITIES] = {4, 3, 2};
    if (quarters[priority] == 4)
        return bound;
    uint64_t part =
        bound / 4 * quarters[priority] + bound % 4 * quarters[priority] / 4;
    return MAX(part, 1);
}

static enum queue_answer admit(const struct queue *queue,
                               const struct queue_item *item)
{
    uint64_t max_items = part_of(queue->max_items, item->priority);
    uint64_t max_bytes = part_of(queue->max_bytes, item->priority);
    if (queue->items >= max_items)
        return QUEUE_FULL_ITEMS;
    if (queue->items > 0 &&
        (queue->bytes > max_bytes || item->bytes > max_bytes - queue->bytes))
        return QUEUE_FULL_BYTES;
    return QUEUE_TAKEN;
}

enum queue_answer queue_push(struct queue *queue, struct queue_item *item,
                             uint64_t now_ns)
{
    g_assert(!item->is_waiting && item->priority < POOL_PRIORITIES);
    enum queue_answer answer = admit(queue, item);
    if (answer != QUEUE_TAKEN)
        return answer;
    item->since_ns = now_ns;
    item->ticket = queue->next_ticket++;
    begin_wait(queue, item, NULL);
    return QUEUE_TAKEN;
}

void queue_put_back(struct queue *queue, struct queue_item *item)
{
    g_assert(!item->is_waiting && item->priority < POOL_PRIORITIES);
    struct queue_line *line = &queue->lines[item->priority];
    struct queue_item *after = line->put != NULL ? line->put : line->first;
    while (after != NULL && after->ticket < item->ticket)
        after = after->after;
    while (after != NULL && after->before != NULL &&
           after->before->ticket > item->ticket)
        after = after->before;
    begin_wait(queue, item, after);
    line->put = item;
}

struct queue_item *queue_first(const struct queue *queue)
{
    for (int p = 0; p < POOL_PRIORITIES; p++)
        if (queue->lines[p].first != NULL)
            return queue->lines[p].first;
    return NULL;
}

struct queue_item *queue_pop(struct queue *queue)
{
    struct queue_item *item = queue_first(queue);
    if (item != NULL)
        queue_remove(queue, item);
    return item;
}

void queue_remove(struct queue *queue, struct queue_item *item)
{
    if (!item->is_waiting)
        return;
    line_remove(queue, item);
    table_remove(queue, item);
    item->is_waiting = false;
    queue->items--;
    queue->bytes -= item->bytes;
}

void queue_promote(struct queue *queue, struct queue_item *item,
                   enum pool_priority priority)
{
    if (!item->is_waiting || priority >= item->priority)
        return;
    line_remove(queue, item);
    item->priority = priority;
    item->ticket = queue->next_ticket++;
    line_insert(queue, item, NULL);
    if (!is_findable(item))
        table_remove(queue, item);
}

struct queue_item *queue_find(const struct queue *queue,
                              const uint8_t key[QUEUE_KEY_SIZE])
{
    struct queue_item *item = *slot_of(queue, key);
    while (item != NULL && memcmp(item->key, key, QUEUE_KEY_SIZE) != 0)
        item = item->chain;
    return item;
}

uint64_t queue_age_ns(const struct queue *queue, enum pool_priority priority,
                      uint64_t now_ns)
{
    const struct queue_item *first = queue->lines[priority].first;
    return first != NULL && now_ns > first->since_ns ? now_ns - first->since_ns
                                                     : 0;
}

const char *pool_priority_name(enum pool_priority priority)
{
    static const char *const names[POOL_PRIORITIES] = {"transport", "on-demand",
                                                       "background"};
    return priority < POOL_PRIORITIES ? names[priority] : "unknown";
}
