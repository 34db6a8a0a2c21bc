/* SPDX-License-Identifier: MIT */
#include "caught.h"
#include "front/alarm.h"
#include "unit.h"

#include <glib.h>

#include <jansson.h>
#include <string.h>

static void an_alarm_is_told_when_it_changes_only(void)
{
    struct alarms *alarms = alarms_new();
    caught_begin();
    alarm_clear(alarms, "reload");
    alarm_raise(alarms, "reload", "plugins.conf:3: wrong");
    alarm_raise(alarms, "reload", "plugins.conf:4: wrong too");
    alarm_clear(alarms, "reload");
    alarm_clear(alarms, "reload");
    CU_ASSERT_STRING_EQUAL(
        caught_end(), "level=error event=alarm alarm=reload state=raised "
                      "why=\"plugins.conf:3: wrong\"\n"
                      "level=warning event=alarm alarm=reload state=cleared\n");
    alarms_free(alarms);
}

static void a_name_from_outside_forges_no_line(void)
{
    struct alarms *alarms = alarms_new();
    caught_begin();
    alarm_raise(alarms, "plugin.x\nlevel=info", "why\r\nnot");
    const char *line = caught_end();
    CU_ASSERT_PTR_EQUAL(strchr(line, '\n'), line + strlen(line) - 1);
    CU_ASSERT_PTR_NULL(strchr(line, '\r'));
    CU_ASSERT(alarm_is_raised(alarms, "plugin.x\nlevel=info"));
    alarms_free(alarms);
}

/* Changes of one alarm list, as its listener heard them. */
static void hear(void *self, const char *name, const char *text, bool is_raised)
{
    g_string_append_printf(self, "%c%s:%s ", is_raised ? '+' : '-', name, text);
}

static void the_listener_hears_every_change_once(void)
{
    struct alarms *alarms = alarms_new();
    g_autoptr(GString) heard = g_string_new(NULL);
    alarms_listen(alarms, hear, heard);
    caught_begin();
    alarm_raise(alarms, "disk", "full");
    alarm_raise(alarms, "disk", "fuller");
    alarm_raise(alarms, "key", "gone");
    alarm_clear(alarms, "disk");
    caught_end();
    CU_ASSERT_STRING_EQUAL(heard->str, "+disk:full +key:gone -disk:fuller ");
    alarms_free(alarms);
}

static void the_status_names_what_is_raised_with_its_last_words(void)
{
    struct alarms *alarms = alarms_new();
    g_autoptr(GString) text = g_string_new(NULL);
    alarms_status(alarms, text);
    CU_ASSERT_STRING_EQUAL(text->str, "[]");
    CU_ASSERT_EQUAL(alarms_raised(alarms), 0);
    caught_begin();
    alarm_raise(alarms, "disk", "full");
    alarm_raise(alarms, "disk", "\"fuller\" \xff");
    alarm_raise(alarms, "key", "gone");
    caught_end();
    g_string_truncate(text, 0);
    alarms_status(alarms, text);
    json_t *all = json_loads(text->str, 0, NULL);
    CU_ASSERT_EQUAL_FATAL(json_array_size(all), 2);
    json_t *first = json_array_get(all, 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "name")),
                           "disk");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "why")),
                           "\"fuller\" \\xFF");
    CU_ASSERT(json_integer_value(json_object_get(first, "since")) > 0);
    CU_ASSERT_EQUAL(alarms_raised(alarms), 2);
    json_decref(all);
    alarms_free(alarms);
}

static void their_number_is_bounded_and_too_many_is_said_once(void)
{
    struct alarms *alarms = alarms_new();
    caught_begin();
    for (unsigned i = 0; i < 3 * ALARMS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("plugin.%u", i);
        alarm_raise(alarms, name, "out");
    }
    CU_ASSERT_EQUAL(alarms_raised(alarms), ALARMS_MAX);
    CU_ASSERT(alarm_is_raised(alarms, "alarms"));
    const char *lines = caught_end();
    unsigned n = 0;
    for (const char *p = lines; (p = strchr(p, '\n')) != NULL; p++)
        n++;
    CU_ASSERT_EQUAL(n, ALARMS_MAX);
    caught_begin();
    alarm_clear(alarms, "plugin.0");
    CU_ASSERT_FALSE(alarm_is_raised(alarms, "alarms"));
    alarm_raise(alarms, "plugin.100", "out");
    CU_ASSERT(alarm_is_raised(alarms, "plugin.100"));
    caught_end();
    alarms_free(alarms);
}

static void names_and_words_are_cut(void)
{
    struct alarms *alarms = alarms_new();
    g_autofree char *name = g_strnfill(5000, 'n');
    g_autofree char *words = g_strnfill(50000, 'w');
    caught_begin();
    alarm_raise(alarms, name, words);
    alarm_raise(alarms, name, words);
    caught_end();
    CU_ASSERT_EQUAL(alarms_raised(alarms), 1);
    g_autoptr(GString) text = g_string_new(NULL);
    alarms_status(alarms, text);
    CU_ASSERT(text->len < ALARM_NAME_MAX + ALARM_TEXT_MAX + 100);
    alarms_free(alarms);
}

static void those_that_are_about_nothing_any_more_are_cleared(void)
{
    static const char *const keep[] = {"plugin.b", NULL};
    struct alarms *alarms = alarms_new();
    caught_begin();
    alarm_raise(alarms, "plugin.a", "out");
    alarm_raise(alarms, "plugin.b", "out");
    alarm_raise(alarms, "reload", "bad");
    alarm_raise(alarms, "plugin.c", "out");
    alarm_clear_others(alarms, "plugin.", keep);
    caught_end();
    CU_ASSERT_EQUAL(alarms_raised(alarms), 2);
    CU_ASSERT(alarm_is_raised(alarms, "plugin.b"));
    CU_ASSERT(alarm_is_raised(alarms, "reload"));
    alarms_free(alarms);
}

static void a_long_name_is_kept_as_well(void)
{
    g_autofree char *name = g_strnfill(5000, 'n');
    const char *const keep[] = {name, NULL};
    struct alarms *alarms = alarms_new();
    caught_begin();
    alarm_raise(alarms, name, "out");
    alarm_clear_others(alarms, "n", keep);
    caught_end();
    CU_ASSERT(alarm_is_raised(alarms, name));
    alarms_free(alarms);
}

static void all_may_be_cleared_when_there_are_too_many(void)
{
    struct alarms *alarms = alarms_new();
    caught_begin();
    for (unsigned i = 0; i < 2 * ALARMS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("plugin.%u", i);
        alarm_raise(alarms, name, "out");
    }
    alarm_clear_others(alarms, "plugin.", NULL);
    caught_end();
    CU_ASSERT_EQUAL(alarms_raised(alarms), 0);
    alarms_free(alarms);
}

UNIT_MAIN("alarm", UNIT(an_alarm_is_told_when_it_changes_only),
          UNIT(a_name_from_outside_forges_no_line),
          UNIT(the_listener_hears_every_change_once),
          UNIT(the_status_names_what_is_raised_with_its_last_words),
          UNIT(their_number_is_bounded_and_too_many_is_said_once),
          UNIT(names_and_words_are_cut),
          UNIT(those_that_are_about_nothing_any_more_are_cleared),
          UNIT(a_long_name_is_kept_as_well),
          UNIT(all_may_be_cleared_when_there_are_too_many))
