/* SPDX-License-Identifier: MIT */
/*
 * A held message as the index has it.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "store/kept.h"
#include "store/key.h"
#include "store/state.h"

#include <glib.h>

#include <stdint.h>

/* Owned by whoever asked; zeroed memory is valid and empty. */
struct row {
    struct kept kept; /* subject and from NULL where they are hidden */
    enum state_now now;
    /* Its rcpts with their answers; steps are in the file only. */
    struct state state;
    char *answer;   /* the last step's text; "" */
    int64_t last_s; /* when it was held again last, Unix time */
    /* How often it was held: the sender or the MTA tried again. */
    uint64_t times;
    uint64_t file_n;              /* bytes of its file */
    char key_id[KEY_ID_HEX_SIZE]; /* "": not encrypted */
};

void row_clear(struct row *row);
/* For arrays. */
void row_free(void *row);

#endif
