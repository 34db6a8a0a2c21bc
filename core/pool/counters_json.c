/* SPDX-License-Identifier: MIT */
/*
 * Counters as JSON, by jansson: for a person once a second, not for every message.
 */
#include "base/escape.h"
#include "pool/counters.h"
#include "scan/finding.h"

#include <jansson.h>
#include <string.h>

static void set_uint(json_t *to, const char *key, uint64_t value)
{
    json_object_set_new(to, key,
                        json_integer((json_int_t)MIN(value, INT64_MAX)));
}

static void set_text(json_t *to, const char *key, const char *text)
{
    if (text == NULL) {
        json_object_set_new(to, key, json_null());
        return;
    }
    g_autofree char *clean = escape_utf8_dup(text, strlen(text));
    json_object_set_new(to, key, json_string(clean));
}

/* Three digits are enough for a person and keep lines short. */
static void set_real(json_t *to, const char *key, double value)
{
    json_object_set_new(
        to, key, json_real((double)(int64_t)(value * 1000 + 0.5) / 1000));
}

static json_t *add_object(json_t *to, const char *key)
{
    json_t *made = json_object();
    json_object_set_new(to, key, made);
    return made;
}

static uint64_t age_s(uint64_t since_ns, uint64_t now_ns)
{
    return now_ns > since_ns ? (now_ns - since_ns) / RATE_SECOND_NS : 0;
}

static void set_time(json_t *to, const char *key,
                     const struct histogram *histogram)
{
    json_t *time = add_object(to, key);
    set_uint(time, "n", histogram->n);
    set_uint(time, "mean", histogram_mean_us(histogram));
    set_uint(time, "p50", histogram_percentile_us(histogram, 500));
    set_uint(time, "p99", histogram_percentile_us(histogram, 990));
    set_uint(time, "max", histogram->max_us);
    /* By powers of two, as far as there are any. */
    json_t *buckets = json_array();
    unsigned n = HISTOGRAM_BUCKETS;
    while (n > 0 && histogram->buckets[n - 1] == 0)
        n--;
    for (unsigned i = 0; i < n; i++)
        json_array_append_new(buckets,
                              json_integer((json_int_t)histogram->buckets[i]));
    json_object_set_new(time, "buckets", buckets);
}

static void set_messages(json_t *to, const struct counters *c, uint64_t now_ns)
{
    json_t *messages = add_object(to, "messages");
    uint64_t all = 0;
    for (unsigned p = 0; p < POOL_PRIORITIES; p++)
        all += c->scanned[p];
    set_uint(messages, "scanned", all);
    json_t *by = add_object(messages, "by_priority");
    for (unsigned p = 0; p < POOL_PRIORITIES; p++)
        set_uint(by, pool_priority_name((enum pool_priority)p), c->scanned[p]);

    const struct {
        const char *key;
        uint64_t value;
    } rows[] = {
        {"failed", c->failed},
        {"deferred", c->deferred},
        {"cancelled", c->cancelled},
        {"held", c->held},
        {"joined", c->joined},
        {"promoted", c->promoted},
        {"again", c->again},
        {"stages", c->stages},
        {"suspended", c->suspended},
        {"cleaned", c->messages_cleaned},
        {"quarantined", c->messages_quarantined},
        {"in_flight", c->in_flight},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        set_uint(messages, rows[i].key, rows[i].value);
    set_real(messages, "per_second", rate_per_second(&c->per_second, now_ns));
    set_real(messages, "per_second_1min",
             rate_per_second(&c->per_minute, now_ns));
    set_time(messages, "time_us", &c->time);
    json_t *objects = add_object(to, "objects");
    set_uint(objects, "scanned", c->objects);
    set_uint(objects, "cleaned", c->objects_cleaned);
    set_uint(objects, "quarantined", c->objects_quarantined);
    set_uint(to, "bytes", c->bytes);
    set_uint(to, "folders", c->folders);
}

static void set_queue(json_t *to, const struct counters *c)
{
    json_t *queue = add_object(to, "queue");
    for (unsigned p = 0; p < POOL_PRIORITIES; p++) {
        json_t *line =
            add_object(queue, pool_priority_name((enum pool_priority)p));
        set_uint(line, "waiting", c->waiting[p]);
        set_uint(line, "max", c->waiting_max[p]);
        set_uint(line, "age_ms", c->waiting_ns[p] / 1000000);
    }
    set_uint(queue, "bytes", c->waiting_bytes);
}

static void set_generation(json_t *to, const struct counters *c,
                           uint64_t now_ns)
{
    json_t *generation = add_object(to, "generation");
    set_uint(generation, "number", c->generation);
    set_uint(generation, "age_s",
             c->generation > 0 ? age_s(c->generation_ns, now_ns) : 0);
    set_uint(generation, "reloads", c->reloads);
    set_uint(generation, "reloads_failed", c->reloads_failed);
    set_text(generation, "trouble", c->reload_trouble);
}

static json_t *class_object(const struct class_counters *c)
{
    json_t *made = json_object();
    set_text(made, "name", c->name);

    const struct {
        const char *key;
        uint64_t value;
    } rows[] = {
        {"workers", c->workers},
        {"busy", c->busy},
        {"workers_min", c->workers_min},
        {"workers_max", c->workers_max},
        {"memory", c->memory},
        {"growth_max", c->growth_max},
        {"waiting", c->waiting},
        {"waiting_max", c->waiting_max},
        {"tasks", c->tasks},
        {"starts", c->starts},
        {"restarts", c->restarts},
        {"recycled", c->recycled},
        {"crashes", c->crashes},
        {"kills", c->kills},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        set_uint(made, rows[i].key, rows[i].value);
    set_time(made, "start_us", &c->start_time);
    return made;
}

static void set_signatures(json_t *to, const struct assay_stamp *stamp,
                           int64_t wall_s)
{
    json_t *made = add_object(to, "signatures");
    set_text(made, "engine", stamp->engine);
    set_text(made, "database", stamp->database);
    set_uint(made, "number", stamp->signatures);
    if (stamp->database_time > 0 && wall_s >= stamp->database_time)
        set_uint(made, "age_s", (uint64_t)(wall_s - stamp->database_time));
}

static json_t *plugin_object(const struct plugin_counters *p, int64_t wall_s)
{
    json_t *made = json_object();
    set_text(made, "name", p->name);
    set_text(made, "class", p->class_name);
    set_text(made, "breaker", breaker_state_name(p->breaker));

    const struct {
        const char *key;
        uint64_t value;
    } rows[] = {
        {"calls", p->calls},       {"timeouts", p->timeouts},
        {"crashes", p->crashes},   {"limits", p->limits},
        {"denied", p->denied},     {"kills", p->kills},
        {"left_out", p->left_out}, {"times_opened", p->times_opened},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        set_uint(made, rows[i].key, rows[i].value);
    json_t *findings = add_object(made, "findings");
    for (uint32_t kind = 0; kind < COUNTERS_KINDS; kind++)
        if (p->findings[kind] > 0)
            set_uint(findings, finding_kind_name(kind), p->findings[kind]);
    set_time(made, "time_us", &p->time);
    if (p->has_stamp)
        set_signatures(made, &p->stamp, wall_s);
    return made;
}

char *counters_json(const struct counters *counters, uint64_t now_ns,
                    int64_t wall_s)
{
    json_t *all = json_object();
    set_uint(all, "age_s", age_s(counters->since_ns, now_ns));
    set_generation(all, counters, now_ns);
    set_messages(all, counters, now_ns);
    set_queue(all, counters);
    json_t *classes = json_array();
    for (unsigned i = 0; i < counters->classes->len; i++)
        json_array_append_new(
            classes, class_object(g_ptr_array_index(counters->classes, i)));
    json_object_set_new(all, "classes", classes);
    json_t *plugins = json_array();
    for (unsigned i = 0; i < counters->plugins->len; i++)
        json_array_append_new(
            plugins,
            plugin_object(g_ptr_array_index(counters->plugins, i), wall_s));
    json_object_set_new(all, "plugins", plugins);
    char *text = json_dumps(all, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(all);
    char *line = g_strdup(text);
    free(text);
    return line;
}
