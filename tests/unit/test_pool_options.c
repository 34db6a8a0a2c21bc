/* SPDX-License-Identifier: MIT */
#include "pool/options.h"
#include "unit.h"

#include <string.h>

#define MIB (UINT64_C(1024) * 1024)
#define MS  UINT64_C(1000000)
#define S   (1000 * MS)

static struct conf *parse(const char *text)
{
    struct conf *conf = NULL;
    bool is_read =
        conf_parse(text, strlen(text), "t.conf", "/etc", &conf, NULL);
    CU_ASSERT_FATAL(is_read);
    return conf;
}

/* Reads [pool] on a machine of four cores; the error's text, yours, or NULL. */
static char *read_pool(const char *text, struct pool_options *out)
{
    struct conf *conf = parse(text);
    GError *error = NULL;
    char *wrong = NULL;
    if (!pool_options_read(conf, 4, out, &error)) {
        wrong = g_strdup(error->message);
        g_error_free(error);
    }
    conf_free(conf);
    return wrong;
}

static char *read_class(const char *text, const char *name,
                        struct class_options *out)
{
    struct conf *conf = parse(text);
    GError *error = NULL;
    struct pool_options pool = {0};
    char *wrong = NULL;
    if (!pool_options_read(conf, 4, &pool, &error) ||
        !class_options_read(conf, name, &pool, out, &error)) {
        wrong = g_strdup(error->message);
        g_error_free(error);
    }
    pool_options_clear(&pool);
    conf_free(conf);
    return wrong;
}

static void the_tables_are_well_made(void)
{
    GError *error = NULL;
    CU_ASSERT(option_table_check(pool_options_table, &error));
    CU_ASSERT(option_table_check(class_options_table, &error));
    CU_ASSERT_PTR_NULL(error);
}

static void defaults_are_what_the_documentation_says(void)
{
    static const struct pool_options want = {
        .cores = 4,
        .workers_min = 2,
        .workers_max = 9,
        .slots = 16,
        .queue_max = 1000,
        .queue_bytes = 512 * MIB,
        .plugin_time_ns = 30 * S,
        .plugin_warn_ns = 5 * S,
        .memory = 512 * MIB,
        .recycle_scans = 10000,
        .recycle_growth = 64 * MIB,
        .breaker_failures = 5,
        .breaker_window_ns = 60 * S,
        .breaker_backoff_ns = 30 * S,
        .breaker_backoff_max_ns = 1800 * S,
        .watch = 1,
        .load_time_ns = 300 * S,
        .crash_keep = 100,
        .sandbox = POOL_SANDBOX_BEST,
        .reload = POOL_RELOAD_AUTO,
    };
    struct pool_options got;
    pool_options_default(4, &got);
    CU_ASSERT_EQUAL(memcmp(&got, &want, sizeof want), 0);
    pool_options_clear(&got);
    pool_options_default(0, &got);
    CU_ASSERT_EQUAL(got.workers_max, 2 * g_get_num_processors() + 1);
    pool_options_clear(&got);
}

static void every_option_of_pool_is_read(void)
{
    struct pool_options got;
    g_autofree char *wrong = read_pool(
        "[pool]\nworkers_min = 3\nworkers_max = 5\nslots = 5\nqueue_max = 64\n"
        "queue_bytes = 1 GiB\nplugin_time = 9 s\nplugin_warn = 0\n"
        "memory = 1 GiB\nrecycle_scans = 0\nrecycle_growth = 1 MiB\n"
        "breaker_failures = 2\nbreaker_window = 2 s\nbreaker_backoff = 3 s\n"
        "breaker_backoff_max = 4 s\nwatch = no\nload_time = 5 s\n"
        "crash_keep = 7\nsandbox = required\nreload = drain-first\n"
        "user = scan\nfront_user = front\ncrash_dir = crashes\n",
        &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_STRING_EQUAL(got.user, "scan");
    CU_ASSERT_STRING_EQUAL(got.front_user, "front");
    CU_ASSERT_STRING_EQUAL(got.crash_dir, "/etc/crashes");
    struct pool_options want = {
        .cores = 4,
        .workers_min = 3,
        .workers_max = 5,
        .slots = 5,
        .queue_max = 64,
        .queue_bytes = 1024 * MIB,
        .plugin_time_ns = 9 * S,
        .memory = 1024 * MIB,
        .recycle_growth = 1 * MIB,
        .breaker_failures = 2,
        .breaker_window_ns = 2 * S,
        .breaker_backoff_ns = 3 * S,
        .breaker_backoff_max_ns = 4 * S,
        .load_time_ns = 5 * S,
        .crash_keep = 7,
        .sandbox = POOL_SANDBOX_REQUIRED,
        .reload = POOL_RELOAD_DRAIN_FIRST,
        .user = got.user,
        .front_user = got.front_user,
        .crash_dir = got.crash_dir,
    };
    CU_ASSERT_EQUAL(memcmp(&got, &want, sizeof want), 0);
    pool_options_clear(&got);
}

static void a_default_gives_way_to_what_is_written(void)
{
    struct pool_options got;
    g_autofree char *wrong =
        read_pool("[pool]\nworkers_min = 20\nplugin_time = 2 s\n"
                  "breaker_backoff = 2 h\n",
                  &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_EQUAL(got.workers_max, 20);
    CU_ASSERT_EQUAL(got.plugin_warn_ns, 0);
    CU_ASSERT_EQUAL(got.breaker_backoff_max_ns, 7200 * S);
    pool_options_clear(&got);
    wrong =
        read_pool("[pool]\nworkers_max = 1\nbreaker_backoff_max = 1 s\n", &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_EQUAL(got.workers_min, 1);
    CU_ASSERT_EQUAL(got.breaker_backoff_ns, 1 * S);
    pool_options_clear(&got);
}

static void what_contradicts_itself_is_refused_by_name(void)
{
    static const struct {
        const char *text;
        const char *wrong;
    } rows[] = {
        {"[pool]\nworkers_min = 6\nworkers_max = 5\n",
         "t.conf:2: [pool] workers_min: \"6\" is not at most workers_max, which "
         "is 5: workers_max = 0 is as many as the machine needs"},
        {"[pool]\n\nplugin_warn = 30 s\n",
         "t.conf:3: [pool] plugin_warn: \"30 s\" is not less than plugin_time, "
         "which is 30 s: the warning comes before the end, or never with "
         "plugin_warn = 0"},
        {"[pool]\nbreaker_backoff_max = 1 s\nbreaker_backoff = 2 s\n",
         "t.conf:3: [pool] breaker_backoff: \"2 s\" is not at most "
         "breaker_backoff_max, which is 1 s: the first time out is not longer "
         "than the longest"},
        {"[pool]\nworker_max = 5\n",
         "t.conf:2: [pool] worker_max: no such option; nearest is workers_max"},
        {"[pool]\nslots = 17\n",
         "t.conf:2: [pool] slots: \"17\" is not a whole number from 1 to 16"},
        {"[class x]\nplugin_warn = 31 s\n",
         "t.conf:2: [class x] plugin_warn: \"31 s\" is not less than "
         "plugin_time, which is that of [pool]: the warning comes before the end, "
         "or never with plugin_warn = 0"},
        {"[class x]\nnet = 192.0.2.1:53, example\n",
         "t.conf:2: [class x] net: \"example\" is not host:port, [IPv6]:port or "
         "the absolute path of a socket"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct class_options untouched = {.memory = 1};
        g_autofree char *wrong = read_class(rows[i].text, "x", &untouched);
        CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
        CU_ASSERT_STRING_EQUAL(wrong, rows[i].wrong);
        CU_ASSERT_EQUAL(untouched.memory, 1);
    }
}

static void a_class_is_as_pool_says_but_for_what_it_says(void)
{
    struct class_options got;
    const char *text = "[pool]\nworkers_max = 5\nmemory = 1 GiB\nuser = scan\n"
                       "[class x]\nworkers_min = 7\nplugin_time = 1 min\n"
                       "user = engine\n[class y]\nworkers_max = 0\n"
                       "plugin_time = 1 s\n";
    g_autofree char *wrong = read_class(text, "x", &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_EQUAL(got.workers_min, 7);
    CU_ASSERT_EQUAL(got.workers_max, 7); /* inherited, so it gives way */
    CU_ASSERT_EQUAL(got.memory, 1024 * MIB);
    CU_ASSERT_EQUAL(got.plugin_time_ns, 60 * S);
    CU_ASSERT_EQUAL(got.plugin_warn_ns, 5 * S);
    CU_ASSERT_STRING_EQUAL(got.user, "engine");
    CU_ASSERT_EQUAL(got.net->len, 0);
    class_options_clear(&got);
    wrong = read_class(text, "y", &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_EQUAL(got.workers_min, 2);
    CU_ASSERT_EQUAL(got.workers_max, 9);
    CU_ASSERT_EQUAL(got.plugin_warn_ns, 0);
    class_options_clear(&got);
    wrong = read_class(text, "not-in-the-file", &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_EQUAL(got.workers_max, 5);
    CU_ASSERT_STRING_EQUAL(got.user, "scan");
    class_options_clear(&got);
}

static void addresses_of_a_class_are_taken_apart(void)
{
    struct class_options got;
    g_autofree char *wrong =
        read_class("[class x]\nnet = 192.0.2.1:53, [2001:db8::1]:443,\n"
                   "    cloud.example:65535, /run/engine.sock\n",
                   "x", &got);
    CU_ASSERT_PTR_NULL_FATAL(wrong);
    CU_ASSERT_EQUAL_FATAL(got.net->len, 4);

    static const struct {
        const char *text, *host, *port, *path;
    } rows[] = {
        {"192.0.2.1:53", "192.0.2.1", "53", NULL},
        {"[2001:db8::1]:443", "2001:db8::1", "443", NULL},
        {"cloud.example:65535", "cloud.example", "65535", NULL},
        {"/run/engine.sock", NULL, NULL, "/run/engine.sock"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct class_address *a = g_ptr_array_index(got.net, i);
        CU_ASSERT_STRING_EQUAL(a->text, rows[i].text);
        CU_ASSERT_EQUAL(g_strcmp0(a->host, rows[i].host), 0);
        CU_ASSERT_EQUAL(g_strcmp0(a->port, rows[i].port), 0);
        CU_ASSERT_EQUAL(g_strcmp0(a->path, rows[i].path), 0);
    }
    class_options_clear(&got);
}

static void what_is_no_address_is_refused(void)
{
    static const char *const rows[] = {
        "example",        "example:", ":53",          "example:0",
        "example:65536",  "a b:53",   "[2001:db8::1", "[2001:db8::1]53",
        "2001:db8::1:53", "[]:53",    "run/x.sock",   "/",
        "example:053",    "a/b:53",   "example:5x",   "example:123456",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct class_options got;
        g_autofree char *text =
            g_strdup_printf("[class x]\nnet = \"%s\"\n", rows[i]);
        g_autofree char *wrong = read_class(text, "x", &got);
        CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
        CU_ASSERT_PTR_NOT_NULL(strstr(wrong, rows[i]));
    }
}

static void a_class_that_no_plugin_is_in_is_refused(void)
{
    static const struct {
        const char *section;
        const char *wrong; /* NULL: right */
    } rows[] = {
        {"class main", NULL},
        {"class own", NULL},
        {"class other", NULL},
        {"class plain", NULL},
        {"class moved", "t.conf:6: [class moved]: no plugin is in that class"},
        {"class othre",
         "t.conf:6: [class othre]: no plugin is in that class; nearest is "
         "other"},
        {"class", "t.conf:6: [class]: needs the name of a class, such as "
                  "[class main]"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("[plugin own]\n[plugin moved]\nclass = other\n"
                            "[plugin plain]\nfile = x.so\n[%s]\n",
                            rows[i].section);
        struct conf *conf = parse(text);
        GError *error = NULL;
        const struct conf_section *section =
            g_ptr_array_index(conf->sections, conf->sections->len - 1);
        CU_ASSERT_EQUAL(class_options_check_name(conf, section, &error),
                        rows[i].wrong == NULL);
        CU_ASSERT_EQUAL(
            g_strcmp0(error != NULL ? error->message : NULL, rows[i].wrong), 0);
        g_clear_error(&error);
        conf_free(conf);
    }
}

UNIT_MAIN("pool_options", UNIT(the_tables_are_well_made),
          UNIT(defaults_are_what_the_documentation_says),
          UNIT(every_option_of_pool_is_read),
          UNIT(a_default_gives_way_to_what_is_written),
          UNIT(what_contradicts_itself_is_refused_by_name),
          UNIT(a_class_is_as_pool_says_but_for_what_it_says),
          UNIT(addresses_of_a_class_are_taken_apart),
          UNIT(what_is_no_address_is_refused),
          UNIT(a_class_that_no_plugin_is_in_is_refused))
