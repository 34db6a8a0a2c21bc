/* SPDX-License-Identifier: MIT */
#include "pool/queue.h"
#include "unit.h"

#include <glib.h>

#include <string.h>

static struct queue_item item(enum pool_priority priority, uint64_t bytes,
                              uint8_t key)
{
    struct queue_item made = {.priority = priority, .bytes = bytes};
    memset(made.key, key, sizeof made.key);
    return made;
}

static void transport_goes_before_on_demand_before_background(void)
{
    struct queue queue;
    queue_init(&queue, 100, 100000);
    struct queue_item items[9];
    for (unsigned i = 0; i < 9; i++) {
        items[i] = item((enum pool_priority)(2 - i % 3), 1, 0);
        CU_ASSERT_EQUAL(queue_push(&queue, &items[i], i), QUEUE_TAKEN);
    }
    static const unsigned want[9] = {2, 5, 8, 1, 4, 7, 0, 3, 6};
    for (unsigned i = 0; i < 9; i++) {
        CU_ASSERT_PTR_EQUAL(queue_first(&queue), &items[want[i]]);
        CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &items[want[i]]);
    }
    CU_ASSERT_PTR_NULL(queue_pop(&queue));
    CU_ASSERT_EQUAL(queue.items, 0);
    CU_ASSERT_EQUAL(queue.bytes, 0);
    queue_clear(&queue);
}

static void one_of_transport_overtakes_a_thousand_of_background(void)
{
    enum {
        MANY = 1000
    };
    struct queue queue;
    queue_init(&queue, 2 * MANY, 1 << 20);
    struct queue_item *many = g_new0(struct queue_item, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        many[i].priority = POOL_BACKGROUND;
        CU_ASSERT_EQUAL(queue_push(&queue, &many[i], i), QUEUE_TAKEN);
    }
    struct queue_item mail = item(POOL_TRANSPORT, 1, 0);
    CU_ASSERT_EQUAL(queue_push(&queue, &mail, MANY), QUEUE_TAKEN);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &mail);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &many[0]);
    queue_clear(&queue);
    g_free(many);
}

/* Pushes items of one priority and size until one is refused; how many. */
static unsigned fill(struct queue *queue, struct queue_item *items, unsigned n,
                     struct queue_item like, enum queue_answer *last)
{
    unsigned taken = 0;
    for (*last = QUEUE_TAKEN; taken < n; taken++) {
        items[taken] = like;
        *last = queue_push(queue, &items[taken], 0);
        if (*last != QUEUE_TAKEN)
            return taken;
    }
    return taken;
}

static void each_priority_has_its_part_of_the_bounds(void)
{
    static const struct {
        enum pool_priority priority;
        uint64_t max_items, max_bytes, size;
        unsigned taken;
        enum queue_answer then;
    } rows[] = {
        {POOL_TRANSPORT, 8, 1000, 1, 8, QUEUE_FULL_ITEMS},
        {POOL_ON_DEMAND, 8, 1000, 1, 6, QUEUE_FULL_ITEMS},
        {POOL_BACKGROUND, 8, 1000, 1, 4, QUEUE_FULL_ITEMS},
        {POOL_TRANSPORT, 100, 80, 10, 8, QUEUE_FULL_BYTES},
        {POOL_ON_DEMAND, 100, 80, 10, 6, QUEUE_FULL_BYTES},
        {POOL_BACKGROUND, 100, 80, 10, 4, QUEUE_FULL_BYTES},
        {POOL_BACKGROUND, 1, 80, 10, 1, QUEUE_FULL_ITEMS},
        {POOL_TRANSPORT, 100, 80, UINT64_MAX, 1, QUEUE_FULL_BYTES},
        {POOL_BACKGROUND, 100, UINT64_MAX, UINT64_MAX / 4, 2, QUEUE_FULL_BYTES},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct queue queue;
        struct queue_item items[16];
        enum queue_answer last;
        queue_init(&queue, rows[i].max_items, rows[i].max_bytes);
        CU_ASSERT_EQUAL(fill(&queue, items, 16,
                             item(rows[i].priority, rows[i].size, 0), &last),
                        rows[i].taken);
        CU_ASSERT_EQUAL(last, rows[i].then);
        CU_ASSERT(!items[rows[i].taken].is_waiting);
        CU_ASSERT_EQUAL(queue.items, rows[i].taken);
        queue_clear(&queue);
    }
}

static void background_cannot_crowd_out_transport(void)
{
    struct queue queue;
    struct queue_item background[16], on_demand[16], transport[16];
    enum queue_answer last;
    queue_init(&queue, 16, 1000);
    CU_ASSERT_EQUAL(
        fill(&queue, background, 16, item(POOL_BACKGROUND, 1, 0), &last), 8);
    CU_ASSERT_EQUAL(
        fill(&queue, on_demand, 16, item(POOL_ON_DEMAND, 1, 0), &last), 4);
    CU_ASSERT_EQUAL(
        fill(&queue, transport, 16, item(POOL_TRANSPORT, 1, 0), &last), 4);
    CU_ASSERT_EQUAL(last, QUEUE_FULL_ITEMS);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &transport[0]);
    CU_ASSERT_EQUAL(queue_push(&queue, &transport[0], 0), QUEUE_TAKEN);
    queue_clear(&queue);
}

static void one_larger_than_the_queue_waits_alone(void)
{
    struct queue queue;
    queue_init(&queue, 16, 100);
    struct queue_item large = item(POOL_BACKGROUND, 5000, 0);
    struct queue_item small = item(POOL_TRANSPORT, 1, 0);
    CU_ASSERT_EQUAL(queue_push(&queue, &large, 0), QUEUE_TAKEN);
    CU_ASSERT_EQUAL(queue_push(&queue, &small, 0), QUEUE_FULL_BYTES);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &large);
    CU_ASSERT_EQUAL(queue_push(&queue, &small, 0), QUEUE_TAKEN);
    CU_ASSERT_EQUAL(queue_push(&queue, &large, 0), QUEUE_FULL_BYTES);
    queue_clear(&queue);
}

static void other_bounds_hold_from_the_next_push_on(void)
{
    struct queue queue;
    struct queue_item items[16];
    enum queue_answer last;
    queue_init(&queue, 4, 100);
    CU_ASSERT_EQUAL(fill(&queue, items, 16, item(POOL_TRANSPORT, 1, 0), &last),
                    4);
    queue_rebound(&queue, 2, 100);
    CU_ASSERT_EQUAL(queue.items, 4);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &items[0]);
    CU_ASSERT_EQUAL(queue_push(&queue, &items[0], 0), QUEUE_FULL_ITEMS);
    queue_rebound(&queue, 4, 100);
    CU_ASSERT_EQUAL(queue_push(&queue, &items[0], 0), QUEUE_TAKEN);
    queue_clear(&queue);
}

static void what_is_put_back_keeps_its_place_and_age(void)
{
    struct queue queue;
    queue_init(&queue, 4, 100);
    struct queue_item items[4];
    for (unsigned i = 0; i < 4; i++) {
        items[i] = item(POOL_TRANSPORT, 1, 0);
        queue_push(&queue, &items[i], 100 + i);
    }
    for (unsigned i = 0; i < 3; i++)
        queue_pop(&queue);
    struct queue_item late = item(POOL_TRANSPORT, 1, 0);
    queue_push(&queue, &late, 200);
    static const unsigned order[3] = {1, 0, 2};
    for (unsigned i = 0; i < 3; i++)
        queue_put_back(&queue, &items[order[i]]);
    CU_ASSERT_EQUAL(queue.items, 5); /* over the bound: they were counted */
    CU_ASSERT_EQUAL(queue_age_ns(&queue, POOL_TRANSPORT, 150), 50);
    for (unsigned i = 0; i < 4; i++)
        CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &items[i]);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &late);
    CU_ASSERT_EQUAL(queue_age_ns(&queue, POOL_TRANSPORT, 150), 0);
    queue_clear(&queue);
}

static void a_promoted_one_stands_at_the_end_of_the_higher_line(void)
{
    struct queue queue;
    queue_init(&queue, 100, 100);
    struct queue_item first = item(POOL_ON_DEMAND, 1, 1);
    struct queue_item low = item(POOL_BACKGROUND, 1, 2);
    struct queue_item late = item(POOL_ON_DEMAND, 1, 3);
    queue_push(&queue, &low, 5);
    queue_push(&queue, &first, 6);
    queue_promote(&queue, &low, POOL_ON_DEMAND);
    queue_push(&queue, &late, 7);
    CU_ASSERT_EQUAL(low.since_ns, 5);
    CU_ASSERT_PTR_EQUAL(queue_find(&queue, low.key), &low);
    queue_promote(&queue, &late, POOL_BACKGROUND); /* lower: nothing */
    CU_ASSERT_EQUAL(late.priority, POOL_ON_DEMAND);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &first);
    queue_promote(&queue, &first,
                  POOL_TRANSPORT); /* waits no longer: nothing */
    CU_ASSERT_EQUAL(first.priority, POOL_ON_DEMAND);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &low);
    CU_ASSERT_PTR_EQUAL(queue_pop(&queue), &late);
    queue_clear(&queue);
}

static void identical_ones_are_found_but_never_in_transport(void)
{
    struct queue queue;
    queue_init(&queue, 100, 100);
    struct queue_item transport = item(POOL_TRANSPORT, 1, 1);
    struct queue_item on_demand = item(POOL_ON_DEMAND, 1, 2);
    struct queue_item background = item(POOL_BACKGROUND, 1, 3);
    struct queue_item without = item(POOL_BACKGROUND, 1, 0);
    queue_push(&queue, &transport, 0);
    queue_push(&queue, &on_demand, 0);
    queue_push(&queue, &background, 0);
    queue_push(&queue, &without, 0);
    CU_ASSERT_PTR_NULL(queue_find(&queue, transport.key));
    CU_ASSERT_PTR_EQUAL(queue_find(&queue, on_demand.key), &on_demand);
    CU_ASSERT_PTR_EQUAL(queue_find(&queue, background.key), &background);
    CU_ASSERT_PTR_NULL(queue_find(&queue, without.key));

    queue_promote(&queue, &background, POOL_TRANSPORT);
    CU_ASSERT_PTR_NULL(queue_find(&queue, background.key));
    queue_remove(&queue, &on_demand);
    queue_remove(&queue, &on_demand); /* no harm */
    CU_ASSERT_PTR_NULL(queue_find(&queue, on_demand.key));
    queue_put_back(&queue, &on_demand);
    CU_ASSERT_PTR_EQUAL(queue_find(&queue, on_demand.key), &on_demand);
    queue_clear(&queue);
}

/* Keys that differ in one bit, and in the bytes that the table does not look at. */
static void a_key_is_compared_in_full(void)
{
    struct queue queue;
    queue_init(&queue, 1000, 100000);
    struct queue_item items[256];
    for (unsigned i = 0; i < 256; i++) {
        items[i] = item(POOL_BACKGROUND, 1, 7);
        items[i].key[i / 8] ^= (uint8_t)(1 << i % 8);
        queue_push(&queue, &items[i], 0);
    }
    for (unsigned i = 0; i < 256; i++)
        CU_ASSERT_PTR_EQUAL(queue_find(&queue, items[i].key), &items[i]);
    struct queue_item absent = item(POOL_BACKGROUND, 1, 7);
    CU_ASSERT_PTR_NULL(queue_find(&queue, absent.key));
    queue_clear(&queue);
}

/* Against the plainest queue there is: an array, searched from its beginning. */
struct model {
    struct queue_item *waiting[64];
    unsigned n;
};

static struct queue_item *model_first(const struct model *model)
{
    struct queue_item *best = NULL;
    for (unsigned i = 0; i < model->n; i++) {
        struct queue_item *x = model->waiting[i];
        if (best == NULL || x->priority < best->priority ||
            (x->priority == best->priority && x->ticket < best->ticket))
            best = x;
    }
    return best;
}

static void model_remove(struct model *model, const struct queue_item *gone)
{
    for (unsigned i = 0; i < model->n; i++)
        if (model->waiting[i] == gone)
            model->waiting[i--] = model->waiting[--model->n];
}

static uint64_t model_bytes(const struct model *model)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < model->n; i++)
        bytes += model->waiting[i]->bytes;
    return bytes;
}

static void step(struct queue *queue, struct model *model, GRand *dice,
                 struct queue_item *one)
{
    enum pool_priority priority =
        (enum pool_priority)g_rand_int_range(dice, 0, POOL_PRIORITIES);
    if (one->is_waiting && g_rand_boolean(dice)) {
        queue_promote(queue, one, priority);
    } else if (one->is_waiting) {
        queue_remove(queue, one);
        model_remove(model, one);
    } else if (one->since_ns != 0 && g_rand_boolean(dice)) {
        queue_put_back(queue, one);
        model->waiting[model->n++] = one;
    } else {
        *one = item(priority, (uint64_t)g_rand_int_range(dice, 0, 20),
                    (uint8_t)g_rand_int_range(dice, 0, 8));
        if (queue_push(queue, one, 1) == QUEUE_TAKEN)
            model->waiting[model->n++] = one;
    }
}

static void it_agrees_with_the_plainest_queue(void)
{
    struct queue queue;
    struct model model = {.n = 0};
    struct queue_item items[64] = {0};
    GRand *dice = g_rand_new_with_seed(4);
    queue_init(&queue, 50, 400);
    bool is_same = true;
    for (unsigned i = 0; i < 200000 && is_same; i++) {
        step(&queue, &model, dice, &items[g_rand_int_range(dice, 0, 64)]);
        if (i % 3 == 0) {
            struct queue_item *first = model_first(&model);
            is_same = queue_pop(&queue) == first;
            if (first != NULL)
                model_remove(&model, first);
        }
        uint8_t key[QUEUE_KEY_SIZE];
        memset(key, (int)(i % 7 + 1), sizeof key);
        const struct queue_item *found = queue_find(&queue, key);
        bool want = false;
        for (unsigned k = 0; k < model.n; k++)
            want |= model.waiting[k]->priority != POOL_TRANSPORT &&
                    model.waiting[k]->key[0] == key[0];
        is_same = is_same && queue.items == model.n &&
                  queue.bytes == model_bytes(&model) && want == (found != NULL);
    }
    CU_ASSERT(is_same);
    queue_clear(&queue);
    g_rand_free(dice);
}

UNIT_MAIN("queue", UNIT(transport_goes_before_on_demand_before_background),
          UNIT(one_of_transport_overtakes_a_thousand_of_background),
          UNIT(each_priority_has_its_part_of_the_bounds),
          UNIT(background_cannot_crowd_out_transport),
          UNIT(one_larger_than_the_queue_waits_alone),
          UNIT(other_bounds_hold_from_the_next_push_on),
          UNIT(what_is_put_back_keeps_its_place_and_age),
          UNIT(a_promoted_one_stands_at_the_end_of_the_higher_line),
          UNIT(identical_ones_are_found_but_never_in_transport),
          UNIT(a_key_is_compared_in_full),
          UNIT(it_agrees_with_the_plainest_queue))
