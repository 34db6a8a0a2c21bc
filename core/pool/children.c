/* SPDX-License-Identifier: MIT */
#include "pool/children.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

GArray *children_new(void)
{
    return g_array_new(false, true, sizeof(struct child));
}

static const struct child *at(const GArray *children, unsigned i)
{
    return &g_array_index(children, struct child, i);
}

pid_t children_find(const GArray *children, uint32_t number)
{
    for (unsigned i = 0; i < children->len; i++)
        if (at(children, i)->number == number)
            return at(children, i)->pid;
    return 0;
}

void children_add(GArray *children, uint32_t number, pid_t pid)
{
    const struct child child = {.number = number, .pid = pid};
    g_array_append_val(children, child);
}

bool children_take(GArray *children, pid_t pid, struct child *out)
{
    for (unsigned i = 0; i < children->len; i++) {
        if (at(children, i)->pid != pid)
            continue;
        *out = *at(children, i);
        g_array_remove_index_fast(children, i);
        return true;
    }
    return false;
}

void children_end(GArray *children)
{
    for (unsigned i = 0; i < children->len; i++)
        kill(at(children, i)->pid, SIGKILL);
    for (unsigned i = 0; i < children->len; i++)
        while (waitpid(at(children, i)->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    g_array_set_size(children, 0);
}
