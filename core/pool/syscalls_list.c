/* SPDX-License-Identifier: MIT */
#include "pool/syscalls_list.h"

#include "pool/sandbox.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whatever their arguments. */
static const int plain[] = {
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mincore),
    SCMP_SYS(msync),
    SCMP_SYS(membarrier),
    /* descriptors */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwritev),
    SCMP_SYS(preadv2),
    SCMP_SYS(pwritev2),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(fstat),
    SCMP_SYS(fstatfs),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fadvise64),
    SCMP_SYS(flock),
    SCMP_SYS(copy_file_range),
    SCMP_SYS(sendfile),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    /* paths; Landlock decides which */
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(umask),
    /* time and waiting */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(pause),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(sched_yield),
    SCMP_SYS(futex),
    SCMP_SYS(restart_syscall),
    /* about itself and the machine */
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getpgrp),
    SCMP_SYS(getpgid),
    SCMP_SYS(getsid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getresuid),
    SCMP_SYS(getresgid),
    SCMP_SYS(getgroups),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrandom),
    SCMP_SYS(getcpu),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(set_tid_address),
    /* signals of its own */
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

static const int socket_calls[] = {
    SCMP_SYS(recvfrom),    SCMP_SYS(shutdown),    SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername),
};

/* Nothing but threads of one process. */
#define THREAD_HAS                                                             \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define THREAD_LACKS                                                           \
    (CLONE_VFORK | CLONE_PARENT | CLONE_PTRACE | CLONE_UNTRACED |              \
     CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |              \
     CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_IO)

/* A call allowed where one or two arguments, masked, have these values; unused
 * masks are 0 with value 0, which always holds. */
struct choice {
    int call;
    unsigned arg;
    uint64_t mask, value;
    unsigned arg2;
    uint64_t mask2, value2;
};

#define ALL_BITS UINT32_MAX
/* clang-format off */
static const struct choice choices[] = {
    {SCMP_SYS(mmap), 2, PROT_EXEC, 0, 2, 0, 0},
    {SCMP_SYS(mmap), 2, PROT_EXEC | PROT_WRITE, PROT_EXEC, 3, MAP_ANONYMOUS, 0},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0, 2, 0, 0},
    {SCMP_SYS(open), 1, O_TRUNC | (O_TMPFILE & ~O_DIRECTORY), 0, 1, 0, 0},
    {SCMP_SYS(open), 1, O_ACCMODE | (O_TMPFILE & ~O_DIRECTORY), O_WRONLY, 1, 0, 0},
    {SCMP_SYS(open), 1, O_ACCMODE | (O_TMPFILE & ~O_DIRECTORY), O_RDWR, 1, 0, 0},
    {SCMP_SYS(openat), 2, O_TRUNC | (O_TMPFILE & ~O_DIRECTORY), 0, 2, 0, 0},
    {SCMP_SYS(openat), 2, O_ACCMODE | (O_TMPFILE & ~O_DIRECTORY), O_WRONLY, 2, 0, 0},
    {SCMP_SYS(openat), 2, O_ACCMODE | (O_TMPFILE & ~O_DIRECTORY), O_RDWR, 2, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_DUPFD, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_DUPFD_CLOEXEC, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_GETFD, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_SETFD, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_GETFL, 1, 0, 0},
    /* not O_ASYNC: a signal to the owner of a descriptor that is shared */
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_SETFL, 2, O_ASYNC, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_GETLK, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_SETLK, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_SETLKW, 1, 0, 0},
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_GET_SEALS, 1, 0, 0},
    /* content_fd(): a sealed copy of an object */
    {SCMP_SYS(fcntl), 1, ALL_BITS, F_ADD_SEALS, 1, 0, 0},
    {SCMP_SYS(memfd_create), 1, ALL_BITS, MFD_CLOEXEC | MFD_ALLOW_SEALING, 1, 0, 0},
    {SCMP_SYS(ioctl), 1, ALL_BITS, TCGETS, 1, 0, 0},
    {SCMP_SYS(ioctl), 1, ALL_BITS, TIOCGWINSZ, 1, 0, 0},
    {SCMP_SYS(ioctl), 1, ALL_BITS, FIONREAD, 1, 0, 0},
    {SCMP_SYS(ioctl), 1, ALL_BITS, FIONBIO, 1, 0, 0},
    {SCMP_SYS(ioctl), 1, ALL_BITS, FIOCLEX, 1, 0, 0},
    {SCMP_SYS(ioctl), 1, ALL_BITS, FIONCLEX, 1, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_SET_NAME, 0, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_GET_NAME, 0, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_GET_DUMPABLE, 0, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_GET_NO_NEW_PRIVS, 0, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_GET_PDEATHSIG, 0, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_CAPBSET_READ, 0, 0, 0},
    {SCMP_SYS(prctl), 0, ALL_BITS, PR_SET_VMA, 0, 0, 0},
    {SCMP_SYS(prlimit64), 0, ALL_BITS, 0, 2, UINT64_MAX, 0},
};

static const struct choice socket_choices[] = {
    {SCMP_SYS(sendto), 4, UINT64_MAX, 0, 4, 0, 0},
    {SCMP_SYS(setsockopt), 1, ALL_BITS, SOL_SOCKET, 2, ALL_BITS, SO_RCVTIMEO},
    {SCMP_SYS(setsockopt), 1, ALL_BITS, SOL_SOCKET, 2, ALL_BITS, SO_SNDTIMEO},
    {SCMP_SYS(setsockopt), 1, ALL_BITS, IPPROTO_TCP, 2, ALL_BITS, TCP_NODELAY},
    {SCMP_SYS(setsockopt), 1, ALL_BITS, IPPROTO_TCP, 2, ALL_BITS, TCP_QUICKACK},
};

/* clang-format on */

static int add_plain(scmp_filter_ctx filter, uint32_t action, const int *calls,
                     size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = seccomp_rule_add(filter, action, calls[i], 0);
    return rc;
}

static int add_choice(scmp_filter_ctx filter, uint32_t action,
                      const struct choice *c)
{
    const struct scmp_arg_cmp args[] = {
        {c->arg, SCMP_CMP_MASKED_EQ, c->mask, c->value},
        {c->arg2, SCMP_CMP_MASKED_EQ, c->mask2, c->value2},
    };
    unsigned n = c->mask2 == 0 ? 1 : 2;
    return seccomp_rule_add_array(filter, action, c->call, n, args);
}

static int add_choices(scmp_filter_ctx filter, const struct choice *c, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = add_choice(filter, SCMP_ACT_ALLOW, &c[i]);
    return rc;
}

/* Signals to this process only.  SIGSYS keeps its handler: of 1..64 only 31 has its
 * five low bits set and the two above clear.  (A plain "not 31" would compare 64
 * bits, of which the kernel then drops half.) */
static int add_signals(scmp_filter_ctx filter, uint32_t self)
{
    const struct choice chosen[] = {
        {SCMP_SYS(kill), 0, ALL_BITS, self, 0, 0, 0},
        {SCMP_SYS(tgkill), 0, ALL_BITS, self, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 0, 0, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 1, 0, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 2, 0, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 3, 0, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 4, 0, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 5, 1 << 5, 0, 0, 0},
        {SCMP_SYS(rt_sigaction), 0, 1 << 6, 1 << 6, 0, 0, 0},
    };
    _Static_assert(SIGSYS == 31, "the bits above");
    return add_choices(filter, chosen, COUNT(chosen));
}

static int add_answered(scmp_filter_ctx filter)
{
    static const int done[] = {SCMP_SYS(chmod), SCMP_SYS(fchmod),
                               SCMP_SYS(fchmodat)};
    int rc =
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return rc == 0 ? add_plain(filter, SCMP_ACT_ERRNO(0), done, COUNT(done))
                   : rc;
}

/*
 * libc blocks all signals while it starts a thread or spawns a program: trapped, these
 * would end the process.  A fork (no CLONE_VM) is trapped.  The choices exclude each
 * other: libseccomp promises no order between different actions.
 */
static int add_clone(scmp_filter_ctx filter, unsigned may)
{
    const struct choice spawn = {
        SCMP_SYS(clone), 0, CLONE_VM | CLONE_THREAD, CLONE_VM, 0, 0, 0};
    const struct choice thread = {
        SCMP_SYS(clone), 0, THREAD_HAS | THREAD_LACKS, THREAD_HAS, 0, 0, 0};
    const struct choice any_thread = {
        SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD, 0, 0, 0};
    int rc = add_choice(filter, SCMP_ACT_ERRNO(EPERM), &spawn);
    if (rc != 0)
        return rc;
    if ((may & SANDBOX_MAY_THREAD) != 0)
        return add_choice(filter, SCMP_ACT_ALLOW, &thread);
    return add_choice(filter, SCMP_ACT_ERRNO(EPERM), &any_thread);
}

static int add_sockets(scmp_filter_ctx filter, unsigned may)
{
    int rc = 0;
    if ((may & SANDBOX_MAY_USE_SOCKETS) != 0) {
        rc = add_plain(filter, SCMP_ACT_ALLOW, socket_calls,
                       COUNT(socket_calls));
        if (rc == 0)
            rc = add_choices(filter, socket_choices, COUNT(socket_choices));
    }
    if (rc == 0 && (may & (SANDBOX_MAY_USE_SOCKETS | SANDBOX_MAY_RECEIVE)) != 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), 0);
    return rc;
}

int syscalls_list(void *filter, unsigned may, uint32_t self)
{
    int rc = add_plain(filter, SCMP_ACT_ALLOW, plain, COUNT(plain));
    if (rc == 0)
        rc = add_choices(filter, choices, COUNT(choices));
    if (rc == 0)
        rc = add_signals(filter, self);
    if (rc == 0)
        rc = add_answered(filter);
    if (rc == 0)
        rc = add_clone(filter, may);
    if (rc == 0)
        rc = add_sockets(filter, may);
    return rc;
}
