/* SPDX-License-Identifier: MIT */
#include "pool/memory.h"

#include <glib.h>

#include <stdio.h>
#include <unistd.h>

static FILE *open_proc(pid_t pid, const char *name)
{
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return fopen(path, "re");
}

bool memory_pss(pid_t pid, uint64_t *out)
{
    char line[256];
    unsigned long long kib;
    bool is_found = false;
    FILE *f = open_proc(pid, "smaps_rollup");
    while (f != NULL && !is_found && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "Pss: %llu kB", &kib) == 1) {
            *out = kib * 1024;
            is_found = true;
        }
    if (f != NULL)
        fclose(f);
    return is_found;
}

uint64_t memory_resident(pid_t pid)
{
    unsigned long long size;
    unsigned long long resident = 0;
    FILE *f = open_proc(pid, "statm");
    if (f == NULL || fscanf(f, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    if (f != NULL)
        fclose(f);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
