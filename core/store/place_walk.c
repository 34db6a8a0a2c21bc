/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "store/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void visit_name(const char *name, place_visit_fn visit, void *self)
{
    char id[KEPT_ID_SIZE];
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return;
    g_strlcpy(id, name, sizeof id);
    if (kept_id_is_good(id))
        visit(self, name, id, name + KEPT_ID_SIZE - 1);
    else
        visit(self, name, NULL, "");
}

bool place_has_fan(const struct place *place, unsigned fan)
{
    char path[3];
    snprintf(path, sizeof path, "%02x", fan);
    return faccessat(place->fd, path, F_OK, 0) == 0 || errno != ENOENT;
}

bool place_walk(const struct place *place, unsigned fan, place_visit_fn visit,
                void *self, GError **error)
{
    char path[3];
    snprintf(path, sizeof path, "%02x", fan);
    int fd = openat(place->fd, path,
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return true;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s/%s: it cannot be read: %s", place->folder, path,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    /* One owner a stream: readdir(3) is safe. */
    errno = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;
         errno = 0) // NOLINT(concurrency-mt-unsafe)
        visit_name(e->d_name, visit, self);
    bool is_whole = errno == 0;
    if (!is_whole)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s/%s: it cannot be read: %s", place->folder, path,
                    g_strerror(errno));
    closedir(dir);
    return is_whole;
}
