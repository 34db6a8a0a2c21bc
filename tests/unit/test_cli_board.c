/* SPDX-License-Identifier: MIT */
#include "cli/board.h"
#include "cli/record.h"
#include "unit.h"

#include <glib.h>

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ITEMS = 1003,
    WORKERS = 4
};

static void every_message_is_in_exactly_one_batch(void)
{
    static const size_t sizes[] = {1, 2, 15, 16, 17, 511, 512, 513, ITEMS};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (size_t workers = 1; workers < 9; workers++) {
            struct board board;
            CU_ASSERT_FATAL(board_open(&board, sizes[i], workers));
            size_t next = 0;
            for (size_t b = 0; b < board.batches; b++) {
                CU_ASSERT_EQUAL(board_first(&board, b), next);
                CU_ASSERT(board_end(&board, b) > next);
                next = board_end(&board, b);
                CU_ASSERT_EQUAL(board_batch(&board, next - 1), b);
            }
            CU_ASSERT_EQUAL(next, sizes[i]);
            board_close(&board);
        }
}

/* In a child: takes all it can get, in rising order. */
static int take_all(const struct board *board, unsigned worker)
{
    size_t from = 0;
    size_t batch = 0;
    while (board_take(board, worker, from, &batch)) {
        if (batch < from)
            return 1;
        from = batch + 1;
        usleep(50);
    }
    return 0;
}

static void no_batch_goes_to_two_workers(void)
{
    struct board board;
    CU_ASSERT_FATAL(board_open(&board, ITEMS, WORKERS));
    pid_t pids[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(take_all(&board, i));
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        int status = 1;
        while (waitpid(pids[i], &status, 0) < 0 && errno == EINTR)
            ;
        CU_ASSERT_EQUAL(status, 0);
    }
    for (size_t b = 0; b < board.batches; b++)
        CU_ASSERT(board.takers[b] >= 1 && board.takers[b] <= WORKERS);
    board_close(&board);
}

static void a_successor_finds_what_the_dead_one_left(void)
{
    struct board board;
    size_t batch = 99;
    CU_ASSERT_FATAL(board_open(&board, 8, 2));
    CU_ASSERT_EQUAL_FATAL(board.batch_n, 1);
    CU_ASSERT_FALSE(board_owes(&board, 0, 0));
    CU_ASSERT(board_take(&board, 0, 0, &batch) && batch == 0);
    CU_ASSERT(board_take(&board, 1, 0, &batch) && batch == 1);
    CU_ASSERT(board_take(&board, 0, 1, &batch) && batch == 2);
    /* Worker 0 has answered message 0 and died on 2. */
    CU_ASSERT(board_owes(&board, 0, 1));
    CU_ASSERT(board_take(&board, 0, board_batch(&board, 1), &batch));
    CU_ASSERT_EQUAL(batch, 2);
    CU_ASSERT(board_take(&board, 0, batch + 1, &batch) && batch == 3);
    CU_ASSERT_FALSE(board_owes(&board, 0, 4));
    CU_ASSERT_FALSE(board_owes(&board, 0, 8));
    board_close(&board);
}

static void the_end_of_a_short_last_batch_owes_nothing(void)
{
    struct board board;
    size_t batch = 0;
    CU_ASSERT_FATAL(board_open(&board, 200, 1));
    CU_ASSERT_NOT_EQUAL_FATAL(200 % board.batch_n, 0);
    CU_ASSERT(board_take(&board, 0, board.batches - 1, &batch));
    CU_ASSERT(board_owes(&board, 0, 199));
    CU_ASSERT_FALSE(board_owes(&board, 0, 200));
    board_close(&board);
}

static void a_record_comes_whole_or_not_at_all(void)
{
    static const char text[] = {'t', 'e', 'x', 't', '\n'};
    struct record record = {
        .magic = RECORD_MAGIC, .index = 7, .bytes = 99, .text_n = sizeof text};
    char sent[sizeof record + sizeof text];
    memcpy(sent, &record, sizeof record);
    memcpy(sent + sizeof record, text, sizeof text);
    struct record got;
    size_t used = 1;
    for (size_t n = 0; n < sizeof sent; n++) {
        CU_ASSERT(record_parse(sent, n, &got, &used));
        CU_ASSERT_EQUAL(used, 0);
    }
    CU_ASSERT(record_parse(sent, sizeof sent, &got, &used));
    CU_ASSERT_EQUAL(used, sizeof sent);
    CU_ASSERT_EQUAL(got.index, 7);
    CU_ASSERT_EQUAL(got.bytes, 99);
}

static void nonsense_is_no_record(void)
{
    struct record record = {.magic = RECORD_MAGIC + 1};
    struct record got;
    size_t used = 0;
    CU_ASSERT_FALSE(
        record_parse((const char *)&record, sizeof record, &got, &used));
    record = (struct record){.magic = RECORD_MAGIC, .text_n = UINT64_MAX};
    CU_ASSERT_FALSE(
        record_parse((const char *)&record, sizeof record, &got, &used));
}

UNIT_MAIN("cli board", UNIT(every_message_is_in_exactly_one_batch),
          UNIT(no_batch_goes_to_two_workers),
          UNIT(a_successor_finds_what_the_dead_one_left),
          UNIT(the_end_of_a_short_last_batch_owes_nothing),
          UNIT(a_record_comes_whole_or_not_at_all), UNIT(nonsense_is_no_record))
