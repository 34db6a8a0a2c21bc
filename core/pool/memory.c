/* SPDX-License-Identifier: MIT */
#include "pool/memory.h"

#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

uint64_t memory_resident(pid_t pid)
{
    char path[64];
    char line[256];
    uint64_t resident = 0;
    g_snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "re");
    if (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *size_end;
        strtoull(line, &size_end, 10);
        resident = strtoull(size_end, NULL, 10);
    }
    if (f != NULL)
        fclose(f);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
