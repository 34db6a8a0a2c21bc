/* SPDX-License-Identifier: MIT */
#include "pool/account.h"

#include "base/error.h"

#include <errno.h>
#include <pwd.h>

/* errno's kind of "there is none" differs between libraries: POSIX wants 0. */
static const struct passwd *look_up(const char *name, int *failure)
{
    errno = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before there is a second thread */
    const struct passwd *found = getpwnam(name);
    *failure = found == NULL && errno != ENOENT && errno != ESRCH ? errno : 0;
    return found;
}

bool account_find(const char *name, struct account *out, GError **error)
{
    int failure = 0;
    const char *wanted = name != NULL ? name : "assay-worker";
    const struct passwd *found = look_up(wanted, &failure);
    if (found == NULL && name == NULL && failure == 0) {
        wanted = "nobody";
        found = look_up(wanted, &failure);
    }
    if (found == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "user: there is no user \"%s\"%s%s; make one with `useradd "
                    "--system %s`, or name another in [pool] user",
                    wanted, failure != 0 ? ": " : "",
                    failure != 0 ? g_strerror(failure) : "", wanted);
        return false;
    }
    if (found->pw_uid == 0 || found->pw_gid == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "user: \"%s\" is root, or is in root's group; workers need "
                    "an ordinary user",
                    wanted);
        return false;
    }
    *out = (struct account){.uid = found->pw_uid, .gid = found->pw_gid};
    return true;
}
