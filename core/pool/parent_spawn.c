/* SPDX-License-Identifier: MIT */
#include "pool/parent_spawn.h"

#include "pool/orders.h"
#include "pool/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OUT_OF_THE_WAY = 16 /* above the places that descriptors go to */
};

/* execve changes neither, but its type does not say so. */
static void run(const struct parent_setup *setup)
{
    char *const *argv;
    char *const *environment;
    memcpy(&argv, &setup->argv, sizeof argv);
    memcpy(&environment, &setup->environment, sizeof environment);
    execve(setup->program, argv, environment);
}

/* From here on it is a zygote.  What goes wrong is told by `said`, an errno; exec
 * closes it. */
static _Noreturn void become_zygote(const struct parent_setup *setup,
                                    const struct account *user,
                                    const int fds[2], pid_t parent, int said)
{
    sigset_t none;
    sigemptyset(&none);
    for (int signo = 1; signo < NSIG; signo++)
        (void)signal(signo, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int socket_fd = fcntl(fds[0], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    int log_fd = fcntl(fds[1], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    said = fcntl(said, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    bool is_good =
        rights_drop(user->uid, user->gid, NULL) &&
        /* After the drop, which would undo it. */
        prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) == 0 &&
        getppid() == parent && dup2(null, STDIN_FILENO) >= 0 &&
        dup2(log_fd, STDOUT_FILENO) >= 0 && dup2(log_fd, STDERR_FILENO) >= 0 &&
        dup2(socket_fd, ZYGOTE_FD) >= 0;
    if (is_good)
        run(setup);
    int why = errno != 0 ? errno : EPERM;
    (void)!write(said, &why, sizeof why);
    _exit(127);
}

static const struct account *find_user(const struct parent_setup *setup,
                                       uid_t uid)
{
    for (size_t i = 0; i < setup->worker_n; i++)
        if (setup->workers[i].uid == uid)
            return &setup->workers[i];
    return NULL;
}

int parent_spawn(const struct parent_setup *setup, uid_t uid, const int fds[2],
                 pid_t *pid)
{
    const struct account *user = find_user(setup, uid);
    int said[2];
    int why = 0;
    pid_t parent = getpid();
    if (user == NULL)
        return EPERM;
    if (pipe2(said, O_CLOEXEC) != 0)
        return errno;
    pid_t child = fork();
    if (child == 0)
        become_zygote(setup, user, fds, parent, said[1]);
    if (child < 0)
        why = errno;
    close(said[1]);
    if (child > 0 && read(said[0], &why, sizeof why) != sizeof why)
        why = 0;
    close(said[0]);
    if (why != 0 && child > 0)
        (void)waitpid(child, NULL, 0);
    *pid = child;
    return why;
}
