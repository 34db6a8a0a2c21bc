/* SPDX-License-Identifier: MIT */
/*
 * The configuration language and its options.  Whatever a file holds, it is read or
 * refused with one clean line; what was read is what stands in it.
 */
#include "base/limits.h"
#include "base/option.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

/* One option of every type. */
static const char *const words[] = {"red", "green", NULL};
static const struct assay_option options[] = {
    {.name = "flag", .type = ASSAY_OPTION_BOOL},
    {.name = "count", .type = ASSAY_OPTION_INT, .min = -9, .max = 9},
    {.name = "size", .type = ASSAY_OPTION_SIZE},
    {.name = "wait", .type = ASSAY_OPTION_DURATION},
    {.name = "text", .type = ASSAY_OPTION_TEXT},
    {.name = "word", .type = ASSAY_OPTION_CHOICE, .choices = words},
    {.name = "file", .type = ASSAY_OPTION_PATH},
    {.name = "texts", .type = ASSAY_OPTION_TEXT, .flags = ASSAY_OPTION_LIST},
    {.name = "sizes", .type = ASSAY_OPTION_SIZE, .flags = ASSAY_OPTION_LIST},
};
static const struct assay_option *const table[] = {
    &options[0], &options[1], &options[2], &options[3], &options[4],
    &options[5], &options[6], &options[7], &options[8], NULL,
};

static void check_line(const char *text)
{
    require(g_utf8_validate(text, -1, NULL));
    for (; *text != '\0'; text++)
        require((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void check_error(GError *error)
{
    require(error != NULL && g_str_has_prefix(error->message, "f.conf:"));
    check_line(error->message);
    g_error_free(error);
}

/* A shown value is for people and means the same number when it is read again. */
static void check_shown(const struct option_set *set)
{
    for (size_t i = 0; table[i] != NULL; i++)
        for (unsigned k = 0; k < option_count(set, table[i]->name); k++) {
            const char *text = option_text(set, table[i]->name, k);
            g_autofree char *shown = option_value_show(table[i], text);
            check_line(shown);
        }
}

static void check_section(struct conf *conf, struct conf_section *section)
{
    unsigned line = section->line;
    require(conf_find(conf, section->kind, section->name) == section);
    for (unsigned i = 0; i < section->entries->len; i++) {
        const struct conf_entry *entry = section->entries->pdata[i];
        require(entry->line > line && *entry->key != '\0');
        require(strchr(entry->raw, '\n') == NULL);
        require(strlen(entry->value) <= strlen(entry->raw));
        line = entry->line;
    }
    struct option_set *set = NULL;
    GError *error = NULL;
    bool is_limits = strcmp(section->kind, "limits") == 0;
    if (!option_set_new(is_limits ? limits_options : table, conf, section, NULL,
                        &set, &error)) {
        require(set == NULL);
        check_error(error);
        return;
    }
    if (!is_limits)
        check_shown(set);
    option_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf *conf = NULL;
    GError *error = NULL;
    if (!conf_parse((const char *)data, size, "f.conf", "/", &conf, &error)) {
        require(conf == NULL);
        check_error(error);
        return 0;
    }
    require(error == NULL);
    for (unsigned i = 0; i < conf->sections->len; i++)
        check_section(conf, conf->sections->pdata[i]);
    conf_free(conf);
    return 0;
}
