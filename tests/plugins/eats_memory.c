/* SPDX-License-Identifier: MIT */
/*
 * Allocates until nothing is left: 8 GiB, of which it touches the first.  Told that
 * there is no more it does not give up, as code does that never looks: it writes
 * where the memory should be.
 */
#include "bad.h"

#include <stdlib.h>

enum {
    PIECE = 16 << 20,
    PIECES = 512,
    TOUCHED = 64
};

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    for (int i = 0; i < PIECES; i++) {
        volatile char *piece = malloc(PIECE);
        for (size_t k = 0; k < PIECE && (piece == NULL || i < TOUCHED);
             k += 4096)
            piece[k] = 1;
    }
    return ASSAY_RC_OK;
}

BAD_MODULE()
