/* SPDX-License-Identifier: MIT */
/*
 * Which objects a scanner is asked about.
 */
#include "scan/state.h"

#include <string.h>

enum {
    SEEN_KEY_SIZE = DIGEST_SIZE + sizeof(uint32_t) /* digest, id of ancestor */
};

static bool type_fits(const char *pattern, const char *type)
{
    if (type == NULL)
        return false;
    size_t n = strlen(pattern);
    if (n > 0 && pattern[n - 1] == '*')
        return strncmp(pattern, type, n - 1) == 0;
    return strcmp(pattern, type) == 0;
}

static bool types_fit(const struct scanner *scanner,
                      const struct object *object)
{
    if (scanner->types == NULL)
        return true;
    for (const char *const *type = scanner->types; *type != NULL; type++)
        if (type_fits(*type, object->type_detected) ||
            type_fits(*type, object->type_declared))
            return true;
    return false;
}

static bool shape_fits(const struct scanner *scanner, bool is_container)
{
    uint32_t shapes =
        scanner->wants_flags & (ASSAY_WANTS_LEAF | ASSAY_WANTS_CONTAINER);
    return shapes == 0 || (shapes & (is_container ? ASSAY_WANTS_CONTAINER
                                                  : ASSAY_WANTS_LEAF)) != 0;
}

enum match match_object(const struct scanner *scanner,
                        const struct object *object, bool is_container)
{
    uint32_t flags = scanner->wants_flags;
    if (object->parent == NULL && (flags & ASSAY_WANTS_MESSAGE) == 0)
        return MATCH_NO;
    if (object->size == 0 && (flags & ASSAY_WANTS_EMPTY) == 0)
        return MATCH_NO;
    if (object->size < scanner->min_size ||
        !shape_fits(scanner, is_container) || !types_fit(scanner, object))
        return MATCH_NO;
    if (scanner->max_size != 0 && object->size > scanner->max_size)
        return MATCH_TOO_LARGE;
    return MATCH_YES;
}

static unsigned key_hash(gconstpointer key)
{
    unsigned h; /* a digest is as good a hash as any: its first bytes will do */
    memcpy(&h, key, sizeof h);
    return h;
}

static int key_same(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, SEEN_KEY_SIZE) == 0;
}

static void key_fill(uint8_t *key, const uint8_t *digest,
                     const struct object *above)
{
    memcpy(key, digest, DIGEST_SIZE);
    memcpy(key + DIGEST_SIZE, &above->id, sizeof above->id);
}

bool match_seen(const struct scan *scan, size_t scanner, struct object *object)
{
    GHashTable *seen = scan->state->seen[scanner];
    if (seen == NULL)
        return false;
    uint8_t key[SEEN_KEY_SIZE];
    const uint8_t *digest = object_digest(object);
    for (const struct object *o = object->parent; o != NULL; o = o->parent) {
        key_fill(key, digest, o);
        if (g_hash_table_contains(seen, key))
            return true;
    }
    return false;
}

void match_seen_add(struct scan *scan, size_t scanner,
                    const struct object *above, const GByteArray *digests)
{
    GHashTable **seen = &scan->state->seen[scanner];
    if (*seen == NULL)
        *seen = g_hash_table_new_full(key_hash, key_same, g_free, NULL);
    for (unsigned at = 0; at < digests->len; at += DIGEST_SIZE) {
        uint8_t *key = g_malloc(SEEN_KEY_SIZE);
        key_fill(key, digests->data + at, above);
        g_hash_table_add(*seen, key);
    }
}
