/* SPDX-License-Identifier: MIT */
#include "pool/sandbox.h"

#include "base/error.h"
#include "pool/landlock.h"
#include "pool/leftovers.h"
#include "pool/rights.h"
#include "pool/sandbox_word.h"
#include "pool/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED
#endif
#endif

struct sandbox {
    unsigned may;
    struct syscalls *calls;
    const char *calls_why; /* NULL, or why there can be no filter */
    struct leftovers_environment environment;
};

bool sandbox_prepare(unsigned may, struct sandbox **out, GError **error)
{
    struct syscalls *calls = NULL;
    const char *why = syscalls_lacking();
    if (why == NULL && !syscalls_build(may, &calls, error))
        return false;
    struct sandbox *sandbox = g_new0(struct sandbox, 1);
    *sandbox = (struct sandbox){
        .may = may,
        .calls = calls,
        .calls_why = why,
    };
    leftovers_find(&sandbox->environment);
    /* Read now: a worker has neither TZ nor, perhaps, the file. */
    tzset();
    *out = sandbox;
    return true;
}

void sandbox_free(struct sandbox *sandbox)
{
    if (sandbox == NULL)
        return;
    syscalls_free(sandbox->calls);
    g_free(sandbox);
}

/* --- one step each ------------------------------------------------------------- */

/* One worker on its way in. */
struct entering {
    const struct sandbox *sandbox;
    const struct sandbox_rules *rules;
    struct sandbox_report *report;
    GError **error;
};

static bool fail(const struct entering *in, const char *what)
{
    g_set_error(in->error, BASE_ERROR, BASE_ERROR_IO, "cannot %s: %s", what,
                g_strerror(errno));
    return false;
}

static bool enter_session(const struct entering *in)
{
    pid_t parent = in->rules->parent;
    bool is_leader = setsid() >= 0 || getsid(0) == getpid();
    word_set(in->report, SANDBOX_SESSION,
             is_leader ? SANDBOX_GIVEN : SANDBOX_PARTLY,
             is_leader ? "" : "leads a group of another session");
    if (parent == 0)
        return true;
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) != 0)
        return fail(in, "end with the zygote");
    /* It may have died before that was asked for. */
    if (getppid() == parent)
        return true;
    g_set_error(in->error, BASE_ERROR, BASE_ERROR_IO,
                "zygote %ld is not the parent any more", (long)parent);
    return false;
}

/* When the machine runs out of memory, a worker goes, not the front or the zygote.
 * Before it is not dumpable: then the file is root's. */
static void offer_to_the_oom_killer(void)
{
    static const char most[] = "1000";
    /* One that has changed its user has no files of its own here; for this moment it
     * has: nobody else of this user may trace. */
    (void)prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, most, sizeof most - 1);
    close(fd);
}

static bool enter_undumpable(const struct entering *in)
{
    offer_to_the_oom_killer();
    if (prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) != 0)
        return fail(in, "forbid dumps");
    word_set(in->report, SANDBOX_UNDUMPABLE, SANDBOX_GIVEN, "");
    return true;
}

static bool enter_environment(const struct entering *in)
{
    bool is_wiped = leftovers_wipe(&in->sandbox->environment);
    if (chdir("/") != 0)
        return fail(in, "leave its folder");
    umask(077);
    word_set(in->report, SANDBOX_ENVIRONMENT,
             is_wiped ? SANDBOX_GIVEN : SANDBOX_PARTLY,
             is_wiped ? "" : "emptied, not overwritten: no /proc/self/stat");
    return true;
}

static bool enter_limits(const struct entering *in)
{
    const char *why = NULL;
    if (!rights_limit(in->rules, in->sandbox->may, &why, in->error))
        return false;
    word_set(in->report, SANDBOX_LIMITS, SANDBOX_GIVEN, "");
    if (in->rules->memory_bytes == 0)
        word_set(in->report, SANDBOX_MEMORY, SANDBOX_UNASKED, "");
    else
        word_set(in->report, SANDBOX_MEMORY,
                 why == NULL ? SANDBOX_GIVEN : SANDBOX_MISSING,
                 why == NULL ? "" : why);
    return true;
}

static bool enter_landlock(const struct entering *in)
{
    const struct sandbox_rules *rules = in->rules;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0)
        return fail(in, "give up gaining rights by exec");
    word_set(in->report, SANDBOX_NO_NEW_PRIVS, SANDBOX_GIVEN, "");
    uint32_t abi = word_landlock(in->report, rules->landlock_abi_max);
    return abi == 0 || landlock_enter(abi, rules->read_paths,
                                      rules->write_paths, in->error);
}

static bool enter_seccomp(const struct entering *in)
{
    const struct sandbox *sandbox = in->sandbox;
    if (sandbox->calls == NULL) {
        word_set(in->report, SANDBOX_SECCOMP, SANDBOX_MISSING,
                 sandbox->calls_why);
        return true;
    }
    errno = syscalls_enter(sandbox->calls, in->rules->denied);
    if (errno != 0)
        return fail(in, "set the filter of system calls");
    word_set(in->report, SANDBOX_SECCOMP, SANDBOX_GIVEN, "");
    return true;
}

/* --- all of it ------------------------------------------------------------------ */

#ifdef SANDBOX_SANITIZED
/* The leak checker of a sanitized build works by ptrace, which is fatal in here. */
static bool is_shut_in;
extern int __lsan_is_turned_off(void);

__attribute__((visibility("default"))) int __lsan_is_turned_off(void)
{
    return is_shut_in;
}
#endif

static bool gap_fails(const struct entering *in)
{
    enum sandbox_measure gap = SANDBOX_UID;
    if (!in->rules->is_required || !sandbox_report_gap(in->report, &gap))
        return false;
    g_set_error(in->error, BASE_ERROR, BASE_ERROR_IO,
                "sandbox = required, but %s is missing: %s",
                sandbox_measure_name(gap), in->report->words[gap].why);
    return true;
}

bool sandbox_enter(const struct sandbox *sandbox,
                   const struct sandbox_rules *rules,
                   struct sandbox_report *out, GError **error)
{
    struct entering in = {sandbox, rules, out, error};
    memset(out, 0, sizeof *out);
    word_uid(out, rules->uid_why);
    if (!enter_session(&in) || !enter_undumpable(&in) ||
        !enter_environment(&in))
        return false;
    leftovers_close(rules->keep_fds, rules->keep_fd_n);
    word_set(out, SANDBOX_DESCRIPTORS, SANDBOX_GIVEN, "");
    if (!enter_limits(&in) || !enter_landlock(&in) || !enter_seccomp(&in))
        return false;
#ifdef SANDBOX_SANITIZED
    is_shut_in = true;
#endif
    return !gap_fails(&in);
}

const char *const *sandbox_system_paths(void)
{
    static const char *const paths[] = {
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/usr/share/zoneinfo",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/dev/null",
        "/dev/zero",
        "/dev/urandom",
        NULL,
    };
    return paths;
}

const char *sandbox_call_name(uint32_t number, char *buf, size_t n)
{
    const char *name = syscalls_name(number);
    if (name != NULL)
        return name;
    (void)snprintf(buf, n, "call %u", number);
    return buf;
}
