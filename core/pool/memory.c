/* SPDX-License-Identifier: MIT */
#include "pool/memory.h"

#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *open_proc(pid_t pid, const char *name)
{
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return fopen(path, "re");
}

bool memory_pss(pid_t pid, uint64_t *out)
{
    static const char wanted[] = "Pss:";
    char line[256];
    bool is_found = false;
    FILE *f = open_proc(pid, "smaps_rollup");
    while (f != NULL && !is_found && fgets(line, sizeof line, f) != NULL) {
        is_found = strncmp(line, wanted, strlen(wanted)) == 0;
        if (is_found)
            *out = strtoull(line + strlen(wanted), NULL, 10) * 1024;
    }
    if (f != NULL)
        fclose(f);
    return is_found;
}

uint64_t memory_resident(pid_t pid)
{
    char line[256];
    uint64_t resident = 0;
    FILE *f = open_proc(pid, "statm");
    if (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *size_end;
        strtoull(line, &size_end, 10);
        resident = strtoull(size_end, NULL, 10);
    }
    if (f != NULL)
        fclose(f);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
