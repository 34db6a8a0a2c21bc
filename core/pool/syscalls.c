/* SPDX-License-Identifier: MIT */
#include "pool/syscalls.h"

#include "base/error.h"
#include "pool/sandbox.h"
#include "pool/syscalls_list.h"
#include "pool/syscalls_trap.h"

#include <glib.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Stands in the filter for the worker's own process id, which is not known when it
 * is built; above the largest that Linux gives out (2^22). */
#define SELF_PID 0x5a17c0deU

enum {
    SELF_MAX = 8 /* places of it in one filter */
};

struct syscalls {
    struct sock_filter *code;
    size_t n;
    size_t self[SELF_MAX]; /* instructions that compare with SELF_PID */
    size_t self_n;
};

/* The bytes of `filter`, which libseccomp only writes into files. */
static bool export(scmp_filter_ctx filter, struct syscalls *calls)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return false;
    int rc = seccomp_export_bpf(filter, fd);
    off_t end = rc == 0 ? lseek(fd, 0, SEEK_END) : -1;
    bool is_good = end > 0 && end <= BPF_MAXINSNS * (off_t)sizeof *calls->code;
    if (is_good) {
        calls->n = (size_t)end / sizeof *calls->code;
        calls->code = g_new(struct sock_filter, calls->n);
        is_good = pread(fd, calls->code, (size_t)end, 0) == end;
    }
    close(fd);
    errno = rc < 0 ? -rc : errno;
    return is_good;
}

static bool find_self(struct syscalls *calls)
{
    for (size_t i = 0; i < calls->n; i++) {
        const struct sock_filter *step = &calls->code[i];
        if (step->k != SELF_PID)
            continue;
        if (step->code != (BPF_JMP | BPF_JEQ | BPF_K) ||
            calls->self_n == SELF_MAX)
            return false;
        calls->self[calls->self_n++] = i;
    }
    return calls->self_n > 0;
}

/* 0, or a negative errno of libseccomp. */
static int fill(scmp_filter_ctx filter, unsigned may)
{
    /* Sorted into a tree: a worker makes thousands of calls a second. */
    int rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (rc == 0)
        rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
                              SCMP_ACT_KILL_PROCESS);
    if (rc == 0)
        rc = syscalls_list(filter, may, SELF_PID);
    return rc;
}

bool syscalls_build(unsigned may, struct syscalls **out, GError **error)
{
    struct syscalls *calls = g_new0(struct syscalls, 1);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    int rc = filter == NULL ? -ENOMEM : fill(filter, may);
    bool is_made = rc == 0 && export(filter, calls) && find_self(calls);
    int failed = rc < 0 ? -rc : errno;
    if (filter != NULL)
        seccomp_release(filter);
    if (!is_made) {
        syscalls_free(calls);
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "cannot make the filter of system calls: %s",
                    g_strerror(failed));
        return false;
    }
    syscalls_learn_names();
    *out = calls;
    return true;
}

void syscalls_free(struct syscalls *calls)
{
    if (calls == NULL)
        return;
    g_free(calls->code);
    g_free(calls);
}

size_t syscalls_length(const struct syscalls *calls)
{
    return calls->n;
}

const char *syscalls_lacking(void)
{
#if !defined(__x86_64__) && !defined(__aarch64__)
    return "not written for this processor";
#endif
    uint32_t action = SECCOMP_RET_TRAP;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0)
        return NULL;
    return errno == EPERM ? "refused by the filter this process is in already"
                          : "the kernel has no seccomp";
}

int syscalls_enter(const struct syscalls *calls, _Atomic uint32_t *denied)
{
    struct sock_filter *code = g_memdup2(calls->code, calls->n * sizeof *code);
    struct sock_fprog program = {
        .len = (unsigned short)calls->n,
        .filter = code,
    };
    for (size_t i = 0; i < calls->self_n; i++)
        code[calls->self[i]].k = (uint32_t)getpid();
    int failed = syscalls_trap(denied);
    if (failed == 0 &&
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &program) != 0)
        failed = errno;
    g_free(code);
    return failed;
}
