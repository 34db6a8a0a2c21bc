/* SPDX-License-Identifier: MIT */
#include "base/option.h"

#include <string.h>

enum {
    LONGEST = 64 /* names longer than this are near to nothing */
};

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/*
 * Edits (insert, delete, replace, swap of neighbours) between two words, case
 * ignored: optimal string alignment, three rows of the table kept.
 */
static unsigned distance(const char *a, size_t a_n, const char *b, size_t b_n)
{
    unsigned rows[3][LONGEST + 1] = {0};
    unsigned *before = rows[0];
    unsigned *last = rows[1];
    unsigned *now = rows[2];
    for (unsigned j = 0; j <= b_n; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a_n; i++) {
        now[0] = i;
        for (unsigned j = 1; j <= b_n; j++) {
            char x = g_ascii_tolower(a[i - 1]);
            char y = g_ascii_tolower(b[j - 1]);
            now[j] = least(last[j] + 1, now[j - 1] + 1,
                           last[j - 1] + (x == y ? 0 : 1));
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
                y == g_ascii_tolower(a[i - 2]))
                now[j] = MIN(now[j], before[j - 2] + 1);
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_n];
}

const char *option_nearest(const char *given, const char *const *names)
{
    size_t given_n = strlen(given);
    if (given_n > LONGEST)
        return NULL;
    /* One slip in four letters is a slip; more is another word. */
    unsigned best = (unsigned)given_n / 4 + 2;
    const char *near = NULL;
    for (; *names != NULL; names++) {
        size_t n = strlen(*names);
        unsigned d = n > LONGEST ? best : distance(given, given_n, *names, n);
        if (d < best && d < given_n) {
            best = d;
            near = *names;
        }
    }
    return near;
}
