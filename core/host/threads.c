/* SPDX-License-Identifier: MIT */
#include "host/threads.h"

#include <glib.h>

enum {
    SETTLE_MS = 100
};

unsigned threads_count(void)
{
    GDir *dir = g_dir_open("/proc/self/task", 0, NULL);
    if (dir == NULL)
        return 0;
    unsigned n = 0;
    while (g_dir_read_name(dir) != NULL)
        n++;
    g_dir_close(dir);
    return n;
}

unsigned threads_more(unsigned before)
{
    unsigned now = threads_count();
    for (unsigned waited = 0; now > before && waited < SETTLE_MS; waited++) {
        g_usleep(1000);
        now = threads_count();
    }
    return now > before ? now - before : 0;
}
