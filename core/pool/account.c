/* SPDX-License-Identifier: MIT */
#include "pool/account.h"

#include "base/error.h"

#include <errno.h>
#include <pwd.h>

enum {
    ENTRY_MIN = 1024,   /* bytes of one user's line: a first guess, */
    ENTRY_MAX = 1 << 20 /* and what no line takes */
};

/* With `n` bytes for the user's line.  0, or an errno: ERANGE where it is longer, ENOENT
 * where there is no such user. */
static int look_up_in(const char *name, size_t n, struct account *out)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char *text = g_malloc(n);
    int failed = getpwnam_r(name, &entry, text, n, &found);
    if (failed == 0 && found != NULL)
        *out = (struct account){.uid = entry.pw_uid, .gid = entry.pw_gid};
    else if (failed == 0)
        failed = ENOENT;
    g_free(text);
    return failed;
}

/* False: there is none, or `failure` says why it cannot be told.  Some libraries have
 * other errnos for "there is none" than POSIX, which has 0. */
static bool look_up(const char *name, struct account *out, int *failure)
{
    int failed = ERANGE;
    for (size_t n = ENTRY_MIN; failed == ERANGE && n <= ENTRY_MAX; n *= 2)
        failed = look_up_in(name, n, out);
    *failure = failed != ENOENT && failed != ESRCH ? failed : 0;
    return failed == 0;
}

/* For whom, and where no name is given: `first`, else `second`. */
struct role {
    const char *option;
    const char *first;
    const char *second;
};

static bool find(const struct role *role, const char *name, struct account *out,
                 GError **error)
{
    int failure = 0;
    const char *wanted = name != NULL ? name : role->first;
    struct account found;
    bool is_there = look_up(wanted, &found, &failure);
    if (!is_there && name == NULL && failure == 0) {
        wanted = role->second;
        is_there = look_up(wanted, &found, &failure);
    }
    if (!is_there) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s: there is no user \"%s\"%s%s; make one with `useradd "
                    "--system %s`, or name another in [pool] %s",
                    role->option, wanted, failure != 0 ? ": " : "",
                    failure != 0 ? g_strerror(failure) : "", wanted,
                    role->option);
        return false;
    }
    if (found.uid == 0 || found.gid == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s: \"%s\" is root, or is in root's group; it needs to be "
                    "an ordinary user",
                    role->option, wanted);
        return false;
    }
    *out = found;
    return true;
}

bool account_find(const char *name, struct account *out, GError **error)
{
    static const struct role worker = {"user", "assay-worker", "nobody"};
    return find(&worker, name, out, error);
}

bool account_front(const char *name, struct account *out, GError **error)
{
    static const struct role front = {"front_user", "assay", "daemon"};
    return find(&front, name, out, error);
}
