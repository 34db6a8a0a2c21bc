/* SPDX-License-Identifier: MIT */
/*
 * One plugin of a module.
 */
#include "base/option.h"
#include "host/check.h"
#include "host/net.h"
#include "host/section.h"
#include "host/sized.h"

#include <inttypes.h>
#include <string.h>

enum {
    TEXT_MAX = 1024, /* bytes of a string that people read */
    ID_MAX = 127,
    KEY_MAX = 64,
    LIST_MAX = 256 /* entries of any list of a descriptor */
};

#define STAGES_KNOWN                                                           \
    (2 * ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE) -                                \
     ASSAY_STAGE_BIT(ASSAY_STAGE_CONNECT))

/* Host extensions, NULL-terminated. */
static const char *const extensions[] = {NET_EXTENSION, NULL};

/* At most `max` bytes, all of them in `allowed`, at least one. */
static bool is_word(const char *text, size_t max, const char *allowed)
{
    size_t n = strnlen(text, max + 1);
    return n > 0 && n <= max && strspn(text, allowed) >= n;
}

static bool is_text(const char *text)
{
    size_t n = strnlen(text, TEXT_MAX + 1);
    if (n > TEXT_MAX || !g_utf8_validate(text, (gssize)n, NULL))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    return true;
}

static size_t list_length(const void *list)
{
    const void *const *at = list;
    size_t n = 0;
    while (n <= LIST_MAX && at != NULL && at[n] != NULL)
        n++;
    return n;
}

static bool check_strings(const struct assay_plugin *p, GError **error)
{
    if (p->id == NULL)
        return check_wrong(error,
                           "its id is NULL: a plugin needs a reverse DNS name");
    if (!is_word(p->id, ID_MAX, "abcdefghijklmnopqrstuvwxyz0123456789.-") ||
        strchr(p->id, '.') == NULL) {
        g_autofree char *shown = g_strndup(p->id, ID_MAX + 1);
        g_autofree char *clean = g_strescape(shown, NULL);
        return check_wrong(
            error,
            "its id \"%s\" is not a reverse DNS name in [a-z0-9.-] of "
            "at most %d bytes",
            clean, ID_MAX);
    }

    const struct {
        const char *what;
        const char *text;
        bool may_be_null;
    } strings[] = {
        {"name", p->name, false},       {"vendor", p->vendor, false},
        {"version", p->version, false}, {"licence", p->licence, false},
        {"url", p->url, true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++) {
        if (strings[i].text == NULL && strings[i].may_be_null)
            continue;
        if (strings[i].text == NULL)
            return check_wrong(error, "%s: its %s is NULL, it must be a string",
                               p->id, strings[i].what);
        if (!is_text(strings[i].text))
            return check_wrong(
                error,
                "%s: its %s is not one line of UTF-8 of at most %d "
                "bytes",
                p->id, strings[i].what, TEXT_MAX);
    }
    return true;
}

static bool check_functions(const struct assay_plugin *p, GError **error)
{
    const struct {
        const char *what;
        bool is_there;
    } functions[] = {
        {"create", p->create != NULL},
        {"destroy", p->destroy != NULL},
        {"handle", p->handle != NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
        if (!functions[i].is_there)
            return check_wrong(error,
                               "%s: its function %s is NULL, it must be there",
                               p->id, functions[i].what);
    return true;
}

static bool check_bits(const struct assay_plugin *p, GError **error)
{
    if (p->stages == 0)
        return check_wrong(
            error, "%s: it names no stage, so it would never be asked", p->id);
    if ((p->stages & ~STAGES_KNOWN) != 0)
        return check_wrong(error,
                           "%s: it wants stages 0x%" PRIx64
                           " that this host does not know; a newer host may",
                           p->id, p->stages & ~STAGES_KNOWN);
    uint64_t unknown = p->flags_required & ~CHECK_FLAGS_KNOWN;
    if (unknown != 0)
        return check_wrong(error,
                           "%s: it requires flags 0x%" PRIx64
                           " that this host does not know; a newer host may",
                           p->id, unknown);
    uint64_t flags = p->flags_required | p->flags_optional;
    if ((flags & ASSAY_FLAG_STAMPED) != 0 && p->stamp == NULL)
        return check_wrong(
            error, "%s: it says ASSAY_FLAG_STAMPED but has no function stamp",
            p->id);
    return true;
}

static bool check_facts(const struct assay_plugin *p, const char *what,
                        const char *const *keys, GError **error)
{
    if (list_length(keys) > LIST_MAX)
        return check_wrong(error, "%s: its %s has no NULL at the end", p->id,
                           what);
    for (; keys != NULL && *keys != NULL; keys++) {
        if (!is_text(*keys))
            return check_wrong(error, "%s: its %s holds a key that is not text",
                               p->id, what);
        size_t n = strlen(*keys);
        size_t plain = g_str_has_suffix(*keys, ".*") ? n - 1 : n;
        if (plain < 2 || n > KEY_MAX ||
            strspn(*keys, "abcdefghijklmnopqrstuvwxyz0123456789._-") < plain)
            return check_wrong(
                error,
                "%s: its %s holds \"%s\", which is not a key such as "
                "\"vendor.name\" in [a-z0-9._-]",
                p->id, what, *keys);
    }
    return true;
}

static bool check_extensions(const struct assay_plugin *p, GError **error)
{
    if (list_length(p->requires_ext) > LIST_MAX)
        return check_wrong(error, "%s: its requires_ext has no NULL at the end",
                           p->id);
    for (const char *const *e = p->requires_ext; e != NULL && *e != NULL; e++)
        if (!is_text(*e) || !g_strv_contains(extensions, *e))
            return check_wrong(
                error,
                "%s: it requires the extension \"%s\", which this host "
                "does not have",
                p->id, is_text(*e) ? *e : "?");
    return true;
}

/* "type/subtype" in lower case; a '*' may stand only at the end. */
static bool is_type(const char *type)
{
    const char *slash = strchr(type, '/');
    const char *star = strchr(type, '*');
    size_t plain = strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789/.+-_*");
    return slash != NULL && slash != type && slash[1] != '\0' &&
           type[plain] == '\0' && (star == NULL || star[1] == '\0');
}

static bool copy_wants(struct assay_plugin *p, GPtrArray *parts, GError **error)
{
    if (p->wants == NULL)
        return true;
    struct assay_wants *wants = g_new0(struct assay_wants, 1);
    g_ptr_array_add(parts, wants);
    if (!sized_copy(wants, sizeof *wants, p->wants, SIZED_WANTS))
        return check_wrong(
            error,
            "%s: its wants have struct_size %" PRIu32 ", not from %d to %u",
            p->id, p->wants->struct_size, SIZED_WANTS, SIZED_MAX);
    p->wants = wants;
    if (wants->max_size != 0 && wants->max_size < wants->min_size)
        return check_wrong(error, "%s: its wants have max_size below min_size",
                           p->id);
    if (list_length(wants->types) > LIST_MAX)
        return check_wrong(
            error, "%s: its wants' types have no NULL at the end", p->id);
    for (const char *const *type = wants->types; type && *type; type++)
        if (!is_text(*type) || !is_type(*type))
            return check_wrong(
                error,
                "%s: its wants hold a type that is not lower case such as "
                "\"application/zip\" or \"text/*\"",
                p->id);
    return true;
}

/* An option whose key the host itself reads, or NULL. */
static const char *taken_key(const struct assay_option *const *table)
{
    for (size_t i = 0; table[i] != NULL; i++)
        for (size_t k = 0; host_section_keys[k] != NULL; k++)
            if (strcmp(table[i]->name, host_section_keys[k]) == 0)
                return table[i]->name;
    return NULL;
}

static bool copy_options(struct assay_plugin *p, GPtrArray *parts,
                         GError **error)
{
    size_t n = list_length(p->options);
    if (n > LIST_MAX)
        return check_wrong(error, "%s: its options have no NULL at the end",
                           p->id);
    const struct assay_option **table =
        g_new0(const struct assay_option *, n + 1);
    g_ptr_array_add(parts, table);
    for (size_t i = 0; i < n; i++) {
        struct assay_option *option = g_new0(struct assay_option, 1);
        g_ptr_array_add(parts, option);
        if (!sized_copy(option, sizeof *option, p->options[i], SIZED_OPTION))
            return check_wrong(
                error,
                "%s: option %zu has struct_size %" PRIu32 ", not from %d to %u",
                p->id, i, p->options[i]->struct_size, SIZED_OPTION, SIZED_MAX);
        table[i] = option;
    }
    p->options = table;
    g_autoptr(GError) cause = NULL;
    if (!option_table_check(p->options, &cause))
        return check_wrong(error, "%s: its option table: %s", p->id,
                           cause->message);
    const char *taken = taken_key(p->options);
    if (taken != NULL)
        return check_wrong(
            error,
            "%s: its option \"%s\" has the name of a key that the host "
            "itself reads; it needs another name",
            p->id, taken);
    return true;
}

bool check_plugin(struct assay_plugin *p, GPtrArray *parts, GError **error)
{
    return check_strings(p, error) && check_functions(p, error) &&
           check_bits(p, error) && check_facts(p, "reads", p->reads, error) &&
           check_facts(p, "provides", p->provides, error) &&
           check_extensions(p, error) && copy_wants(p, parts, error) &&
           copy_options(p, parts, error);
}
