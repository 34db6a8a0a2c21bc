/* SPDX-License-Identifier: MIT */
#include "family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_SIZE = 64,
    PROCESSES_MAX = 256
};

/* Proportional set of one process in KiB: what it shares is counted once. */
static long pss(pid_t pid)
{
    char path[PATH_SIZE];
    char line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "Pss:", 4) == 0)
            kib = strtol(line + 4, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

/* Adds the children of `pid` to `found`. */
static size_t children(pid_t pid, pid_t *found, size_t n)
{
    char path[PATH_SIZE];
    long child;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid,
             (long)pid);
    FILE *file = fopen(path, "re");
    while (file != NULL && n < PROCESSES_MAX &&
           fscanf(file, "%ld", &child) == 1)
        found[n++] = (pid_t)child;
    if (file != NULL)
        fclose(file);
    return n;
}

/* `root` and all below it. */
static size_t family(pid_t root, pid_t *all)
{
    size_t n = 1;
    all[0] = root;
    for (size_t i = 0; i < n; i++)
        n = children(all[i], all, n);
    return n;
}

long family_kib(pid_t root)
{
    pid_t all[PROCESSES_MAX];
    size_t n = family(root, all);
    long kib = 0;
    for (size_t i = 0; i < n; i++)
        kib += pss(all[i]);
    return kib;
}

/* Fields 14 to 17 of proc_pid_stat(5): the name before them may hold anything. */
static double cpu_s(pid_t pid)
{
    char path[PATH_SIZE];
    char line[1024];
    long ticks = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    char *at = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    fclose(file);
    for (int field = 3; at != NULL && field <= 17; field++) {
        at = strchr(at + 1, ' ');
        if (at != NULL && field >= 14)
            ticks += strtol(at, NULL, 10);
    }
    return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

double family_cpu_s(pid_t root)
{
    pid_t all[PROCESSES_MAX];
    size_t n = family(root, all);
    double seconds = 0;
    for (size_t i = 0; i < n; i++)
        seconds += cpu_s(all[i]);
    return seconds;
}
