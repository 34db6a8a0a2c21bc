/* SPDX-License-Identifier: MIT */
#include "pool/fit.h"

#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORKER_BYTES = 8 << 20, /* a worker's own, with room */
    SPARE_BYTES = 64 << 20  /* for everybody else on the machine */
};

static char *read_file(const char *path)
{
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

/* The number after `key` at the start of a line; false: there is none. */
static bool find_number(const char *text, const char *key, uint64_t *out)
{
    size_t n = strlen(key);
    for (const char *line = text; line != NULL && *line != '\0';
         line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) != 0)
            continue;
        *out = g_ascii_strtoull(line + n, NULL, 10);
        return true;
    }
    return false;
}

/* --- what is free -------------------------------------------------------------------- */

/* Of one group; false: it has no limit. */
static bool group_free(const char *folder, const char *limit_file,
                       const char *used_file, uint64_t *out)
{
    uint64_t limit;
    uint64_t used;
    uint64_t cache = 0;
    g_autofree char *limit_path = g_build_filename(folder, limit_file, NULL);
    g_autofree char *used_path = g_build_filename(folder, used_file, NULL);
    g_autofree char *stat_path = g_build_filename(folder, "memory.stat", NULL);
    g_autofree char *limit_text = read_file(limit_path);
    g_autofree char *used_text = read_file(used_path);
    g_autofree char *stat = read_file(stat_path);
    if (limit_text == NULL || used_text == NULL ||
        !find_number(used_text, "", &used) ||
        g_str_has_prefix(limit_text, "max") ||
        !find_number(limit_text, "", &limit) || limit >= UINT64_MAX / 4)
        return false;
    /* Pages that the kernel gives back when they are wanted. */
    if (stat != NULL && !find_number(stat, "total_inactive_file ", &cache))
        find_number(stat, "inactive_file ", &cache);
    used -= MIN(cache, used);
    *out = limit > used ? limit - used : 0;
    return true;
}

/* Of the group and all above it. */
static void look_up(const char *top, const char *group, bool is_v2,
                    uint64_t *bytes)
{
    g_autofree char *at = g_strdup(group);
    for (;;) {
        uint64_t free_bytes;
        g_autofree char *folder = g_build_filename(top, at, NULL);
        if (group_free(folder, is_v2 ? "memory.max" : "memory.limit_in_bytes",
                       is_v2 ? "memory.current" : "memory.usage_in_bytes",
                       &free_bytes))
            *bytes = MIN(*bytes, free_bytes);
        char *slash = strrchr(at, '/');
        if (slash == NULL || at[0] == '\0')
            return;
        *slash = '\0';
    }
}

/* A line is "4:memory:/a/b" or, of version 2, "0::/a/b". */
static void look_at_groups(const char *root, uint64_t *bytes)
{
    g_autofree char *path = g_strconcat(root, "/proc/self/cgroup", NULL);
    g_autofree char *v1 = g_strconcat(root, "/sys/fs/cgroup/memory", NULL);
    g_autofree char *v2 = g_strconcat(root, "/sys/fs/cgroup", NULL);
    g_autofree char *text = read_file(path);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, ":", 3);
        if (g_strv_length(parts) != 3)
            continue;
        g_auto(GStrv) names = g_strsplit(parts[1], ",", -1);
        if (parts[1][0] == '\0')
            look_up(v2, parts[2], true, bytes);
        else if (g_strv_contains((const char *const *)names, "memory"))
            look_up(v1, parts[2], false, bytes);
    }
}

bool fit_free_bytes(const char *root, uint64_t *bytes)
{
    uint64_t kib;
    g_autofree char *path = g_strconcat(root, "/proc/meminfo", NULL);
    g_autofree char *text = read_file(path);
    if (text == NULL || !find_number(text, "MemAvailable:", &kib))
        return false;
    *bytes = kib * 1024;
    look_at_groups(root, bytes);
    return true;
}

/* --- what is needed ------------------------------------------------------------------ */

/* Its most: loading takes more than what is kept.  Files that it has mapped are in
 * that too, which errs on the right side. */
static bool most_kib(pid_t pid, uint64_t *out)
{
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    g_autofree char *text = read_file(path);
    return text != NULL && find_number(text, "VmHWM:", out);
}

void fit_measure(const pid_t *zygotes, size_t n, unsigned workers,
                 struct fit *out)
{
    uint64_t all = 0;
    *out = (struct fit){0};
    for (size_t i = 0; i < n; i++) {
        uint64_t kib;
        if (!most_kib(zygotes[i], &kib))
            return;
        all += kib * 1024;
    }
    if (!fit_free_bytes("", &out->free_bytes))
        return;
    out->need_bytes =
        all + all / 4 + (uint64_t)workers * WORKER_BYTES + SPARE_BYTES;
    out->is_known = true;
}

enum fit_way fit_choose(enum pool_reload reload, const struct fit *fit)
{
    /* Where nothing is known nothing is given up. */
    bool fits = !fit->is_known || fit->need_bytes <= fit->free_bytes;
    switch (reload) {
    case POOL_RELOAD_DRAIN_FIRST:
        return FIT_DRAIN_FIRST;
    case POOL_RELOAD_OVERLAP:
        return fits ? FIT_OVERLAP : FIT_NOT;
    case POOL_RELOAD_AUTO:
    default:
        return fits ? FIT_OVERLAP : FIT_DRAIN_FIRST;
    }
}
