/* SPDX-License-Identifier: MIT */
#include "cli/ask.h"

#include "base/error.h"
#include "pool/operator.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool fail(GError **error, const struct ask *ask, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", ask->path, what);
    return false;
}

static bool refuse(GError **error, const char *path)
{
    const char *advice = "";
    if (errno == ENOENT || errno == ECONNREFUSED)
        advice = "; nothing runs there: is --socket the one that was given as "
                 "--control?";
    else if (errno == EACCES)
        advice = "; only root and the user who runs it may ask";
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s%s", path,
                g_strerror(errno), advice);
    return false;
}

bool ask_open(const char *path, struct ask *out, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL)
        path = OPERATOR_PATH;
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return refuse(error, path);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        refuse(error, path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    *out = (struct ask){
        .fd = fd, .heard = g_string_new(NULL), .path = g_strdup(path)};
    return true;
}

void ask_close(struct ask *ask)
{
    close(ask->fd);
    g_string_free(ask->heard, TRUE);
    g_free(ask->path);
}

/* Waits until there is more; 0: has ended. */
static bool hear(struct ask *ask, int wait_ms, GError **error)
{
    char buffer[65536];
    struct pollfd one = {.fd = ask->fd, .events = POLLIN};
    int ready = poll(&one, 1, wait_ms);
    if (ready < 0 && errno == EINTR)
        return true;
    if (ready == 0)
        return fail(error, ask, "no answer in time; does it hang?");
    ssize_t n = recv(ask->fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return fail(error, ask,
                    n == 0 ? "ended without an answer" : g_strerror(errno));
    g_string_append_len(ask->heard, buffer, n);
    return ask->heard->len <= ASK_ANSWER_MAX ||
           fail(error, ask, "the answer does not end");
}

bool ask_end(struct ask *ask, unsigned wait_s, GError **error)
{
    char buffer[4096];
    struct pollfd one = {.fd = ask->fd, .events = POLLIN};
    for (;;) {
        int ready =
            poll(&one, 1, wait_s == 0 ? -1 : (int)MIN(wait_s, 86400u) * 1000);
        if (ready == 0)
            return fail(error, ask, "it has not ended in time");
        ssize_t n = ready < 0 ? -1 : recv(ask->fd, buffer, sizeof buffer, 0);
        if (n == 0 || (n < 0 && errno == ECONNRESET))
            return true;
        if (n < 0 && errno != EINTR)
            return fail(error, ask, g_strerror(errno));
    }
}

/* One line, yours. */
static char *hear_line(struct ask *ask, unsigned wait_s, GError **error)
{
    int wait_ms = wait_s == 0 ? -1 : (int)MIN(wait_s, 86400u) * 1000;
    const char *end;
    while ((end = memchr(ask->heard->str, '\n', ask->heard->len)) == NULL)
        if (!hear(ask, wait_ms, error))
            return NULL;
    size_t n = (size_t)(end - ask->heard->str);
    char *line = g_strndup(ask->heard->str, n);
    g_string_erase(ask->heard, 0, (gssize)n + 1);
    return line;
}

static bool say(const struct ask *ask, const char *command, GError **error)
{
    g_autofree char *line = g_strconcat(command, "\n", NULL);
    size_t n = strlen(line);
    /* What it says when it hangs up at once is read below. */
    return send(ask->fd, line, n, MSG_NOSIGNAL) == (ssize_t)n ||
           errno == EPIPE || fail(error, ask, g_strerror(errno));
}

bool ask(struct ask *ask, const char *command, unsigned wait_s, json_t **root,
         GError **error)
{
    g_autofree char *heard = NULL;
    if (!say(ask, command, error) ||
        (heard = hear_line(ask, wait_s, error)) == NULL)
        return false;
    json_t *read = json_loads(heard, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(read)) {
        json_decref(read);
        return fail(error, ask, "the answer is no JSON object");
    }
    const char *trouble = json_string_value(json_object_get(read, "error"));
    if (trouble != NULL) {
        fail(error, ask, trouble);
        json_decref(read);
        return false;
    }
    *root = read;
    return true;
}
