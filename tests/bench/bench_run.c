/* SPDX-License-Identifier: MIT */
/*
 * Runs a command with its output thrown away and prints what it took.
 *
 *     bench_run COMMAND [ARGUMENT...]
 *
 * Wall seconds, processor seconds of it and all its children, and the largest
 * resident set in KiB, separated by blanks.  Its exit code is 2 where the command's
 * is above 2 (assay says 1 and 2 for what it found), else 0.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct rusage use;
    int status = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_run COMMAND [ARGUMENT...]\n");
        return 2;
    }
    double start = seconds();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null < 0 || dup2(null, STDOUT_FILENO) < 0 ||
            dup2(null, STDERR_FILENO) < 0)
            _exit(127);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &use) != child)
        return 2;
    double took = seconds() - start;
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 2) {
        fprintf(stderr, "bench_run: %s failed\n", argv[1]);
        return 2;
    }
    printf("%.3f %.3f %ld\n", took, of(use.ru_utime) + of(use.ru_stime),
           use.ru_maxrss);
    return 0;
}
