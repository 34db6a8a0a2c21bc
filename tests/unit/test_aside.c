/* SPDX-License-Identifier: MIT */
#include "front/aside.h"
#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum {
    PIECES = 1000
};

/* One piece of work, and what became of it. */
struct piece {
    GArray *order; /* of all pieces: unsigned */
    unsigned number;
    pthread_t worked_by;
    unsigned worked;
    unsigned done;
};

static void work(void *self)
{
    struct piece *piece = self;
    piece->worked++;
    piece->worked_by = pthread_self();
}

static void done(void *self)
{
    struct piece *piece = self;
    piece->done++;
    CU_ASSERT_EQUAL(piece->worked, 1);
    g_array_append_val(piece->order, piece->number);
}

static struct piece *give(struct aside *aside, GArray *order, unsigned n)
{
    struct piece *pieces = g_new0(struct piece, n);
    for (unsigned i = 0; i < n; i++) {
        pieces[i] = (struct piece){.order = order, .number = i};
        const struct aside_work piece = {work, done, &pieces[i]};
        aside_do(aside, &piece);
    }
    return pieces;
}

static void all_is_done_once_in_order_and_elsewhere(void)
{
    struct aside *aside = NULL;
    g_autoptr(GArray) order = g_array_new(false, false, sizeof(unsigned));
    CU_ASSERT_TRUE_FATAL(aside_open(&aside, NULL));
    g_autofree struct piece *pieces = give(aside, order, PIECES);
    CU_ASSERT_EQUAL(aside_open_work(aside), PIECES);
    while (aside_open_work(aside) > 0) {
        struct pollfd ready = {.fd = aside_fd(aside), .events = POLLIN};
        CU_ASSERT_EQUAL_FATAL(poll(&ready, 1, 30000), 1);
        aside_take(aside);
    }
    CU_ASSERT_EQUAL(order->len, PIECES);
    unsigned wrong = 0;
    for (unsigned i = 0; i < PIECES; i++)
        wrong += pieces[i].done != 1 ||
                 g_array_index(order, unsigned, i) != i ||
                 pthread_equal(pieces[i].worked_by, pthread_self());
    CU_ASSERT_EQUAL(wrong, 0);
    aside_free(aside);
}

static void what_was_given_is_finished_at_the_end(void)
{
    struct aside *aside = NULL;
    g_autoptr(GArray) order = g_array_new(false, false, sizeof(unsigned));
    CU_ASSERT_TRUE_FATAL(aside_open(&aside, NULL));
    g_autofree struct piece *pieces = give(aside, order, PIECES);
    aside_free(aside);
    CU_ASSERT_EQUAL(order->len, PIECES);
}

UNIT_MAIN("aside", UNIT(all_is_done_once_in_order_and_elsewhere),
          UNIT(what_was_given_is_finished_at_the_end))
