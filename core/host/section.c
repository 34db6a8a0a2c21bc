/* SPDX-License-Identifier: MIT */
#include "host/section.h"

#include "base/error.h"
#include "host/class.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct assay_option file_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .name = "file",
    .help =
        "The plugin's shared object.  A bare name is looked up in the plugin "
        "folder, a relative path starts at the folder of plugins.conf.",
};
static const struct assay_option id_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .name = "id",
    .help =
        "Which plugin of the file, by its id.  Needed only where a file holds "
        "several.",
};
static const struct assay_option enabled_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_BOOL,
    .name = "enabled",
    .default_text = "yes",
    .help = "Say no to leave the plugin out and keep its settings.",
};
static const struct assay_option optional_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_BOOL,
    .name = "optional",
    .default_text = "no",
    .help = "Say yes where scanning without this plugin is all right: when it "
            "cannot be used that is told, but is no error.",
};
static const struct assay_option state_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_PATH,
    .name = "state_dir",
    .help =
        "A folder that the plugin may write and that is kept.  Only plugins "
        "that say so need one.",
};
static const struct assay_option class_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .name = "class",
    .help =
        "Which plugins share its worker processes: those with the same class.  A "
        "crash, or a plugin that has been taken over, reaches no further than its "
        "class.  Without it the plugins that come with Assay are in class main, "
        "and every other one is in a class of its own that has its name.  Name "
        "main to save the memory and the time of a class for a plugin that you "
        "trust like Assay itself; a plugin that needs the network may not be "
        "there.",
};

const struct assay_option *const host_section_options[] = {
    &file_option,  &id_option, &enabled_option, &optional_option, &state_option,
    &class_option, NULL,
};

const char *const host_section_keys[] = {
    "file", "id", "enabled", "optional", "state_dir", "class", NULL,
};

void section_wanted_free(void *p)
{
    struct wanted *wanted = p;
    if (wanted == NULL)
        return;
    g_free(wanted->path);
    g_free(wanted->plugin_id);
    g_free(wanted->state_dir);
    g_free(wanted);
}

char *section_plugin_dir(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    /* Beside it where it was built; where it was installed, whatever the prefix. */
    static const char *const places[] = {"plugins", "../lib/assay/plugins"};
    for (size_t i = 0; self != NULL && i < G_N_ELEMENTS(places); i++) {
        g_autofree char *dir = g_path_get_dirname(self);
        g_autofree char *at = g_build_filename(dir, places[i], NULL);
        if (g_file_test(at, G_FILE_TEST_IS_DIR))
            return g_canonicalize_filename(at, NULL);
    }
    return g_strdup(ASSAY_PREFIX "/lib/assay/plugins");
}

/* The file as loaders need it: links resolved where it exists. */
static char *real_path(const char *path)
{
    char resolved[PATH_MAX];
    return g_strdup(realpath(path, resolved) != NULL ? resolved : path);
}

static char *find_file(const struct conf *conf, const char *file)
{
    g_autofree char *path = NULL;
    if (strchr(file, '/') == NULL) {
        g_autofree char *dir = section_plugin_dir();
        path = g_build_filename(dir, file, NULL);
    } else if (g_path_is_absolute(file)) {
        path = g_strdup(file);
    } else {
        path = g_build_filename(conf->dir, file, NULL);
    }
    return real_path(path);
}

/* Every key of the section that is not the host's. */
static char **foreign_keys(const struct conf_section *section)
{
    GPtrArray *keys = g_ptr_array_new();
    for (unsigned i = 0; i < section->entries->len; i++) {
        const struct conf_entry *entry = section->entries->pdata[i];
        if (!g_strv_contains(host_section_keys, entry->key))
            g_ptr_array_add(keys, g_strdup(entry->key));
    }
    g_ptr_array_add(keys, NULL);
    return (char **)g_ptr_array_free(keys, FALSE);
}

static bool check_name(const struct conf *conf,
                       const struct conf_section *section, GError **error)
{
    const char *name = section->name;
    if (name != NULL && strcmp(name, "core") != 0 && strlen(name) <= 64 &&
        name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789._-")] == '\0')
        return true;
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_CONF,
        "%s:%u: [plugin%s%s]: a plugin section needs a name of letters, "
        "digits and ._- that is not \"core\", such as [plugin clamav]",
        conf->path, section->line, name != NULL ? " " : "",
        name != NULL ? name : "");
    return false;
}

/* The class that the section names, or the default one; NULL: it is no name. */
static const char *read_class(const struct conf *conf,
                              const struct conf_section *section,
                              const struct option_set *set, const char *path,
                              GError **error)
{
    const char *name = option_text(set, "class", 0);
    if (name == NULL)
        return class_default(path, section->name);
    if (class_is_name(name))
        return g_intern_string(name);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "%s:%u: [plugin %s] class: \"%s\" is not a name of 1 to %d "
                "letters, digits and ._-, such as \"class = main\"",
                conf->path, section->line, section->name, name, CLASS_NAME_MAX);
    return NULL;
}

static bool read_section(const struct conf *conf,
                         const struct conf_section *section, GPtrArray *to,
                         GError **error)
{
    if (!check_name(conf, section, error))
        return false;
    g_auto(GStrv) foreign = foreign_keys(section);
    struct option_set *set = NULL;
    if (!option_set_new(host_section_options, conf, section,
                        (const char *const *)foreign, &set, error))
        return false;
    if (option_int(set, "enabled") == 0) {
        option_set_free(set);
        return true;
    }
    const char *file = option_text(set, "file", 0);
    if (file == NULL || file[0] == '\0') {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s:%u: [plugin %s]: it names no file; add a line such as "
                    "\"file = %s.so\"",
                    conf->path, section->line, section->name, section->name);
        option_set_free(set);
        return false;
    }
    struct wanted *wanted = g_new0(struct wanted, 1);
    wanted->name = g_intern_string(section->name);
    wanted->section = section;
    wanted->path = find_file(conf, file);
    wanted->plugin_id = g_strdup(option_text(set, "id", 0));
    wanted->state_dir = g_strdup(option_text(set, "state_dir", 0));
    wanted->is_optional = option_int(set, "optional") != 0;
    wanted->class_name = read_class(conf, section, set, wanted->path, error);
    g_ptr_array_add(to, wanted);
    option_set_free(set);
    return wanted->class_name != NULL;
}

static bool read_sections(const struct conf *conf, GPtrArray *to,
                          GError **error)
{
    for (unsigned i = 0; i < conf->sections->len; i++) {
        const struct conf_section *section = conf->sections->pdata[i];
        if (strcmp(section->kind, "plugin") == 0 &&
            !read_section(conf, section, to, error))
            return false;
    }
    return true;
}

/* The section of the configuration that uses this very file, or NULL: its settings
 * hold for `--plugin FILE` too. */
static struct wanted *find_wanted(const GPtrArray *all, const char *path)
{
    for (unsigned i = 0; i < all->len; i++) {
        struct wanted *wanted = all->pdata[i];
        if (strcmp(wanted->path, path) == 0)
            return wanted;
    }
    return NULL;
}

static void keep_only(GPtrArray *all, const char *file)
{
    g_autofree char *path = real_path(file);
    struct wanted *only = g_new0(struct wanted, 1);
    g_autofree char *base = g_path_get_basename(path);
    if (g_str_has_suffix(base, ".so"))
        base[strlen(base) - 3] = '\0';
    only->name = g_intern_string(base);
    const struct wanted *configured = find_wanted(all, path);
    if (configured != NULL) {
        only->name = configured->name;
        only->section = configured->section;
        only->plugin_id = g_strdup(configured->plugin_id);
        only->state_dir = g_strdup(configured->state_dir);
        only->class_name = configured->class_name;
    } else {
        only->class_name = class_default(path, only->name);
    }
    only->path = g_steal_pointer(&path);
    g_ptr_array_set_size(all, 0);
    g_ptr_array_add(all, only);
}

bool section_read_all(const struct host_how *how, GPtrArray **out,
                      GError **error)
{
    g_autoptr(GPtrArray) all =
        g_ptr_array_new_with_free_func(section_wanted_free);
    if (how->conf != NULL && !read_sections(how->conf, all, error))
        return false;
    if (how->only_file != NULL)
        keep_only(all, how->only_file);
    *out = g_steal_pointer(&all);
    return true;
}

/* Where in `all` the section of that name stands; all->len where it does not. */
static unsigned place_of(const GPtrArray *all, const char *name)
{
    unsigned i = 0;
    while (i < all->len && ((const struct wanted *)all->pdata[i])->name != name)
        i++;
    return i;
}

bool section_sort(const struct host_how *how, const struct scanner **scanners,
                  size_t n, GError **error)
{
    g_autoptr(GPtrArray) all = NULL;
    if (!section_read_all(how, &all, error))
        return false;
    for (size_t i = 1; i < n; i++) {
        const struct scanner *one = scanners[i];
        unsigned place = place_of(all, one->name);
        size_t at = i;
        for (; at > 0 && place_of(all, scanners[at - 1]->name) > place; at--)
            scanners[at] = scanners[at - 1];
        scanners[at] = one;
    }
    return true;
}
