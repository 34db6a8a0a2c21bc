/* SPDX-License-Identifier: MIT */
/*
 * What processes have taken so far, each with all below it.
 *
 *     bench_family PID...
 *
 * Prints their processor seconds, ended children included, and their memory (PSS) in
 * KiB, both in sum.
 */
#include "family.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    double cpu = 0;
    long kib = 0;
    for (int i = 1; i < argc; i++) {
        pid_t pid = (pid_t)strtol(argv[i], NULL, 10);
        cpu += family_cpu_s(pid);
        kib += family_kib(pid);
    }
    printf("%.2f %ld\n", cpu, kib);
    return 0;
}
