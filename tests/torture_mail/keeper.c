/* SPDX-License-Identifier: MIT */
#include "keeper.h"

#include "base/clock.h"

#include <glib.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

enum {
    RESTART_MS = 100, /* systemd's default */
    STOP_MS = 45000,
    LOOK_MS = 20
};

void keeper_serve(struct keeper *keeper)
{
    uint64_t now_ns = clock_mono_ns();
    if (keeper->pid != 0 &&
        waitpid(keeper->pid, NULL, WNOHANG) == keeper->pid) {
        keeper->pid = 0;
        keeper->not_before_ns = now_ns + RESTART_MS * MS;
    }
    if (keeper->pid != 0 || now_ns < keeper->not_before_ns)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execv(keeper->argv[0], keeper->argv);
        _exit(127);
    }
    keeper->pid = MAX(pid, 0);
    keeper->starts += pid > 0;
}

bool keeper_stop(struct keeper *keeper)
{
    bool is_stopped = true;
    if (keeper->pid == 0)
        return true;
    kill(keeper->pid, SIGTERM);
    uint64_t by_ns = clock_mono_ns() + STOP_MS * MS;
    while (waitpid(keeper->pid, NULL, WNOHANG) == 0) {
        if (clock_mono_ns() > by_ns && is_stopped) {
            kill(keeper->pid, SIGKILL);
            is_stopped = false;
        }
        g_usleep(LOOK_MS * 1000);
    }
    keeper->pid = 0;
    return is_stopped;
}
