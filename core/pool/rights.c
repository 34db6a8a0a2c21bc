/* SPDX-License-Identifier: MIT */
#include "pool/rights.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define RIGHTS_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RIGHTS_SANITIZED
#endif
#endif

enum {
    CPU_GRACE_S = 2, /* from SIGXCPU, which can be caught, to SIGKILL */
    CAPS = 64        /* bits in the sets */
};

static bool fail(GError **error, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot %s: %s", what,
                g_strerror(errno));
    return false;
}

/* --- user and capabilities --------------------------------------------------- */

static bool caps_read(uint64_t *permitted, uint64_t *inheritable)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};
    if (syscall(SYS_capget, &head, data) != 0)
        return false;
    *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    *inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return true;
}

static bool caps_write(uint64_t keep)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};
    for (unsigned i = 0; i < 2; i++)
        data[i].effective = data[i].permitted = (uint32_t)(keep >> (32 * i));
    return syscall(SYS_capset, &head, data) == 0;
}

/* What exec could give back.  Needs CAP_SETPCAP: without it there is nothing to lose
 * beyond what no-new-privs forbids. */
static void bounding_clear(uint64_t keep)
{
    for (unsigned long cap = 0; cap < CAPS; cap++)
        if ((keep >> cap & 1) == 0 &&
            prctl(PR_CAPBSET_DROP, cap, 0UL, 0UL, 0UL) != 0 && errno == EINVAL)
            break;
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL);
}

bool rights_keep(uint64_t keep, GError **error)
{
    bounding_clear(keep);
    if (!caps_write(keep))
        return fail(error, "drop capabilities");
    return true;
}

/* Whether it worked, seen from the far side: ids are what they should be and there is
 * no way back. */
static bool is_dropped(uid_t uid, gid_t gid, uint64_t keep, GError **error)
{
    uint64_t permitted = 0;
    uint64_t inheritable = 0;
    uid_t r = 0, e = 0, s = 0;
    gid_t rg = 0, eg = 0, sg = 0;
    bool is_good = getresuid(&r, &e, &s) == 0 && getresgid(&rg, &eg, &sg) == 0;
    is_good = is_good && r == uid && e == uid && s == uid && rg == gid &&
              eg == gid && sg == gid;
    if (is_good && uid != 0 && (setuid(0) == 0 || setegid(0) == 0))
        is_good = false;
    const char *excess = "other ids remain";
    if (!caps_read(&permitted, &inheritable) || (permitted & ~keep) != 0 ||
        inheritable != 0)
        excess = "has capabilities";
    else if (is_good && uid != 0)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "still more than user %u, group %u: %s", (unsigned)uid,
                (unsigned)gid, excess);
    return false;
}

bool rights_drop_to(uid_t uid, gid_t gid, uint64_t keep, GError **error)
{
    if (uid == 0 || gid == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "there needs to be a user and a group other than root");
        return false;
    }
    if (geteuid() != 0)
        return is_dropped(uid, gid, keep, error);
    bounding_clear(0);
    if (keep != 0 && prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL) != 0)
        return fail(error, "keep a capability");
    if (setgroups(0, NULL) != 0)
        return fail(error, "leave the groups of root");
    if (setresgid(gid, gid, gid) != 0)
        return fail(error, "become another group");
    if (setresuid(uid, uid, uid) != 0)
        return fail(error, "become another user");
    return rights_keep(keep, error) && is_dropped(uid, gid, keep, error);
}

bool rights_drop(uid_t uid, gid_t gid, GError **error)
{
    return rights_drop_to(uid, gid, 0, error);
}

const char *rights_excess(void)
{
    uint64_t permitted = 0;
    uint64_t inheritable = 0;
    uid_t r = 0, e = 0, s = 0;
    if (getresuid(&r, &e, &s) != 0 || r == 0 || e == 0 || s == 0)
        return "runs as root; set a user for workers";
    if (!caps_read(&permitted, &inheritable))
        return "its capabilities cannot be read";
    return (permitted | inheritable) != 0 ? "has capabilities" : NULL;
}

/* --- limits ------------------------------------------------------------------- */

bool rights_memory(uint64_t *size, uint64_t *data)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    unsigned long long pages[6] = {0};
    char *at = text;
    for (size_t i = 0; i < 6; i++)
        pages[i] = strtoull(at, &at, 10);
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *size = pages[0] * page;
    *data = pages[5] * page;
    return true;
}

/* `soft` and `hard`, but not more than there is. */
static bool limit(__rlimit_resource_t what, uint64_t soft, uint64_t hard)
{
    struct rlimit now;
    if (getrlimit(what, &now) != 0)
        return false;
    struct rlimit then = {
        .rlim_cur = MIN((rlim_t)soft, now.rlim_max),
        .rlim_max = MIN((rlim_t)hard, now.rlim_max),
    };
    return setrlimit(what, &then) == 0;
}

static bool limit_optional(__rlimit_resource_t what, uint64_t value)
{
    return value == 0 || limit(what, value, value);
}

#ifdef RIGHTS_SANITIZED
static bool limit_memory(const struct sandbox_rules *rules, const char **why)
{
    *why = rules->memory_bytes > 0 ? "AddressSanitizer maps terabytes" : NULL;
    return true;
}
#else
static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > (uint64_t)INT64_MAX - MIN(b, (uint64_t)INT64_MAX)
               ? (uint64_t)INT64_MAX
               : a + b;
}

static bool limit_memory(const struct sandbox_rules *rules, const char **why)
{
    uint64_t size = 0;
    uint64_t data = 0;
    *why = NULL;
    if (rules->memory_bytes == 0)
        return true;
    if (!rights_memory(&size, &data)) {
        *why = "no /proc to read the present size from";
        return true;
    }
    uint64_t most_data = sum(data, rules->memory_bytes);
    uint64_t most = sum(sum(size, rules->memory_bytes), rules->shared_bytes);
    return limit(RLIMIT_DATA, most_data, most_data) &&
           limit(RLIMIT_AS, most, most);
}
#endif

static bool limit_cpu(uint64_t more_s)
{
    struct rusage used;
    if (more_s == 0)
        return true;
    if (getrusage(RUSAGE_SELF, &used) != 0)
        return false;
    uint64_t s = (uint64_t)used.ru_utime.tv_sec +
                 (uint64_t)used.ru_stime.tv_sec + more_s;
    return limit(RLIMIT_CPU, s, s + CPU_GRACE_S);
}

bool rights_limit(const struct sandbox_rules *rules, unsigned may,
                  const char **no_memory_why, GError **error)
{
    bool may_thread = (may & SANDBOX_MAY_THREAD) != 0;
    /* Too large a file is an error to the writer, not the end of the worker. */
    signal(SIGXFSZ, SIG_IGN);
    if (!limit(RLIMIT_CORE, 0, 0) || !limit(RLIMIT_MEMLOCK, 0, 0) ||
        !limit(RLIMIT_MSGQUEUE, 0, 0) || !limit_cpu(rules->cpu_s) ||
        !limit_optional(RLIMIT_FSIZE, rules->file_bytes) ||
        !limit_optional(RLIMIT_NOFILE, rules->max_files))
        return fail(error, "set a resource limit");
    /* Counted over all of a user's processes, and not for root: useful as 0 only,
     * behind the filter that forbids to fork. */
    if (!may_thread && !limit(RLIMIT_NPROC, 0, 0))
        return fail(error, "forbid new processes");
    if (!limit_memory(rules, no_memory_why))
        return fail(error, "limit memory");
    return true;
}
