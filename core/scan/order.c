/* SPDX-License-Identifier: MIT */
/*
 * The order of scanners: whoever reads a fact comes after whoever provides it.
 */
#include "base/error.h"
#include "scan/state.h"

#include <string.h>

bool fact_matches(const char *pattern, const char *key)
{
    size_t n = strlen(pattern);
    if (n >= 2 && strcmp(pattern + n - 2, ".*") == 0)
        return strncmp(pattern, key, n - 1) == 0;
    return strcmp(pattern, key) == 0;
}

bool fact_is_listed(const char *const *patterns, const char *key)
{
    for (; patterns != NULL && *patterns != NULL; patterns++)
        if (fact_matches(*patterns, key))
            return true;
    return false;
}

const char *scan_reads_from(const struct scanner *reader,
                            const struct scanner *provider)
{
    if (reader == provider || provider->provides == NULL)
        return NULL;
    for (const char *const *key = provider->provides; *key != NULL; key++) {
        if (fact_is_listed(reader->reads, *key))
            return *key;
        /* "auth.*" is provided, "auth.spf" is read. */
        for (const char *const *r = reader->reads; r != NULL && *r; r++)
            if (fact_matches(*key, *r))
                return *r;
    }
    return NULL;
}

/* One of the scanners from `from` on that `reader` must wait for, or n. */
static size_t provider_of(const struct scanner *const *scanners, size_t from,
                          size_t n, const struct scanner *reader)
{
    for (size_t i = from; i < n; i++)
        if (scan_reads_from(reader, scanners[i]) != NULL)
            return i;
    return n;
}

/* Every scanner from `from` on waits for another one of them: follow that until
 * one comes twice; from there on it is a circle. */
static void name_cycle(const struct scanner *const *scanners, size_t from,
                       size_t n, GError **error)
{
    size_t start = from;
    for (size_t i = from; i < n; i++)
        start = provider_of(scanners, from, n, scanners[start]);
    g_autoptr(GString) text = g_string_new(NULL);
    size_t at = start;
    do {
        size_t next = provider_of(scanners, from, n, scanners[at]);
        g_string_append_printf(text, "%s%s reads %s of %s",
                               text->len > 0 ? ", " : "", scanners[at]->name,
                               scan_reads_from(scanners[at], scanners[next]),
                               scanners[next]->name);
        at = next;
    } while (at != start);
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                "the facts go round in a circle: %s; leave one of these out",
                text->str);
}

bool scan_order(const struct scanner **scanners, size_t n, GError **error)
{
    /* A copy: the caller's stays as it is if there is a circle. */
    g_autoptr(GArray) order = g_array_new(false, false, sizeof(*scanners));
    g_array_append_vals(order, scanners, (unsigned)n);
    const struct scanner **rest = (const struct scanner **)order->data;
    for (size_t done = 0; done < n; done++) {
        size_t next = done;
        while (next < n && provider_of(rest, done, n, rest[next]) < n)
            next++;
        if (next == n) {
            name_cycle(rest, done, n, error);
            return false;
        }
        /* To the front of the rest, which keeps its own order. */
        const struct scanner *first = rest[next];
        for (size_t i = next; i > done; i--)
            rest[i] = rest[i - 1];
        rest[done] = first;
    }
    for (size_t i = 0; i < n; i++)
        scanners[i] = rest[i];
    return true;
}
