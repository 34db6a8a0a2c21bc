/* SPDX-License-Identifier: MIT */
#include "pool/due.h"
#include "unit.h"

#include <stdlib.h>

enum {
    MANY = 1000,
    STEPS = 20000
};

static void nothing_is_due_in_an_empty_heap(void)
{
    struct due_heap heap;
    struct due one = {0};
    due_init(&heap);
    CU_ASSERT_PTR_NULL(due_first(&heap));
    CU_ASSERT_PTR_NULL(due_take(&heap, UINT64_MAX));
    due_drop(&heap, &one);
    CU_ASSERT_PTR_NULL(due_first(&heap));
    due_clear(&heap);
}

static void what_is_due_comes_in_the_order_of_time(void)
{
    static const uint64_t times[] = {50, 10, 40, 10, 30, 0, 20, 60};
    struct due items[G_N_ELEMENTS(times)] = {0};
    struct due_heap heap;
    due_init(&heap);
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        items[i].owner = &items[i];
        due_put(&heap, &items[i], times[i]);
    }
    uint64_t before = 0;
    unsigned n = 0;
    const struct due *due;
    while ((due = due_take(&heap, 40)) != NULL) {
        CU_ASSERT(due->at_ns >= before && due->at_ns <= 40);
        CU_ASSERT_EQUAL(due->place, 0);
        before = due->at_ns;
        n++;
    }
    CU_ASSERT_EQUAL(n, 6);
    CU_ASSERT_PTR_EQUAL(due_first(&heap), &items[0]);
    due_clear(&heap);
    CU_ASSERT_EQUAL(items[0].place, 0);
    CU_ASSERT_EQUAL(items[7].place, 0);
}

static void one_that_is_put_again_is_moved(void)
{
    struct due a = {0};
    struct due b = {0};
    struct due_heap heap;
    a.owner = &a;
    b.owner = &b;
    due_init(&heap);
    due_put(&heap, &a, 10);
    due_put(&heap, &b, 20);
    due_put(&heap, &a, 30);
    CU_ASSERT_PTR_EQUAL(due_first(&heap), &b);
    due_put(&heap, &a, 5);
    CU_ASSERT_PTR_EQUAL(due_take(&heap, 5), &a);
    CU_ASSERT_PTR_NULL(due_take(&heap, 5));
    CU_ASSERT_PTR_EQUAL(due_take(&heap, 20), &b);
    due_clear(&heap);
}

/* Against a look at all of them. */
static const struct due *soonest(const struct due *items)
{
    const struct due *best = NULL;
    for (size_t i = 0; i < MANY; i++)
        if (items[i].place != 0 &&
            (best == NULL || items[i].at_ns < best->at_ns))
            best = &items[i];
    return best;
}

static void any_order_of_putting_moving_and_dropping_keeps_the_next_first(void)
{
    g_autofree struct due *items = g_new0(struct due, MANY);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    struct due_heap heap;
    due_init(&heap);
    for (size_t i = 0; i < MANY; i++)
        items[i].owner = &items[i];
    unsigned wrong = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        struct due *due = &items[g_rand_int(rand) % MANY];
        if (g_rand_int(rand) % 3 == 0)
            due_drop(&heap, due);
        else
            due_put(&heap, due, g_rand_int(rand) % (MANY / 2));
        const struct due *first = due_first(&heap);
        const struct due *best = soonest(items);
        wrong += best == NULL ? first != NULL
                              : first == NULL || first->at_ns != best->at_ns;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    due_clear(&heap);
}

UNIT_MAIN("due", UNIT(nothing_is_due_in_an_empty_heap),
          UNIT(what_is_due_comes_in_the_order_of_time),
          UNIT(one_that_is_put_again_is_moved),
          UNIT(any_order_of_putting_moving_and_dropping_keeps_the_next_first))
