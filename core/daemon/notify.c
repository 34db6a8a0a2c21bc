/* SPDX-License-Identifier: MIT */
#include "daemon/notify.h"

#include <glib.h>

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    STATUS_MAX = 400 /* bytes */
};

/* "@" begins a name that is not in the file system. */
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || n < 2 ||
        n >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, n);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static uint64_t number_of(const char *name)
{
    guint64 value = 0;
    const char *text = g_getenv(name);
    if (text != NULL)
        (void)g_ascii_string_to_unsigned(text, 10, 1, UINT64_MAX / 1000, &value,
                                         NULL);
    return value;
}

void notify_open(struct notify *out)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    *out = (struct notify){.fd = path != NULL ? connect_to(path) : -1};
    bool is_ours = g_getenv("WATCHDOG_PID") == NULL ||
                   number_of("WATCHDOG_PID") == (uint64_t)getpid();
    if (is_ours)
        out->watchdog_ns = number_of("WATCHDOG_USEC") * 1000;
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_PID");
    g_unsetenv("WATCHDOG_USEC");
}

void notify_close(struct notify *notify)
{
    if (notify->fd >= 0)
        close(notify->fd);
    *notify = (struct notify){.fd = -1};
}

static void say(const struct notify *notify, const char *text)
{
    /* A manager that does not read is not waited for. */
    if (notify->fd >= 0)
        (void)send(notify->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void notify_ready(const struct notify *notify)
{
    say(notify, "READY=1");
}

void notify_reloading(const struct notify *notify, uint64_t now_ns)
{
    g_autofree char *text =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" PRIu64, now_ns / 1000);
    say(notify, text);
}

void notify_stopping(const struct notify *notify)
{
    say(notify, "STOPPING=1");
}

void notify_status(const struct notify *notify, const char *text)
{
    g_autoptr(GString) line = g_string_new("STATUS=");
    for (const char *p = text; *p != '\0' && line->len < STATUS_MAX; p++)
        if (g_ascii_isprint(*p))
            g_string_append_c(line, *p);
    say(notify, line->str);
}

void notify_turn(struct notify *notify, uint64_t now_ns)
{
    if (notify->watchdog_ns == 0 ||
        now_ns - notify->told_ns < notify->watchdog_ns / 2)
        return;
    notify->told_ns = now_ns;
    say(notify, "WATCHDOG=1");
}

uint64_t notify_next_ns(const struct notify *notify)
{
    return notify->watchdog_ns == 0 ? UINT64_MAX
                                    : notify->told_ns + notify->watchdog_ns / 2;
}
