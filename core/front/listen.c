/* SPDX-License-Identifier: MIT */
#include "front/listen.h"

#include "base/error.h"
#include "base/socket_file.h"
#include "front/options.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 1024
};

/* --- addresses ----------------------------------------------------------------------- */

static const char *after(const char *text, const char *prefix)
{
    return g_str_has_prefix(text, prefix) ? text + strlen(prefix) : NULL;
}

static bool is_port(const char *text)
{
    guint64 port;
    return g_ascii_string_to_unsigned(text, 10, 1, UINT16_MAX, &port, NULL);
}

/* "[::1]" as "::1"; a host that is no name and no address is told by getaddrinfo. */
static char *host_of(const char *text, size_t n)
{
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']')
        return g_strndup(text + 1, n - 2);
    return g_strndup(text, n);
}

static bool parse_inet(const char *rest, struct listen_address *to)
{
    const char *at = strchr(rest, '@');
    const char *colon = strrchr(rest, ':');
    if (at != NULL) {
        to->port = g_strndup(rest, (size_t)(at - rest));
        to->host = host_of(at + 1, strlen(at + 1));
    } else if (colon != NULL) {
        to->port = g_strdup(colon + 1);
        to->host = host_of(rest, (size_t)(colon - rest));
    }
    return to->port != NULL && is_port(to->port) && to->host[0] != '\0';
}

struct listen_address *listen_address_parse(const char *text)
{
    struct listen_address *address = g_new0(struct listen_address, 1);
    const char *path = after(text, "unix:");
    const char *inet = after(text, "inet:");
    if (path == NULL)
        path = after(text, "local:");
    if (inet == NULL)
        inet = after(text, "inet6:");
    if (path == NULL && inet == NULL)
        path = text;
    address->text = g_strdup(text);
    if (path != NULL && path[0] == '/')
        address->path = g_strdup(path);
    if (address->path != NULL || (inet != NULL && parse_inet(inet, address)))
        return address;
    listen_address_free(address);
    return NULL;
}

void listen_address_free(struct listen_address *address)
{
    if (address == NULL)
        return;
    g_free(address->text);
    g_free(address->path);
    g_free(address->host);
    g_free(address->port);
    g_free(address);
}

/* --- sockets ------------------------------------------------------------------------- */

static bool fail(const struct listen_address *address, const char *why,
                 GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "cannot listen at %s ([milter] listen): %s", address->text,
                why);
    return false;
}

static bool open_tcp(const struct listen_address *address,
                     const struct addrinfo *at, GArray *to, GError **error)
{
    int on = 1;
    int fd =
        socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(address, g_strerror(errno), error);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Beside 0.0.0.0 there is room for ::. */
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 ||
        listen(fd, BACKLOG) != 0) {
        fail(address, g_strerror(errno), error);
        close(fd);
        return false;
    }
    g_array_append_val(to, fd);
    return true;
}

static bool open_inet(const struct listen_address *address, GArray *to,
                      GError **error)
{
    static const struct addrinfo hints = {.ai_flags = AI_PASSIVE,
                                          .ai_family = AF_UNSPEC,
                                          .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int status = getaddrinfo(address->host, address->port, &hints, &found);
    if (status != 0)
        return fail(address, gai_strerror(status), error);
    bool is_good = true;
    for (const struct addrinfo *at = found; at != NULL && is_good;
         at = at->ai_next)
        is_good = open_tcp(address, at, to, error);
    freeaddrinfo(found);
    return is_good;
}

/* Its file stays when the process ends: who comes next finds it and takes its place. */
static bool open_unix(const struct listen_address *address, gid_t gid,
                      GArray *to, GError **error)
{
    struct socket_file file;
    const struct socket_file_how how = {
        .path = address->path, .mode = 0660, .gid = gid, .backlog = BACKLOG};
    if (!socket_file_listen(&how, &file, error)) {
        g_prefix_error(error, "[milter] listen: ");
        return false;
    }
    g_array_append_val(to, file.fd);
    g_free(file.path);
    return true;
}

/* NULL: (gid_t)-1. */
static bool find_group(const char *name, gid_t *out, GError **error)
{
    struct group group;
    struct group *found = NULL;
    char buffer[16384];
    if (name == NULL) {
        *out = (gid_t)-1;
        return true;
    }
    if (getgrnam_r(name, &group, buffer, sizeof buffer, &found) != 0 ||
        found == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "[milter] socket_group: there is no group %s", name);
        return false;
    }
    *out = group.gr_gid;
    return true;
}

static bool open_each(const struct front_options *options, GArray *to,
                      GError **error)
{
    gid_t gid = (gid_t)-1;
    if (!find_group(options->socket_group, &gid, error))
        return false;
    for (unsigned i = 0; i < options->listen->len; i++) {
        const struct listen_address *address = options->listen->pdata[i];
        if (address->path != NULL ? !open_unix(address, gid, to, error)
                                  : !open_inet(address, to, error))
            return false;
    }
    return true;
}

bool listen_open_all(const struct conf *conf, GArray **out, GError **error)
{
    struct front_options options = {0};
    if (!front_options_read(conf, &options, error))
        return false;
    GArray *fds = g_array_new(false, false, sizeof(int));
    bool is_good = open_each(&options, fds, error);
    front_options_clear(&options);
    if (is_good)
        *out = fds;
    else
        listen_close_all(fds);
    return is_good;
}

void listen_close_all(GArray *fds)
{
    if (fds == NULL)
        return;
    for (unsigned i = 0; i < fds->len; i++)
        close(g_array_index(fds, int, i));
    g_array_unref(fds);
}
