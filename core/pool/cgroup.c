/* SPDX-License-Identifier: MIT */
#include "pool/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096
};

static bool path_make(char *to, const char *folder, const char *name)
{
    int n = snprintf(to, PATH_BYTES, "%s/%s", folder, name);
    return n > 0 && n < PATH_BYTES;
}

static int value_write(const char *folder, const char *file, const char *value)
{
    char path[PATH_BYTES];
    if (!path_make(path, folder, file))
        return ENAMETOOLONG;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    size_t n = strlen(value);
    int failed = write(fd, value, n) == (ssize_t)n ? 0 : errno;
    close(fd);
    return failed;
}

static char *value_read(const char *folder, const char *file)
{
    char path[PATH_BYTES];
    char *text = NULL;
    if (path_make(path, folder, file) &&
        g_file_get_contents(path, &text, NULL, NULL))
        g_strstrip(text);
    return text;
}

static bool has_word(const char *text, const char *word)
{
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);
    return g_strv_contains((const char *const *)words, word);
}

/* The line "0::/a/b" is the one of version 2. */
static char *own_group(const char *own)
{
    g_autofree char *text = NULL;
    if (own != NULL)
        return g_strdup(own);
    if (!g_file_get_contents("/proc/self/cgroup", &text, NULL, NULL))
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (g_str_has_prefix(*line, "0::/"))
            return g_strdup(*line + 3);
    return NULL;
}

/* The folder of this process's own group. */
static char *own_folder(const char *root, const char *own, const char **why)
{
    char path[PATH_BYTES];
    if (!path_make(path, root, "cgroup.controllers") ||
        access(path, R_OK) != 0) {
        *why = "cgroup v2 is not mounted at " CGROUP_ROOT;
        return NULL;
    }
    g_autofree char *group = own_group(own);
    if (group == NULL) {
        *why = "this process has no group in cgroup v2";
        return NULL;
    }
    return g_build_filename(root, group, NULL);
}

static bool is_delegated(const char *folder, const char **why)
{
    static const char *const files[] = {"cgroup.procs",
                                        "cgroup.subtree_control"};
    char path[PATH_BYTES];
    *why = "its cgroup is not delegated (systemd: Delegate=memory pids)";
    if (access(folder, W_OK) != 0)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (!path_make(path, folder, files[i]) || access(path, W_OK) != 0)
            return false;
    return true;
}

bool cgroup_settle(const char *root, const char *own, const char **why)
{
    char front[PATH_BYTES];
    g_autofree char *folder = own_folder(root, own, why);
    if (folder == NULL || !is_delegated(folder, why))
        return false;
    g_autofree char *offered = value_read(folder, "cgroup.controllers");
    if (!has_word(offered, "memory") || !has_word(offered, "pids")) {
        *why = "its cgroup has no memory and pids controllers";
        return false;
    }
    *why = "the front's group cannot be made";
    if (!path_make(front, folder, "front") ||
        (mkdir(front, 0755) != 0 && errno != EEXIST))
        return false;
    return value_write(front, "cgroup.procs", "0") == 0 &&
           value_write(folder, "cgroup.subtree_control", "+memory +pids") == 0;
}

char *cgroup_base(const char *root, const char *own, const char **why)
{
    g_autofree char *folder = own_folder(root, own, why);
    if (folder == NULL)
        return NULL;
    g_autofree char *name = g_path_get_basename(folder);
    if (strcmp(name, "front") != 0) {
        *why = "the front has no cgroup of its own";
        return NULL;
    }
    g_autofree char *base = g_path_get_dirname(folder);
    if (!is_delegated(base, why))
        return NULL;
    g_autofree char *given = value_read(base, "cgroup.subtree_control");
    if (!has_word(given, "memory") || !has_word(given, "pids")) {
        *why = "its cgroup has no memory and pids controllers";
        return NULL;
    }
    return g_steal_pointer(&base);
}

/* The kernel refuses to remove a group that holds a process. */
static void sweep(const char *base)
{
    char path[PATH_BYTES];
    const char *name;
    g_autoptr(GDir) folder = g_dir_open(base, 0, NULL);
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_prefix(name, "class.") && path_make(path, base, name))
            (void)rmdir(path);
}

int cgroup_join(const char *base, uint64_t memory_bytes, uint32_t tasks)
{
    char group[PATH_BYTES];
    char value[32];
    sweep(base);
    (void)snprintf(value, sizeof value, "class.%ld", (long)getpid());
    if (!path_make(group, base, value))
        return ENAMETOOLONG;
    if (mkdir(group, 0755) != 0 && errno != EEXIST)
        return errno;
    int failed = 0;
    if (memory_bytes > 0) {
        (void)snprintf(value, sizeof value, "%llu",
                       (unsigned long long)memory_bytes);
        failed = value_write(group, "memory.max", value);
    }
    (void)snprintf(value, sizeof value, "%u", tasks);
    if (failed == 0)
        failed = value_write(group, "pids.max", value);
    if (failed == 0)
        failed = value_write(group, "cgroup.procs", "0");
    return failed;
}
