/* SPDX-License-Identifier: MIT */
/*
 * Crash reports as files: few, private, whole.
 *
 *     crash_dir/crash-00001764007200-4711-1.txt     time, worker's pid, a number
 *     crash_dir/.crash-00001764007200-4711-1.txt    while it is written
 *
 * Names sort by age.  A file that is still being written is never seen under its name,
 * and one that was left behind is among the first to be removed.
 */
#include "base/error.h"
#include "base/write.h"
#include "pool/crash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_MAX_BYTES = 64,
    SAME_SECOND_MAX = 1000 /* reports of one pid in one second */
};

static bool fail(GError **error, const char *dir, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "crash_dir %s: cannot %s: %s",
                dir, what, g_strerror(errno));
    return false;
}

static bool is_report(const char *name)
{
    return g_str_has_suffix(name, ".txt") &&
           (g_str_has_prefix(name, "crash-") ||
            g_str_has_prefix(name, ".crash-"));
}

/* By what follows the dot, so that half a report is as old as its name says. */
static int by_age(const void *a, const void *b)
{
    const char *x = *(const char *const *)a;
    const char *y = *(const char *const *)b;
    return strcmp(x + (*x == '.'), y + (*y == '.'));
}

/* Removes the oldest until `keep` are left. */
static void prune(int folder, uint64_t keep)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        if (is_report(entry->d_name))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(dir);
    g_ptr_array_sort(names, by_age);
    for (unsigned i = 0; i + keep < names->len; i++)
        unlinkat(folder, g_ptr_array_index(names, i), 0);
}

/* A new file under a name that nobody has: its hidden name in `hidden`. */
static int open_hidden(int folder, const struct crash *crash,
                       char hidden[NAME_MAX_BYTES])
{
    for (unsigned i = 1; i <= SAME_SECOND_MAX; i++) {
        g_snprintf(hidden, NAME_MAX_BYTES,
                   ".crash-%014" G_GINT64_FORMAT "-%d-%u.txt",
                   MAX(crash->wall_s, 0), (int)crash->pid, i);
        if (faccessat(folder, hidden + 1, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        int fd =
            openat(folder, hidden,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    errno = EEXIST;
    return -1;
}

static bool write_in(int folder, const char *dir, const struct crash *crash,
                     GError **error)
{
    char hidden[NAME_MAX_BYTES];
    int fd = open_hidden(folder, crash, hidden);
    if (fd < 0)
        return fail(error, dir, "make a file");
    g_autofree char *text = crash_text(crash);
    bool is_written = write_all(fd, text, strlen(text));
    is_written = close(fd) == 0 && is_written;
    if (is_written && renameat(folder, hidden, folder, hidden + 1) == 0)
        return true;
    bool is_told = fail(error, dir, "write a report");
    unlinkat(folder, hidden, 0);
    return is_told;
}

bool crash_write(const struct crash *crash, const char *dir, uint64_t keep,
                 GError **error)
{
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return fail(error, dir, "open the folder");
    bool is_written = write_in(folder, dir, crash, error);
    prune(folder, MAX(keep, 1));
    close(folder);
    return is_written;
}
