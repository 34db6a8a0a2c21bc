/* SPDX-License-Identifier: MIT */
#include "opening.h"

#include "base/error.h"

bool opening_read(const char *path, struct opening *out, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", error);
    if (self == NULL || !conf_read(path, &out->conf, error) ||
        !pool_options_read(out->conf, 0, &out->options, error))
        return false;
    g_autofree char *folder = g_path_get_dirname(self);
    g_autofree char *above = g_path_get_dirname(folder);
    limits_default(&out->limits);
    out->program = g_build_filename(above, "assay", NULL);
    out->session = session_new();
    out->how = (struct pool_how){.conf = out->conf,
                                 .limits = &out->limits,
                                 .options = &out->options,
                                 .program = out->program};
    return true;
}

void opening_clear(struct opening *opening)
{
    session_free(opening->session);
    pool_options_clear(&opening->options);
    conf_free(opening->conf);
    g_free(opening->program);
    *opening = (struct opening){0};
}

static bool are_all_there(const GPtrArray *refusals, GError **error)
{
    if (refusals->len == 0)
        return true;
    const struct refusal *r = refusals->pdata[0];
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, r->text);
    return false;
}

bool opening_host(const struct opening *opening, struct host **out,
                  GError **error)
{
    const struct host_how how = {.conf = opening->conf,
                                 .limits = &opening->limits};
    return host_open(&how, out, error) &&
           are_all_there((*out)->refusals, error);
}

bool opening_pool(struct opening *opening, struct pool **out, GError **error)
{
    return pool_open(&opening->how, out, error) &&
           are_all_there(pool_refusals(*out), error);
}

/* What became of one message. */
struct outcome {
    bool is_answered;
    bool is_good;
};

static void take(void *self, const struct pool_answer *answer)
{
    struct outcome *outcome = self;
    outcome->is_answered = true;
    outcome->is_good = !answer->is_unread;
    for (unsigned i = 0; i < answer->scan->findings->len; i++) {
        const struct finding *f = answer->scan->findings->pdata[i];
        outcome->is_good &= f->kind != ASSAY_KIND_FAILED;
    }
}

bool opening_scan(const struct opening *opening, struct pool *pool, GBytes *raw)
{
    struct outcome outcome = {0};
    const struct pool_request request = {.raw = raw,
                                         .session = opening->session};
    pool_submit(pool, &request, take, &outcome);
    while (!outcome.is_answered)
        pool_run(pool, -1);
    return outcome.is_good;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

double opening_median_ms(GArray *times)
{
    if (times->len == 0)
        return 0;
    g_array_sort(times, by_value);
    return (double)g_array_index(times, uint64_t, times->len / 2) / 1e6;
}
