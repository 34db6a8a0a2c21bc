/* SPDX-License-Identifier: MIT */
/*
 * Does a long run grow?  Memory of a command and its children, by lines it printed.
 *
 *     bench_rss LINES,LINES,... COMMAND [ARGUMENT...]
 *
 * Each time so many lines of output have come, prints the number of lines and the
 * private and shared resident memory (PSS) of all its processes in KiB.
 */
#include "family.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts the command; its output comes from `*from`. */
static pid_t start(char **argv, FILE **from)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(127);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    *from = fdopen(ends[0], "r");
    return *from == NULL ? -1 : child;
}

int main(int argc, char **argv)
{
    FILE *from = NULL;
    unsigned long lines = 0;
    int status = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: bench_rss LINES,... COMMAND [ARGUMENT...]\n");
        return 2;
    }
    char *next = argv[1];
    unsigned long wanted = strtoul(next, &next, 10);
    pid_t child = start(argv + 2, &from);
    if (child < 0)
        return 2;
    for (int c = getc(from); c != EOF; c = getc(from)) {
        if (c != '\n' || ++lines != wanted)
            continue;
        printf("%lu %ld\n", lines, family_kib(child));
        wanted = *next == ',' ? strtoul(next + 1, &next, 10) : 0;
    }
    fclose(from);
    return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
                   WEXITSTATUS(status) <= 2
               ? 0
               : 2;
}
