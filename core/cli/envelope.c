/* SPDX-License-Identifier: MIT */
#include "cli/envelope.h"

#include "base/error.h"
#include "base/escape.h"
#include "mail/trust.h"

#include <assay/plugin.h>

#include <string.h>

/* RFC 5321 4.5.3.1.3 allows 256 octets for a path; more is no address. */
enum {
    ADDRESS_MAX = 320
};

static bool fail(GError **error, const char *flag, const char *given,
                 const char *right)
{
    g_autofree char *shown = escape_dup(given, strlen(given), 200);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s: \"%s\" is not %s",
                flag, shown, right);
    return false;
}

static bool is_clean_text(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (g_ascii_iscntrl(*p))
            return false;
    return true;
}

/* "<bob@example.org>" or "bob@example.org"; NULL if it is neither. */
static char *address_dup(const char *given)
{
    size_t n = strlen(given);
    if (n >= 2 && given[0] == '<' && given[n - 1] == '>') {
        given++;
        n -= 2;
    }
    g_autofree char *address = g_strndup(given, n);
    if (n > ADDRESS_MAX || !is_clean_text(address) ||
        strpbrk(address, "<>") != NULL)
        return NULL;
    return g_steal_pointer(&address);
}

static bool set_client(struct session *session, const char *given,
                       GError **error)
{
    const char *comma = strchr(given, ',');
    g_autofree char *ip = comma != NULL
                              ? g_strndup(given, (size_t)(comma - given))
                              : g_strdup(given);
    if (!session_set_client_ip(session, ip))
        return fail(error, "--client", given,
                    "an address such as 192.0.2.1 or "
                    "2001:db8::1,mail.example.net");
    if (comma == NULL)
        return true;
    if (comma[1] == '\0' || !is_clean_text(comma + 1))
        return fail(error, "--client", given, "IP,NAME with a name in it");
    session->client_name = g_strdup(comma + 1);
    return true;
}

static bool set_text(char **to, const char *flag, const char *given,
                     GError **error)
{
    if (given == NULL)
        return true;
    if (given[0] == '\0' || !is_clean_text(given))
        return fail(error, flag, given, "one line of UTF-8");
    *to = g_strdup(given);
    return true;
}

static bool set_addresses(struct session *session, const struct scan_args *args,
                          GError **error)
{
    if (args->from != NULL) {
        session->mail_from = address_dup(args->from);
        if (session->mail_from == NULL)
            return fail(error, "--from", args->from,
                        "an address such as alice@example.net");
    }
    for (char **r = args->rcpts; r != NULL && *r != NULL; r++) {
        char *rcpt = address_dup(*r);
        if (rcpt == NULL || rcpt[0] == '\0') {
            g_free(rcpt);
            return fail(error, "--rcpt", *r,
                        "an address such as bob@example.org");
        }
        g_ptr_array_add(session->rcpts, rcpt);
    }
    return true;
}

static bool fill(struct session *session, const struct scan_args *args,
                 const GArray *networks, GError **error)
{
    if (args->client != NULL && !set_client(session, args->client, error))
        return false;
    if (!set_text(&session->helo, "--helo", args->helo, error) ||
        !set_text(&session->auth_user, "--auth", args->auth_user, error) ||
        !set_addresses(session, args, error))
        return false;
    session->is_trusted = session->auth_user != NULL ||
                          (session->client_ip != NULL &&
                           trust_holds(networks, session->client_ip));
    session->direction =
        session->is_trusted ? ASSAY_DIRECTION_OUT : ASSAY_DIRECTION_IN;
    return true;
}

bool envelope_session(const struct scan_args *args, const GArray *networks,
                      struct session **out, GError **error)
{
    struct session *session = session_new();
    if (!fill(session, args, networks, error)) {
        session_free(session);
        return false;
    }
    *out = session;
    return true;
}
