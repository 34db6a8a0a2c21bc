/* SPDX-License-Identifier: MIT */
#include "base/option.h"

#include <string.h>

enum {
    WIDTH = 78,
    INDENT = 4
};

/* "Size, 1 KiB..4 GiB", "List of yes, no", "Path". */
static char *type_text(const struct assay_option *option)
{
    static const char *const names[] = {
        [ASSAY_OPTION_BOOL] = "yes or no",
        [ASSAY_OPTION_INT] = "number",
        [ASSAY_OPTION_SIZE] = "size",
        [ASSAY_OPTION_DURATION] = "duration",
        [ASSAY_OPTION_TEXT] = "text",
        [ASSAY_OPTION_CHOICE] = "one of",
        [ASSAY_OPTION_PATH] = "path",
        [ASSAY_OPTION_SECRET] = "path of a file with the secret",
    };
    bool is_list = (option->flags & ASSAY_OPTION_LIST) != 0;
    bool is_bool = option->type == ASSAY_OPTION_BOOL;
    g_autofree char *range = is_bool ? g_strdup("") : option_range_show(option);
    return g_strconcat(is_list ? "list: " : "", names[option->type],
                       *range != '\0' ? " " : "", range, NULL);
}

static char *default_text(const struct assay_option *option)
{
    if (option->default_text == NULL)
        return g_strdup("none");
    g_autofree char *text = option_value_show(option, option->default_text);
    return *text == '\0' ? g_strdup("empty") : g_steal_pointer(&text);
}

/* Words of `text`, broken at WIDTH, each line indented. */
static void append_wrapped(GString *to, const char *text)
{
    size_t column = 0;
    while (*(text += strspn(text, " \n")) != '\0') {
        size_t n = strcspn(text, " \n");
        if (column > 0 && column + 1 + n > WIDTH) {
            g_string_append_c(to, '\n');
            column = 0;
        }
        if (column == 0) {
            g_string_append_printf(to, "%*s", INDENT, "");
            column = INDENT;
        } else {
            g_string_append_c(to, ' ');
            column++;
        }
        g_string_append_len(to, text, (gssize)n);
        column += n;
        text += n;
    }
    g_string_append_c(to, '\n');
}

void option_docs(GString *to, const struct assay_option *const *table)
{
    for (; table != NULL && *table != NULL; table++) {
        g_autofree char *type = type_text(*table);
        g_autofree char *value = default_text(*table);
        g_string_append_printf(to, "%s = %s\n", (*table)->name, value);
        g_autofree char *text =
            g_strdup_printf("(%s) %s", type, (*table)->help);
        append_wrapped(to, text);
    }
}

/* Text that mandoc and groff take literally: no macro, no escape, no quote. */
static void append_roff(GString *to, const char *text)
{
    bool at_start = true;
    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\''))
            g_string_append(to, "\\&");
        if (*text == '\\')
            g_string_append(to, "\\e");
        else if (*text == '-')
            g_string_append(to, "\\-");
        else if (*text == '"')
            g_string_append(to, "\\(dq");
        else
            g_string_append_c(to, *text);
        at_start = *text == '\n';
    }
}

/* Does a sentence end with this word? */
static bool ends_sentence(const char *word, size_t n)
{
    while (n > 0 && (word[n - 1] == ')' || word[n - 1] == '"'))
        n--;
    return n > 0 && strchr(".!?", word[n - 1]) != NULL;
}

/* The same as lines of roff, as mandoc wants them: not too long, a new sentence
 * on a new line. */
static void append_roff_lines(GString *to, const char *text)
{
    size_t column = 0;
    while (*(text += strspn(text, " \n")) != '\0') {
        size_t n = strcspn(text, " \n");
        if (column > 0 && column + 1 + n > WIDTH) {
            g_string_append_c(to, '\n');
            column = 0;
        } else if (column > 0) {
            g_string_append_c(to, ' ');
            column++;
        }
        g_autofree char *word = g_strndup(text, n);
        append_roff(to, word);
        column += n;
        text += n;
        if (ends_sentence(word, n)) {
            g_string_append_c(to, '\n');
            column = 0;
        }
    }
    if (column > 0)
        g_string_append_c(to, '\n');
}

void option_docs_mdoc(GString *to, const struct assay_option *const *table)
{
    g_string_append(to, ".Bl -tag -width Ds\n");
    for (; table != NULL && *table != NULL; table++) {
        g_autofree char *type = type_text(*table);
        g_autofree char *value = default_text(*table);
        g_string_append_printf(to, ".It Cm %s No \\(eq \"\\&", (*table)->name);
        append_roff(to, value);
        g_string_append(to, "\"\n");
        g_autofree char *kind = g_strdup_printf("(%s)", type);
        append_roff_lines(to, kind);
        append_roff_lines(to, (*table)->help);
    }
    g_string_append(to, ".El\n");
}

void option_docs_markdown(GString *to, const struct assay_option *const *table)
{
    for (; table != NULL && *table != NULL; table++) {
        g_autofree char *type = type_text(*table);
        g_autofree char *value = default_text(*table);
        g_string_append_printf(to, "- `%s = %s` (%s)  \n  %s\n", (*table)->name,
                               value, type, (*table)->help);
    }
}
