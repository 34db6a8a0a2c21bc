/* SPDX-License-Identifier: MIT */
#include "store/place.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    FOLDER_MODE = 0750,
    FILE_MODE = 0640,
    LOCK_S = 10,         /* others hold it for one change only */
    LOCK_PAUSE_US = 2000 /* flock(2) knows no time-out */
};

static bool fail(const struct place *place, const char *what, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s: %s", place->folder,
                what, g_strerror(errno));
    return false;
}

static bool find_group(const char *name, struct place *place, GError **error)
{
    struct group group;
    struct group *found = NULL;
    char buffer[16384];
    if (name == NULL)
        return true;
    if (getgrnam_r(name, &group, buffer, sizeof buffer, &found) != 0 ||
        found == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "[quarantine] group: there is no group \"%s\" on this "
                    "machine",
                    name);
        return false;
    }
    place->gid = group.gr_gid;
    place->has_gid = true;
    return true;
}

/* Only what differs, so that members of the group who may not can still read. */
static bool give_to_group(const struct place *place, int fd)
{
    struct stat st;
    if (!place->has_gid)
        return true;
    if (fstat(fd, &st) != 0)
        return false;
    return st.st_gid == place->gid || fchown(fd, (uid_t)-1, place->gid) == 0;
}

/* What root makes belongs to whom the folder belongs to. */
static bool give_to_owner(const struct place *place, int fd)
{
    struct stat st;
    if (geteuid() != 0)
        return true;
    return fstat(place->fd, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0;
}

bool place_give(const struct place *place, int fd)
{
    return give_to_owner(place, fd) && give_to_group(place, fd);
}

static bool make_folder(const struct place *place, GError **error)
{
    g_autofree char *above = g_path_get_dirname(place->folder);
    if (g_mkdir_with_parents(above, 0755) != 0)
        return fail(place, "its folder cannot be made", error);
    if (mkdir(place->folder, FOLDER_MODE) != 0)
        return errno == EEXIST || fail(place, "it cannot be made", error);
    int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_kept =
        fd >= 0 && chmod(place->folder, FOLDER_MODE) == 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return is_kept || fail(place, "it cannot be made", error);
}

static bool open_lock(struct place *place, GError **error)
{
    place->lock_fd =
        openat(place->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
               FILE_MODE);
    if (place->lock_fd < 0 || !place_give(place, place->lock_fd))
        return fail(place, "its lock cannot be opened", error);
    return true;
}

static bool open_folder(struct place *place, bool may_write, GError **error)
{
    struct stat st;
    if (may_write && !make_folder(place, error))
        return false;
    place->fd = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->fd < 0)
        return fail(place, "the folder of held mail cannot be opened", error);
    if (fstat(place->fd, &st) != 0)
        return fail(place, "it cannot be looked at", error);
    if ((st.st_mode & S_IRWXO) != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s: everybody may read held mail: chmod o= it",
                    place->folder);
        return false;
    }
    if (!may_write)
        return true;
    if (!give_to_group(place, place->fd))
        return fail(place, "it cannot be given to [quarantine] group", error);
    return open_lock(place, error);
}

bool place_open(const struct quarantine_options *options, bool may_write,
                struct place *out, GError **error)
{
    struct place place = {
        .folder = g_strdup(options->folder), .fd = -1, .lock_fd = -1};
    if (!find_group(options->group, &place, error) ||
        !open_folder(&place, may_write, error)) {
        place_close(&place);
        return false;
    }
    *out = place;
    return true;
}

void place_close(struct place *place)
{
    if (place->fd >= 0)
        close(place->fd);
    if (place->lock_fd >= 0)
        close(place->lock_fd);
    g_free(place->folder);
    *place = (struct place){.fd = -1, .lock_fd = -1};
}

bool place_lock(struct place *place, GError **error)
{
    uint64_t until = clock_mono_ns() + LOCK_S * UINT64_C(1000000000);
    if (place->lock_fd < 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s: it was opened for reading only", place->folder);
        return false;
    }
    if (place->locks > 0) {
        place->locks++;
        return true;
    }
    while (flock(place->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(place, "it cannot be locked", error);
        if (clock_mono_ns() > until) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                        "%s: another process holds its lock for more than %d "
                        "seconds",
                        place->folder, LOCK_S);
            return false;
        }
        g_usleep(LOCK_PAUSE_US);
    }
    place->locks = 1;
    return true;
}

void place_unlock(struct place *place)
{
    g_assert(place->locks > 0);
    if (--place->locks == 0)
        flock(place->lock_fd, LOCK_UN);
}

bool place_has_room(const struct place *place, uint64_t n, uint64_t min_free,
                    GError **error)
{
    struct statvfs fs;
    if (fstatvfs(place->fd, &fs) != 0)
        return fail(place, "its file system cannot be looked at", error);
    uint64_t free_n = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (free_n >= n && free_n - n >= min_free)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "%s: disk full: %" G_GUINT64_FORMAT
                " MiB are free, and [quarantine] min_free keeps "
                "%" G_GUINT64_FORMAT " MiB of them",
                place->folder, free_n >> 20, min_free >> 20);
    return false;
}
