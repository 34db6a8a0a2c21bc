/* SPDX-License-Identifier: MIT */
#include "pool/syscalls_trap.h"

#include "pool/syscalls.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

enum {
    CALLS =
        512, /* numbers whose names are known; larger ones share one count */
    LINE_BYTES = 256
};

/* The handler has no other way to know them; written before it is in force. */
static const char *names[CALLS];
static _Atomic uint32_t told[CALLS + 1];
static _Atomic uint32_t *denied_at;
static const char *_Atomic blamed;

/* No scanner makes these by accident.  Numbers of other machines are negative. */
static const int fatal_calls[] = {
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease),
    SCMP_SYS(kcmp),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(tgkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(open_tree),
    SCMP_SYS(move_mount),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(modify_ldt),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(quotactl),
    SCMP_SYS(acct),
};

bool syscalls_is_fatal(uint32_t number, const uint64_t arg[6])
{
    if (number == (uint32_t)SCMP_SYS(socket))
        return (int)arg[0] != AF_UNIX;
    if (number == (uint32_t)SCMP_SYS(sendto))
        return arg[4] != 0;
    for (size_t i = 0; i < sizeof fatal_calls / sizeof fatal_calls[0]; i++)
        if (fatal_calls[i] >= 0 && number == (uint32_t)fatal_calls[i])
            return true;
    return false;
}

void syscalls_learn_names(void)
{
    for (uint32_t i = 0; i < CALLS; i++)
        if (names[i] == NULL)
            names[i] =
                seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)i);
}

const char *syscalls_name(uint32_t number)
{
    if (number >= CALLS)
        return NULL;
    if (names[number] == NULL)
        names[number] =
            seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);
    return names[number];
}

void syscalls_blame(const char *plugin)
{
    atomic_store_explicit(&blamed, plugin, memory_order_relaxed);
}

/* --- in the handler: nothing that is not async-signal-safe -------------------- */

struct line {
    char text[LINE_BYTES];
    size_t n;
};

static void line_add(struct line *line, const char *text)
{
    size_t n = strlen(text);
    if (n > sizeof line->text - line->n)
        n = sizeof line->text - line->n;
    memcpy(line->text + line->n, text, n);
    line->n += n;
}

static void line_number(struct line *line, uint32_t number)
{
    char digits[11] = {0};
    size_t at = sizeof digits - 1;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    line_add(line, digits + at);
}

/* The 1st, 2nd, 4th, 8th ... time: a loop around a refused call is no flood. */
static void tell(uint32_t number, bool is_fatal)
{
    struct line line = {.n = 0};
    const char *plugin = atomic_load_explicit(&blamed, memory_order_relaxed);
    size_t slot = number < CALLS ? number : CALLS;
    uint32_t count = atomic_fetch_add(&told[slot], 1) + 1;
    if ((count & (count - 1)) != 0 && !is_fatal)
        return;
    line_add(&line, "denied system call ");
    line_add(&line, number < CALLS && names[number] != NULL ? names[number]
                                                            : "unknown");
    line_add(&line, " (");
    line_number(&line, number);
    line_add(&line, ")");
    if (plugin != NULL) {
        line_add(&line, " by ");
        line_add(&line, plugin);
    }
    line_add(&line, is_fatal ? ": ends the process" : "");
    if (count > 1) {
        line_add(&line, ", times ");
        line_number(&line, count);
    }
    line_add(&line, "\n");
    /* Where nobody can read it there is nobody to tell. */
    (void)!write(STDERR_FILENO, line.text, line.n);
}

/*
 * SIGSYS is blocked while its handler runs: the kernel ends a process whose call is
 * trapped then, and its parent sees SIGSYS.  The second call is never reached; it is
 * not _exit(), before which AddressSanitizer would look at /proc/self/maps.
 */
static void die(void)
{
    syscall(SYS_ptrace, 0L, 0L, 0L, 0L);
    syscall(SYS_exit_group, 128L + SIGSYS);
}

#if defined(__x86_64__)

static void arguments(const ucontext_t *context, uint64_t arg[6])
{
    static const int place[6] = {REG_RDI, REG_RSI, REG_RDX,
                                 REG_R10, REG_R8,  REG_R9};
    for (size_t i = 0; i < 6; i++)
        arg[i] = (uint64_t)context->uc_mcontext.gregs[place[i]];
}

static void refuse(ucontext_t *context)
{
    context->uc_mcontext.gregs[REG_RAX] = -EPERM;
}

#elif defined(__aarch64__)

static void arguments(const ucontext_t *context, uint64_t arg[6])
{
    for (size_t i = 0; i < 6; i++)
        arg[i] = context->uc_mcontext.regs[i];
}

static void refuse(ucontext_t *context)
{
    context->uc_mcontext.regs[0] = (uint64_t)-EPERM;
}

#else

/* Not known where arguments stand: syscalls_lacking() says so, no filter is set. */
static void arguments(const ucontext_t *context, uint64_t arg[6])
{
    (void)context;
    memset(arg, 0, 6 * sizeof arg[0]);
}

static void refuse(ucontext_t *context)
{
    (void)context;
    die();
}

#endif

static void on_sigsys(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    int saved = errno;
    uint64_t arg[6];
    if (info->si_code != SYS_SECCOMP)
        die();
    uint32_t number = (uint32_t)info->si_syscall;
    arguments(context, arg);
    bool is_fatal = syscalls_is_fatal(number, arg);
    if (denied_at != NULL)
        atomic_store_explicit(denied_at, number, memory_order_release);
    tell(number, is_fatal);
    if (is_fatal)
        die();
    refuse(context);
    errno = saved;
}

int syscalls_trap(_Atomic uint32_t *denied)
{
    struct sigaction action = {
        .sa_sigaction = on_sigsys,
        /* On the alternate stack where the thread has one: the call may have been
         * made with little stack left. */
        .sa_flags = SA_SIGINFO | SA_ONSTACK,
    };
    sigset_t own;
    sigemptyset(&action.sa_mask);
    sigemptyset(&own);
    sigaddset(&own, SIGSYS);
    denied_at = denied;
    if (sigaction(SIGSYS, &action, NULL) != 0)
        return errno;
    return pthread_sigmask(SIG_UNBLOCK, &own, NULL);
}
