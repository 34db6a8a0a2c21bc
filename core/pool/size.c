/* SPDX-License-Identifier: MIT */
#include "pool/size.h"

#include <glib.h>

#include <stdbool.h>

#define MS_NS UINT64_C(1000000)

/* Shorter than a person or a mail server notices, longer than a small mail takes. */
static const uint64_t short_max_ns = 5 * MS_NS;
static const uint64_t spare_min_ns = 30000 * MS_NS;

/* Those that were wanted before are there, at work, and not enough. */
static bool is_short(const struct size_load *load, unsigned wanted)
{
    return load->waiting > 0 && load->busy >= load->ready &&
           load->ready >= wanted;
}

static unsigned grow(struct size *size, const struct size_load *load,
                     unsigned wanted, uint64_t now_ns)
{
    if (!is_short(load, wanted)) {
        size->short_ns = 0;
        return wanted;
    }
    if (size->short_ns == 0)
        size->short_ns = now_ns;
    if (now_ns - size->short_ns < short_max_ns)
        return wanted;
    size->short_ns = 0;
    return wanted + MIN(load->waiting, wanted);
}

static unsigned shrink(struct size *size, const struct size_load *load,
                       unsigned wanted, uint64_t now_ns)
{
    if (size->spare_ns == 0) {
        size->spare_ns = now_ns;
        size->most = 0;
    }
    size->most = MAX(size->most, load->busy);
    if (now_ns - size->spare_ns < spare_min_ns)
        return wanted;
    unsigned most = size->most;
    size->spare_ns = 0;
    return most < wanted ? wanted - 1 : wanted;
}

unsigned size_want(struct size *size, const struct size_load *load,
                   unsigned wanted, uint64_t now_ns)
{
    unsigned more = grow(size, load, wanted, now_ns);
    if (more > wanted || load->waiting > 0)
        size->spare_ns = 0;
    unsigned next = more > wanted ? more : shrink(size, load, wanted, now_ns);
    return CLAMP(next, load->min, load->max);
}
