/* SPDX-License-Identifier: MIT */
/*
 * Everything that a scan came to, but for times, as one text: two scans that must be
 * the same have the same.
 */
#ifndef TESTS_DUMP_H
#define TESTS_DUMP_H

#include "mail/message.h"
#include "scan/scan.h"

#include <glib.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *dump_path(const struct object *object)
{
    return object != NULL ? object->path : "-";
}

static inline void dump_object(GString *to, struct object *o)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(object_digest(o), hex);
    g_string_append_printf(
        to, "object %u %u \"%s\" %zu %" PRIx64 " %.16s %u/%u %s|%s|%s", o->id,
        o->kind, o->path, o->size, o->flags, hex, o->depth, o->unpack_depth,
        o->type_detected, o->type_declared != NULL ? o->type_declared : "-",
        o->method != NULL ? o->method : "-");
    g_string_append_printf(to, " %" PRIu64 " %" PRIu64 " %" PRId64 " %s %u %d",
                           o->packed_size, o->told_size, o->mtime,
                           o->origin != NULL ? o->origin : "-", o->child_count,
                           o->is_name_cut);
    for (unsigned i = 0; o->names != NULL && i < o->names->len; i++) {
        const struct object_name *name = o->names->pdata[i];
        g_autofree char *raw =
            g_base64_encode((const uint8_t *)name->raw, name->raw_n);
        g_string_append_printf(to, " \"%s\" %s", name->text, raw);
    }
    g_string_append_c(to, '\n');
}

static inline void dump_finding(GString *to, const struct finding *f)
{
    g_string_append_printf(
        to, "%s %u %u %u %u %d %u %d %u %u %s \"%s\" \"%s\" \"%s\"\n",
        f->plugin, f->status, f->kind, f->reason, f->confidence,
        f->log_odds_milli, f->advice, f->rcpt, f->delay_ms, f->reply_code,
        dump_path(f->object), f->name, f->text, f->reply_text);
}

static inline int dump_order(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static inline void dump_facts(GString *to, GHashTable *facts)
{
    unsigned n;
    g_autofree void **keys = g_hash_table_get_keys_as_array(facts, &n);
    qsort(keys, n, sizeof *keys, dump_order);
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(
            to, "fact %s=%s\n", (const char *)keys[i],
            (const char *)g_hash_table_lookup(facts, keys[i]));
}

static inline void dump_said(GString *to, const struct scan *scan)
{
    for (unsigned i = 0; i < scan->answers->len; i++) {
        const struct scan_answer *a =
            &g_array_index(scan->answers, struct scan_answer, i);
        g_string_append_printf(to, "answer %s %u %d %s\n", a->plugin, a->status,
                               a->rcpt, dump_path(a->object));
    }
    for (unsigned i = 0; i < scan->counts->len; i++) {
        const struct scan_count *c = scan->counts->pdata[i];
        g_string_append_printf(to, "count %s %s %" PRId64 "\n", c->name, c->key,
                               c->n);
    }
    for (unsigned i = 0; i < scan->edits->len; i++) {
        const struct scan_edit *e = scan->edits->pdata[i];
        size_t n;
        const char *value = g_bytes_get_data(e->value, &n);
        g_string_append_printf(
            to, "edit %s %u %u %" PRIu64 " %" PRIu64 " %s=%.*s\n", e->plugin,
            e->kind, e->index, e->offset, e->length,
            e->name != NULL ? e->name : "-", (int)n, value);
    }
}

/* A new string, yours. */
static inline char *dump_scan(const struct scan *scan)
{
    GString *to = g_string_new(NULL);
    const GPtrArray *objects = scan->message->objects;
    for (unsigned i = 0; i < objects->len; i++)
        dump_object(to, objects->pdata[i]);
    for (unsigned i = 0; i < scan->findings->len; i++)
        dump_finding(to, scan->findings->pdata[i]);
    dump_said(to, scan);
    dump_facts(to, scan->facts);
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        g_string_append_printf(to, "use %s %" PRIu64 "\n",
                               scan->uses[i].scanner, scan->uses[i].calls);
    g_string_append_printf(to,
                           "bytes %" PRIu64 " dropped %" PRIu64 " now %" PRId64,
                           scan->bytes, scan->findings_dropped, scan->now_s);
    return g_string_free(to, FALSE);
}

/* Are the texts equal?  Else the first lines that differ go to standard error. */
static inline bool dump_same(const char *one, const char *other)
{
    if (one == NULL || other == NULL || strcmp(one, other) == 0)
        return one != NULL && other != NULL;
    size_t at = 0, line = 0;
    for (; one[at] != '\0' && one[at] == other[at]; at++)
        if (one[at] == '\n')
            line = at + 1;
    fprintf(stderr, "expected: %.*s\nis:       %.*s\n",
            (int)strcspn(one + line, "\n"), one + line,
            (int)strcspn(other + line, "\n"), other + line);
    return false;
}

#endif
