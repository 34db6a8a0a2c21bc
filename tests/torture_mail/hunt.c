/* SPDX-License-Identifier: MIT */
#include "hunt.h"

#include <glib.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One process as /proc has it.  Owned by the array that holds it. */
struct process {
    pid_t pid;
    pid_t parent;
    uid_t user;
    bool is_zygote; /* by its words: a zygote or one of its workers */
    char name[32];
};

/* False: it has gone. */
static bool look(pid_t pid, struct process *out)
{
    char path[64];
    char line[1024];
    struct stat st;
    *out = (struct process){.pid = pid};
    snprintf(path, sizeof path, "/proc/%ld", (long)pid);
    if (stat(path, &st) != 0)
        return false;
    out->user = st.st_uid;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    bool is_there = file != NULL && fgets(line, sizeof line, file) != NULL;
    if (file != NULL)
        fclose(file);
    char *open = is_there ? strchr(line, '(') : NULL;
    char *close = is_there ? strrchr(line, ')') : NULL;
    if (open == NULL || close == NULL)
        return false;
    *close = '\0';
    g_strlcpy(out->name, open + 1, sizeof out->name);
    out->parent = (pid_t)strtol(close + 4, NULL, 10);
    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
    file = fopen(path, "re");
    size_t n = file != NULL ? fread(line, 1, sizeof line - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    line[n] = '\0';
    const char *second = line + strlen(line) + 1;
    out->is_zygote = second < line + n && strcmp(second, "zygote") == 0;
    return true;
}

static GArray *all_processes(void)
{
    GArray *all = g_array_new(false, false, sizeof(struct process));
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        struct process process;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && look(pid, &process))
            g_array_append_val(all, process);
    }
    if (folder != NULL)
        closedir(folder);
    return all;
}

static const struct process *find(const GArray *all, pid_t pid)
{
    for (unsigned i = 0; i < all->len; i++)
        if (g_array_index(all, struct process, i).pid == pid)
            return &g_array_index(all, struct process, i);
    return NULL;
}

static bool is_below(const GArray *all, const struct process *process,
                     pid_t root)
{
    for (unsigned depth = 0; process != NULL && depth < 16; depth++) {
        if (process->pid == root)
            return true;
        process = find(all, process->parent);
    }
    return false;
}

/* Parent and front differ by their user where there are two. */
static bool is_front(const GArray *all, const struct process *process,
                     pid_t root)
{
    if (process->is_zygote)
        return false;
    if (process->pid != root)
        return process->user != 0;
    for (unsigned i = 0; i < all->len; i++) {
        const struct process *other = &g_array_index(all, struct process, i);
        if (other->parent == root && !other->is_zygote && other->user != 0)
            return false;
    }
    return true;
}

static bool is_target(const GArray *all, const struct process *process,
                      const struct hunt_roots *roots, enum hunt_target target)
{
    const struct process *parent = find(all, process->parent);
    bool from_zygote = parent != NULL && parent->is_zygote;
    switch (target) {
    case HUNT_FRONT:
        return is_below(all, process, roots->assayd) &&
               is_front(all, process, roots->assayd);
    case HUNT_ZYGOTE:
        return process->is_zygote && !from_zygote &&
               is_below(all, process, roots->assayd);
    case HUNT_WORKER:
        return process->is_zygote && from_zygote &&
               is_below(all, process, roots->assayd);
    case HUNT_SMTPD:
        return strcmp(process->name, "smtpd") == 0 &&
               process->parent == roots->postfix;
    case HUNT_DOWNSTREAM:
        return strcmp(process->name, "lmtp") == 0 &&
               process->parent == roots->dovecot;
    case HUNT_TARGETS:
    default:
        return false;
    }
}

pid_t hunt_find(const struct hunt_roots *roots, enum hunt_target target,
                uint32_t chance)
{
    g_autoptr(GArray) all = all_processes();
    g_autoptr(GArray) found = g_array_new(false, false, sizeof(pid_t));
    for (unsigned i = 0; i < all->len; i++) {
        const struct process *process = &g_array_index(all, struct process, i);
        if (is_target(all, process, roots, target))
            g_array_append_val(found, process->pid);
    }
    return found->len == 0 ? 0
                           : g_array_index(found, pid_t, chance % found->len);
}

const char *hunt_name(enum hunt_target target)
{
    static const char *const names[] = {"front", "zygote", "worker", "smtpd",
                                        "downstream"};
    return names[target];
}
