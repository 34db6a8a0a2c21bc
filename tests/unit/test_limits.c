/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "unit.h"

#include <string.h>

#define KIB 1024u
#define MIB (1024u * KIB)

static void the_table_is_well_made(void)
{
    GError *error = NULL;
    CU_ASSERT(option_table_check(limits_options, &error));
    CU_ASSERT_PTR_NULL(error);
}

static void defaults_are_what_the_documentation_says(void)
{
    struct limits limits;
    memset(&limits, 0xff, sizeof limits);
    limits_default(&limits);
    static const struct limits want = {
        .max_message_bytes = 256 * MIB,
        .max_header_bytes = 1 * MIB,
        .max_header_fields = 20000,
        .max_group_nesting = 32,
        .max_mime_depth = 100,
        .max_parts = 10000,
        .max_depth = 17,
        .max_objects = 20000,
        .max_bytes = 128 * MIB,
        .max_object_bytes = 64 * MIB,
        .max_ratio = 1000,
        .max_time_ms = 120000,
        .max_findings = 1000,
        .max_wishes = 200,
        .max_rounds = 32,
    };
    CU_ASSERT_EQUAL(memcmp(&limits, &want, sizeof want), 0);
}

static bool read_limits(const char *text, struct limits *limits, GError **error)
{
    struct conf *conf = NULL;
    struct option_set *set = NULL;
    bool is_read = conf_parse(text, strlen(text), "t.conf", "/", &conf, error);
    if (is_read)
        is_read =
            option_set_new(limits_options, conf,
                           conf_find(conf, "limits", NULL), NULL, &set, error);
    if (is_read)
        limits_from_options(set, limits);
    option_set_free(set);
    conf_free(conf);
    return is_read;
}

static void each_option_sets_its_own_field(void)
{
    struct limits base;
    limits_default(&base);
    for (size_t i = 0; limits_options[i] != NULL; i++) {
        const struct assay_option *option = limits_options[i];
        g_autofree char *text = g_strdup_printf(
            "[limits]\n%s = %" G_GINT64_FORMAT "%s\n", option->name,
            option->max, option->type == ASSAY_OPTION_DURATION ? " ms" : "");
        struct limits limits = base;
        CU_ASSERT_FATAL(read_limits(text, &limits, NULL));
        uint64_t got[sizeof limits / sizeof(uint64_t)];
        uint64_t was[sizeof limits / sizeof(uint64_t)];
        memcpy(got, &limits, sizeof limits);
        memcpy(was, &base, sizeof base);
        for (size_t k = 0; k < G_N_ELEMENTS(got); k++)
            CU_ASSERT_EQUAL(got[k], k == i ? (uint64_t)option->max : was[k]);
    }
}

static void a_limit_out_of_range_is_refused_with_the_range(void)
{
    struct limits limits;
    GError *error = NULL;
    CU_ASSERT(!read_limits("[limits]\nmax_depth = 0\n", &limits, &error));
    CU_ASSERT_STRING_EQUAL(error->message,
                           "t.conf:2: [limits] max_depth: \"0\" is not a whole "
                           "number from 1 to 1000");
    g_error_free(error);
}

UNIT_MAIN("limits", UNIT(the_table_is_well_made),
          UNIT(defaults_are_what_the_documentation_says),
          UNIT(each_option_sets_its_own_field),
          UNIT(a_limit_out_of_range_is_refused_with_the_range))
