/* SPDX-License-Identifier: MIT */
/*
 * Retention: by age for each kind, then by size.
 */
#include "store/inside.h"

#include <unistd.h>

enum {
    BATCH = 100 /* rows that are asked for at once */
};

/* One pass. */
struct expiry {
    struct quarantine *q;
    uint64_t max; /* 0: no limit */
    struct quarantine_expired done;
};

static bool is_over(const struct expiry *e)
{
    return e->max > 0 && e->done.mails >= e->max;
}

/* Not what is being released. */
static bool delete_one(struct expiry *e, const struct row *row, bool *is_gone,
                       GError **error)
{
    bool is_busy = false;
    if (!inside_begin(e->q, error))
        return false;
    int held = inside_hold(e->q, row->kept.id, &is_busy);
    bool is_good = is_busy || inside_delete(e->q, row->kept.id, error);
    if (held >= 0)
        close(held);
    inside_end(e->q);
    *is_gone = is_good && !is_busy;
    e->done.mails += *is_gone;
    e->done.bytes += *is_gone ? row->file_n : 0;
    return is_good;
}

/* Deletes oldest first what is found, until `bytes` are gone (0: all of it). */
static bool delete_found(struct expiry *e, const struct search *wanted,
                         uint64_t bytes, GError **error)
{
    struct search search = *wanted;
    uint64_t until = e->done.bytes + bytes;
    search.is_oldest_first = true;
    search.max = BATCH;
    for (unsigned gone = 1; gone > 0;) {
        g_autoptr(GPtrArray) rows = NULL;
        gone = 0;
        if (!index_search(&e->q->index, &search, &rows, error))
            return false;
        for (unsigned i = 0; i < rows->len; i++) {
            bool is_gone = false;
            if (is_over(e) || (bytes > 0 && e->done.bytes >= until))
                return true;
            if (!delete_one(e, rows->pdata[i], &is_gone, error))
                return false;
            gone += is_gone;
        }
    }
    return true;
}

static bool by_age(struct expiry *e, int64_t now_s, GError **error)
{
    for (uint32_t kind = 0; kind < QUARANTINE_KINDS; kind++) {
        int64_t keep_s = e->q->options.keep_s[kind];
        const struct search search = {
            .has_kind = true, .kind = kind, .until_s = now_s - keep_s};
        if (keep_s > 0 && search.until_s > 0 &&
            !delete_found(e, &search, 0, error))
            return false;
    }
    return true;
}

static bool by_size(struct expiry *e, GError **error)
{
    const struct search all = {0};
    uint64_t bytes = 0;
    uint64_t mails = 0;
    uint64_t most = e->q->options.max_bytes;
    if (most == 0)
        return true;
    if (!index_sum(&e->q->index, &bytes, &mails, error))
        return false;
    return bytes <= most || delete_found(e, &all, bytes - most, error);
}

bool quarantine_expire(struct quarantine *q, int64_t now_s, uint64_t max,
                       struct quarantine_expired *out, GError **error)
{
    struct expiry e = {.q = q, .max = max};
    if (!by_age(&e, now_s, error) || !by_size(&e, error))
        return false;
    *out = e.done;
    return true;
}
