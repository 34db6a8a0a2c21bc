/* SPDX-License-Identifier: MIT */
/*
 * One hollow object out of hostile bytes.
 */
#include "mail/message.h"
#include "pool/hollow.h"
#include "pool/hollow_marks.h"

#include <string.h>

enum {
    TYPE_MAX = 255,
    DECLARED_MAX = 127,
    TOKEN_MAX = 256, /* disposition, encoding, method */
    CONTENT_ID_MAX = 1024,
    NAMES_MAX = 16,
    RAW_NAME_MAX = 4096,
    TEXT_NAME_MAX = 64 << 10, /* UTF-8 of so many raw bytes */
    STEP_MAX = 1 + 255,       /* what a path has more than the parent's */
    NAME_MIN_SIZE = 8
};

#define KNOWN_FLAGS                                                            \
    (ASSAY_OBJECT_ENCRYPTED | ASSAY_OBJECT_DAMAGED | ASSAY_OBJECT_TRUNCATED |  \
     ASSAY_OBJECT_NAME_UNSAFE | ASSAY_OBJECT_CONTAINER | ASSAY_OBJECT_TEXT |   \
     ASSAY_OBJECT_ATTACHMENT | ASSAY_OBJECT_DIRECTORY)

/* One reading of one object. */
struct reading {
    struct unpacker *from;
    const struct reply_context *context;
    struct message *message;
    const char *rule; /* the first one that is broken; NULL: none */
};

static void must(struct reading *reading, bool is_so, const char *rule)
{
    if (!is_so && reading->rule == NULL)
        reading->rule = rule;
}

/* A media type such as those that detection gives. */
static bool is_type(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] <= ' ' || p[i] > '~')
            return false;
    return n > 0 && memchr(p, '/', n) != NULL;
}

/* The object with its detected type in one piece of memory: hostile text is never
 * interned, and object_free need not know. */
static struct object *new_object(struct reading *reading, const uint8_t *type,
                                 size_t n)
{
    struct object *o = g_malloc(sizeof *o + n + 1);
    char *kept = (char *)(o + 1);
    memset(o, 0, sizeof *o);
    memcpy(kept, type, n);
    kept[n] = '\0';
    o->type_detected = kept;
    o->data = (const uint8_t *)"";
    o->readings = OBJECT_ALL_READINGS;
    must(reading, is_type(type, n), "has a detected type that is none");
    return o;
}

static bool is_utf8(const uint8_t *p, size_t n)
{
    return g_utf8_validate_len((const char *)p, n, NULL);
}

static void name_free(void *p)
{
    struct object_name *name = p;
    g_free(name->text);
    g_free(name->raw);
    g_free(name);
}

static void read_name(struct reading *reading, struct object *o)
{
    const uint8_t *text;
    const uint8_t *raw;
    size_t text_n;
    size_t raw_n;
    unpack_bytes(reading->from, &text, &text_n, TEXT_NAME_MAX);
    unpack_bytes(reading->from, &raw, &raw_n, RAW_NAME_MAX);
    must(reading, text_n > 0 && is_utf8(text, text_n),
         "has a name that is empty or no UTF-8");
    struct object_name *name = g_new(struct object_name, 1);
    name->text = g_strndup((const char *)text, text_n);
    name->raw = g_malloc(raw_n + 1);
    memcpy(name->raw, raw, raw_n);
    name->raw[raw_n] = '\0';
    name->raw_n = raw_n;
    g_ptr_array_add(o->names, name);
}

static void read_names(struct reading *reading, struct object *o)
{
    uint32_t n = unpack_count(reading->from, NAMES_MAX, NAME_MIN_SIZE);
    if (n > 0)
        o->names = g_ptr_array_new_full(n, name_free);
    for (uint32_t i = 0; i < n && reading->rule == NULL; i++)
        read_name(reading, o);
}

/* The parent's path, and one step more. */
static void read_path(struct reading *reading, struct object *o)
{
    const uint8_t *p;
    size_t n;
    unpack_bytes(reading->from, &p, &n, SIZE_MAX);
    const char *above = o->parent != NULL ? o->parent->path : "";
    size_t above_n = strlen(above);
    size_t step_max = o->parent != NULL ? STEP_MAX : 0;
    bool is_path = n >= above_n && n - above_n <= step_max &&
                   memcmp(p, above, above_n) == 0 &&
                   is_utf8(p + above_n, n - above_n);
    must(reading, is_path, "has a path that is not below its parent's");
    o->path = is_path ? g_strndup((const char *)p, n) : g_strdup("");
}

static void read_numbers(struct reading *reading, struct object *o,
                         uint8_t marks)
{
    struct unpacker *from = reading->from;
    if ((marks & HAS_NUMBERS) != 0) {
        o->readings = unpack_u64(from);
        o->packed_size = unpack_u64(from);
        o->told_size = unpack_u64(from);
        o->mtime = unpack_i64(from);
    }
    if ((marks & HAS_DIGEST) != 0) {
        const uint8_t *digest = unpack_raw(from, DIGEST_SIZE);
        if (digest != NULL)
            memcpy(o->digest, digest, DIGEST_SIZE);
        o->has_digest = digest != NULL;
    }
    must(reading, o->has_digest || !reading->context->needs_digests,
         "has no digest");
    must(reading, (marks & ~ALL_MARKS) == 0, "has unknown marks");
    o->is_name_cut = (marks & IS_NAME_CUT) != 0;
    o->is_expanded = (marks & IS_EXPANDED) != 0;
}

static bool is_mime(const struct object *o)
{
    return o->kind == ASSAY_OBJECT_MESSAGE || o->kind == ASSAY_OBJECT_PART;
}

/* Below its parent, as message_add would put it. */
static void put_below(struct reading *reading, struct object *o,
                      uint32_t parent)
{
    const struct limits *limits = &reading->context->plan->limits;
    const GPtrArray *objects = reading->message->objects;
    o->id = objects->len;
    if (o->id == 0) {
        must(reading, o->kind == ASSAY_OBJECT_MESSAGE,
             "is the root, but no message");
        return;
    }
    if (parent >= objects->len) {
        must(reading, false, "has a parent that does not stand before it");
        return;
    }
    o->parent = objects->pdata[parent];
    o->depth = o->parent->depth + 1;
    o->unpack_depth = o->parent->unpack_depth + (is_mime(o) ? 0 : 1);
    o->parent->child_count++;
    must(reading, (o->parent->flags & ASSAY_OBJECT_CONTAINER) != 0,
         "is below one that is no container");
    must(reading,
         o->unpack_depth <= limits->max_depth &&
             o->depth - o->unpack_depth <= limits->max_mime_depth,
         "is deeper than the limits allow");
}

static void set_origin(struct reading *reading, struct object *o,
                       uint32_t scanner)
{
    const struct scan_plan *plan = reading->context->plan;
    if (reading->context->is_lent)
        return;
    must(reading, (scanner == HOLLOW_CORE) == is_mime(o),
         "is a member without origin, or an entity with one");
    if (scanner == HOLLOW_CORE)
        return;
    bool is_maker =
        scanner <= plan->scanner_n &&
        (plan->scanners[scanner - 1]->flags & ASSAY_FLAG_CHILDREN) != 0;
    must(reading, is_maker, "is of a plugin that makes no objects");
    if (is_maker)
        o->origin = plan->scanners[scanner - 1]->name;
}

static void check_size(struct reading *reading, const struct object *o)
{
    const struct reply_context *context = reading->context;
    uint64_t most =
        MAX(context->raw_size, context->plan->limits.max_object_bytes);
    must(reading,
         o->parent == NULL ? context->is_lent || o->size == context->raw_size
                           : o->size <= most,
         "has a size that it cannot have");
}

static struct object *read_object(struct reading *reading)
{
    struct unpacker *from = reading->from;
    uint32_t parent = unpack_u32(from);
    uint32_t kind = unpack_u8(from);
    uint8_t marks = unpack_u8(from);
    uint32_t flags = unpack_u32(from);
    uint64_t size = unpack_u64(from);
    uint32_t origin = unpack_u32(from);
    const uint8_t *type;
    size_t type_n;
    unpack_bytes(from, &type, &type_n, TYPE_MAX);
    struct object *o = new_object(reading, type, type_n);
    o->kind = kind;
    o->flags = flags;
    o->size = size;
    must(reading, kind >= ASSAY_OBJECT_MESSAGE && kind <= ASSAY_OBJECT_DERIVED,
         "is of an unknown kind");
    must(reading, (flags & ~KNOWN_FLAGS) == 0, "has unknown flags");
    put_below(reading, o, parent);
    set_origin(reading, o, origin);
    check_size(reading, o);
    o->type_declared = unpack_text(from, DECLARED_MAX);
    o->charset =
        unpack_text(from, reading->context->plan->limits.max_header_bytes);
    o->disposition = unpack_text(from, TOKEN_MAX);
    o->encoding = unpack_text(from, TOKEN_MAX);
    o->content_id = unpack_text(from, CONTENT_ID_MAX);
    o->method = unpack_text(from, TOKEN_MAX);
    read_path(reading, o);
    read_names(reading, o);
    read_numbers(reading, o, marks);
    return o;
}

const char *hollow_unpack_object(struct unpacker *from,
                                 const struct reply_context *context,
                                 struct message *message)
{
    struct reading reading = {
        .from = from, .context = context, .message = message};
    g_ptr_array_add(message->objects, read_object(&reading));
    return from->is_bad ? "is not well made" : reading.rule;
}
