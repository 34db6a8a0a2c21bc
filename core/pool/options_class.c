/* SPDX-License-Identifier: MIT */
/*
 * [class NAME].
 */
#include "base/error.h"
#include "host/class.h"
#include "pool/options.h"
#include "pool/options_pair.h"

#include <string.h>

#define MIB       (INT64_C(1024) * 1024)
#define GIB       (1024 * MIB)
#define HOUR_MS   (INT64_C(3600) * 1000)
#define NS_PER_MS UINT64_C(1000000)

/* clang-format off */
#define OPTION(called, kind, low, high, text)                                   \
    static const struct assay_option called##_option = {                        \
        .struct_size = sizeof(struct assay_option), .type = (kind),             \
        .name = #called, .min = (low), .max = (high), .help = (text),           \
    }
/* clang-format on */

OPTION(workers_min, ASSAY_OPTION_INT, 1, 1024,
       "Workers of this class that are kept ready. Without it as in [pool].");
OPTION(
    workers_max, ASSAY_OPTION_INT, 0, 1024,
    "Workers of this class under load, 0 for 2 x cores + 1. Without it as in "
    "[pool]. Set 1 for an engine whose licence allows one process.");
OPTION(
    memory, ASSAY_OPTION_SIZE, 16 * MIB, 1024 * GIB,
    "Memory of one worker of this class beyond what was loaded before it was "
    "started. Without it as in [pool].");
OPTION(plugin_time, ASSAY_OPTION_DURATION, 100, HOUR_MS,
       "How long a plugin of this class may look at one object. Without it as "
       "in [pool]. Longer for one that asks a server.");
OPTION(plugin_warn, ASSAY_OPTION_DURATION, 0, HOUR_MS,
       "After how long a plugin of this class is named in the log, 0 is never. "
       "Without it as in [pool].");
OPTION(user, ASSAY_OPTION_TEXT, 0, 0,
       "Whom workers of this class run as when Assay is started as root. "
       "Without it as in [pool]. One of its own keeps this class from the "
       "processes of the others.");
static const struct assay_option net_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "net",
    .help = "Where plugins of this class that need the network may talk to: "
            "host:port, [IPv6]:port, or the path of a UNIX socket, such as "
            "\"203.0.113.7:53, cloud.example:443, /run/engine.sock\". Assay "
            "connects and hands the connection over; workers cannot make one "
            "themselves.",
};

const struct assay_option *const class_options_table[] = {
    &workers_min_option, &workers_max_option,
    &memory_option,      &plugin_time_option,
    &plugin_warn_option, &user_option,
    &net_option,         NULL,
};

static void address_free(void *p)
{
    struct class_address *address = p;
    g_free(address->text);
    g_free(address->host);
    g_free(address->port);
    g_free(address->path);
    g_free(address);
}

static bool is_port(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 5 || text[n] != '\0' || text[0] == '0')
        return false;
    return g_ascii_strtoull(text, NULL, 10) <= 65535;
}

/* The host's end, or NULL: of "[2001:db8::1]:53" the last bracket. */
static const char *host_end(const char *text)
{
    const char *end = text[0] == '[' ? strchr(text, ']') : strchr(text, ':');
    if (text[0] == '[')
        return end != NULL && end[1] == ':' ? end : NULL;
    return end;
}

static bool is_host(const char *host)
{
    return host[0] != '\0' && strlen(host) <= 253 &&
           strspn(host,
                  "abcdefghijklmnopqrstuvwxyz"
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%") == strlen(host);
}

static struct class_address *address_new(const char *text)
{
    enum {
        SOCKET_PATH_MAX = 107 /* sun_path without its end */
    };
    struct class_address *address = g_new0(struct class_address, 1);
    address->text = g_strdup(text);
    bool is_good = false;
    const char *end = host_end(text);
    if (text[0] == '/') {
        address->path = g_strdup(text);
        is_good = text[1] != '\0' && strlen(text) <= SOCKET_PATH_MAX;
    } else if (end != NULL) {
        const char *begin = text[0] == '[' ? text + 1 : text;
        address->host = g_strndup(begin, (size_t)(end - begin));
        address->port = g_strdup(end + (text[0] == '[' ? 2 : 1));
        is_good = is_host(address->host) && is_port(address->port);
    }
    if (is_good)
        return address;
    address_free(address);
    return NULL;
}

static bool read_net(const struct options_source *source, GPtrArray *net,
                     GError **error)
{
    for (unsigned i = 0;
         source->in_file != NULL && i < option_count(source->set, "net"); i++) {
        const char *text = option_text(source->set, "net", i);
        struct class_address *address = address_new(text);
        if (address == NULL) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                        "%s:%u: [%s] net: \"%s\" is not host:port, "
                        "[IPv6]:port or the absolute path of a socket",
                        source->conf->path, option_line(source->set, "net"),
                        source->in_file->label, text);
            return false;
        }
        g_ptr_array_add(net, address);
    }
    return true;
}

static void take(const struct option_set *set, const char *name, uint64_t unit,
                 uint64_t *value)
{
    if (option_count(set, name) > 0)
        *value = (uint64_t)option_int(set, name) * unit;
}

static void take_numbers(const struct option_set *set,
                         struct class_options *options)
{
    take(set, "workers_min", 1, &options->workers_min);
    take(set, "workers_max", 1, &options->workers_max);
    take(set, "memory", 1, &options->memory);
    take(set, "plugin_time", NS_PER_MS, &options->plugin_time_ns);
    take(set, "plugin_warn", NS_PER_MS, &options->plugin_warn_ns);
}

static bool settle(const struct options_source *source,
                   const struct pool_options *pool,
                   struct class_options *options, GError **error)
{
    if (options->workers_max == 0)
        options->workers_max = MAX(2 * pool->cores + 1, options->workers_min);
    return options_pair_settle(&options_pair_workers, source,
                               &options->workers_min, &options->workers_max,
                               error) &&
           options_pair_settle(&options_pair_warn, source,
                               &options->plugin_warn_ns,
                               &options->plugin_time_ns, error) &&
           read_net(source, options->net, error);
}

bool class_options_read(const struct conf *conf, const char *name,
                        const struct pool_options *pool,
                        struct class_options *out, GError **error)
{
    struct option_set *set = NULL;
    const struct conf_section *in_file =
        conf != NULL ? conf_find(conf, "class", name) : NULL;
    if (!option_set_new(class_options_table, conf, in_file, NULL, &set, error))
        return false;
    const struct options_source source = {conf, in_file, set};
    struct class_options options = {
        .workers_min = pool->workers_min,
        .workers_max = pool->workers_max,
        .memory = pool->memory,
        .plugin_time_ns = pool->plugin_time_ns,
        .plugin_warn_ns = pool->plugin_warn_ns,
        .net = g_ptr_array_new_with_free_func(address_free),
    };
    take_numbers(set, &options);
    const char *user = option_text(set, "user", 0);
    options.user = g_strdup(user != NULL ? user : pool->user);
    bool is_good = settle(&source, pool, &options, error);
    if (is_good)
        *out = options;
    else
        class_options_clear(&options);
    option_set_free(set);
    return is_good;
}

void class_options_clear(struct class_options *options)
{
    g_free(options->user);
    if (options->net != NULL)
        g_ptr_array_unref(options->net);
    *options = (struct class_options){0};
}

static const char *written_class(const struct conf_section *section)
{
    for (unsigned i = 0; i < section->entries->len; i++) {
        const struct conf_entry *entry = g_ptr_array_index(section->entries, i);
        if (strcmp(entry->key, "class") == 0)
            return entry->value;
    }
    return section->name; /* what a plugin's class is named after by default */
}

/* Names that a class may have in this file; char *, yours, NULL-ended. */
static GPtrArray *class_names(const struct conf *conf)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(names, g_strdup(CLASS_MAIN));
    for (unsigned i = 0; i < conf->sections->len; i++) {
        const struct conf_section *s = g_ptr_array_index(conf->sections, i);
        if (strcmp(s->kind, "plugin") == 0 && written_class(s) != NULL)
            g_ptr_array_add(names, g_strdup(written_class(s)));
    }
    g_ptr_array_add(names, NULL);
    return names;
}

bool class_options_check_name(const struct conf *conf,
                              const struct conf_section *section,
                              GError **error)
{
    g_autoptr(GPtrArray) names = class_names(conf);
    const char *const *list = (const char *const *)names->pdata;
    if (section->name == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s:%u: [class]: needs the name of a class, such as "
                    "[class main]",
                    conf->path, section->line);
        return false;
    }
    if (g_strv_contains(list, section->name))
        return true;
    const char *near = option_nearest(section->name, list);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "%s:%u: [class %s]: no plugin is in that class%s%s", conf->path,
                section->line, section->name,
                near != NULL ? "; nearest is " : "", near != NULL ? near : "");
    return false;
}
