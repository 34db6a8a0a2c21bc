/* SPDX-License-Identifier: MIT */
/*
 * Attributes of the session and of objects.
 *
 * A stage sees only what is known then in the mail path, also where a message is
 * scanned afterwards and everything is known from the start: so a plugin behaves the
 * same in both.
 */
#include "host/call.h"
#include "mail/message.h"

#include <string.h>

enum {
    FIRST_OBJECT_ATTR = ASSAY_ATTR_ID
};

/* What can be told about the message while only its header is here. */
#define BIT(attr) ((uint64_t)1 << (attr))
#define HEADER_ATTRS                                                           \
    (BIT(ASSAY_ATTR_ID) | BIT(ASSAY_ATTR_KIND) | BIT(ASSAY_ATTR_DEPTH) |       \
     BIT(ASSAY_ATTR_PATH) | BIT(ASSAY_ATTR_TYPE_DECLARED) |                    \
     BIT(ASSAY_ATTR_CHARSET) | BIT(ASSAY_ATTR_DISPOSITION) |                   \
     BIT(ASSAY_ATTR_ENCODING) | BIT(ASSAY_ATTR_CONTENT_ID))

/* The first stage that knows a session attribute. */
static uint32_t known_from(uint32_t attr)
{
    switch (attr) {
    case ASSAY_ATTR_HELO:
        return ASSAY_STAGE_HELO;
    case ASSAY_ATTR_TLS_VERSION:
    case ASSAY_ATTR_TLS_CIPHER:
    case ASSAY_ATTR_AUTH_USER:
    case ASSAY_ATTR_QUEUE_ID:
    case ASSAY_ATTR_MAIL_FROM:
        return ASSAY_STAGE_MAIL;
    case ASSAY_ATTR_RCPT:
        return ASSAY_STAGE_RCPT;
    default:
        return ASSAY_STAGE_CONNECT;
    }
}

static const char *rcpt(const struct task *task, uint32_t index)
{
    const GPtrArray *rcpts = task->scan->message->session->rcpts;
    /* In stage RCPT those after the one in question have not been named yet. */
    bool is_known = index < rcpts->len && (task->stage != ASSAY_STAGE_RCPT ||
                                           (int64_t)index <= task->rcpt);
    return is_known ? rcpts->pdata[index] : NULL;
}

static const char *session_text(const struct task *task, uint32_t attr,
                                uint32_t index)
{
    const struct session *session = task->scan->message->session;
    if (attr == ASSAY_ATTR_RCPT)
        return rcpt(task, index);
    if (index > 0)
        return NULL;
    switch (attr) {
    case ASSAY_ATTR_CLIENT_IP:
        return session->client_ip;
    case ASSAY_ATTR_CLIENT_NAME:
        return session->client_name;
    case ASSAY_ATTR_LOCAL_IP:
        return session->local_ip;
    case ASSAY_ATTR_HELO:
        return session->helo;
    case ASSAY_ATTR_TLS_VERSION:
        return session->tls_version;
    case ASSAY_ATTR_TLS_CIPHER:
        return session->tls_cipher;
    case ASSAY_ATTR_AUTH_USER:
        return session->auth_user;
    case ASSAY_ATTR_QUEUE_ID:
        return session->queue_id;
    case ASSAY_ATTR_MAIL_FROM:
        return session->mail_from;
    default:
        return NULL;
    }
}

static bool session_number(const struct task *task, uint32_t attr,
                           uint64_t *out)
{
    const struct session *session = task->scan->message->session;
    switch (attr) {
    case ASSAY_ATTR_CLIENT_PORT:
        *out = session->client_port;
        return session->client_port != 0;
    case ASSAY_ATTR_LOCAL_PORT:
        *out = session->local_port;
        return session->local_port != 0;
    case ASSAY_ATTR_DIRECTION:
        *out = session->direction;
        return true;
    case ASSAY_ATTR_TRUSTED:
        *out = session->is_trusted;
        return true;
    case ASSAY_ATTR_NOW:
        *out = (uint64_t)task->scan->now_s;
        return true;
    default:
        return false;
    }
}

static const char *object_text(const struct object *object, uint32_t attr)
{
    switch (attr) {
    case ASSAY_ATTR_PATH:
        return object->path;
    case ASSAY_ATTR_TYPE_DECLARED:
        return object->type_declared;
    case ASSAY_ATTR_TYPE_DETECTED:
        return object->type_detected;
    case ASSAY_ATTR_CHARSET:
        return object->charset;
    case ASSAY_ATTR_DISPOSITION:
        return object->disposition;
    case ASSAY_ATTR_ENCODING:
        return object->encoding;
    case ASSAY_ATTR_CONTENT_ID:
        return object->content_id;
    case ASSAY_ATTR_METHOD:
        return object->method;
    default:
        return NULL;
    }
}

static bool object_number(const struct object *object, uint32_t attr,
                          uint64_t *out)
{
    switch (attr) {
    case ASSAY_ATTR_ID:
        *out = object->id;
        return true;
    case ASSAY_ATTR_KIND:
        *out = object->kind;
        return true;
    case ASSAY_ATTR_FLAGS:
        *out = object->flags;
        return true;
    case ASSAY_ATTR_SIZE:
        *out = object->size;
        return true;
    case ASSAY_ATTR_DEPTH:
        *out = object->depth;
        return true;
    case ASSAY_ATTR_READINGS:
        *out = object->readings;
        return true;
    case ASSAY_ATTR_PACKED_SIZE:
        *out = object->packed_size;
        return object->packed_size != 0;
    case ASSAY_ATTR_TOLD_SIZE:
        *out = object->told_size;
        return object->told_size != 0;
    case ASSAY_ATTR_MTIME:
        *out = (uint64_t)object->mtime;
        return object->mtime != 0;
    default:
        return false;
    }
}

static int32_t set_str(struct assay_str *out, const char *p, size_t n)
{
    if (p == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = (struct assay_str){.p = p, .n = n};
    return ASSAY_RC_OK;
}

static int32_t set_text(struct assay_str *out, const char *text)
{
    return set_str(out, text, text != NULL ? strlen(text) : 0);
}

static int32_t object_str(const struct call *call, struct object *object,
                          uint32_t attr, uint32_t index, struct assay_str *out)
{
    if (attr == ASSAY_ATTR_NAME || attr == ASSAY_ATTR_NAME_RAW) {
        if (object->names == NULL || index >= object->names->len)
            return ASSAY_RC_NOTFOUND;
        const struct object_name *name = object->names->pdata[index];
        return attr == ASSAY_ATTR_NAME ? set_text(out, name->text)
                                       : set_str(out, name->raw, name->raw_n);
    }
    if (index > 0)
        return ASSAY_RC_NOTFOUND;
    if (attr == ASSAY_ATTR_SHA256) {
        if (!object->has_digest && !call_fetch(call, object))
            return ASSAY_RC_NOTFOUND;
        return set_str(out, (const char *)object_digest(object), DIGEST_SIZE);
    }
    return set_text(out, object_text(object, attr));
}

/* OK with `*of` the object, or NULL for a session attribute; else why not. */
static int32_t begin(const struct assay_task *task,
                     const struct assay_object *object, uint32_t attr,
                     struct call **call, struct object **of)
{
    int32_t rc = ASSAY_RC_OK;
    *call = call_of(task);
    *of = NULL;
    if (*call == NULL)
        return ASSAY_RC_STATE;
    uint32_t stage = (*call)->task->stage;
    if (attr < FIRST_OBJECT_ATTR) {
        if (object != NULL)
            return ASSAY_RC_INVAL;
        return stage < known_from(attr) ? ASSAY_RC_NOTFOUND : ASSAY_RC_OK;
    }
    *of = call_object(*call, object, &rc);
    bool is_hidden = stage == ASSAY_STAGE_HEADERS &&
                     (attr >= 64 || (HEADER_ATTRS & BIT(attr)) == 0);
    return rc == ASSAY_RC_OK && is_hidden ? ASSAY_RC_NOTFOUND : rc;
}

int32_t attr_str(const struct assay_task *task,
                 const struct assay_object *object, uint32_t attr,
                 uint32_t index, struct assay_str *out)
{
    struct call *call;
    struct object *of;
    int32_t rc = begin(task, object, attr, &call, &of);
    if (rc != ASSAY_RC_OK)
        return rc;
    if (of == NULL)
        return set_text(out, session_text(call->task, attr, index));
    return object_str(call, of, attr, index, out);
}

int32_t attr_u64(const struct assay_task *task,
                 const struct assay_object *object, uint32_t attr,
                 uint32_t index, uint64_t *out)
{
    struct call *call;
    struct object *of;
    uint64_t value;
    int32_t rc = begin(task, object, attr, &call, &of);
    if (rc != ASSAY_RC_OK)
        return rc;
    if (index > 0 || !(of == NULL ? session_number(call->task, attr, &value)
                                  : object_number(of, attr, &value)))
        return ASSAY_RC_NOTFOUND;
    *out = value;
    return ASSAY_RC_OK;
}
