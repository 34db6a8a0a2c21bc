/* SPDX-License-Identifier: MIT */
#include "pool/guest_message.h"

#include "base/pack.h"
#include "pool/hollow.h"
#include "pool/lend.h"
#include "pool/request.h"

#include <string.h>

enum {
    FIELD_SIZE = 8, /* the least that one takes in the log */
    FIELD_MAX = INT32_MAX
};

/* Where a content lies. */
struct lent {
    uint64_t offset;
    uint64_t size;
    uint8_t place;
    bool is_there;
};

void guest_message_clear(struct guest_message *known)
{
    message_free(known->message);
    session_free(known->session);
    if (known->logs != NULL)
        g_ptr_array_unref(known->logs);
    if (known->contents != NULL)
        g_array_unref(known->contents);
    *known = (struct guest_message){0};
}

/* --- contents, when a plugin wants them --------------------------------------------- */

/* The bytes, inside the mapping for sure; NULL: they are not. */
static const uint8_t *look_up(const struct guest_view *view,
                              const struct lent *lent)
{
    bool in_raw = lent->place == LEND_RAW;
    const uint8_t *base = in_raw ? view->raw : view->arena;
    size_t n = in_raw ? view->raw_n : view->arena_n;
    if (base == NULL || lent->offset > n || lent->size > n - lent->offset)
        return NULL;
    return base + lent->offset;
}

static bool fetch(void *self, struct object *object)
{
    struct guest_message *known = self;
    struct lent lent = {0};
    if (object->id < known->contents->len)
        lent = g_array_index(known->contents, struct lent, object->id);
    const uint8_t *at = lent.is_there ? look_up(known->view, &lent) : NULL;
    if (at == NULL || lent.size != object->size) {
        known->is_short = true;
        return false;
    }
    object->bytes = g_bytes_new(at, object->size);
    const uint8_t *data = g_bytes_get_data(object->bytes, NULL);
    if (data != NULL)
        object->data = data;
    return true;
}

/* --- the log ------------------------------------------------------------------------ */

/* One reading of a piece of the log. */
struct reading {
    struct guest_message *known;
    const struct scan_plan *plan;
    struct unpacker from;
};

static const char *read_session(struct reading *reading)
{
    struct guest_message *known = reading->known;
    const uint8_t *p;
    size_t n;
    unpack_bytes(&reading->from, &p, &n, UNPACK_ANY);
    if (known->session != NULL)
        return "was lent two sessions for one message";
    struct unpacker inner;
    unpacker_init(&inner, p, n);
    known->session = request_unpack_session(&inner);
    if (known->session == NULL)
        return "was lent a session that is not well made";
    known->message = hollow_message_new(known->session, 8);
    known->message->fetch = fetch;
    known->message->fetch_self = known;
    return NULL;
}

static GArray *read_fields(struct unpacker *from)
{
    bool are_there = unpack_bool(from);
    uint32_t n = unpack_count(from, INT32_MAX, FIELD_SIZE);
    if (!are_there) {
        if (n > 0)
            unpack_refuse(from);
        return NULL;
    }
    GArray *fields = g_array_sized_new(false, false, sizeof(struct field), n);
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        const uint8_t *name;
        const uint8_t *value;
        size_t name_n;
        size_t value_n;
        unpack_bytes(from, &name, &name_n, FIELD_MAX);
        unpack_bytes(from, &value, &value_n, FIELD_MAX);
        struct field field = {
            .name = (const char *)name,
            .name_n = (uint32_t)name_n,
            .value_n = (uint32_t)value_n,
            .value = (const char *)value,
        };
        g_array_append_val(fields, field);
    }
    return fields;
}

static void set_fields(struct object *object, GArray *fields)
{
    if (object->fields != NULL)
        g_array_unref(object->fields);
    object->fields = fields;
}

/* An object is told again when a mail's header was read: only that, and its flags, are
 * new. */
static const char *read_again(struct reading *reading, struct object *object,
                              struct object *again)
{
    object->flags |= again->flags;
    object->is_expanded |= again->is_expanded;
    set_fields(object, read_fields(&reading->from));
    return NULL;
}

static const char *read_object(struct reading *reading)
{
    struct guest_message *known = reading->known;
    GPtrArray *objects = known->message->objects;
    uint32_t id = unpack_u32(&reading->from);
    if (id > objects->len ||
        (id == objects->len && id >= reading->plan->limits.max_objects))
        return "was lent an object that has no place";
    const struct object *root = objects->len > 0 ? objects->pdata[0] : NULL;
    const struct reply_context context = {
        .plan = reading->plan,
        .session = known->session,
        .raw_size = root != NULL ? root->size : 0,
        .is_lent = true,
    };
    const char *rule =
        hollow_unpack_object(&reading->from, &context, known->message);
    if (rule != NULL)
        return rule;
    struct object *object = objects->pdata[objects->len - 1];
    if (id == object->id) {
        set_fields(object, read_fields(&reading->from));
        return NULL;
    }
    object = g_ptr_array_steal_index(objects, objects->len - 1);
    if (object->parent != NULL)
        object->parent->child_count--;
    rule = read_again(reading, objects->pdata[id], object);
    object_free(object);
    return rule;
}

static const char *read_content(struct reading *reading)
{
    struct guest_message *known = reading->known;
    uint32_t id = unpack_u32(&reading->from);
    struct lent lent = {.place = unpack_u8(&reading->from), .is_there = true};
    lent.offset = unpack_u64(&reading->from);
    lent.size = unpack_u64(&reading->from);
    if (id >= known->message->objects->len || lent.place > LEND_ARENA)
        return "was lent the content of an object that is not there";
    if (known->contents->len <= id)
        g_array_set_size(known->contents, id + 1);
    g_array_index(known->contents, struct lent, id) = lent;
    return NULL;
}

/* The home worker's scan has begun anew.  The logs stay: this one is being read. */
static void forget(struct guest_message *known)
{
    message_free(known->message);
    session_free(known->session);
    known->message = NULL;
    known->session = NULL;
    g_array_set_size(known->contents, 0);
}

static const char *read_entry(struct reading *reading)
{
    uint8_t entry = unpack_u8(&reading->from);
    if (entry == LEND_ANEW) {
        forget(reading->known);
        return NULL;
    }
    if (entry == LEND_SESSION)
        return read_session(reading);
    if (reading->known->message == NULL)
        return "was lent a message without a session";
    if (entry == LEND_OBJECT)
        return read_object(reading);
    if (entry == LEND_CONTENT)
        return read_content(reading);
    return "was lent something unknown";
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static const char *read_log(struct guest_message *known,
                            const struct scan_plan *plan,
                            const struct guest_view *view, size_t log_n)
{
    GBytes *copy =
        g_bytes_new(view->arena + known->log_n, log_n - known->log_n);
    g_ptr_array_add(known->logs, copy);
    size_t n;
    const void *p = g_bytes_get_data(copy, &n);
    struct reading reading = {.known = known, .plan = plan};
    unpacker_init(&reading.from, p, n);
    const char *rule = NULL;
    while (rule == NULL && unpack_left(&reading.from) > 0)
        rule = read_entry(&reading);
    known->log_n = log_n;
    return reading.from.is_bad ? "was lent a log that is not well made" : rule;
}

const char *guest_message_read(struct guest_message *known,
                               const struct scan_plan *plan,
                               const struct guest_view *view, size_t log_n)
{
    if (log_n > view->arena_n || log_n > LEND_LOG_MAX)
        return "was lent a log that is longer than the arena";
    if (known->message == NULL || known->number != view->message ||
        log_n < known->log_n) {
        guest_message_clear(known);
        known->number = view->message;
        known->logs = g_ptr_array_new_with_free_func(unref_bytes);
        known->contents = g_array_new(false, true, sizeof(struct lent));
    }
    known->view = view;
    const char *rule =
        log_n > known->log_n ? read_log(known, plan, view, log_n) : NULL;
    if (rule == NULL &&
        (known->message == NULL || known->message->objects->len == 0))
        rule = "was lent no message";
    if (rule != NULL)
        guest_message_clear(known);
    return rule;
}
