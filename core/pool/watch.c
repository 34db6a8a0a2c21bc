/* SPDX-License-Identifier: MIT */
#include "pool/watch.h"

#include "base/log.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    EVENTS_BYTES = 4096
};

static const uint64_t quiet_ns = UINT64_C(2000000000);
static const uint64_t restless_ns = UINT64_C(60000000000);

/* Owned by the pool. */
struct watch {
    int fd;
    GPtrArray *paths;    /* char * */
    GHashTable *folders; /* wd -> struct folder: what the kernel watches */
    uint64_t print;      /* of the files as they were read, or told */
    uint64_t first_ns;   /* when something happened; 0: nothing to look at */
    uint64_t last_ns;
    bool is_late; /* something happened before it was watched */
};

/* --- what the files are ---------------------------------------------------------------- */

/* The newest change, and a sum of all names, sizes and times: in any order. */
struct look {
    uint64_t print;
    uint64_t newest_ns;
};

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 29);
}

static uint64_t time_ns(const struct timespec *t)
{
    return (uint64_t)t->tv_sec * UINT64_C(1000000000) + (uint64_t)t->tv_nsec;
}

static void add_file(const char *path, const struct stat *st, struct look *look)
{
    uint64_t h = g_str_hash(path);
    h = mix(h, (uint64_t)st->st_size);
    h = mix(h, (uint64_t)st->st_ino);
    h = mix(h, time_ns(&st->st_mtim));
    look->print += h;
    look->newest_ns = MAX(look->newest_ns, time_ns(&st->st_ctim));
}

static void add_folder(const char *path, struct look *look)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        struct stat st;
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (stat(child, &st) == 0 && S_ISREG(st.st_mode))
            add_file(child, &st, look);
    }
}

static void look_at_all(const struct watch *watch, struct look *look)
{
    *look = (struct look){0};
    for (unsigned i = 0; i < watch->paths->len; i++) {
        const char *path = watch->paths->pdata[i];
        struct stat st;
        if (stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            add_folder(path, look);
        else
            add_file(path, &st, look);
    }
}

/* --- what the kernel watches ------------------------------------------------------------ */

/* One folder.  Owned by its watch. */
struct folder {
    int wd;           /* the kernel's number of it; key in the table */
    bool is_all;      /* every file in it counts */
    GPtrArray *names; /* char *: otherwise these */
};

static void folder_free(void *p)
{
    struct folder *folder = p;
    g_ptr_array_unref(folder->names);
    g_free(folder);
}

/* `name` NULL: all. */
static void watch_folder(struct watch *watch, const char *path,
                         const char *name)
{
    const uint32_t mask = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE |
                          IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                          IN_MOVE_SELF | IN_ONLYDIR;
    int wd = inotify_add_watch(watch->fd, path, mask);
    if (wd < 0) {
        struct log_event event;
        log_begin(&event, LOG_LEVEL_WARNING, "watch.failed");
        log_text(&event, "path", path);
        log_text(&event, "why", g_strerror(errno));
        log_end(&event);
        return;
    }
    struct folder *folder = g_hash_table_lookup(watch->folders, &wd);
    if (folder == NULL) {
        folder = g_new0(struct folder, 1);
        folder->names = g_ptr_array_new_with_free_func(g_free);
        folder->wd = wd;
        g_hash_table_insert(watch->folders, &folder->wd, folder);
    }
    if (name == NULL)
        folder->is_all = true;
    else if (!g_ptr_array_find_with_equal_func(folder->names, name, g_str_equal,
                                               NULL))
        g_ptr_array_add(folder->names, g_strdup(name));
}

/* A folder itself may come, go or be another one by tomorrow. */
static void watch_path(struct watch *watch, const char *path)
{
    g_autofree char *above = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    watch_folder(watch, above, name);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        watch_folder(watch, path, NULL);
}

static void forget_folders(struct watch *watch)
{
    GHashTableIter iter;
    void *wd;
    g_hash_table_iter_init(&iter, watch->folders);
    while (g_hash_table_iter_next(&iter, &wd, NULL))
        inotify_rm_watch(watch->fd, *(const int *)wd);
    g_hash_table_remove_all(watch->folders);
}

static void watch_all(struct watch *watch)
{
    for (unsigned i = 0; i < watch->paths->len; i++)
        watch_path(watch, watch->paths->pdata[i]);
}

/* Others may be busy in the same folders. */
static bool counts(const struct watch *watch, const struct inotify_event *event)
{
    const struct folder *folder =
        g_hash_table_lookup(watch->folders, &event->wd);
    if ((event->mask & IN_Q_OVERFLOW) != 0)
        return true;
    if (folder == NULL || (event->mask & IN_IGNORED) != 0)
        return false;
    return folder->is_all || event->len == 0 ||
           g_ptr_array_find_with_equal_func(folder->names, event->name,
                                            g_str_equal, NULL);
}

/* True: something has happened.  What, is seen by looking at the files. */
static bool drain(const struct watch *watch)
{
    alignas(struct inotify_event) char events[EVENTS_BYTES];
    bool has_happened = false;
    ssize_t n;
    while ((n = read(watch->fd, events, sizeof events)) > 0) {
        const struct inotify_event *event;
        for (ssize_t at = 0; at < n;
             at += (ssize_t)sizeof *event + (ssize_t)event->len) {
            event = (const struct inotify_event *)(const void *)(events + at);
            has_happened = counts(watch, event) || has_happened;
        }
    }
    return has_happened;
}

/* --- all of it -------------------------------------------------------------------------- */

struct watch *watch_new(void)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct watch *watch = g_new0(struct watch, 1);
    watch->fd = fd;
    watch->paths = g_ptr_array_new_with_free_func(g_free);
    watch->folders =
        g_hash_table_new_full(g_int_hash, g_int_equal, NULL, folder_free);
    return watch;
}

void watch_free(struct watch *watch)
{
    if (watch == NULL)
        return;
    close(watch->fd);
    g_ptr_array_unref(watch->paths);
    g_hash_table_unref(watch->folders);
    g_free(watch);
}

int watch_fd(const struct watch *watch)
{
    return watch->fd;
}

void watch_set(struct watch *watch, const GPtrArray *paths, uint64_t since_ns)
{
    struct look look;
    forget_folders(watch);
    drain(watch);
    g_ptr_array_set_size(watch->paths, 0);
    for (unsigned i = 0; i < paths->len; i++)
        g_ptr_array_add(watch->paths, g_strdup(paths->pdata[i]));
    watch_all(watch);
    look_at_all(watch, &look);
    watch->is_late = look.newest_ns >= since_ns;
    /* What was read is older. */
    watch->print = watch->is_late ? look.print + 1 : look.print;
    watch->first_ns = 0;
}

bool watch_look(struct watch *watch, uint64_t now_ns)
{
    if (drain(watch) || watch->is_late) {
        watch->is_late = false;
        watch->last_ns = now_ns;
        if (watch->first_ns == 0)
            watch->first_ns = now_ns;
    }
    if (watch->first_ns == 0 || (now_ns - watch->last_ns < quiet_ns &&
                                 now_ns - watch->first_ns < restless_ns))
        return false;
    struct look look;
    watch->first_ns = 0;
    /* Folders that were made anew are not watched yet. */
    watch_all(watch);
    look_at_all(watch, &look);
    bool is_other = look.print != watch->print;
    watch->print = look.print;
    return is_other;
}
