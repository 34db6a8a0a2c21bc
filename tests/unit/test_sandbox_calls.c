/* SPDX-License-Identifier: MIT */
/* What a worker may ask of the kernel: each attempt in a child of its own, as root and
 * as an ordinary user. */
#include "shut_in.h"
#include "unit.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

enum {
    KEPT = 40 /* descriptor of a socket that some attempts find open */
};

#define REFUSED(call) ((call) == -1 && errno == EPERM)

static const struct sockaddr_in address = {.sin_family = AF_INET};
static const struct sockaddr *const to = (const struct sockaddr *)&address;

/* --- refused: the call says EPERM and the worker goes on ------------------------- */

static int forks(const struct shut_in *p)
{
    (void)p;
    return REFUSED(fork()) ? 0 : 1;
}

static int vforks(const struct shut_in *p)
{
    (void)p;
    return REFUSED(syscall(SYS_vfork)) ? 0 : 1;
}

static int spawns(const struct shut_in *p)
{
    (void)p;
    pid_t child = 0;
    char name[] = "/bin/true";
    char *argv[] = {name, NULL};
    return posix_spawn(&child, name, NULL, NULL, argv, NULL) == EPERM ? 0 : 1;
}

static int clones_by_structure(const struct shut_in *p)
{
    (void)p;
    uint64_t arguments[11] = {0};
    return syscall(SYS_clone3, arguments, sizeof arguments) == -1 &&
                   errno == ENOSYS
               ? 0
               : 1;
}

static int makes_name_space_by_clone(const struct shut_in *p)
{
    (void)p;
    unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                          CLONE_THREAD | CLONE_NEWNET;
    return REFUSED(syscall(SYS_clone, flags, 0L, 0L, 0L, 0L)) ? 0 : 1;
}

static int asks_for_a_local_socket(const struct shut_in *p)
{
    (void)p;
    return REFUSED(socket(AF_UNIX, SOCK_STREAM, 0)) ? 0 : 1;
}

static int takes_sigsys(const struct shut_in *p)
{
    (void)p;
    unsigned long above =
        1UL << 32 | SIGSYS; /* the kernel drops the high half */
    char action[32] = {0};
    if (signal(SIGSYS, SIG_IGN) != SIG_ERR || errno != EPERM)
        return 1;
    if (!REFUSED(syscall(SYS_rt_sigaction, above, action, 0L, 8L)))
        return 2;
    /* All others are its own. */
    for (int signo = 1; signo < SIGSYS; signo++)
        if (signo != SIGKILL && signo != SIGSTOP &&
            signal(signo, SIG_DFL) == SIG_ERR)
            return 100 + signo;
    return signal(SIGRTMIN + 1, SIG_IGN) != SIG_ERR &&
                   signal(SIGRTMAX, SIG_IGN) != SIG_ERR
               ? 0
               : 3;
}

static int loosens_itself(const struct shut_in *p)
{
    (void)p;
    if (!REFUSED(prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL)))
        return 1;
    if (!REFUSED(prctl(PR_SET_PDEATHSIG, 0UL, 0UL, 0UL, 0UL)))
        return 2;
    if (!REFUSED(prctl(PR_SET_SECCOMP, 2UL, 0UL, 0UL, 0UL)))
        return 3;
    if (!REFUSED(prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL)))
        return 4;
    if (!REFUSED(setsid()) || !REFUSED(syscall(SYS_setuid, 0)))
        return 5;
    if (prctl(PR_SET_NAME, "renamed") != 0)
        return 6;
    return prctl(PR_GET_DUMPABLE) == 0 &&
                   prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1
               ? 0
               : 7;
}

static int signals_by_descriptor(const struct shut_in *p)
{
    (void)p;
    if (!REFUSED(fcntl(STDERR_FILENO, F_SETOWN, getppid())))
        return 1;
    if (!REFUSED(fcntl(STDERR_FILENO, F_SETFL, O_ASYNC)))
        return 2;
    if (!REFUSED(fcntl(STDERR_FILENO, F_SETSIG, SIGKILL)))
        return 3;
    return fcntl(STDERR_FILENO, F_GETFD) >= 0 ? 0 : 4;
}

static int makes_code(const struct shut_in *p)
{
    (void)p;
    const int both = PROT_READ | PROT_WRITE | PROT_EXEC;
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    if (mmap(NULL, 4096, both, flags, -1, 0) != MAP_FAILED)
        return 1;
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, flags, -1, 0) != MAP_FAILED)
        return 2;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (page == MAP_FAILED || !REFUSED(mprotect(page, 4096, PROT_EXEC)))
        return 3;
    return mprotect(page, 4096, PROT_READ) == 0 ? 0 : 4;
}

static int changes_folder(const struct shut_in *p)
{
    char here[64];
    if (!REFUSED(chdir(p->scratch)))
        return 1;
    return getcwd(here, sizeof here) != NULL && strcmp(here, "/") == 0 ? 0 : 2;
}

static int makes_hidden_memory(const struct shut_in *p)
{
    (void)p;
    if (!REFUSED(memfd_create("hidden", 0)) ||
        !REFUSED(memfd_create("hidden", MFD_ALLOW_SEALING)) ||
        !REFUSED(memfd_create("hidden",
                              MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB)))
        return 1;
    return REFUSED(syscall(SYS_shmget, 0, 4096, 0600)) ? 0 : 2;
}

static int raises_a_limit(const struct shut_in *p)
{
    (void)p;
    uint64_t limit[2] = {1, 1};
    if (!REFUSED(syscall(SYS_prlimit64, 0, 7, limit, 0L)))
        return 1;
    return syscall(SYS_prlimit64, 0, 7, 0L, limit) == 0 ? 0 : 2;
}

static int calls_unknown_numbers(const struct shut_in *p)
{
    (void)p;
    for (int i = 0; i < 5000; i++)
        if (!REFUSED(syscall(900)))
            return 1;
    return 0;
}

/* --- fatal ------------------------------------------------------------------------ */

#define FATAL(name, call)                                                      \
    static int name(const struct shut_in *p)                                   \
    {                                                                          \
        (void)p;                                                               \
        (void)!(call);                                                         \
        return 1;                                                              \
    }

FATAL(opens_a_socket, socket(AF_INET, SOCK_STREAM, 0))
FATAL(opens_a_netlink_socket, socket(AF_NETLINK, SOCK_RAW, 0))
FATAL(connects, connect(KEPT, to, sizeof address))
FATAL(binds, bind(KEPT, to, sizeof address))
FATAL(listens, listen(KEPT, 1))
FATAL(accepts, accept(KEPT, NULL, NULL))
FATAL(sends_to_an_address, sendto(KEPT, "x", 1, 0, to, sizeof address))
FATAL(executes, execl("/bin/true", "true", (char *)NULL))
FATAL(executes_at, syscall(SYS_execveat, -1, "/bin/true", 0L, 0L, 0))
FATAL(traces_its_parent, ptrace(PTRACE_ATTACH, getppid(), NULL, NULL))
FATAL(reads_foreign_memory, process_vm_readv(getppid(), &(struct iovec){0}, 1,
                                             &(struct iovec){0}, 1, 0))
FATAL(kills_its_parent, kill(getppid(), 0))
FATAL(kills_everybody, kill(-1, 0))
FATAL(kills_its_group, kill(0, 0))
FATAL(kills_a_foreign_thread, syscall(SYS_tgkill, getppid(), getppid(), 0))
FATAL(queues_a_signal, sigqueue(getppid(), 0, (union sigval){0}))
FATAL(kills_by_descriptor, syscall(SYS_pidfd_send_signal, 0, 0, 0L, 0))
FATAL(loads_bpf, syscall(SYS_bpf, 0, 0L, 0))
FATAL(uses_io_uring, syscall(SYS_io_uring_setup, 1, 0L))
FATAL(mounts, syscall(SYS_mount, "a", "/", "tmpfs", 0L, 0L))
FATAL(leaves_its_name_space, unshare(CLONE_NEWUSER))
FATAL(reads_keys, syscall(SYS_keyctl, 0, 0, 0, 0, 0))

static int blocks_sigsys_first(const struct shut_in *p)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    (void)!chdir(p->scratch);
    return 1;
}

#if defined(__x86_64__)
static int calls_as_x32(const struct shut_in *p)
{
    (void)p;
    return (int)syscall(0x40000000L | SYS_getpid) > 0 ? 1 : 2;
}

static int calls_as_i386(const struct shut_in *p)
{
    (void)p;
    long rc = 20;             /* getpid there */
    signal(SIGSEGV, SIG_DFL); /* a sanitizer's is no death by it */
    __asm__ volatile("int $0x80"
                     : "+a"(rc)
                     :
                     : "memory", "r8", "r9", "r10", "r11");
    return rc > 0 ? 1 : 2;
}

/* Does this kernel take such calls at all?  Some answer with SIGSEGV: then there is
 * nothing to be filtered. */
static bool has_i386_calls(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(calls_as_i386(NULL));
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    return WIFEXITED(status);
}
#endif

/* --- allowed ------------------------------------------------------------------------ */

static void on_signal(int signo)
{
    (void)signo;
}

static int signals_itself(const struct shut_in *p)
{
    (void)p;
    signal(SIGUSR1, on_signal);
    return kill(getpid(), SIGUSR1) == 0 && raise(SIGUSR1) == 0 &&
                   kill(getpid(), 0) == 0
               ? 0
               : 1;
}

static int converts_text(const struct shut_in *p)
{
    (void)p;
    /* Each is a shared library, loaded now. */
    static const char *const sets[] = {"ISO-8859-2", "KOI8-R", "BIG5",
                                       "ISO-2022-JP", "WINDOWS-1252"};
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        iconv_t how = iconv_open("UTF-8", sets[i]);
        if (how == (iconv_t)-1)
            return (int)i + 1;
        iconv_close(how);
    }
    return 0;
}

static int looks_up_a_user(const struct shut_in *p)
{
    (void)p;
    (void)getpwuid(getuid()); /* found or not: it has to live */
    return 0;
}

static void *runs_beside(void *path)
{
    return open(path, O_RDONLY) < 0 && errno == EACCES ? path : NULL;
}

static int starts_a_thread(const struct shut_in *p)
{
    pthread_t thread;
    void *result = NULL;
    if (pthread_create(&thread, NULL, runs_beside, p->secret) != 0)
        return 1;
    if (pthread_join(thread, &result) != 0 || result == NULL)
        return 2;
    return forks(p) == 0 ? 0 : 3;
}

static int starts_a_thread_unasked(const struct shut_in *p)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, runs_beside, p->secret) == EPERM ? 0
                                                                          : 1;
}

static int uses_its_socket(const struct shut_in *p)
{
    char got[8];
    (void)p;
    if (send(KEPT, "ask", 3, 0) != 3 || recv(KEPT, got, 3, 0) != 3)
        return 1;
    return shutdown(KEPT, SHUT_WR) == 0 ? 0 : 2;
}

static int uses_its_socket_unasked(const struct shut_in *p)
{
    char got[8];
    (void)p;
    if (!REFUSED(send(KEPT, "ask", 3, 0)) || !REFUSED(recv(KEPT, got, 3, 0)))
        return 1;
    return REFUSED(shutdown(KEPT, SHUT_WR)) ? 0 : 2;
}

static int receives(const struct shut_in *p)
{
    char got[8];
    struct iovec one = {got, sizeof got};
    struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1};
    (void)p;
    if (recvmsg(KEPT, &message, 0) != 3)
        return 1;
    return REFUSED(sendmsg(KEPT, &message, 0)) ? 0 : 2;
}

static int calls_abort(const struct shut_in *p)
{
    (void)p;
    abort();
}

/* --- all of them --------------------------------------------------------------------- */

struct attempt {
    const char *name;
    shut_in_fn run;
    uint32_t denied; /* 0: none may be noted */
    int signal;      /* that ends it; 0: it goes on */
    unsigned may;
};

#define REFUSES(fn, call)                                                      \
    {                                                                          \
#fn, fn, SYS_##call, 0, 0                                              \
    }
#define ENDS(fn, call)                                                         \
    {                                                                          \
#fn, fn, SYS_##call, SIGSYS, 0                                         \
    }
static const struct attempt attempts[] = {
    REFUSES(forks, clone),
    REFUSES(vforks, vfork),
    REFUSES(asks_for_a_local_socket, socket),
    REFUSES(takes_sigsys, rt_sigaction),
    REFUSES(loosens_itself, setuid),
    REFUSES(signals_by_descriptor, fcntl),
    REFUSES(makes_code, mprotect),
    REFUSES(changes_folder, chdir),
    REFUSES(makes_hidden_memory, shmget),
    REFUSES(raises_a_limit, prlimit64),
    REFUSES(uses_its_socket_unasked, shutdown),
    {"calls_unknown_numbers", calls_unknown_numbers, 900, 0, 0},
    {"makes_name_space_by_clone, may thread", makes_name_space_by_clone,
     SYS_clone, 0, SANDBOX_MAY_THREAD},
    ENDS(opens_a_socket, socket),
    ENDS(opens_a_netlink_socket, socket),
    ENDS(connects, connect),
    ENDS(binds, bind),
    ENDS(listens, listen),
    ENDS(accepts, accept),
    ENDS(sends_to_an_address, sendto),
    {"connects, may use sockets", connects, SYS_connect, SIGSYS,
     SANDBOX_MAY_USE_SOCKETS},
    {"sends_to_an_address, may use sockets", sends_to_an_address, SYS_sendto,
     SIGSYS, SANDBOX_MAY_USE_SOCKETS},
    ENDS(executes, execve),
    ENDS(executes_at, execveat),
    ENDS(traces_its_parent, ptrace),
    ENDS(reads_foreign_memory, process_vm_readv),
    ENDS(kills_its_parent, kill),
    ENDS(kills_everybody, kill),
    ENDS(kills_its_group, kill),
    ENDS(kills_a_foreign_thread, tgkill),
    ENDS(queues_a_signal, rt_sigqueueinfo),
    ENDS(kills_by_descriptor, pidfd_send_signal),
    ENDS(loads_bpf, bpf),
    ENDS(uses_io_uring, io_uring_setup),
    ENDS(mounts, mount),
    ENDS(leaves_its_name_space, unshare),
    ENDS(reads_keys, keyctl),
    /* By the kernel itself: nothing is noted. */
    {"blocks_sigsys_first", blocks_sigsys_first, 0, SIGSYS, 0},
#if defined(__x86_64__)
    {"calls_as_x32", calls_as_x32, 0, SIGSYS, 0},
    {"calls_as_i386", calls_as_i386, 0, SIGSYS, 0},
#endif
    /* Answered: nothing is told. */
    {"spawns", spawns, 0, 0, 0},
    {"spawns, may thread", spawns, 0, 0, SANDBOX_MAY_THREAD},
    {"starts_a_thread_unasked", starts_a_thread_unasked, 0, 0, 0},
    {"makes_name_space_by_clone", makes_name_space_by_clone, 0, 0, 0},
    {"clones_by_structure", clones_by_structure, 0, 0, 0},
    {"signals_itself", signals_itself, 0, 0, 0},
    {"calls_abort", calls_abort, 0, SIGABRT, 0},
    {"converts_text", converts_text, 0, 0, 0},
    {"starts_a_thread", starts_a_thread, SYS_clone, 0, SANDBOX_MAY_THREAD},
    {"uses_its_socket", uses_its_socket, 0, 0, SANDBOX_MAY_USE_SOCKETS},
    {"receives", receives, SYS_sendmsg, 0, SANDBOX_MAY_RECEIVE},
};

static void check(const struct attempt *a, const struct shut_in_how *how)
{
    struct shut_in_end end = {0};
    int pair[2];
    struct shut_in_how with = *how;
    with.may = a->may;
    with.keep = KEPT;
    (void)!socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    dup2(pair[0], KEPT);
    (void)!write(pair[1], "say", 3);
    shut_in_run(&with, a->run, &end);
    close(KEPT);
    close(pair[0]);
    close(pair[1]);
#if defined(__x86_64__)
    int ends_by =
        a->run == calls_as_i386 && !has_i386_calls() ? SIGSEGV : a->signal;
#else
    int ends_by = a->signal;
#endif
    bool is_told =
        a->denied == 0 || strstr(end.said, "denied system call ") != NULL;
    bool is_good = end.is_entered && end.signal == ends_by &&
                   (ends_by != 0 || end.code == 0) && end.denied == a->denied &&
                   is_told;
    if (!is_good)
        fprintf(stderr, "%s%s: code %d, signal %d, denied %u: %s\n", a->name,
                how->as_nobody ? " as nobody" : "", end.code, end.signal,
                end.denied, end.said);
    CU_ASSERT(is_good);
}

static void every_attempt_ends_as_documented(void)
{
    const struct shut_in_how how = {.as_nobody = false};
    for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++)
        check(&attempts[i], &how);
}

static void every_attempt_ends_alike_for_an_ordinary_user(void)
{
    const struct shut_in_how how = {.as_nobody = true};
    for (size_t i = 0; geteuid() == 0 && i < G_N_ELEMENTS(attempts); i++)
        check(&attempts[i], &how);
}

static void every_attempt_ends_alike_on_debian_12(void)
{
    const struct shut_in_how how = {.as_nobody = geteuid() == 0,
                                    .landlock_abi_max = 2};
    for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++)
        check(&attempts[i], &how);
}

static void a_denied_call_is_told_by_name(void)
{
    const struct shut_in_how how = {.may = 0};
    struct shut_in_end end = {0};
    shut_in_run(&how, opens_a_socket, &end);
    CU_ASSERT_STRING_EQUAL(
        end.said, "denied system call socket (41): ends the process\n");
    shut_in_run(&how, changes_folder, &end);
    CU_ASSERT_STRING_EQUAL(end.said, "denied system call chdir (80)\n");
}

static void a_loop_around_a_denied_call_is_no_flood(void)
{
    const struct shut_in_how how = {.may = 0};
    struct shut_in_end end = {0};
    unsigned lines = 0;
    shut_in_run(&how, calls_unknown_numbers, &end);
    for (const char *c = end.said; *c != '\0'; c++)
        lines += *c == '\n';
    CU_ASSERT_EQUAL(lines, 13); /* 1, 2, 4 ... 4096 */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(end.said, "denied system call unknown (900), times 4096\n"));
}

static void the_name_service_does_not_end_a_worker(void)
{
    const struct shut_in_how how = {.may = 0};
    struct shut_in_end end = {0};
    shut_in_run(&how, looks_up_a_user, &end);
    CU_ASSERT_EQUAL(end.code, 0);
}

static void names_are_known(void)
{
    char buf[32];
    CU_ASSERT_STRING_EQUAL(sandbox_call_name(SYS_connect, buf, sizeof buf),
                           "connect");
    CU_ASSERT_STRING_EQUAL(sandbox_call_name(4000000000U, buf, sizeof buf),
                           "call 4000000000");
}

UNIT_MAIN("sandbox_calls", UNIT(every_attempt_ends_as_documented),
          UNIT(every_attempt_ends_alike_for_an_ordinary_user),
          UNIT(every_attempt_ends_alike_on_debian_12),
          UNIT(a_denied_call_is_told_by_name),
          UNIT(a_loop_around_a_denied_call_is_no_flood),
          UNIT(the_name_service_does_not_end_a_worker), UNIT(names_are_known))
