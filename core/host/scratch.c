/* SPDX-License-Identifier: MIT */
#include "host/scratch.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "assay-scratch-"

enum {
    STALE_S = 60 /* younger ones may be about to be locked */
};

struct scratch {
    char *root;
    int lock;    /* the root, open and locked; forked children hold it too */
    pid_t owner; /* who removes it */
};

static bool is_tmpfs(const char *dir)
{
    struct statfs fs;
    return dir != NULL && statfs(dir, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
           access(dir, W_OK | X_OK) == 0;
}

static const char *parent_dir(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (is_tmpfs("/dev/shm"))
        return "/dev/shm";
    if (is_tmpfs(runtime))
        return runtime;
    return g_get_tmp_dir();
}

void scratch_remove(const char *path)
{
    char *paths[] = {g_strdup(path), NULL};
    FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    for (FTSENT *e = fts ? fts_read(fts) : NULL; e != NULL; e = fts_read(fts)) {
        if (e->fts_info == FTS_D)
            chmod(e->fts_accpath, 0700); /* an engine may have locked us out */
        else if (e->fts_info == FTS_DP)
            rmdir(e->fts_accpath);
        else
            unlink(e->fts_accpath);
    }
    if (fts != NULL)
        fts_close(fts);
    g_free(paths[0]);
}

/* Ours, old enough, and held by nobody. */
static bool is_stale(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    bool is_free = fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
                   st.st_mtime + STALE_S < time(NULL) &&
                   flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0)
        close(fd);
    return is_free;
}

static void sweep(const char *dir)
{
    GDir *entries = g_dir_open(dir, 0, NULL);
    const char *name;
    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        if (!g_str_has_prefix(name, PREFIX))
            continue;
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (is_stale(path))
            scratch_remove(path);
    }
    if (entries != NULL)
        g_dir_close(entries);
}

bool scratch_open(struct scratch **out, GError **error)
{
    const char *dir = parent_dir();
    sweep(dir);
    g_autofree char *root = g_build_filename(dir, PREFIX "XXXXXX", NULL);
    if (mkdtemp(root) == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s: no scratch folder can be made here: %s", dir,
                    g_strerror(errno));
        return false;
    }
    struct scratch *scratch = g_new0(struct scratch, 1);
    scratch->lock = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scratch->lock >= 0)
        flock(scratch->lock, LOCK_SH);
    scratch->root = g_steal_pointer(&root);
    scratch->owner = getpid();
    *out = scratch;
    return true;
}

bool scratch_folder(struct scratch *scratch, const char *name, char **out,
                    GError **error)
{
    g_autofree char *path = g_build_filename(scratch->root, name, NULL);
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", path,
                    g_strerror(errno));
        return false;
    }
    *out = g_steal_pointer(&path);
    return true;
}

void scratch_remove_folder(const struct scratch *scratch, const char *name)
{
    g_autofree char *path = g_build_filename(scratch->root, name, NULL);
    if (access(path, F_OK) == 0)
        scratch_remove(path);
}

void scratch_close(struct scratch *scratch)
{
    if (scratch == NULL)
        return;
    if (scratch->owner == getpid())
        scratch_remove(scratch->root);
    if (scratch->lock >= 0)
        close(scratch->lock);
    g_free(scratch->root);
    g_free(scratch);
}
