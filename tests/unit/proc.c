/* SPDX-License-Identifier: MIT */
#include "proc.h"

#include <glib.h>

#include <stdlib.h>
#include <string.h>

unsigned long long proc_status(pid_t pid, const char *field, int base)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid);
    g_autofree char *text = NULL;
    g_autofree char *name = g_strdup_printf("\n%s:", field);
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return ~0ULL;
    const char *at = strstr(text, name);
    return at != NULL ? strtoull(at + strlen(name), NULL, base) : ~0ULL;
}
