/* SPDX-License-Identifier: MIT */
/* These are what a fortified libc would wrap. */
#undef _FORTIFY_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

enum {
    DIRTY_MAX = 256,
    NAME_MAX_SHOWN = 256
};

/* Something that a power cut would take. */
struct dirty {
    ino_t inode; /* of what has to be fsync'd */
    char what[NAME_MAX_SHOWN];
};

static struct {
    enum shim_fault fault;
    unsigned at;
    int error;
    bool is_armed;
    unsigned calls;
    struct dirty dirty[DIRTY_MAX];
    unsigned dirty_n;
    ino_t ignored[64]; /* shared memory of SQLite */
    unsigned ignored_n;
} shim;

void shim_arm(enum shim_fault fault, unsigned at, int error)
{
    memset(&shim, 0, sizeof shim);
    shim.fault = fault;
    shim.at = at;
    shim.error = error;
    shim.is_armed = true;
}

void shim_disarm(void)
{
    shim.is_armed = false;
}

unsigned shim_calls(void)
{
    return shim.calls;
}

const char *shim_unsynced(const char *but)
{
    for (unsigned i = 0; i < shim.dirty_n; i++)
        if (strstr(shim.dirty[i].what, but) == NULL)
            return shim.dirty[i].what;
    return NULL;
}

/* --- counting --------------------------------------------------------------------- */

static bool fails(void)
{
    if (!shim.is_armed)
        return false;
    shim.calls++;
    if ((shim.fault == SHIM_FAIL && shim.calls == shim.at) ||
        (shim.fault == SHIM_FAIL_FROM && shim.calls >= shim.at)) {
        errno = shim.error;
        return true;
    }
    return false;
}

static long done(long result)
{
    if (shim.is_armed && shim.fault == SHIM_DIE && shim.calls == shim.at)
        kill(getpid(), SIGKILL);
    return result;
}

static size_t shortened(size_t n)
{
    bool is_short = shim.is_armed && shim.fault == SHIM_SHORT &&
                    shim.calls == shim.at && n > 1;
    return is_short ? 1 : n;
}

/* --- what is not on the disk ------------------------------------------------------ */

static bool is_shared_memory(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, "-shm") == 0;
}

static void soil(ino_t inode, const char *what)
{
    for (unsigned i = 0; i < shim.ignored_n; i++)
        if (shim.ignored[i] == inode)
            return;
    for (unsigned i = 0; i < shim.dirty_n; i++)
        if (shim.dirty[i].inode == inode)
            return;
    if (!shim.is_armed || shim.dirty_n == DIRTY_MAX)
        return;
    struct dirty *dirty = &shim.dirty[shim.dirty_n++];
    dirty->inode = inode;
    snprintf(dirty->what, sizeof dirty->what, "%s", what);
}

static void wash(ino_t inode)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < shim.dirty_n; i++)
        if (shim.dirty[i].inode != inode)
            shim.dirty[kept++] = shim.dirty[i];
    shim.dirty_n = kept;
}

static ino_t inode_at(int dir, const char *path)
{
    struct stat st;
    return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

/* The full path of a descriptor and a name below it, both as far as there is one. */
static void full_path(int fd, const char *name, char *to, size_t size)
{
    char link[64];
    char at[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = fd >= 0 ? readlink(link, at, sizeof at - 1) : 0;
    at[n > 0 ? n : 0] = '\0';
    snprintf(to, size, "%s%s%s", at, *name != '\0' && n > 0 ? "/" : "", name);
}

static void soil_fd(int fd)
{
    struct stat st;
    char path[PATH_MAX + NAME_MAX_SHOWN];
    if (!shim.is_armed || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    full_path(fd, "", path, sizeof path);
    soil(st.st_ino, path);
}

/* A name in a folder was made, moved or removed. */
static void soil_name(int dir, const char *path)
{
    char above[4096];
    const char *slash = strrchr(path, '/');
    if (!shim.is_armed || is_shared_memory(path))
        return;
    snprintf(above, sizeof above, "%.*s",
             slash != NULL ? (int)(slash - path) : 1,
             slash != NULL ? path : ".");
    char full[PATH_MAX + NAME_MAX_SHOWN];
    full_path(dir, path, full, sizeof full);
    soil(inode_at(dir, above[0] != '\0' ? above : "/"), full);
}

static long opened(int dir, const char *path, int flags, mode_t mode)
{
    if (fails())
        return -1;
    bool is_new =
        shim.is_armed && (flags & O_CREAT) != 0 && inode_at(dir, path) == 0;
    long fd = syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0 && shim.is_armed && is_shared_memory(path) &&
        shim.ignored_n < 64)
        shim.ignored[shim.ignored_n++] = inode_at(dir, path);
    if (fd >= 0 && is_new)
        soil_name(dir, path);
    return done(fd);
}

static long synced(int number, int fd)
{
    struct stat st;
    if (fails())
        return -1;
    long result = syscall(number, fd);
    if (result == 0 && fstat(fd, &st) == 0)
        wash(st.st_ino);
    return done(result);
}

/* --- libc's, as libraries call them ------------------------------------------------ */

#define OPEN(name)                                                             \
    SHOWN int name(const char *path, int flags, ...);                          \
    SHOWN int name(const char *path, int flags, ...)                           \
    {                                                                          \
        va_list args;                                                          \
        va_start(args, flags);                                                 \
        mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;       \
        va_end(args);                                                          \
        return (int)opened(AT_FDCWD, path, flags, mode);                       \
    }
#define OPENAT(name)                                                           \
    SHOWN int name(int dir, const char *path, int flags, ...);                 \
    SHOWN int name(int dir, const char *path, int flags, ...)                  \
    {                                                                          \
        va_list args;                                                          \
        va_start(args, flags);                                                 \
        mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;       \
        va_end(args);                                                          \
        return (int)opened(dir, path, flags, mode);                            \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

SHOWN ssize_t write(int fd, const void *p, size_t n)
{
    if (fails())
        return -1;
    soil_fd(fd);
    return done(syscall(SYS_write, fd, p, shortened(n)));
}

#define PWRITE(name)                                                           \
    SHOWN ssize_t name(int fd, const void *p, size_t n, off_t at);             \
    SHOWN ssize_t name(int fd, const void *p, size_t n, off_t at)              \
    {                                                                          \
        if (fails())                                                           \
            return -1;                                                         \
        soil_fd(fd);                                                           \
        return done(syscall(SYS_pwrite64, fd, p, shortened(n), at));           \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

SHOWN ssize_t read(int fd, void *p, size_t n)
{
    return fails() ? -1 : done(syscall(SYS_read, fd, p, n));
}

#define PREAD(name)                                                            \
    SHOWN ssize_t name(int fd, void *p, size_t n, off_t at);                   \
    SHOWN ssize_t name(int fd, void *p, size_t n, off_t at)                    \
    {                                                                          \
        return fails() ? -1 : done(syscall(SYS_pread64, fd, p, n, at));        \
    }
PREAD(pread)
PREAD(pread64)

SHOWN int fsync(int fd)
{
    return (int)synced(SYS_fsync, fd);
}

SHOWN int fdatasync(int fd)
{
    return (int)synced(SYS_fdatasync, fd);
}

#define FTRUNCATE(name)                                                        \
    SHOWN int name(int fd, off_t n);                                           \
    SHOWN int name(int fd, off_t n)                                            \
    {                                                                          \
        if (fails())                                                           \
            return -1;                                                         \
        soil_fd(fd);                                                           \
        return (int)done(syscall(SYS_ftruncate, fd, n));                       \
    }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

SHOWN int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    if (fails())
        return -1;
    long result = syscall(SYS_renameat, from_dir, from, to_dir, to);
    if (result == 0)
        soil_name(to_dir, to);
    return (int)done(result);
}

static long removed(int dir, const char *path, int flags)
{
    if (fails())
        return -1;
    ino_t inode = shim.is_armed ? inode_at(dir, path) : 0;
    long result = syscall(SYS_unlinkat, dir, path, flags);
    if (result == 0 && shim.is_armed) {
        wash(inode); /* what is gone need not be there */
        soil_name(dir, path);
    }
    return done(result);
}

SHOWN int unlink(const char *path)
{
    return (int)removed(AT_FDCWD, path, 0);
}

SHOWN int unlinkat(int dir, const char *path, int flags)
{
    return (int)removed(dir, path, flags);
}

static long made(int dir, const char *path, mode_t mode)
{
    if (fails())
        return -1;
    long result = syscall(SYS_mkdirat, dir, path, mode);
    if (result == 0)
        soil_name(dir, path);
    return done(result);
}

SHOWN int mkdir(const char *path, mode_t mode)
{
    return (int)made(AT_FDCWD, path, mode);
}

SHOWN int mkdirat(int dir, const char *path, mode_t mode)
{
    return (int)made(dir, path, mode);
}

SHOWN int fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : (int)done(syscall(SYS_fchmod, fd, mode));
}

SHOWN int chmod(const char *path, mode_t mode)
{
    return fails() ? -1
                   : (int)done(syscall(SYS_fchmodat, AT_FDCWD, path, mode));
}

SHOWN int fchown(int fd, uid_t owner, gid_t group)
{
    return fails() ? -1 : (int)done(syscall(SYS_fchown, fd, owner, group));
}

SHOWN int flock(int fd, int operation)
{
    return fails() ? -1 : (int)done(syscall(SYS_flock, fd, operation));
}

SHOWN int close(int fd)
{
    /* A descriptor is gone even where close(2) fails. */
    bool is_failing = fails();
    int error = errno;
    long result = done(syscall(SYS_close, fd));
    if (is_failing)
        errno = error;
    return is_failing ? -1 : (int)result;
}
