/* SPDX-License-Identifier: MIT */
#include "store/row.h"

void row_clear(struct row *row)
{
    kept_clear(&row->kept);
    state_clear(&row->state);
    g_free(row->answer);
    *row = (struct row){0};
}

void row_free(void *row)
{
    row_clear(row);
    g_free(row);
}
