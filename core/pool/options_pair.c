/* SPDX-License-Identifier: MIT */
#include "pool/options_pair.h"

#include "base/error.h"

const struct options_pair options_pair_workers = {
    .less = "workers_min",
    .more = "workers_max",
    .advice = "workers_max = 0 is as many as the machine needs",
};
const struct options_pair options_pair_warn = {
    .less = "plugin_warn",
    .more = "plugin_time",
    .is_limit = true,
    .advice = "the warning comes before the end, or never with plugin_warn = 0",
};
const struct options_pair options_pair_backoff = {
    .less = "breaker_backoff",
    .more = "breaker_backoff_max",
    .advice = "the first time out is not longer than the longest",
};

static bool refuse(const struct options_pair *pair,
                   const struct options_source *source, GError **error)
{
    const char *more = option_text(source->set, pair->more, 0);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "%s:%u: [%s] %s: \"%s\" is not %s %s, which is %s: %s",
                source->conf->path, option_line(source->set, pair->less),
                source->in_file->label, pair->less,
                option_text(source->set, pair->less, 0),
                pair->is_limit ? "less than" : "at most", pair->more,
                more != NULL ? more : "that of [pool]", pair->advice);
    return false;
}

bool options_pair_settle(const struct options_pair *pair,
                         const struct options_source *source, uint64_t *less,
                         uint64_t *more, GError **error)
{
    bool is_right = pair->is_limit ? *less < *more : *less <= *more;
    bool less_is_written = option_line(source->set, pair->less) > 0;
    bool more_is_written = option_line(source->set, pair->more) > 0;
    if (is_right)
        return true;
    if (less_is_written && (more_is_written || pair->is_limit))
        return refuse(pair, source, error);
    if (less_is_written)
        *more = *less;
    else
        *less = pair->is_limit ? 0 : *more;
    return true;
}
