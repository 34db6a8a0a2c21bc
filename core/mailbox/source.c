/* SPDX-License-Identifier: MIT */
#include "mailbox/source.h"

#include "base/error.h"
#include "mailbox/file.h"
#include "mailbox/folder.h"
#include "mailbox/mbox.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STDIN_MAX_BYTES =
        256 * 1024 * 1024,     /* default of limits.max_message_bytes */
    WINDOW_BYTES = 256 * 1024, /* of an mbox, while it is split */
    HEAD_BYTES = 256           /* tell an mbox from a message */
};

static const char empty[] = "is empty: no message";

static void item_free(void *p)
{
    struct source_item *item = p;
    if (item->path != item->name)
        g_free(item->path);
    g_free(item->name);
    g_free(item->problem);
    if (item->bytes != NULL)
        g_bytes_unref(item->bytes);
    g_free(item);
}

/* A new item at the end of `items`; takes `name`, which is its path too. */
static struct source_item *add(GPtrArray *items, char *name)
{
    struct source_item *item = g_new0(struct source_item, 1);
    item->name = name;
    item->path = name;
    g_ptr_array_add(items, item);
    return item;
}

static void add_problem(GPtrArray *items, const char *path, const char *problem)
{
    add(items, g_strdup(path))->problem = g_strdup(problem);
}

/* One item for each range.  A single message keeps the plain name. */
static void add_ranges(GPtrArray *items, const char *path, const GArray *ranges,
                       const struct source_item *like)
{
    for (unsigned i = 0; i < ranges->len; i++) {
        const struct mbox_range *r =
            &g_array_index(ranges, struct mbox_range, i);
        char *name = ranges->len == 1 ? g_strdup(path)
                                      : g_strdup_printf("%s:%u", path, i + 1);
        struct source_item *item = add(items, name);
        item->path = like->bytes != NULL ? NULL : g_strdup(path);
        item->bytes = like->bytes != NULL ? g_bytes_ref(like->bytes) : NULL;
        item->is_found = like->is_found;
        item->is_part = true;
        item->offset = r->offset;
        item->length = r->length;
    }
}

static void add_mbox(GPtrArray *items, const char *path, int fd, bool is_found)
{
    struct source_item like = {.is_found = is_found};
    g_autoptr(GArray) ranges = mbox_split_file(fd);
    if (ranges != NULL)
        add_ranges(items, path, ranges, &like);
    else
        add_problem(items, path, g_strerror(errno));
}

static void add_stdin(GPtrArray *items)
{
    static const char name[] = "-";
    g_autoptr(GByteArray) all = g_byte_array_new();
    ssize_t got = 1;
    while (got > 0 && all->len <= STDIN_MAX_BYTES) {
        uint8_t part[65536];
        got = read(STDIN_FILENO, part, sizeof part);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            g_byte_array_append(all, part, (unsigned)got);
    }
    if (got < 0) {
        add_problem(items, name, g_strerror(errno));
    } else if (all->len > STDIN_MAX_BYTES) {
        add_problem(items, name,
                    "standard input is longer than 256 MiB: put it into a "
                    "file and scan that");
    } else if (all->len == 0) {
        add_problem(items, name, empty);
    } else if (mbox_begins((const char *)all->data, all->len)) {
        g_autoptr(GArray) ranges =
            mbox_split((const char *)all->data, all->len);
        g_autoptr(GBytes) bytes =
            g_byte_array_free_to_bytes(g_steal_pointer(&all));
        struct source_item like = {.bytes = bytes};
        add_ranges(items, name, ranges, &like);
    } else {
        struct source_item *item = add(items, g_strdup(name));
        item->path = NULL;
        item->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&all));
    }
}

/* A regular file that is a message or an mbox. */
static void add_file(GPtrArray *items, const char *path, bool is_found)
{
    uint64_t size = 0;
    GError *error = NULL;
    int fd = file_open(path, !is_found, &size, &error);
    if (fd < 0) {
        /* The item's name says the path already. */
        add_problem(items, path, error->message + strlen(path) + 2);
        g_error_free(error);
        return;
    }
    char head[HEAD_BYTES];
    ssize_t got = file_read(fd, head, sizeof head, 0);
    if (got < 0)
        add_problem(items, path, g_strerror(errno));
    else if (got == 0)
        add_problem(items, path, empty);
    else if (mbox_begins(head, (size_t)got))
        add_mbox(items, path, fd, is_found);
    else
        add(items, g_strdup(path))->is_found = is_found;
    close(fd);
}

static void on_found(void *self, const char *path, mode_t mode, bool is_maildir)
{
    const char *problem = file_problem(mode);
    if (problem != NULL)
        add_problem(self, path, problem);
    else if (is_maildir)
        add(self, g_strdup(path))->is_found = true;
    else
        add_file(self, path, true);
}

static void on_failed(void *self, const char *path, int cause)
{
    add_problem(self, path, g_strerror(cause));
}

static void add_path(GPtrArray *items, const char *path)
{
    struct stat st;
    if (strcmp(path, "-") == 0) {
        add_stdin(items);
    } else if (stat(path, &st) != 0) {
        add_problem(items, path, g_strerror(errno));
    } else if (S_ISDIR(st.st_mode)) {
        const struct folder_visitor visitor = {on_found, on_failed, items};
        folder_list(&visitor, path);
    } else {
        const char *problem = file_problem(st.st_mode);
        if (problem != NULL)
            add_problem(items, path, problem);
        else
            add_file(items, path, false);
    }
}

GPtrArray *source_list(const char *const *paths, size_t n)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(item_free);
    for (size_t i = 0; i < n; i++)
        add_path(items, paths[i]);
    return items;
}

/* One line without its end; false at the end of the file or where the line is
 * longer than a path can be. */
static bool read_path(FILE *file, GString *path)
{
    g_string_truncate(path, 0);
    int c = 0;
    while ((c = getc(file)) != EOF && c != '\n' && path->len < PATH_MAX)
        g_string_append_c(path, (char)c);
    return path->len < PATH_MAX && (c != EOF || path->len > 0);
}

bool source_add_from(GPtrArray *items, const char *list_path, GError **error)
{
    bool is_stdin = strcmp(list_path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(list_path, "re");
    g_autoptr(GString) path = g_string_new(NULL);
    unsigned line = 0;
    while (file != NULL && read_path(file, path)) {
        line++;
        if (is_stdin && strcmp(path->str, "-") == 0)
            add_problem(items, "-", "standard input holds the list of paths");
        else if (path->len > 0)
            add_path(items, path->str);
    }
    int cause = errno;
    bool is_read = file != NULL && !ferror(file);
    if (file != NULL && !is_stdin)
        fclose(file);
    if (path->len >= PATH_MAX)
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "%s:%u: the line is longer than a path can be: one path "
                    "a line",
                    list_path, line + 1);
    else if (!is_read)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: cannot be read: %s",
                    list_path, g_strerror(cause));
    return is_read && path->len < PATH_MAX;
}

static bool refuse(const struct source_item *item, int code, const char *what,
                   GError **error)
{
    g_set_error(error, BASE_ERROR, code, "%s: %s", item->name, what);
    return false;
}

static bool check_size(const struct source_item *item, uint64_t size,
                       uint64_t max_bytes, GError **error)
{
    if (size == 0)
        return refuse(item, BASE_ERROR_IO, empty, error);
    if (size <= max_bytes)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "%s: %" G_GUINT64_FORMAT " bytes, more than max_message_bytes "
                "(%" G_GUINT64_FORMAT "): not read",
                item->name, size, max_bytes);
    return false;
}

static bool read_file(const struct source_item *item, uint64_t max_bytes,
                      GBytes **out, GError **error)
{
    uint64_t size = 0;
    int fd = file_open(item->path, !item->is_found, &size, error);
    if (fd < 0)
        return false;
    if (item->is_part)
        size = item->length;
    if (!check_size(item, size, max_bytes, error)) {
        close(fd);
        return false;
    }
    char *bytes = g_try_malloc(size);
    ssize_t got = bytes != NULL ? file_read(fd, bytes, size, item->offset) : -1;
    int cause = bytes != NULL ? errno : ENOMEM;
    close(fd);
    if (got > 0 && (!item->is_part || (uint64_t)got == size)) {
        *out = g_bytes_new_take(bytes, (size_t)got);
        return true;
    }
    g_free(bytes);
    return refuse(item, BASE_ERROR_IO,
                  got < 0 ? g_strerror(cause)
                          : "has changed since it was listed: scan it again",
                  error);
}

bool source_read(const struct source_item *item, uint64_t max_bytes,
                 GBytes **out, GError **error)
{
    if (item->problem != NULL)
        return refuse(item, BASE_ERROR_IO, item->problem, error);
    if (item->bytes == NULL)
        return read_file(item, max_bytes, out, error);
    uint64_t size =
        item->is_part ? item->length : g_bytes_get_size(item->bytes);
    if (!check_size(item, size, max_bytes, error))
        return false;
    *out = item->is_part
               ? g_bytes_new_from_bytes(item->bytes, item->offset, size)
               : g_bytes_ref(item->bytes);
    return true;
}
