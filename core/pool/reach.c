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
    int mode; /* as of access(); folders need X_OK too */
};

static void clear_goal(void *p)
{
    g_free(((struct goal *)p)->path);
}

static void add(GArray *goals, const char *path, int mode)
{
    const struct goal goal = {g_strdup(path), mode};
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
            add(goals, path, R_OK);
        }
    }
}

static GArray *no_goals(void)
{
    GArray *goals = g_array_new(false, false, sizeof(struct goal));
    g_array_set_clear_func(goals, clear_goal);
    return goals;
}

static GArray *find_goals(const struct host_how *how)
{
    GArray *goals = no_goals();
    g_autoptr(GPtrArray) classes = NULL;
    if (!host_classes(how, &classes, NULL))
        return goals;
    for (unsigned i = 0; i < classes->len; i++) {
        const struct host_class *class = classes->pdata[i];
        if (strcmp(class->name, how->class_name) != 0)
            continue;
        for (unsigned k = 0; k < class->sections->len; k++) {
            const struct wanted *wanted = class->sections->pdata[k];
            add(goals, wanted->path, R_OK);
            if (wanted->state_dir != NULL)
                add(goals, wanted->state_dir, R_OK | W_OK);
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
    int more = S_ISDIR(st.st_mode) ? X_OK : 0;
    return access(goal->path, goal->mode | more) == 0;
}

static const char *deed(const struct goal *goal)
{
    if ((goal->mode & W_OK) != 0)
        return "write";
    return (goal->mode & X_OK) != 0 ? "run" : "read";
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
                   deed(goal), goal->path);
        is_dropped = false;
    }
    if (!is_dropped)
        (void)!write(said, why, strlen(why));
    _exit(is_dropped ? 0 : 1);
}

static bool try_all(const GArray *goals, uid_t uid, gid_t gid, char **why)
{
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

bool reach_all(const struct host_how *how, uid_t uid, gid_t gid, char **why)
{
    g_autoptr(GArray) goals = find_goals(how);
    return try_all(goals, uid, gid, why);
}

bool reach_program(const char *path, uid_t uid, gid_t gid, char **why)
{
    g_autoptr(GArray) goals = no_goals();
    add(goals, path, R_OK | X_OK);
    return try_all(goals, uid, gid, why);
}
