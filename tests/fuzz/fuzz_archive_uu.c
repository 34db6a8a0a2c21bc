/* SPDX-License-Identifier: MIT */
/*
 * uuencoded blocks: each is found once, inside the text, and gives no more bytes
 * than its characters can hold.
 */
#include "../../plugins/archive/uu.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static bool take(void *self, const uint8_t *p, size_t n)
{
    size_t *sum = self;

    require(n > 0 && p[n - 1] <= 255);
    *sum += n;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct uu_block block;
    size_t at = 0;

    while (uu_find(data, size, at, &block)) {
        size_t sum = 0;
        require(block.begin >= at && block.body > block.begin);
        require(block.name >= data && block.name_n > 0);
        require((size_t)(block.name - data) + block.name_n <= block.body);
        uu_decode(data, size, &block, take, &sum);
        require(block.after >= block.body && block.after <= size);
        /* A line of two characters may stand for 63 bytes that were blanks. */
        require(sum <= (block.after - block.body) * 63);
        at = block.after;
    }
    return 0;
}
