/* SPDX-License-Identifier: MIT */
#include "pool/operator_client.h"

#include "base/escape.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct operator_client *operator_client_new(int fd, uint64_t now_ns)
{
    struct operator_client *client = g_new0(struct operator_client, 1);
    client->fd = fd;
    client->active_ns = now_ns;
    client->answer = g_string_new(NULL);
    return client;
}

void operator_client_free(struct operator_client *client)
{
    close(client->fd);
    g_string_free(client->answer, TRUE);
    g_free(client);
}

bool operator_client_read(struct operator_client *client, uint64_t now_ns)
{
    size_t room = sizeof client->line - client->line_n;
    if (room == 0)
        return true;
    ssize_t n =
        recv(client->fd, client->line + client->line_n, room, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    client->line_n += (size_t)n;
    client->active_ns = now_ns;
    return true;
}

char *operator_client_command(struct operator_client *client)
{
    const char *end = memchr(client->line, '\n', client->line_n);
    size_t n = end != NULL ? (size_t)(end - client->line) : client->line_n;
    bool is_whole = end != NULL;
    if (memchr(client->line, '\0', n) != NULL ||
        (!is_whole && n == sizeof client->line)) {
        client->line_n = 0;
        client->is_last = true;
        operator_client_refuse(client, "that is not a command");
        return NULL;
    }
    if (!is_whole)
        return NULL;
    char *command = g_strndup(client->line, n);
    client->line_n -= n + 1;
    memmove(client->line, client->line + n + 1, client->line_n);
    return g_strchomp(command);
}

bool operator_client_write(struct operator_client *client, uint64_t now_ns)
{
    while (client->sent < client->answer->len) {
        ssize_t n = send(client->fd, client->answer->str + client->sent,
                         client->answer->len - client->sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        client->sent += (size_t)n;
        client->active_ns = now_ns;
    }
    g_string_truncate(client->answer, 0);
    client->sent = 0;
    return !client->is_last;
}

void operator_client_say(struct operator_client *client, const char *json)
{
    g_string_append(client->answer, json);
    g_string_append_c(client->answer, '\n');
    client->request = 0;
}

void operator_client_refuse(struct operator_client *client, const char *why)
{
    g_autofree char *clean = escape_utf8_dup(why, strlen(why));
    json_t *answer = json_pack("{s:s}", "error", clean);
    char *text = json_dumps(answer, JSON_COMPACT | JSON_ENSURE_ASCII);
    operator_client_say(client, text);
    free(text);
    json_decref(answer);
}
