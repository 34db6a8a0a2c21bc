/* SPDX-License-Identifier: MIT */
#include "mail/trust.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const struct assay_option networks_option = {
    .struct_size = sizeof networks_option,
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "trusted_networks",
    .help = "Networks of your own hosts, such as 192.0.2.0/24 or "
            "2001:db8::/32.  Mail from them is outgoing and trusted (SCL -1) "
            "without a login; set it where clients send without one.",
};

const struct assay_option *const trust_options[] = {&networks_option, NULL};

static unsigned address_bits(int family)
{
    return family == AF_INET ? 32 : 128;
}

/* Do the bits of `a` from `prefix` on differ from zero? */
static bool has_host_bits(const struct network *n)
{
    for (unsigned i = n->prefix; i < address_bits(n->family); i++)
        if ((n->address[i / 8] >> (7 - i % 8) & 1) != 0)
            return true;
    return false;
}

static bool parse_prefix(const char *text, unsigned max, unsigned *out)
{
    if (!g_ascii_isdigit(text[0]))
        return false;
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value > max)
        return false;
    *out = (unsigned)value;
    return true;
}

bool network_parse(const char *text, struct network *out)
{
    g_autofree char *address = g_strdup(text);
    char *slash = strchr(address, '/');
    if (slash != NULL)
        *slash = '\0';
    struct network n = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
    if (inet_pton(n.family, address, n.address) != 1)
        return false;
    n.prefix = address_bits(n.family);
    if (slash != NULL && !parse_prefix(slash + 1, n.prefix, &n.prefix))
        return false;
    if (has_host_bits(&n))
        return false;
    *out = n;
    return true;
}

bool network_holds(const struct network *network, const char *ip)
{
    unsigned char address[16];
    if (inet_pton(network->family, ip, address) != 1)
        return false;
    unsigned whole = network->prefix / 8;
    if (memcmp(address, network->address, whole) != 0)
        return false;
    unsigned rest = network->prefix % 8;
    return rest == 0 ||
           (address[whole] ^ network->address[whole]) >> (8 - rest) == 0;
}

bool trust_holds(const GArray *networks, const char *ip)
{
    for (unsigned i = 0; i < networks->len; i++)
        if (network_holds(&g_array_index(networks, struct network, i), ip))
            return true;
    return false;
}

bool trust_read(const struct conf *conf, GArray **out, GError **error)
{
    struct option_set *set = NULL;
    if (!option_set_new(trust_options, conf, conf_find(conf, "session", NULL),
                        NULL, &set, error))
        return false;
    g_autoptr(GArray) networks =
        g_array_new(false, false, sizeof(struct network));
    const char *text = NULL;
    for (unsigned i = 0;
         (text = option_text(set, networks_option.name, i)) != NULL; i++) {
        struct network network;
        if (!network_parse(text, &network)) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                        "%s:%u: [session] trusted_networks: \"%s\" is not a "
                        "network such as 192.0.2.0/24 or 2001:db8::/32",
                        conf->path, option_line(set, networks_option.name),
                        text);
            option_set_free(set);
            return false;
        }
        g_array_append_val(networks, network);
    }
    option_set_free(set);
    *out = g_steal_pointer(&networks);
    return true;
}
