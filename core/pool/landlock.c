/* SPDX-License-Identifier: MIT */
#include "pool/landlock.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is younger than Debian 12's headers, under our own names. */
#define FS_TRUNCATE    (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV   (UINT64_C(1) << 15) /* ABI 5 */
#define NET_TCP        UINT64_C(3)         /* ABI 4: bind, connect */
#define SCOPED_OUTSIDE UINT64_C(3) /* ABI 6: abstract sockets, signals */

/* struct landlock_ruleset_attr of ABI 6. */
struct ruleset {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES                                                                 \
    (READS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |   \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |            \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | FS_TRUNCATE)
/* What can be granted on something that is no folder. */
#define ON_FILES                                                               \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |            \
     LANDLOCK_ACCESS_FS_EXECUTE | FS_TRUNCATE | FS_IOCTL_DEV)

static uint64_t handled(uint32_t abi)
{
    uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    if (abi >= 2)
        all |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        all |= FS_TRUNCATE;
    if (abi >= 5)
        all |= FS_IOCTL_DEV;
    return all;
}

uint32_t landlock_abi(uint32_t max, const char **why)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
                       LANDLOCK_CREATE_RULESET_VERSION);
    if (abi <= 0) {
        if (errno == EOPNOTSUPP)
            *why = "Landlock is switched off; boot with landlock in lsm=";
        else if (errno == EPERM)
            *why = "refused by the filter this process is in already";
        else
            *why = "the kernel has no Landlock (from 5.13 on)";
        return 0;
    }
    uint32_t most =
        max == 0 ? LANDLOCK_ABI_KNOWN : MIN(max, LANDLOCK_ABI_KNOWN);
    return MIN((uint32_t)abi, most);
}

static bool fail(GError **error, const char *what, const char *path)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "Landlock: %s %s: %s", what,
                path, g_strerror(errno));
    return false;
}

static bool allow_opened(int rules, int fd, uint64_t access)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return false;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = S_ISDIR(about.st_mode) ? access : access & ON_FILES,
        .parent_fd = fd,
    };
    return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
                   &rule, 0U) == 0;
}

static bool allow_path(int rules, const char *path, uint64_t access,
                       bool is_optional)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return is_optional &&
               (errno == ENOENT || errno == ENOTDIR || errno == EACCES);
    bool is_allowed = allow_opened(rules, fd, access);
    int saved = errno;
    close(fd);
    errno = saved;
    return is_allowed;
}

static bool allow(int rules, const char *const *paths, uint64_t access,
                  bool is_optional, GError **error)
{
    if (paths == NULL)
        return true;
    for (; *paths != NULL; paths++)
        if (!allow_path(rules, *paths, access, is_optional))
            return fail(error,
                        is_optional ? "cannot open for reading:"
                                    : "cannot open for writing:",
                        *paths);
    return true;
}

static bool fill(int rules, uint64_t all, const char *const *read_paths,
                 const char *const *write_paths, GError **error)
{
    if (!allow(rules, read_paths, all & READS, true, error) ||
        !allow(rules, write_paths, all & WRITES, false, error))
        return false;
    if (syscall(SYS_landlock_restrict_self, rules, 0U) != 0)
        return fail(error, "cannot restrict", "this process");
    return true;
}

bool landlock_enter(uint32_t abi, const char *const *read_paths,
                    const char *const *write_paths, GError **error)
{
    struct ruleset attr = {
        .fs = handled(abi),
        .net = abi >= 4 ? NET_TCP : 0,
        .scoped = abi >= 6 ? SCOPED_OUTSIDE : 0,
    };
    /* A kernel takes a longer structure than it knows where the rest is 0. */
    int rules =
        (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0U);
    if (rules < 0)
        return fail(error, "cannot make", "a set of rules");
    bool is_in = fill(rules, attr.fs, read_paths, write_paths, error);
    close(rules);
    return is_in;
}
