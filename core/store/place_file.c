/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_MODE = 0750,
    FILE_MODE = 0640
};

char *place_path(const struct place *place, const char *id, const char *suffix)
{
    return g_strdup_printf("%s/%.2s/%s%s", place->folder, id, id, suffix);
}

static void fan_name(unsigned fan, char out[3])
{
    static const char digits[] = "0123456789abcdef";
    out[0] = digits[fan / 16];
    out[1] = digits[fan % 16];
    out[2] = '\0';
}

static unsigned fan_of(const char *id)
{
    return (unsigned)(g_ascii_xdigit_value(id[0]) * 16 +
                      g_ascii_xdigit_value(id[1]));
}

static int open_fan(const struct place *place, unsigned fan)
{
    char name[3];
    fan_name(fan, name);
    return openat(place->fd, name,
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* A sub-folder that is made, and whose name is on the disk, by whomever it was made. */
static int make_fan(struct place *place, unsigned fan)
{
    char name[3];
    fan_name(fan, name);
    bool is_made = mkdirat(place->fd, name, FOLDER_MODE) == 0;
    if (!is_made && errno != EEXIST)
        return -1;
    int fd = open_fan(place, fan);
    if (fd < 0)
        return -1;
    bool is_given =
        !is_made || (fchmod(fd, FOLDER_MODE) == 0 && place_give(place, fd));
    if (!is_given || (!place->is_synced[fan] && fsync(place->fd) != 0)) {
        close(fd);
        return -1;
    }
    place->is_synced[fan] = true;
    return fd;
}

static bool put_content(struct place *place, int fan_fd, const char *name,
                        const struct place_content *content)
{
    int fd = openat(fan_fd, name,
                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    FILE_MODE);
    if (fd < 0)
        return false;
    /* Whatever the umask: the group reads. */
    bool is_put = fchmod(fd, FILE_MODE) == 0 && place_give(place, fd) &&
                  content->write(fd, content->self) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && is_put)
        return false;
    errno = why;
    return is_put;
}

bool place_put(struct place *place, const char *id, const char *suffix,
               const struct place_content *content, GError **error)
{
    char name[64];
    char fresh[80];
    g_assert(place->locks > 0);
    snprintf(name, sizeof name, "%s%s", id, suffix);
    snprintf(fresh, sizeof fresh, "%s%s", name, PLACE_NEW);
    int fan = make_fan(place, fan_of(id));
    bool is_put = fan >= 0 && put_content(place, fan, fresh, content) &&
                  renameat(fan, fresh, fan, name) == 0 && fsync(fan) == 0;
    if (!is_put) {
        g_autofree char *path = place_path(place, id, suffix);
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s: it cannot be written: %s", path, g_strerror(errno));
        if (fan >= 0)
            unlinkat(fan, fresh, 0);
    }
    if (fan >= 0)
        close(fan);
    return is_put;
}

int place_open_file(const struct place *place, const char *id,
                    const char *suffix)
{
    char name[64];
    int fan = open_fan(place, fan_of(id));
    if (fan < 0)
        return -1;
    snprintf(name, sizeof name, "%s%s", id, suffix);
    int fd = openat(fan, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int why = errno;
    close(fan);
    errno = why;
    return fd;
}

bool place_remove_name(struct place *place, unsigned fan, const char *name,
                       GError **error)
{
    g_assert(place->locks > 0);
    int fd = open_fan(place, fan);
    if (fd < 0 && errno == ENOENT)
        return true;
    bool is_gone = fd >= 0 && (unlinkat(fd, name, 0) == 0 || errno == ENOENT) &&
                   fsync(fd) == 0;
    if (!is_gone)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s: %s cannot be removed: %s", place->folder, name,
                    g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_gone;
}

bool place_remove(struct place *place, const char *id, const char *suffix,
                  GError **error)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", id, suffix);
    return place_remove_name(place, fan_of(id), name, error);
}
