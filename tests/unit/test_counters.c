/* SPDX-License-Identifier: MIT */
#include "pool/counters.h"
#include "unit.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define US UINT64_C(1000)
#define S  RATE_SECOND_NS

static void times_fall_into_buckets_of_powers_of_two(void)
{
    static const struct {
        uint64_t ns;
        unsigned bucket;
    } rows[] = {
        {0, 0},          {999, 0},       {1 * US, 1},      {2 * US - 1, 1},
        {2 * US, 2},     {3 * US, 2},    {4 * US, 3},      {1023 * US, 10},
        {1024 * US, 11}, {3600 * S, 31}, {UINT64_MAX, 31},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct histogram h = {0};
        histogram_add(&h, rows[i].ns);
        CU_ASSERT_EQUAL(h.buckets[rows[i].bucket], 1);
        CU_ASSERT_EQUAL(h.max_us, rows[i].ns / 1000);
        CU_ASSERT_EQUAL(histogram_percentile_us(&h, 1000), rows[i].ns / 1000);
    }
}

static void percentiles_are_right_within_their_bucket(void)
{
    struct histogram h = {0};
    CU_ASSERT_EQUAL(histogram_percentile_us(&h, 500), 0);
    CU_ASSERT_EQUAL(histogram_mean_us(&h), 0);
    for (uint64_t us = 1; us <= 10000; us++)
        histogram_add(&h, us * US);
    static const unsigned per_mille[] = {10, 100, 250, 500, 900, 990, 999};
    for (size_t i = 0; i < G_N_ELEMENTS(per_mille); i++) {
        double want = 10.0 * per_mille[i];
        double got = (double)histogram_percentile_us(&h, per_mille[i]);
        CU_ASSERT(fabs(got - want) <= 0.02 * want + 1);
    }
    CU_ASSERT_EQUAL(histogram_percentile_us(&h, 1000), 10000);
    CU_ASSERT_EQUAL(histogram_mean_us(&h), 5000);
}

static void one_slow_call_in_a_thousand_shows_in_the_maximum_only(void)
{
    struct histogram h = {0};
    for (unsigned i = 0; i < 999; i++)
        histogram_add(&h, 100 * US);
    histogram_add(&h, 30 * S);
    uint64_t p50 = histogram_percentile_us(&h, 500);
    uint64_t p99 = histogram_percentile_us(&h, 990);
    CU_ASSERT(p50 >= 64 && p50 < 128);
    CU_ASSERT(p99 >= 64 && p99 < 128);
    CU_ASSERT_EQUAL(h.max_us, 30000000);
}

static void a_rate_follows_what_happens_and_fades(void)
{
    struct rate rate = {.fade_ns = S, .since_ns = 5 * S};
    CU_ASSERT_EQUAL(rate_per_second(&rate, 6 * S), 0);
    for (uint64_t i = 0; i < 20000; i++)
        rate_add(&rate, 1, 5 * S + i * S / 2000);
    uint64_t end = 15 * S;
    CU_ASSERT(fabs(rate_per_second(&rate, end) - 2000) < 20);
    CU_ASSERT(fabs(rate_per_second(&rate, end + S) - 2000 * exp(-1)) < 20);
    CU_ASSERT(rate_per_second(&rate, end + 60 * S) < 0.001);
    /* A clock that is late is no reason to grow. */
    CU_ASSERT(rate_per_second(&rate, 0) <= 2020);
}

static void an_entry_belongs_to_a_name(void)
{
    struct counters c;
    counters_init(&c, 0);
    struct plugin_counters *clam = counters_plugin(&c, "clamav", "main");
    struct class_counters *home = counters_class(&c, "main");
    clam->calls = 7;
    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("p%u", i);
        counters_plugin(&c, name, name);
        counters_class(&c, name);
    }
    CU_ASSERT_PTR_EQUAL(counters_plugin(&c, "clamav", "own"), clam);
    CU_ASSERT_STRING_EQUAL(clam->class_name, "own");
    CU_ASSERT_EQUAL(clam->calls, 7);
    CU_ASSERT_PTR_EQUAL(counters_class(&c, "main"), home);
    counters_keep(&c, (const char *const[]){"clamav", "p99", NULL},
                  (const char *const[]){"main", NULL});
    CU_ASSERT_EQUAL(c.plugins->len, 2);
    CU_ASSERT_PTR_EQUAL(c.plugins->pdata[0], clam);
    CU_ASSERT_EQUAL(c.classes->len, 1);
    counters_keep(&c, NULL, NULL);
    CU_ASSERT_EQUAL(c.plugins->len, 2);
    counters_clear(&c);
}

static void the_queue_is_seen_now_and_at_its_longest(void)
{
    struct counters c;
    struct queue queue;
    counters_init(&c, 0);
    queue_init(&queue, 100, 1000);
    struct queue_item items[3] = {{.priority = POOL_BACKGROUND, .bytes = 5},
                                  {.priority = POOL_BACKGROUND, .bytes = 6},
                                  {.priority = POOL_TRANSPORT, .bytes = 7}};
    for (unsigned i = 0; i < 3; i++) {
        queue_push(&queue, &items[i], 10 + i);
        counters_see_queue(&c, &queue, 20);
    }
    CU_ASSERT_EQUAL(c.waiting[POOL_BACKGROUND], 2);
    CU_ASSERT_EQUAL(c.waiting_ns[POOL_BACKGROUND], 10);
    CU_ASSERT_EQUAL(c.waiting_bytes, 18);
    while (queue_pop(&queue) != NULL) {
    }
    counters_see_queue(&c, &queue, 30);
    CU_ASSERT_EQUAL(c.waiting[POOL_BACKGROUND], 0);
    CU_ASSERT_EQUAL(c.waiting_ns[POOL_BACKGROUND], 0);
    CU_ASSERT_EQUAL(c.waiting_max[POOL_BACKGROUND], 2);
    CU_ASSERT_EQUAL(c.waiting_max[POOL_TRANSPORT], 1);
    CU_ASSERT_EQUAL(c.waiting_max[POOL_ON_DEMAND], 0);
    queue_clear(&queue);
    counters_clear(&c);
}

/* Some of everything. */
static void fill(struct counters *c)
{
    counters_init(c, 10 * S);
    const struct counted_scan mail = {POOL_TRANSPORT, 500 * US, 1000, 3, false};
    const struct counted_scan bad = {POOL_BACKGROUND, 2000 * US, 50, 1, true};
    counters_scanned(c, &mail, 11 * S);
    counters_scanned(c, &mail, 11 * S);
    counters_scanned(c, &bad, 11 * S);
    c->deferred = 4;
    c->messages_quarantined = 5;
    c->folders = 6;
    c->generation = 2;
    c->generation_ns = 12 * S;
    c->reload_trouble = g_strdup("no \xff memory\n");
    struct plugin_counters *p = counters_plugin(c, "clam\"av", "main");
    p->calls = 3;
    p->findings[ASSAY_KIND_MALWARE] = 2;
    p->findings[ASSAY_KIND_FAILED] = 1;
    p->breaker = BREAKER_OPEN;
    histogram_add(&p->time, 300 * US);
    p->has_stamp = true;
    p->stamp =
        (struct assay_stamp){.database_time = 1000, .signatures = 400000};
    memcpy(p->stamp.database, "27000", 6);
    struct class_counters *home = counters_class(c, "main");
    home->workers = 5;
    home->restarts = 1;
    home->memory = UINT64_MAX;
}

static json_int_t at(const json_t *root, const char *path)
{
    g_auto(GStrv) keys = g_strsplit(path, ".", 0);
    for (unsigned i = 0; keys[i] != NULL; i++)
        root = json_is_array(root)
                   ? json_array_get(root,
                                    (size_t)g_ascii_strtoull(keys[i], NULL, 10))
                   : json_object_get(root, keys[i]);
    return json_is_integer(root) ? json_integer_value(root) : -1;
}

static void everything_is_in_the_json(void)
{
    struct counters c;
    fill(&c);
    g_autofree char *line = counters_json(&c, 15 * S, 4600);
    CU_ASSERT_PTR_NULL(strchr(line, '\n'));
    json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);

    static const struct {
        const char *path;
        json_int_t want;
    } rows[] = {
        {"age_s", 5},
        {"generation.number", 2},
        {"generation.age_s", 3},
        {"messages.scanned", 3},
        {"messages.by_priority.transport", 2},
        {"messages.by_priority.background", 1},
        {"messages.failed", 1},
        {"messages.deferred", 4},
        {"messages.quarantined", 5},
        {"messages.time_us.n", 3},
        {"messages.time_us.max", 2000},
        {"objects.scanned", 7},
        {"bytes", 2050},
        {"folders", 6},
        {"queue.transport.waiting", 0},
        {"classes.0.workers", 5},
        {"classes.0.restarts", 1},
        {"classes.0.memory", INT64_MAX},
        {"plugins.0.calls", 3},
        {"plugins.0.findings.malware", 2},
        {"plugins.0.findings.failed", 1},
        {"plugins.0.findings.spam", -1},
        {"plugins.0.time_us.max", 300},
        {"plugins.0.signatures.number", 400000},
        {"plugins.0.signatures.age_s", 3600},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        CU_ASSERT_EQUAL(at(root, rows[i].path), rows[i].want);
    const json_t *plugin = json_array_get(json_object_get(root, "plugins"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(plugin, "name")),
                           "clam\"av");
    CU_ASSERT_STRING_EQUAL(
        json_string_value(json_object_get(plugin, "breaker")), "open");
    json_decref(root);
    counters_clear(&c);
}

UNIT_MAIN("counters", UNIT(times_fall_into_buckets_of_powers_of_two),
          UNIT(percentiles_are_right_within_their_bucket),
          UNIT(one_slow_call_in_a_thousand_shows_in_the_maximum_only),
          UNIT(a_rate_follows_what_happens_and_fades),
          UNIT(an_entry_belongs_to_a_name),
          UNIT(the_queue_is_seen_now_and_at_its_longest),
          UNIT(everything_is_in_the_json))
