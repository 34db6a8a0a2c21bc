/* SPDX-License-Identifier: MIT */
#include "base/option_value.h"

#include "base/conf.h"
#include "base/escape.h"
#include "base/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_MAX_BYTES = 60 /* of a wrong value, in messages */
};

/* A unit and how many of the smallest one it is. */
struct unit {
    const char *name;
    int64_t factor;
    bool is_shown; /* used when a value is shown */
};

/* Smallest first. */
static const struct unit sizes[] = {
    {"B", 1, true},
    {"KiB", INT64_C(1) << 10, true},
    {"MiB", INT64_C(1) << 20, true},
    {"GiB", INT64_C(1) << 30, true},
    {"TiB", INT64_C(1) << 40, true},
    {"k", INT64_C(1) << 10, false},
    {"M", INT64_C(1) << 20, false},
    {"G", INT64_C(1) << 30, false},
    {"T", INT64_C(1) << 40, false},
    {NULL, 0, false},
};
static const struct unit durations[] = {
    {"ms", 1, true},           {"s", 1000, true},
    {"min", 60 * 1000, true},  {"h", 60 * 60 * 1000, true},
    {"d", 86400 * 1000, true}, {NULL, 0, false},
};

static const struct unit *units_of(const struct assay_option *option)
{
    return option->type == ASSAY_OPTION_SIZE       ? sizes
           : option->type == ASSAY_OPTION_DURATION ? durations
                                                   : NULL;
}

static char *show_number(const struct assay_option *option, int64_t n)
{
    const struct unit *units = units_of(option);
    const struct unit *best = NULL;
    for (const struct unit *u = units; n != 0 && u && u->name != NULL; u++)
        if (u->is_shown && n % u->factor == 0)
            best = u;
    if (best == NULL)
        return g_strdup_printf("%" G_GINT64_FORMAT, n);
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", n / best->factor,
                           best->name);
}

static bool has_number(const struct assay_option *option)
{
    return option->type == ASSAY_OPTION_INT || units_of(option) != NULL;
}

static bool has_range(const struct assay_option *option)
{
    return has_number(option) && option->min != option->max;
}

char *option_value_kind(const struct assay_option *option)
{
    if (option->type == ASSAY_OPTION_BOOL)
        return g_strdup("yes or no");
    if (option->type == ASSAY_OPTION_CHOICE) {
        g_autofree char *all = option_range_show(option);
        return g_strconcat("one of ", all, NULL);
    }
    if (!has_number(option))
        return g_strdup(option->type == ASSAY_OPTION_TEXT ? "a text"
                                                          : "a path");
    const char *what = option->type == ASSAY_OPTION_SIZE ? "a size"
                       : option->type == ASSAY_OPTION_DURATION
                           ? "a duration"
                           : "a whole number";
    if (!has_range(option))
        return g_strdup(what);
    g_autofree char *min = show_number(option, option->min);
    g_autofree char *max = show_number(option, option->max);
    return g_strdup_printf("%s from %s to %s", what, min, max);
}

/* Returns false with *hint for people, or NULL where there is nothing to add. */
static bool read_unit(const struct assay_option *option, const char *unit,
                      int64_t *factor, const char **hint)
{
    const struct unit *units = units_of(option);
    if (units == durations && *unit == '\0') {
        *hint = "a unit is missing: ms, s, min, h or d";
        return false;
    }
    if (*unit == '\0')
        return true;
    for (const struct unit *u = units; u && u->name != NULL; u++)
        if (g_ascii_strcasecmp(unit, u->name) == 0) {
            *factor = u->factor;
            return true;
        }
    if (units == sizes)
        *hint = "units are B, KiB, MiB, GiB and TiB";
    else if (units == durations)
        *hint = "units are ms, s, min, h and d";
    return false;
}

static bool read_number(const struct assay_option *option, const char *text,
                        int64_t *number, const char **hint)
{
    const char *digits = *text == '-' ? text + 1 : text;
    if (!g_ascii_isdigit(*digits))
        return false;
    char *end = NULL;
    errno = 0;
    int64_t n = strtoll(text, &end, 10);
    if (errno != 0)
        return false;
    int64_t factor = 1;
    const char *unit = end + strspn(end, " \t");
    bool needs_none = n == 0 && *unit == '\0';
    if (!needs_none && !read_unit(option, unit, &factor, hint))
        return false;
    if (__builtin_mul_overflow(n, factor, &n))
        return false;
    if (has_range(option) && (n < option->min || n > option->max))
        return false;
    if (units_of(option) != NULL && n < 0)
        return false;
    *number = n;
    return true;
}

static bool read_choice(const struct assay_option *option, const char *text,
                        int64_t *number)
{
    for (unsigned i = 0; option->choices[i] != NULL; i++)
        if (strcmp(text, option->choices[i]) == 0) {
            *number = i;
            return true;
        }
    return false;
}

bool option_value_read(const struct assay_option *option, const char *text,
                       int64_t *number, char **wrong)
{
    const char *hint = NULL;
    g_autofree char *near = NULL;
    bool is_good = true;
    *number = 0;
    if (option->type == ASSAY_OPTION_BOOL) {
        *number = strcmp(text, "yes") == 0;
        is_good = *number == 1 || strcmp(text, "no") == 0;
    } else if (option->type == ASSAY_OPTION_CHOICE) {
        is_good = read_choice(option, text, number);
        const char *name =
            is_good ? NULL : option_nearest(text, option->choices);
        if (name != NULL)
            near = g_strconcat("nearest is ", name, NULL);
        hint = near;
    } else if (has_number(option)) {
        is_good = read_number(option, text, number, &hint);
    } else if (*text == '\0') {
        is_good = option->type == ASSAY_OPTION_TEXT &&
                  (option->flags & ASSAY_OPTION_LIST) == 0;
    }
    if (is_good)
        return true;
    g_autofree char *shown = escape_dup(text, strlen(text), SHOWN_MAX_BYTES);
    g_autofree char *kind = option_value_kind(option);
    *wrong =
        g_strdup_printf("\"%s\" is not %s%s%s", shown, kind,
                        hint != NULL ? "; " : "", hint != NULL ? hint : "");
    return false;
}

static char *show_one(const struct assay_option *option, const char *text)
{
    int64_t n = 0;
    g_autofree char *wrong = NULL;
    if (has_number(option) && option_value_read(option, text, &n, &wrong))
        return show_number(option, n);
    return escape_dup(text, strlen(text), 0);
}

char *option_value_show(const struct assay_option *option, const char *text)
{
    if (text == NULL)
        return g_strdup("none");
    if (option->type == ASSAY_OPTION_SECRET)
        return g_strdup("(secret)");
    if ((option->flags & ASSAY_OPTION_LIST) == 0)
        return show_one(option, text);
    g_autoptr(GPtrArray) items = conf_items(text);
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; i < items->len; i++) {
        g_autofree char *one = show_one(option, items->pdata[i]);
        g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", one);
    }
    return g_string_free(all, FALSE);
}

static char *join(const char *const *words)
{
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; words[i] != NULL; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", words[i]);
    return g_string_free(all, FALSE);
}

char *option_range_show(const struct assay_option *option)
{
    if (option->type == ASSAY_OPTION_BOOL)
        return g_strdup("yes, no");
    if (option->type == ASSAY_OPTION_CHOICE)
        return join(option->choices);
    if (!has_range(option))
        return g_strdup("");
    g_autofree char *min = show_number(option, option->min);
    g_autofree char *max = show_number(option, option->max);
    return g_strdup_printf("%s..%s", min, max);
}
