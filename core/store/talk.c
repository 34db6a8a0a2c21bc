/* SPDX-License-Identifier: MIT */
#include "store/talk.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 4096,
    LINES_MAX = 200
};

static bool fail(const char *what, const char *why, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_PEER, "%s: %s", what, why);
    return false;
}

/* --- connecting ------------------------------------------------------------------- */

static bool wait_for(int fd, short events, uint64_t until_ns)
{
    for (;;) {
        uint64_t now = clock_mono_ns();
        if (now >= until_ns) {
            errno = ETIMEDOUT;
            return false;
        }
        struct pollfd one = {.fd = fd, .events = events};
        uint64_t ms = (until_ns - now) / 1000000 + 1;
        int n = poll(&one, 1, (int)MIN(ms, 60000));
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
}

static int connect_to(const struct sockaddr *address, socklen_t n,
                      uint64_t step_ms)
{
    int fd = socket(address->sa_family,
                    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error = 0;
    socklen_t size = sizeof error;
    if (fd < 0)
        return -1;
    if (connect(fd, address, n) == 0)
        return fd;
    if (errno == EINPROGRESS &&
        wait_for(fd, POLLOUT, clock_mono_ns() + step_ms * 1000000) &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0) {
        if (error == 0)
            return fd;
        errno = error;
    }
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int connect_unix(const char *path, uint64_t step_ms)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    return connect_to((const struct sockaddr *)&address, sizeof address,
                      step_ms);
}

/* "host:port", "[address]:port"; both yours. */
static bool split(const char *to, char **host, char **port)
{
    const char *colon = strrchr(to, ':');
    if (colon == NULL || colon == to || colon[1] == '\0')
        return false;
    size_t n = (size_t)(colon - to);
    bool is_bracketed = to[0] == '[' && to[n - 1] == ']' && n > 2;
    *host = is_bracketed ? g_strndup(to + 1, n - 2) : g_strndup(to, n);
    *port = g_strdup(colon + 1);
    return true;
}

static int connect_host(const char *to, uint64_t step_ms, const char **why)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    int fd = -1;
    if (!split(to, &host, &port)) {
        *why = "it is no HOST:PORT and no path of a socket";
        return -1;
    }
    int rc = getaddrinfo(host, port, &hints, &found);
    if (rc != 0) {
        *why = gai_strerror(rc);
        return -1;
    }
    for (const struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next)
        fd = connect_to(a->ai_addr, a->ai_addrlen, step_ms);
    if (fd < 0)
        *why = g_strerror(errno);
    freeaddrinfo(found);
    return fd;
}

bool talk_open(const char *to, uint64_t step_ms, struct talk *out,
               GError **error)
{
    const char *why = NULL;
    int fd = to[0] == '/' ? connect_unix(to, step_ms)
                          : connect_host(to, step_ms, &why);
    if (fd < 0) {
        g_autofree char *what =
            g_strdup_printf("the mail server at %s cannot be reached", to);
        return fail(what, why != NULL ? why : g_strerror(errno), error);
    }
    *out = (struct talk){
        .fd = fd, .step_ms = step_ms, .heard = g_string_new(NULL)};
    return true;
}

void talk_close(struct talk *talk)
{
    close(talk->fd);
    g_string_free(talk->heard, TRUE);
    talk->fd = -1;
    talk->heard = NULL;
}

/* --- talking ---------------------------------------------------------------------- */

bool talk_say(struct talk *talk, const char *p, size_t n, GError **error)
{
    while (n > 0) {
        uint64_t until = clock_mono_ns() + talk->step_ms * 1000000;
        ssize_t done = send(talk->fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && (errno == EINTR || errno == EAGAIN)) {
            if (errno == EAGAIN && !wait_for(talk->fd, POLLOUT, until))
                return fail("the mail server", g_strerror(errno), error);
            continue;
        }
        if (done < 0)
            return fail("the mail server", g_strerror(errno), error);
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static bool read_more(struct talk *talk, uint64_t until, GError **error)
{
    char buffer[4096];
    for (;;) {
        ssize_t n = recv(talk->fd, buffer, sizeof buffer, 0);
        if (n > 0) {
            g_string_append_len(talk->heard, buffer, n);
            return true;
        }
        if (n == 0)
            return fail("the mail server", "it closed the connection", error);
        if (errno != EINTR && errno != EAGAIN)
            return fail("the mail server", g_strerror(errno), error);
        if (errno == EAGAIN && !wait_for(talk->fd, POLLIN, until))
            return fail("the mail server", "it did not answer in time", error);
    }
}

/* One line without its end, yours. */
static bool read_line(struct talk *talk, uint64_t until, char **line,
                      GError **error)
{
    for (;;) {
        char *end = memchr(talk->heard->str, '\n', talk->heard->len);
        if (end != NULL) {
            size_t n = (size_t)(end - talk->heard->str);
            *line = g_strndup(talk->heard->str, n);
            g_strchomp(*line);
            g_string_erase(talk->heard, 0, (gssize)n + 1);
            return true;
        }
        if (talk->heard->len > LINE_MAX_BYTES)
            return fail("the mail server", "its reply has no end", error);
        if (!read_more(talk, until, error))
            return false;
    }
}

/* "250-text", "250 text", "250" */
static bool read_code(const char *line, unsigned *code, bool *is_last)
{
    if (!g_ascii_isdigit(line[0]) || !g_ascii_isdigit(line[1]) ||
        !g_ascii_isdigit(line[2]) ||
        (line[3] != '\0' && line[3] != ' ' && line[3] != '-'))
        return false;
    *code = (unsigned)((line[0] - '0') * 100 + (line[1] - '0') * 10 +
                       (line[2] - '0'));
    *is_last = line[3] != '-';
    return *code >= 200 && *code < 600;
}

bool talk_hear(struct talk *talk, unsigned *code, char **text, GString *lines,
               GError **error)
{
    uint64_t until = clock_mono_ns() + talk->step_ms * 1000000;
    g_autoptr(GString) all = g_string_new(NULL);
    bool is_last = false;
    unsigned got = 0;
    for (unsigned n = 0; !is_last; n++) {
        g_autofree char *line = NULL;
        if (!read_line(talk, until, &line, error))
            return false;
        if (n >= LINES_MAX || !read_code(line, &got, &is_last))
            return fail("the mail server", "its reply is none of SMTP", error);
        const char *rest = line[3] != '\0' ? line + 4 : "";
        if (lines != NULL)
            g_string_append_printf(lines, "%s\n", rest);
        if (all->len == 0)
            g_string_append_printf(all, "%u", got);
        if (*rest != '\0' && all->len < TALK_REPLY_MAX)
            g_string_append_printf(all, " %s", rest);
    }
    *code = got;
    *text = escape_clean_dup(all->str, all->len, TALK_REPLY_MAX);
    return true;
}
