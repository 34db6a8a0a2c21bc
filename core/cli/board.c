/* SPDX-License-Identifier: MIT */
#include "cli/board.h"

#include <sys/mman.h>

/* Batches that each worker gets on average: enough to end at about the same time,
 * few enough not to matter. */
enum {
    BATCHES_A_WORKER = 32
};

static void *shared_map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? p : NULL;
}

bool board_open(struct board *board, size_t item_n, size_t workers)
{
    size_t batch_n = item_n / (workers * BATCHES_A_WORKER);
    if (batch_n < 1)
        batch_n = 1;
    if (batch_n > BOARD_BATCH_MAX)
        batch_n = BOARD_BATCH_MAX;
    struct board b = {
        .item_n = item_n,
        .batch_n = batch_n,
        .batches = (item_n + batch_n - 1) / batch_n,
        .crumbs_size = workers * sizeof(struct crumb),
    };
    b.takers_size = (b.batches + 1) * sizeof *b.takers;
    b.crumbs = shared_map(b.crumbs_size);
    b.takers = shared_map(b.takers_size);
    if (b.crumbs == NULL || b.takers == NULL) {
        board_close(&b);
        return false;
    }
    *board = b;
    return true;
}

void board_close(struct board *board)
{
    if (board->crumbs != NULL)
        munmap(board->crumbs, board->crumbs_size);
    if (board->takers != NULL)
        munmap(board->takers, board->takers_size);
    *board = (struct board){0};
}

bool board_take(const struct board *board, unsigned worker, size_t from,
                size_t *batch)
{
    for (size_t b = from; b < board->batches; b++) {
        uint16_t taker = 0;
        if (atomic_compare_exchange_strong(&board->takers[b], &taker,
                                           (uint16_t)(worker + 1)) ||
            taker == worker + 1) {
            *batch = b;
            return true;
        }
    }
    return false;
}

bool board_owes(const struct board *board, unsigned worker, size_t item)
{
    for (size_t b = board_batch(board, item); b < board->batches; b++)
        if (atomic_load(&board->takers[b]) == worker + 1 &&
            board_end(board, b) > item)
            return true;
    return false;
}

size_t board_batch(const struct board *board, size_t item)
{
    return item / board->batch_n;
}

size_t board_first(const struct board *board, size_t batch)
{
    return batch * board->batch_n;
}

size_t board_end(const struct board *board, size_t batch)
{
    size_t end = (batch + 1) * board->batch_n;
    return end < board->item_n ? end : board->item_n;
}
