/* SPDX-License-Identifier: MIT */
#include "front/milter_facts.h"

#include <string.h>

/* What Postfix does not know it leaves out; both know {client_resolve} or say by the
 * name's form what it would. */
const char *const milter_facts_lists[MILTER_LISTS] = {
    [MILTER_LIST_CONNECT] =
        "j {if_addr} {daemon_addr} {daemon_port} {client_resolve}",
    [MILTER_LIST_HELO] = "{tls_version} {cipher}",
    [MILTER_LIST_MAIL] = "i {auth_authen} {auth_type} {tls_version} {cipher}",
    [MILTER_LIST_RCPT] = "i",
    [MILTER_LIST_DATA] = "i",
    [MILTER_LIST_END] = "i",
    [MILTER_LIST_EOH] = "i",
};

static void set(char **field, const char *value)
{
    g_free(*field);
    *field = value == NULL || *value == '\0' ? NULL : g_strdup(value);
}

static bool is_verified(const char *name, const struct milter_macros *macros)
{
    const char *resolve = milter_macros_get(macros, "client_resolve");
    if (resolve != NULL && strcmp(resolve, "OK") != 0)
        return false;
    return *name != '\0' && *name != '[' && strcmp(name, "unknown") != 0;
}

void milter_facts_connect(struct session *facts,
                          const struct milter_connect *connect,
                          const struct milter_macros *macros)
{
    set(&facts->client_ip, NULL);
    facts->client_port = 0;
    if (connect->family == '4' || connect->family == '6') {
        session_set_client_ip(facts, connect->address);
        facts->client_port = connect->port;
    }
    set(&facts->client_name,
        is_verified(connect->name, macros) ? connect->name : NULL);
}

/* A port, 0 when it is none. */
static uint16_t port_of(const char *text)
{
    guint64 port = 0;
    if (text == NULL ||
        !g_ascii_string_to_unsigned(text, 10, 1, UINT16_MAX, &port, NULL))
        return 0;
    return (uint16_t)port;
}

/* Sendmail tells where it is bound to, which may be no address of one host. */
static const char *address_of(const struct milter_macros *macros)
{
    const char *text = milter_macros_get(macros, "if_addr");
    if (text == NULL || *text == '\0')
        text = milter_macros_get(macros, "daemon_addr");
    if (text == NULL || strcmp(text, "0.0.0.0") == 0 || strcmp(text, "::") == 0)
        return NULL;
    return g_ascii_strncasecmp(text, "IPv6:", 5) == 0 ? text + 5 : text;
}

void milter_facts_macros(struct session *facts,
                         const struct milter_macros *macros)
{
    set(&facts->queue_id, milter_macros_get(macros, "i"));
    set(&facts->auth_user, milter_macros_get(macros, "auth_authen"));
    set(&facts->tls_version, milter_macros_get(macros, "tls_version"));
    set(&facts->tls_cipher, milter_macros_get(macros, "cipher"));
    set(&facts->local_ip, address_of(macros));
    facts->local_port = port_of(milter_macros_get(macros, "daemon_port"));
    facts->is_trusted = facts->auth_user != NULL;
}

void milter_facts_end(struct session *facts)
{
    set(&facts->mail_from, NULL);
    set(&facts->queue_id, NULL);
    g_ptr_array_set_size(facts->rcpts, 0);
}

char *milter_facts_address(const char *text)
{
    size_t n = strlen(text);
    if (n >= 2 && text[0] == '<' && text[n - 1] == '>')
        return g_strndup(text + 1, n - 2);
    return g_strdup(text);
}
