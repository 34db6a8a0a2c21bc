/* SPDX-License-Identifier: MIT */
#include "base/option.h"
#include "daemon/options.h"
#include "daemon/sections.h"
#include "unit.h"

#include <glib.h>

#include <string.h>

static bool read_text(const char *text, struct daemon_options *out,
                      GError **error)
{
    struct conf *conf = NULL;
    CU_ASSERT_FATAL(
        conf_parse(text, strlen(text), "/etc/x.conf", "/etc", &conf, NULL));
    bool is_good = daemon_options_read(conf, out, error);
    conf_free(conf);
    return is_good;
}

static void without_sections_the_defaults_hold(void)
{
    struct daemon_options o = {0};
    CU_ASSERT_FATAL(read_text("", &o, NULL));
    CU_ASSERT_STRING_EQUAL(o.control, "/run/assay/control.sock");
    CU_ASSERT_EQUAL(o.log, LOG_SINK_STDERR);
    CU_ASSERT_EQUAL(o.log_level, LOG_LEVEL_INFO);
    CU_ASSERT_EQUAL(o.stop_time_ns, UINT64_C(30000000000));
    CU_ASSERT_EQUAL(o.signatures.max_age_s, 7 * 86400);
    CU_ASSERT(o.signatures.refuses_test);
    CU_ASSERT_PTR_NULL(o.alarm_to[0]);
    daemon_options_clear(&o);
}

static void what_is_written_holds(void)
{
    struct daemon_options o = {0};
    CU_ASSERT_FATAL(read_text("[daemon]\nlog = syslog\nlog_level = error\n"
                              "allow_test_signatures = yes\nstop_time = 1 s\n"
                              "control = c.sock\n"
                              "[alarm]\nmax_age = 2 d\nmail_every = 1 h\n"
                              "alarm_to = root, ops@example.org\n",
                              &o, NULL));
    CU_ASSERT_STRING_EQUAL(o.control, "/etc/c.sock");
    CU_ASSERT_EQUAL(o.log, LOG_SINK_SYSLOG);
    CU_ASSERT_EQUAL(o.log_level, LOG_LEVEL_ERROR);
    CU_ASSERT_EQUAL(o.stop_time_ns, UINT64_C(1000000000));
    CU_ASSERT_EQUAL(o.signatures.max_age_s, 2 * 86400);
    CU_ASSERT_FALSE(o.signatures.refuses_test);
    CU_ASSERT_EQUAL(o.mail_every_ns, UINT64_C(3600000000000));
    CU_ASSERT_EQUAL(g_strv_length(o.alarm_to), 2);
    CU_ASSERT_STRING_EQUAL(o.alarm_to[1], "ops@example.org");
    daemon_options_clear(&o);
}

static void what_sendmail_might_take_for_something_else_is_refused(void)
{
    static const char *const bad[] = {
        "-oQ/tmp", "\"|/bin/sh\"", "\"a b\"", "\"\"", "\"a@b;c\"", "<a@b>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct daemon_options o = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            g_strdup_printf("[alarm]\nmax_age = 1 d\nalarm_to = %s\n", bad[i]);
        CU_ASSERT_FALSE(read_text(text, &o, &error));
        CU_ASSERT(error != NULL &&
                  g_str_has_prefix(error->message,
                                   "/etc/x.conf:3: [alarm] alarm_to: "));
    }
}

static void what_has_no_use_without_a_value_needs_one(void)
{
    struct daemon_options o = {0};
    CU_ASSERT_FALSE(read_text("[daemon]\ncontrol =\n", &o, NULL));
    CU_ASSERT_FALSE(
        read_text("[alarm]\nalarm_to = root\nsendmail =\n", &o, NULL));
    CU_ASSERT(read_text("[alarm]\nsendmail =\n", &o, NULL));
    daemon_options_clear(&o);
}

static void every_table_of_a_section_is_well_made(void)
{
    for (const struct section_kind *k = section_kinds; k->kind != NULL; k++) {
        g_autoptr(GError) error = NULL;
        CU_ASSERT(option_table_check(k->table, &error));
        CU_ASSERT(k->is_single || k->is_named);
        CU_ASSERT_PTR_EQUAL(section_kind_find(k->kind), k);
    }
    CU_ASSERT_PTR_NULL(section_kind_find("daemo"));
}

UNIT_MAIN("daemon options", UNIT(without_sections_the_defaults_hold),
          UNIT(what_is_written_holds),
          UNIT(what_sendmail_might_take_for_something_else_is_refused),
          UNIT(what_has_no_use_without_a_value_needs_one),
          UNIT(every_table_of_a_section_is_well_made))
