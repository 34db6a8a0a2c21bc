/* SPDX-License-Identifier: MIT */
/*
 * Tries what a sandbox should refuse, once for each message, and tells what came of
 * it: an INFO finding with the name of the attempt and "allowed", or the error's name.
 *
 *     try = open, connect    which of the attempts below; "told": what a line
 *                            "ASSAY-TRY NAME PATH" of the message says
 *     path = /etc/passwd     for those that need one
 */
#include <assay/plugin.h>

static const struct assay_option option_try = {
    .struct_size = sizeof option_try,
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "try",
    .help = "What to try.",
};
static const struct assay_option option_path = {
    .struct_size = sizeof option_path,
    .type = ASSAY_OPTION_TEXT,
    .name = "path",
    .default_text = "/etc/passwd",
    .help = "The file.",
};
#define BAD_OPTIONS &option_try, &option_path,
#include "bad.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

enum {
    TRIES_MAX = 32
};

static char tries[TRIES_MAX][32];
static unsigned try_n;
static char path[4096];
static const struct assay_task *probed; /* of this message */

/* Each answers below zero with errno, or what was allowed. */

static int open_how(int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd;
}

static int try_open(void)
{
    return open_how(O_RDONLY);
}

static int try_write(void)
{
    return open_how(O_WRONLY);
}

static int try_create(void)
{
    return open_how(O_WRONLY | O_CREAT | O_EXCL);
}

static int try_truncate(void)
{
    return truncate(path, 0);
}

static int try_unlink(void)
{
    return unlink(path);
}

static int try_mkdir(void)
{
    return mkdir(path, 0700);
}

static int try_chmod(void)
{
    return chmod(path, 0777);
}

static int try_stat(void)
{
    struct stat st;
    return stat(path, &st);
}

/* Allowed where anything is in it. */
static int try_environ(void)
{
    errno = ENODATA;
    return environ != NULL && environ[0] != NULL ? 1 : -1;
}

static int try_environ_file(void)
{
    char some[16];
    int fd = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, some, sizeof some);
    close(fd);
    if (n == 0)
        errno = ENODATA;
    return n > 0 ? 1 : -1;
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int try_socket_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* On a descriptor that is none: a filter is asked before the kernel is. */
static int try_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(9),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return connect(-1, (struct sockaddr *)&to, sizeof to);
}

static int try_exec(void)
{
    char *const argv[] = {path, NULL};
    char *const envp[] = {NULL};
    return execve("/bin/true", argv, envp);
}

static int try_exec_memory(void)
{
    char *const argv[] = {path, NULL};
    char *const envp[] = {NULL};
    int fd = memfd_create("probe", MFD_CLOEXEC);
    return (int)syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
}

/* Without stopping it: it may be who runs the tests. */
static int try_ptrace(void)
{
    return (int)ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);
}

static int try_read_parent(void)
{
    char here[8];
    struct iovec to = {here, sizeof here};
    struct iovec from = {(void *)&host, sizeof here};
    return (int)process_vm_readv(getppid(), &to, 1, &from, 1, 0);
}

static int try_kill_parent(void)
{
    return kill(getppid(), SIGKILL);
}

/* May it signal at all?  Nobody is hurt by 0. */
static int try_signal_parent(void)
{
    return kill(getppid(), 0);
}

static int try_pidfd_parent(void)
{
    return (int)syscall(SYS_pidfd_open, getppid(), 0);
}

static int try_fork(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    if (child > 0)
        waitpid(child, NULL, 0);
    return child;
}

static void *nothing(void *self)
{
    return self;
}

static int try_thread(void)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    if (errno == 0)
        pthread_join(thread, NULL);
    return errno == 0 ? 0 : -1;
}

static int try_unshare(void)
{
    return unshare(CLONE_NEWUSER);
}

static int try_mount(void)
{
    return mount("none", "/nowhere", "tmpfs", 0, NULL);
}

static int try_setuid(void)
{
    return setresuid(0, 0, 0);
}

static int try_io_uring(void)
{
    static char parameters[256];
    return (int)syscall(SYS_io_uring_setup, 1, parameters);
}

static int try_bpf(void)
{
    return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int try_keyctl(void)
{
    return (int)syscall(SYS_keyctl, 0, -3, 0);
}

static int try_perf(void)
{
    return (int)syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

/* Memory that can be written and run. */
static int try_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

/* The content as a file: whole, and not to be written. */
static int try_content_fd(void)
{
    const struct assay_object *root = NULL;
    struct assay_str s = {NULL, 0};
    char copy[256];
    int32_t fd = -1;
    errno = EIO;
    if (host->object_by_id(probed, 0, &root) != ASSAY_RC_OK ||
        host->content(probed, root, &s) != ASSAY_RC_OK ||
        host->content_fd(probed, root, &fd) != ASSAY_RC_OK ||
        s.n >= sizeof copy)
        return -1;
    if (pread(fd, copy, sizeof copy, 0) != (ssize_t)s.n ||
        memcmp(copy, s.p, s.n) != 0)
        errno = ENODATA;
    else if (pwrite(fd, "x", 1, 0) >= 0 || ftruncate(fd, 0) == 0)
        errno = EEXIST;
    else
        return 0;
    return -1;
}

static int try_nothing(void)
{
    return 0;
}

static const struct {
    const char *name;
    int (*attempt)(void);
} table[] = {
    {"nothing", try_nothing},
    {"open", try_open},
    {"write", try_write},
    {"create", try_create},
    {"truncate", try_truncate},
    {"unlink", try_unlink},
    {"mkdir", try_mkdir},
    {"chmod", try_chmod},
    {"stat", try_stat},
    {"environ", try_environ},
    {"environ_file", try_environ_file},
    {"socket", try_socket},
    {"socket_unix", try_socket_unix},
    {"connect", try_connect},
    {"exec", try_exec},
    {"exec_memory", try_exec_memory},
    {"ptrace", try_ptrace},
    {"read_parent", try_read_parent},
    {"kill_parent", try_kill_parent},
    {"signal_parent", try_signal_parent},
    {"pidfd_parent", try_pidfd_parent},
    {"fork", try_fork},
    {"thread", try_thread},
    {"unshare", try_unshare},
    {"mount", try_mount},
    {"setuid", try_setuid},
    {"io_uring", try_io_uring},
    {"bpf", try_bpf},
    {"keyctl", try_keyctl},
    {"perf", try_perf},
    {"code", try_code},
    {"content_fd", try_content_fd},
};

static void try_one(const struct assay_task *task, const char *name)
{
    const char *came = "unknown attempt";
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
        if (strcmp(name, table[k].name) == 0)
            came = table[k].attempt() >= 0 ? "allowed" : strerrorname_np(errno);
    right_report(task, name, came != NULL ? came : "unknown error");
}

/* What the message says: into `name`, and `path`. */
static void read_told(const struct assay_task *task, char name[32])
{
    static const char word[] = "ASSAY-TRY ";
    const struct assay_object *root = NULL;
    struct assay_str raw = {NULL, 0};
    char line[512];
    host->object_by_id(task, 0, &root);
    host->content(task, root, &raw);
    const char *at =
        raw.n > 0 ? memmem(raw.p, (size_t)raw.n, word, sizeof word - 1) : NULL;
    if (at == NULL)
        return;
    size_t n = (size_t)(raw.p + raw.n - at);
    snprintf(line, sizeof line, "%.*s", (int)(n < 511 ? n : 511), at);
    sscanf(line, "ASSAY-TRY %31s %4095s", name, path);
}

static int32_t misbehave(const struct assay_task *task)
{
    probed = task;
    for (unsigned i = 0; i < try_n; i++) {
        char told[32] = "nothing told";
        bool is_told = strcmp(tries[i], "told") == 0;
        if (is_told)
            read_told(task, told);
        try_one(task, is_told ? told : tries[i]);
    }
    return ASSAY_RC_OK;
}

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct assay_str word;
    int32_t rc = bad_create(given, create, inst, err);
    for (try_n = 0;
         try_n < TRIES_MAX &&
         host->option_text(create->options, "try", try_n, &word) == ASSAY_RC_OK;
         try_n++)
        snprintf(tries[try_n], sizeof tries[try_n], "%.*s", (int)word.n,
                 word.p);
    if (host->option_text(create->options, "path", 0, &word) == ASSAY_RC_OK)
        snprintf(path, sizeof path, "%.*s", (int)word.n, word.p);
    return rc;
}

BAD_MODULE(.create = create)
