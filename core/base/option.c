/* SPDX-License-Identifier: MIT */
#include "base/option.h"

#include "base/error.h"
#include "base/option_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    SECRET_MAX_BYTES = 4096
};

/* One option and its values in force. */
struct setting {
    const struct assay_option *option;
    GPtrArray *texts; /* char * */
    int64_t number;   /* of the first */
    unsigned line;
};

struct option_set {
    GArray *settings; /* struct setting, in the table's order */
};

/* What a value is read for, and where its error goes. */
struct reader {
    const struct conf *conf;
    const struct conf_section *section;
    GError **error;
};

static bool refuse(const struct reader *reader, unsigned line, const char *key,
                   const char *text)
{
    if (line == 0) /* a default: only a wrong table, see option_table_check */
        g_set_error(reader->error, BASE_ERROR, BASE_ERROR_CONF,
                    "default of %s: %s", key, text);
    else
        g_set_error(reader->error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s:%u: [%s] %s: %s", reader->conf->path, line,
                    reader->section->label, key, text);
    return false;
}

static struct setting *setting_of(const struct option_set *set,
                                  const char *name)
{
    for (unsigned i = 0; i < set->settings->len; i++) {
        struct setting *s = &g_array_index(set->settings, struct setting, i);
        if (strcmp(s->option->name, name) == 0)
            return s;
    }
    return NULL;
}

/* The first line of a file, without its line end; NULL with errno. */
static char *read_secret(const char *path)
{
    char line[SECRET_MAX_BYTES] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    bool is_read = fgets(line, sizeof line, file) != NULL;
    int cause = ferror(file) ? errno : ENODATA;
    fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    char *secret = is_read && *line != '\0' ? g_strdup(line) : NULL;
    explicit_bzero(line, sizeof line);
    errno = cause;
    return secret;
}

/* What is kept of one good value. */
static char *keep(const struct reader *reader,
                  const struct assay_option *option, const char *text,
                  char **wrong)
{
    if (option->type != ASSAY_OPTION_PATH &&
        option->type != ASSAY_OPTION_SECRET)
        return g_strdup(text);
    const char *dir = reader->conf != NULL ? reader->conf->dir : NULL;
    g_autofree char *path = g_canonicalize_filename(text, dir);
    if (option->type == ASSAY_OPTION_PATH)
        return g_steal_pointer(&path);
    char *secret = read_secret(path);
    if (secret == NULL)
        *wrong = g_strdup_printf(
            "%s: %s; it must hold the secret as its "
            "first line",
            path, errno == ENODATA ? "is empty" : g_strerror(errno));
    return secret;
}

static bool set_one(const struct reader *reader, struct setting *setting,
                    const char *text)
{
    const struct assay_option *option = setting->option;
    g_autofree char *wrong = NULL;
    int64_t number = 0;
    char *kept = option_value_read(option, text, &number, &wrong)
                     ? keep(reader, option, text, &wrong)
                     : NULL;
    if (kept == NULL)
        return refuse(reader, setting->line, option->name, wrong);
    if (setting->texts->len == 0)
        setting->number = number;
    g_ptr_array_add(setting->texts, kept);
    return true;
}

static bool set_all(const struct reader *reader, struct setting *setting,
                    const char *raw, const char *value)
{
    const struct assay_option *option = setting->option;
    if ((option->flags & ASSAY_OPTION_LIST) == 0) {
        bool is_none = *value == '\0' && (option->type == ASSAY_OPTION_PATH ||
                                          option->type == ASSAY_OPTION_SECRET);
        return is_none || set_one(reader, setting, value);
    }
    g_autoptr(GPtrArray) items = conf_items(raw);
    for (unsigned i = 0; i < items->len; i++)
        if (!set_one(reader, setting, items->pdata[i]))
            return false;
    return true;
}

/* "no such option; nearest is max_file_size". */
static bool refuse_unknown(const struct reader *reader,
                           const struct option_set *set,
                           const struct conf_entry *entry,
                           const char *const *ignore)
{
    unsigned ignored = 0;
    while (ignore != NULL && ignore[ignored] != NULL)
        ignored++;
    unsigned own = set->settings->len;
    g_autofree const char **names = g_new0(const char *, own + ignored + 1);
    for (unsigned i = 0; i < own; i++)
        names[i] = g_array_index(set->settings, struct setting, i).option->name;
    for (unsigned i = 0; i < ignored; i++)
        names[own + i] = ignore[i];
    const char *near = option_nearest(entry->key, names);
    g_autofree char *text = g_strconcat(
        "no such option", near != NULL ? "; nearest is " : NULL, near, NULL);
    return refuse(reader, entry->line, entry->key, text);
}

static bool read_section(const struct reader *reader, struct option_set *set,
                         const char *const *ignore)
{
    for (unsigned i = 0; i < reader->section->entries->len; i++) {
        struct conf_entry *entry = reader->section->entries->pdata[i];
        if (ignore != NULL && g_strv_contains(ignore, entry->key))
            continue;
        struct setting *setting = setting_of(set, entry->key);
        if (setting == NULL)
            return refuse_unknown(reader, set, entry, ignore);
        setting->line = entry->line;
        entry->used = true;
        if (!set_all(reader, setting, entry->raw, entry->value))
            return false;
    }
    return true;
}

static bool set_defaults(const struct reader *reader, struct option_set *set)
{
    for (unsigned i = 0; i < set->settings->len; i++) {
        struct setting *s = &g_array_index(set->settings, struct setting, i);
        const char *text = s->option->default_text;
        if (s->line == 0 && text != NULL && !set_all(reader, s, text, text))
            return false;
    }
    return true;
}

static void setting_clear(void *p)
{
    struct setting *setting = p;
    g_ptr_array_unref(setting->texts);
}

/* NOLINTNEXTLINE(readability-function-size): what is read, and two ways out */
bool option_set_new(const struct assay_option *const *table,
                    const struct conf *conf, const struct conf_section *section,
                    const char *const *ignore, struct option_set **out,
                    GError **error)
{
    struct reader reader = {.conf = conf, .section = section, .error = error};
    struct option_set *set = g_new0(struct option_set, 1);
    set->settings = g_array_new(FALSE, TRUE, sizeof(struct setting));
    g_array_set_clear_func(set->settings, setting_clear);
    for (; table != NULL && *table != NULL; table++) {
        struct setting setting = {
            .option = *table,
            .texts = g_ptr_array_new_with_free_func(g_free),
        };
        g_array_append_val(set->settings, setting);
    }
    if ((section != NULL && !read_section(&reader, set, ignore)) ||
        !set_defaults(&reader, set)) {
        option_set_free(set);
        return false;
    }
    *out = set;
    return true;
}

void option_set_free(struct option_set *set)
{
    if (set == NULL)
        return;
    g_array_unref(set->settings);
    g_free(set);
}

static const struct setting *must_have(const struct option_set *set,
                                       const char *name)
{
    const struct setting *setting = setting_of(set, name);
    g_assert(setting != NULL);
    return setting;
}

const char *option_text(const struct option_set *set, const char *name,
                        unsigned index)
{
    const GPtrArray *texts = must_have(set, name)->texts;
    return index < texts->len ? texts->pdata[index] : NULL;
}

int64_t option_int(const struct option_set *set, const char *name)
{
    return must_have(set, name)->number;
}

unsigned option_count(const struct option_set *set, const char *name)
{
    return must_have(set, name)->texts->len;
}

bool option_has(const struct option_set *set, const char *name)
{
    return setting_of(set, name) != NULL;
}

unsigned option_line(const struct option_set *set, const char *name)
{
    return must_have(set, name)->line;
}
