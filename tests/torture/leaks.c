/* SPDX-License-Identifier: MIT */
#include "leaks.h"

#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

bool leaks_adopt(void)
{
    return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

/* The parent of a process; 0: it has gone. */
static pid_t parent_of(const char *pid)
{
    char path[64];
    g_autofree char *stat = NULL;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    if (!g_file_get_contents(path, &stat, NULL, NULL))
        return 0;
    /* The name, which may hold anything, ends at the last parenthesis. */
    const char *end = strrchr(stat, ')');
    return end != NULL && strlen(end) > 4 ? (pid_t)strtol(end + 4, NULL, 10)
                                          : 0;
}

static GHashTable *read_parents(void)
{
    GHashTable *parents = g_hash_table_new(NULL, NULL);
    GDir *proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    while (proc != NULL && (name = g_dir_read_name(proc)) != NULL)
        if (g_ascii_isdigit(name[0]))
            g_hash_table_insert(parents,
                                GINT_TO_POINTER((int)strtol(name, NULL, 10)),
                                GINT_TO_POINTER(parent_of(name)));
    if (proc != NULL)
        g_dir_close(proc);
    return parents;
}

static bool is_below(GHashTable *parents, gpointer pid, pid_t above)
{
    for (unsigned depth = 0; depth < 1000 && pid != NULL; depth++) {
        pid = g_hash_table_lookup(parents, pid);
        if (GPOINTER_TO_INT(pid) == above)
            return true;
    }
    return false;
}

static void tell_process(pid_t pid)
{
    g_autofree char *stat = NULL;
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    if (g_file_get_contents(path, &stat, NULL, NULL))
        fprintf(stderr, "torture: left over: %.60s\n", stat);
}

uint64_t leaks_processes(bool tells)
{
    GHashTable *parents = read_parents();
    GHashTableIter iter;
    gpointer pid;
    uint64_t n = 0;
    g_hash_table_iter_init(&iter, parents);
    while (g_hash_table_iter_next(&iter, &pid, NULL)) {
        if (!is_below(parents, pid, getpid()))
            continue;
        n++;
        if (tells)
            tell_process(GPOINTER_TO_INT(pid));
    }
    g_hash_table_unref(parents);
    return n;
}

uint64_t leaks_fds(void)
{
    uint64_t n = 0;
    GDir *fds = g_dir_open("/proc/self/fd", 0, NULL);
    while (fds != NULL && g_dir_read_name(fds) != NULL)
        n++;
    if (fds != NULL)
        g_dir_close(fds);
    return n;
}
