/* SPDX-License-Identifier: MIT */
#include "pool/reach.h"

#include "host/class.h"
#include "host/section.h"
#include "pool/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WHY_MAX = 512
};

/* One thing that must be within reach. */
struct goal {
    char *path;
    bool is_written;
};

static void clear_goal(void *p)
{
    g_free(((struct goal *)p)->path);
}

static void add(GArray *goals, const char *path, bool is_written)
{
    const struct goal goal = {g_strdup(path), is_written};
    if (access(path, F_OK) == 0)
        g_array_append_val(goals, goal);
    else
        g_free(goal.path);
}

/* Values that are meant as paths have a slash in them. */
static void add_values(GArray *goals, const struct conf_section *section,
                       const char *dir)
{
    for (unsigned i = 0; i < section->entries->len; i++) {
        const struct conf_entry *entry = section->entries->pdata[i];
        if (strcmp(entry->key, "file") == 0 ||
            strcmp(entry->key, "state_dir") == 0)
            continue;
        g_autoptr(GPtrArray) items = conf_items(entry->raw);
        for (unsigned k = 0; k < items->len; k++) {
            const char *item = items->pdata[k];
            if (strchr(item, '/') == NULL)
                continue;
            g_autofree char *path = g_canonicalize_filename(item, dir);
            add(goals, path, false);
        }
    }
}

static GArray *find_goals(const struct host_how *how)
{
    GArray *goals = g_array_new(false, false, sizeof(struct goal));
    g_array_set_clear_func(goals, clear_goal);
    g_autoptr(GPtrArray) classes = NULL;
    if (!host_classes(how, &classes, NULL))
        return goals;
    for (unsigned i = 0; i < classes->len; i++) {
        const struct host_class *class = classes->pdata[i];
        if (strcmp(class->name, how->class_name) != 0)
            continue;
        for (unsigned k = 0; k < class->sections->len; k++) {
            const struct wanted *wanted = class->sections->pdata[k];
            add(goals, wanted->path, false);
            if (wanted->state_dir != NULL)
                add(goals, wanted->state_dir, true);
            if (wanted->section != NULL)
                add_values(goals, wanted->section, how->conf->dir);
        }
    }
    return goals;
}

static bool is_in_reach(const struct goal *goal)
{
    struct stat st;
    if (stat(goal->path, &st) != 0)
        return false;
    int mode = R_OK | (goal->is_written ? W_OK : 0);
    return access(goal->path, S_ISDIR(st.st_mode) ? mode | X_OK : mode) == 0;
}

static _Noreturn void look(const GArray *goals, uid_t uid, gid_t gid, int said)
{
    char why[WHY_MAX] = "no process with its rights is to be had";
    bool is_dropped = rights_drop(uid, gid, NULL);
    for (unsigned i = 0; is_dropped && i < goals->len; i++) {
        const struct goal *goal = &g_array_index(goals, struct goal, i);
        if (is_in_reach(goal))
            continue;
        g_snprintf(why, sizeof why, "user %u may not %s %s", (unsigned)uid,
                   goal->is_written ? "write" : "read", goal->path);
        is_dropped = false;
    }
    if (!is_dropped)
        (void)!write(said, why, strlen(why));
    _exit(is_dropped ? 0 : 1);
}

bool reach_all(const struct host_how *how, uid_t uid, gid_t gid, char **why)
{
    g_autoptr(GArray) goals = find_goals(how);
    char text[WHY_MAX + 1] = "";
    int said[2];
    int status = -1;
    if (pipe2(said, O_CLOEXEC) != 0) {
        *why = g_strdup(g_strerror(errno));
        return false;
    }
    pid_t child = fork();
    if (child == 0)
        look(goals, uid, gid, said[1]);
    close(said[1]);
    if (child > 0 && read(said[0], text, WHY_MAX) < 0)
        text[0] = '\0';
    close(said[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (status == 0)
        return true;
    *why = g_strdup(text[0] != '\0' ? text : "it cannot be tried out");
    return false;
}
