/* SPDX-License-Identifier: MIT */
#include "base/conf.h"
#include "base/error.h"
#include "base/option.h"
#include "base/option_value.h"

#include <string.h>

enum {
    NAME_MAX_BYTES = 64,
    OPTIONS_MAX = 256, /* tables come from vendors: an unterminated one ends */
    CHOICES_MAX = 256
};

static bool is_option_name(const char *name)
{
    size_t n = name == NULL ? 0 : strnlen(name, NAME_MAX_BYTES + 1);
    return n > 0 && n <= NAME_MAX_BYTES &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* NULL, or what is wrong with the choices. */
static const char *check_choices(const struct assay_option *option)
{
    if (option->type != ASSAY_OPTION_CHOICE)
        return NULL;
    if (option->choices == NULL || option->choices[0] == NULL)
        return "a CHOICE needs choices";
    for (unsigned i = 0; option->choices[i] != NULL; i++)
        if (i == CHOICES_MAX)
            return "more than 256 choices, or no NULL at their end";
        else if (*option->choices[i] == '\0')
            return "an empty choice";
    return NULL;
}

static const char *check_fields(const struct assay_option *option)
{
    bool is_amount = option->type == ASSAY_OPTION_SIZE ||
                     option->type == ASSAY_OPTION_DURATION;
    if (option->type < ASSAY_OPTION_BOOL || option->type > ASSAY_OPTION_SECRET)
        return "unknown type";
    if ((option->flags & ~ASSAY_OPTION_LIST) != 0 || option->reserved0 != 0)
        return "unknown flags";
    if (option->min > option->max || (is_amount && option->min < 0))
        return "its range is empty or below 0";
    if (option->help == NULL || *option->help == '\0')
        return "no help text";
    return check_choices(option);
}

static char *check_default(const struct assay_option *option)
{
    const char *text = option->default_text;
    if (text == NULL)
        return NULL;
    if (!g_utf8_validate(text, -1, NULL))
        return g_strdup("default is not UTF-8");
    if ((option->flags & ASSAY_OPTION_LIST) == 0) {
        char *wrong = NULL;
        int64_t number = 0;
        option_value_read(option, text, &number, &wrong);
        return wrong;
    }
    g_autoptr(GPtrArray) items = conf_items(text);
    char *wrong = NULL;
    int64_t number = 0;
    for (unsigned i = 0; i < items->len && wrong == NULL; i++)
        option_value_read(option, items->pdata[i], &number, &wrong);
    return wrong;
}

static bool is_taken(const struct assay_option *const *table, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(table[i]->name, table[n]->name) == 0)
            return true;
    return false;
}

static bool refuse(GError **error, unsigned index, const char *name,
                   const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN, "option %u (%s): %s",
                index + 1, name, what);
    return false;
}

bool option_table_check(const struct assay_option *const *table, GError **error)
{
    for (unsigned i = 0; table != NULL && table[i] != NULL; i++) {
        const struct assay_option *option = table[i];
        if (i == OPTIONS_MAX)
            return refuse(error, i, "?",
                          "more than 256 options, or no NULL at their end");
        if (option->struct_size < sizeof *option)
            return refuse(error, i, "?",
                          "struct_size is too small: set it to "
                          "sizeof(struct assay_option)");
        if (!is_option_name(option->name))
            return refuse(error, i, "?", "its name is not [a-z0-9_]+");
        const char *what = is_taken(table, i) ? "the name is taken twice"
                                              : check_fields(option);
        if (what != NULL)
            return refuse(error, i, option->name, what);
        g_autofree char *wrong = check_default(option);
        if (wrong != NULL)
            return refuse(error, i, option->name, wrong);
    }
    return true;
}
