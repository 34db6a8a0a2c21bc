/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "caught.h"
#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

/* --- a system's log of our own, in place of the C library's --------------------------- */

static char syslogged[8192];
static int syslog_priority;
static const char *syslog_program;

void openlog(const char *program, int option, int facility)
{
    CU_ASSERT_EQUAL(facility, LOG_MAIL);
    CU_ASSERT_EQUAL(option & LOG_PID, LOG_PID);
    syslog_program = program;
}

static void note(int priority, const char *format, va_list arguments)
{
    syslog_priority = priority;
    vsnprintf(syslogged, sizeof syslogged, format, arguments);
}

#undef syslog

void syslog(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(priority, format, arguments);
    va_end(arguments);
}

/* What <syslog.h> makes of it with _FORTIFY_SOURCE. */
void __syslog_chk(int priority, int flag, const char *format, ...);

void __syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list arguments;
    (void)flag;
    va_start(arguments, format);
    note(priority, format, arguments);
    va_end(arguments);
}

static const char *log_one(enum log_level level, const char *value)
{
    caught_begin();
    struct log_event event;
    log_begin(&event, level, "scan");
    log_text(&event, "id", value);
    log_number(&event, "ms", -41);
    log_end(&event);
    return caught_end();
}

static void an_event_is_one_line_of_key_value(void)
{
    CU_ASSERT_STRING_EQUAL(log_one(LOG_LEVEL_ERROR, "4Xk2"),
                           "level=error event=scan id=4Xk2 ms=-41\n");
}

static void values_are_quoted_where_needed_and_escaped_always(void)
{
    static const char *const table[][2] = {
        {"", "\"\""},
        {NULL, "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"\"", "\"\\\"\""},
        {"C:\\x", "C:\\\\x"},
        {"x\nlevel=info event=forged", "\"x\\x0Alevel=info event=forged\""},
        {"\xff", "\\xFF"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *want = g_strdup_printf(
            "level=error event=scan id=%s ms=-41\n", table[i][1]);
        CU_ASSERT_STRING_EQUAL(log_one(LOG_LEVEL_ERROR, table[i][0]), want);
    }
}

static void events_below_the_level_are_dropped(void)
{
    CU_ASSERT_STRING_EQUAL(log_one(LOG_LEVEL_INFO, "x"), "");
    CU_ASSERT_STRING_NOT_EQUAL(log_one(LOG_LEVEL_WARNING, "x"), "");
    log_set_level(LOG_LEVEL_DEBUG);
    CU_ASSERT_STRING_EQUAL(log_one(LOG_LEVEL_DEBUG, "x"),
                           "level=debug event=scan id=x ms=-41\n");
    log_set_level(LOG_LEVEL_ERROR);
    CU_ASSERT_STRING_EQUAL(log_one(LOG_LEVEL_WARNING, "x"), "");
    log_set_level(LOG_LEVEL_WARNING);
}

static void a_long_value_is_cut_and_a_full_line_ends_whole(void)
{
    char value[3000];
    memset(value, 'v', sizeof value);
    caught_begin();
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "scan");
    for (unsigned i = 0; i < 10; i++)
        log_bytes(&event, "key", value, sizeof value);
    log_number(&event, "ms", 1);
    log_end(&event);
    const char *line = caught_end();
    CU_ASSERT(strlen(line) <= 4096);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "vvv... key=v"));
    /* Pairs that do not fit are left out; a short one still fits. */
    CU_ASSERT(g_str_has_suffix(line, "... ms=1\n"));
}

static void messages_of_glib_go_through_the_log(void)
{
    log_catch_glib();
    log_catch_glib();
    caught_begin();
    g_log("gmime", G_LOG_LEVEL_WARNING, "odd \n header");
    g_log_structured("lib", G_LOG_LEVEL_CRITICAL, "MESSAGE", "worse %d", 1);
    g_log("gmime", G_LOG_LEVEL_DEBUG, "not wanted");
    CU_ASSERT_STRING_EQUAL(
        caught_end(),
        "level=warning event=library domain=gmime text=\"odd \\x0A header\"\n"
        "level=error event=library domain=lib text=\"worse 1\"\n");
}

static void the_systems_log_gets_the_same_lines(void)
{
    log_set_sink(LOG_SINK_SYSLOG, "assayd");
    CU_ASSERT_STRING_EQUAL(
        log_one(LOG_LEVEL_ERROR, "100%s%n\nlevel=info event=forged"), "");
    CU_ASSERT_STRING_EQUAL(syslog_program, "assayd");
    CU_ASSERT_EQUAL(syslog_priority, LOG_ERR);
    CU_ASSERT_STRING_EQUAL(syslogged,
                           "level=error event=scan "
                           "id=\"100%s%n\\x0Alevel=info event=forged\" ms=-41");
    (void)log_one(LOG_LEVEL_WARNING, "x");
    CU_ASSERT_EQUAL(syslog_priority, LOG_WARNING);
    log_set_sink(LOG_SINK_STDERR, NULL);
    CU_ASSERT_STRING_EQUAL(log_one(LOG_LEVEL_ERROR, "x"),
                           "level=error event=scan id=x ms=-41\n");
}

UNIT_MAIN("log", UNIT(an_event_is_one_line_of_key_value),
          UNIT(values_are_quoted_where_needed_and_escaped_always),
          UNIT(events_below_the_level_are_dropped),
          UNIT(a_long_value_is_cut_and_a_full_line_ends_whole),
          UNIT(the_systems_log_gets_the_same_lines),
          UNIT(messages_of_glib_go_through_the_log))
