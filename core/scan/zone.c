/* SPDX-License-Identifier: MIT */
#include "scan/zone.h"

#include "base/escape.h"
#include "scan/zone_name.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MAX_BYTES = 16 << 20,
    CNAMES_MAX = 8, /* in a row; resolvers give up between 8 and 16 */
    SHOWN_MAX_BYTES = 60
};

struct zone {
    GHashTable *names;   /* zone_key -> struct zone_name; NULL: no such file */
    GHashTable *lookups; /* "table:key" -> value; NULL: no such file */
    struct resolver resolver;
};

/* The whole file. */
static bool read_file(const char *path, GString *text, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && text->len <= FILE_MAX_BYTES) {
        char piece[16384];
        got = read(fd, piece, sizeof piece);
        g_string_append_len(text, piece, MAX(got, 0));
    }
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (got < 0)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", path,
                    g_strerror(why));
    else if (text->len > FILE_MAX_BYTES)
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "%s: larger than 16 MiB, the most that is read", path);
    return got >= 0 && text->len <= FILE_MAX_BYTES;
}

static void free_name(void *name)
{
    zone_name_free(name);
}

static bool read_names(struct zone *zone, json_t *json, GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        struct zone_name *name = NULL;
        if (!zone_name_read(key, value, &name, error))
            return false;
        if (!g_hash_table_insert(zone->names, zone_key(key), name)) {
            g_autofree char *shown =
                escape_dup(key, strlen(key), SHOWN_MAX_BYTES);
            g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                        "\"%s\" is there twice: join the two", shown);
            return false;
        }
    }
    return true;
}

static bool read_dns(struct zone *zone, const struct zone_text *text,
                     GError **error)
{
    json_error_t wrong;
    json_t *json = json_loadb(text->p, text->n, JSON_REJECT_DUPLICATES, &wrong);
    if (json == NULL) {
        g_autofree char *what =
            escape_dup(wrong.text, strlen(wrong.text), sizeof wrong.text);
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA, "%s:%d: %s", text->name,
                    wrong.line, what);
        return false;
    }
    bool is_read = json_is_object(json);
    if (!is_read)
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "not an object of names such as "
                    "{\"example.org\": {\"A\": [\"192.0.2.1\"]}}");
    zone->names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_name);
    is_read = is_read && read_names(zone, json, error);
    json_decref(json);
    if (!is_read)
        g_prefix_error(error, "%s: ", text->name);
    return is_read;
}

/* "table:key value", a comment or nothing. */
static bool read_line(struct zone *zone, char *line)
{
    if (!g_utf8_validate(line, -1, NULL))
        return false;
    g_strstrip(line);
    if (line[0] == '\0' || line[0] == '#')
        return true;
    size_t key_n = strcspn(line, " \t");
    const char *value = line + key_n + strspn(line + key_n, " \t");
    const char *colon = memchr(line, ':', key_n);
    if (colon == NULL || colon == line || colon == line + key_n - 1 ||
        value[0] == '\0')
        return false;
    return g_hash_table_insert(zone->lookups, g_strndup(line, key_n),
                               g_strdup(value));
}

static bool read_lookups(struct zone *zone, const struct zone_text *text,
                         GError **error)
{
    zone->lookups =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (text->n > 0 && memchr(text->p, '\0', text->n) != NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "%s: holds NUL bytes: not a text file", text->name);
        return false;
    }
    g_autofree char *copy = g_strndup(text->p, text->n);
    unsigned number = 1;
    for (char *line = copy, *end; line != NULL; line = end, number++) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (read_line(zone, line))
            continue;
        g_autofree char *shown =
            escape_dup(line, strlen(line), SHOWN_MAX_BYTES);
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "%s:%u: \"%s\" is not a new \"table:key value\"",
                    text->name, number, shown);
        return false;
    }
    return true;
}

/* Copies what the name has of the wish's type. */
static void answer_from(struct wish *wish, const struct zone_type *type)
{
    wish->state = type->state;
    for (unsigned i = 0; i < type->records->len; i++)
        wish_add_record(wish, type->records->pdata[i]);
    if (wish->state == ASSAY_ANSWER_DATA && wish->records->len == 0)
        wish->state = ASSAY_ANSWER_NODATA;
}

static void answer_dns(const struct zone *zone, struct wish *wish)
{
    g_autofree char *key = zone_key(wish->key);
    for (unsigned cnames = 0; cnames <= CNAMES_MAX; cnames++) {
        const struct zone_name *name = g_hash_table_lookup(zone->names, key);
        if (name == NULL) {
            wish->state = ASSAY_ANSWER_NXDOMAIN;
            return;
        }
        const struct zone_type *type = zone_name_type(name, wish->type);
        const struct zone_type *cname = zone_name_type(name, RR_CNAME);
        if (type != NULL) {
            answer_from(wish, type);
            return;
        }
        if (cname == NULL || cname->records->len == 0) {
            wish->state = name->rest;
            return;
        }
        const struct wish_record *record = cname->records->pdata[0];
        g_free(key);
        key = zone_key(record->data);
    }
    wish->state = ASSAY_ANSWER_SERVFAIL; /* a circle, or too long a chain */
}

static void answer_lookup(const struct zone *zone, struct wish *wish)
{
    const char *value = g_hash_table_lookup(zone->lookups, wish->key);
    wish->state = ASSAY_ANSWER_NXDOMAIN;
    if (value == NULL)
        return;
    struct wish_record record = {.data = value, .data_n = strlen(value)};
    wish_add_record(wish, &record);
    wish->state = ASSAY_ANSWER_DATA;
}

static void resolve(void *self, struct wish *const *wishes, size_t n)
{
    const struct zone *zone = self;
    for (size_t i = 0; i < n; i++) {
        bool is_dns = wishes[i]->kind == ASSAY_WANT_DNS;
        if ((is_dns ? zone->names : zone->lookups) == NULL)
            wishes[i]->state = ASSAY_ANSWER_BLOCKED;
        else if (is_dns)
            answer_dns(zone, wishes[i]);
        else
            answer_lookup(zone, wishes[i]);
    }
}

bool zone_parse(const struct zone_text *dns, const struct zone_text *lookup,
                struct zone **out, GError **error)
{
    struct zone *zone = g_new0(struct zone, 1);
    zone->resolver.resolve = resolve;
    zone->resolver.self = zone;
    if ((dns != NULL && !read_dns(zone, dns, error)) ||
        (lookup != NULL && !read_lookups(zone, lookup, error))) {
        zone_free(zone);
        return false;
    }
    *out = zone;
    return true;
}

bool zone_read(const char *dns_path, const char *lookup_path, struct zone **out,
               GError **error)
{
    g_autoptr(GString) dns = g_string_new(NULL);
    g_autoptr(GString) lookup = g_string_new(NULL);
    if ((dns_path != NULL && !read_file(dns_path, dns, error)) ||
        (lookup_path != NULL && !read_file(lookup_path, lookup, error)))
        return false;
    struct zone_text dns_text = {dns_path, dns->str, dns->len};
    struct zone_text lookup_text = {lookup_path, lookup->str, lookup->len};
    return zone_parse(dns_path != NULL ? &dns_text : NULL,
                      lookup_path != NULL ? &lookup_text : NULL, out, error);
}

void zone_free(struct zone *zone)
{
    if (zone == NULL)
        return;
    g_clear_pointer(&zone->names, g_hash_table_unref);
    g_clear_pointer(&zone->lookups, g_hash_table_unref);
    g_free(zone);
}

const struct resolver *zone_resolver(const struct zone *zone)
{
    return &zone->resolver;
}
