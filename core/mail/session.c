/* SPDX-License-Identifier: MIT */
#include "mail/session.h"

#include <assay/plugin.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

struct session *session_new(void)
{
    struct session *session = g_new0(struct session, 1);
    session->rcpts = g_ptr_array_new_with_free_func(g_free);
    session->direction = ASSAY_DIRECTION_IN;
    return session;
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    g_free(session->client_ip);
    g_free(session->client_name);
    g_free(session->helo);
    g_free(session->mail_from);
    g_ptr_array_unref(session->rcpts);
    g_free(session->auth_user);
    g_free(session->queue_id);
    g_free(session->local_ip);
    g_free(session->tls_version);
    g_free(session->tls_cipher);
    g_free(session);
}

static void *copy_text(const void *text, void *unused)
{
    (void)unused;
    return g_strdup(text);
}

struct session *session_copy(const struct session *from)
{
    struct session *to = g_memdup2(from, sizeof *from);
    to->client_ip = g_strdup(from->client_ip);
    to->client_name = g_strdup(from->client_name);
    to->helo = g_strdup(from->helo);
    to->mail_from = g_strdup(from->mail_from);
    to->rcpts = g_ptr_array_copy(from->rcpts, copy_text, NULL);
    to->auth_user = g_strdup(from->auth_user);
    to->queue_id = g_strdup(from->queue_id);
    to->local_ip = g_strdup(from->local_ip);
    to->tls_version = g_strdup(from->tls_version);
    to->tls_cipher = g_strdup(from->tls_cipher);
    return to;
}

/* An IPv4 address in IPv6 clothes is the IPv4 address: black lists, SPF and
 * policies know it by that name only. */
static const char *canonical(const char *text, char out[INET6_ADDRSTRLEN])
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, text, &four) == 1)
        return inet_ntop(AF_INET, &four, out, INET6_ADDRSTRLEN);
    if (inet_pton(AF_INET6, text, &six) != 1)
        return NULL;
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return inet_ntop(AF_INET, six.s6_addr + 12, out, INET6_ADDRSTRLEN);
    return inet_ntop(AF_INET6, &six, out, INET6_ADDRSTRLEN);
}

bool session_set_client_ip(struct session *session, const char *text)
{
    char bare[INET6_ADDRSTRLEN + 1];
    size_t n = strlen(text);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    if (n >= 5 && g_ascii_strncasecmp(text, "IPv6:", 5) == 0) {
        text += 5;
        n -= 5;
    }
    if (n == 0 || n >= sizeof bare)
        return false;
    memcpy(bare, text, n);
    bare[n] = '\0';
    char out[INET6_ADDRSTRLEN];
    if (canonical(bare, out) == NULL)
        return false;
    g_free(session->client_ip);
    session->client_ip = g_strdup(out);
    return true;
}
