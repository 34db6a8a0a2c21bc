/* SPDX-License-Identifier: MIT */
#include "host/class.h"

#include "base/error.h"
#include "host/section.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool class_is_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= CLASS_NAME_MAX && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789._-") == n;
}

bool class_is_in_tree(const char *path, const char *dir, const char *names)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *file = g_path_get_basename(path);
    if (strcmp(folder, dir) != 0 || !g_str_has_suffix(file, ".so"))
        return false;
    file[strlen(file) - strlen(".so")] = '\0';
    g_auto(GStrv) list = g_strsplit(names, " ", -1);
    return file[0] != '\0' && g_strv_contains((const char *const *)list, file);
}

const char *class_default(const char *path, const char *instance)
{
    char resolved[PATH_MAX];
    g_autofree char *dir = section_plugin_dir();
    const char *folder = realpath(dir, resolved) != NULL ? resolved : dir;
    return g_intern_string(
        class_is_in_tree(path, folder, ASSAY_IN_TREE) ? CLASS_MAIN : instance);
}

static void free_class(void *p)
{
    struct host_class *class = p;
    g_ptr_array_unref(class->sections);
    g_free(class);
}

/* The class of that name, made where it is not there yet. */
static struct host_class *find_class(GPtrArray *classes, const char *name)
{
    for (unsigned i = 0; i < classes->len; i++) {
        struct host_class *class = classes->pdata[i];
        if (class->name == name)
            return class;
    }
    struct host_class *class = g_new0(struct host_class, 1);
    class->name = name;
    class->sections = g_ptr_array_new_with_free_func(section_wanted_free);
    g_ptr_array_add(classes, class);
    return class;
}

bool host_classes(const struct host_how *how, GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) all = NULL;
    if (!section_read_all(how, &all, error))
        return false;
    g_autoptr(GPtrArray) classes = g_ptr_array_new_with_free_func(free_class);
    find_class(classes, g_intern_static_string(CLASS_MAIN));
    for (unsigned i = 0; i < all->len; i++) {
        struct wanted *wanted = g_steal_pointer(&all->pdata[i]);
        g_ptr_array_add(find_class(classes, wanted->class_name)->sections,
                        wanted);
    }
    if (classes->len > CLASSES_MAX) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "the [plugin ...] sections make %u classes, at most %d can "
                    "be served: let some share one with \"class = NAME\"",
                    classes->len, CLASSES_MAX);
        return false;
    }
    *out = g_steal_pointer(&classes);
    return true;
}
