/* SPDX-License-Identifier: MIT */
#include "mailbox/folder.h"

#include <glib.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One name in a folder. */
struct entry {
    mode_t type; /* S_IFREG ...; 0: it vanished */
    char name[];
};

/* How a folder is read. */
enum mode {
    MODE_PLAIN,    /* everything in it, until a Maildir is met */
    MODE_MAILDIR,  /* below a Maildir: only folders are looked into */
    MODE_MESSAGES, /* cur or new: everything should be a message */
};

static struct entry *entry_new(int dir_fd, const struct dirent *d)
{
    mode_t type = (mode_t)DTTOIF(d->d_type);
    struct stat st;
    if (d->d_type == DT_UNKNOWN)
        type = fstatat(dir_fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0
                   ? st.st_mode & S_IFMT
                   : 0;
    size_t n = strlen(d->d_name) + 1;
    struct entry *entry = g_malloc(sizeof *entry + n);
    entry->type = type;
    memcpy(entry->name, d->d_name, n);
    return entry;
}

static int by_name(const void *a, const void *b)
{
    const struct entry *const *x = a;
    const struct entry *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* Names without "." and "..", sorted; NULL with errno. */
static GPtrArray *read_entries(const char *dir, bool follow_link)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK |
                           (follow_link ? 0 : O_NOFOLLOW));
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (stream == NULL) {
        int cause = errno;
        if (fd >= 0)
            close(fd);
        errno = cause;
        return NULL;
    }
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *d = NULL;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone */
    while ((errno = 0, d = readdir(stream)) != NULL)
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            g_ptr_array_add(entries, entry_new(dirfd(stream), d));
    int cause = errno;
    closedir(stream);
    errno = cause;
    if (cause != 0)
        return NULL;
    g_ptr_array_sort(entries, by_name);
    return g_steal_pointer(&entries);
}

static bool has_folder(const GPtrArray *entries, const char *name)
{
    for (unsigned i = 0; i < entries->len; i++) {
        const struct entry *entry = entries->pdata[i];
        if (S_ISDIR(entry->type) && strcmp(entry->name, name) == 0)
            return true;
    }
    return false;
}

static enum mode mode_below(enum mode mode, bool is_maildir, const char *name)
{
    if (is_maildir && (strcmp(name, "cur") == 0 || strcmp(name, "new") == 0))
        return MODE_MESSAGES;
    return is_maildir ? MODE_MAILDIR : mode;
}

/* Recursion ends: links are not followed, and a path longer than PATH_MAX cannot
 * be opened. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void list(const struct folder_visitor *visitor, const char *dir,
                 enum mode mode, bool follow_link)
{
    g_autoptr(GPtrArray) entries = read_entries(dir, follow_link);
    if (entries == NULL) {
        visitor->failed(visitor->self, dir, errno);
        return;
    }
    bool is_maildir = mode != MODE_MESSAGES && has_folder(entries, "cur") &&
                      has_folder(entries, "new") && has_folder(entries, "tmp");
    bool is_quiet = is_maildir || mode == MODE_MAILDIR;
    const char *gap = g_str_has_suffix(dir, "/") ? "" : "/";
    for (unsigned i = 0; i < entries->len; i++) {
        const struct entry *entry = entries->pdata[i];
        g_autofree char *path = g_strconcat(dir, gap, entry->name, NULL);
        if (S_ISDIR(entry->type) && mode != MODE_MESSAGES) {
            /* tmp holds mail that is still being delivered */
            if (!is_maildir || strcmp(entry->name, "tmp") != 0)
                list(visitor, path, mode_below(mode, is_maildir, entry->name),
                     false);
        } else if (!is_quiet && entry->type != 0) {
            visitor->found(visitor->self, path, entry->type,
                           mode == MODE_MESSAGES);
        }
    }
}

void folder_list(const struct folder_visitor *visitor, const char *dir)
{
    list(visitor, dir, MODE_PLAIN, true);
}
