/* SPDX-License-Identifier: MIT */
#include "pool/prints.h"

#include "base/log.h"

#include <glib.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 1024,
    LINES_A_SECOND = 20,
    READ_MAX = 64 << 10 /* at one go: others wait as well */
};

#define SECOND_NS UINT64_C(1000000000)

struct prints {
    char line[LINE_MAX_BYTES];
    size_t n;
    uint64_t second_ns; /* when the current second began */
    unsigned lines;     /* in it */
    uint64_t dropped;   /* lines since the last one that was told */
};

struct prints *prints_new(void)
{
    return g_new0(struct prints, 1);
}

void prints_free(struct prints *prints)
{
    g_free(prints);
}

/* May one more line be told now? */
static bool may_tell(struct prints *prints, uint64_t now_ns)
{
    if (now_ns - prints->second_ns >= SECOND_NS) {
        prints->second_ns = now_ns;
        prints->lines = 0;
    }
    if (prints->lines >= LINES_A_SECOND) {
        prints->dropped++;
        return false;
    }
    prints->lines++;
    return true;
}

static void tell(struct prints *prints, const char *class_name, unsigned number,
                 uint64_t now_ns)
{
    size_t n = prints->n;
    prints->n = 0;
    if (n == 0 || !may_tell(prints, now_ns))
        return;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_WARNING, "worker");
    log_text(&event, "class", class_name);
    log_number(&event, "number", number);
    log_bytes(&event, "says", prints->line, n);
    if (prints->dropped > 0)
        log_number(&event, "dropped", (int64_t)prints->dropped);
    log_end(&event);
    prints->dropped = 0;
}

bool prints_read(struct prints *prints, int fd, const char *class_name,
                 unsigned number, uint64_t now_ns)
{
    char buffer[4096];
    for (size_t all = 0; all < READ_MAX;) {
        ssize_t got = read(fd, buffer, sizeof buffer);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0) {
            tell(prints, class_name, number, now_ns);
            return false;
        }
        all += (size_t)got;
        for (ssize_t i = 0; i < got; i++) {
            if (buffer[i] == '\n')
                tell(prints, class_name, number, now_ns);
            else if (prints->n < sizeof prints->line)
                prints->line[prints->n++] = buffer[i];
        }
    }
    return true;
}
