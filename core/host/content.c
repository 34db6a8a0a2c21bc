/* SPDX-License-Identifier: MIT */
/*
 * What is to be looked at: bytes, text, header fields.
 */
#include "base/write.h"
#include "host/call.h"
#include "mail/message.h"
#include "mail/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FDS_MAX = 256,       /* of one task */
    FIELD_NAME_MAX = 998 /* RFC 5322 2.1.1: no line is longer */
};

/* One content as a file.  Owned by its call. */
struct call_fd {
    const struct object *object;
    int fd;
    ino_t inode; /* to see whether it is still ours when the call ends */
    dev_t device;
};

/* Begins a function that wants an object; NULL with `rc` set. */
static struct object *begin(const struct assay_task *task,
                            const struct assay_object *object,
                            struct call **call, int32_t *rc)
{
    *call = call_of(task);
    if (*call != NULL)
        return call_object(*call, object, rc);
    *rc = ASSAY_RC_STATE;
    return NULL;
}

/* The same for its content, which in stage HEADERS has not arrived. */
static struct object *begin_content(const struct assay_task *task,
                                    const struct assay_object *object,
                                    bool as_text, struct call **call,
                                    int32_t *rc)
{
    struct object *of = begin(task, object, call, rc);
    if (of == NULL)
        return NULL;
    *rc = ASSAY_RC_STATE;
    if ((*call)->task->stage <= ASSAY_STAGE_HEADERS)
        return NULL;
    *rc = ASSAY_RC_NOTFOUND;
    if (as_text && (of->flags & ASSAY_OBJECT_TEXT) == 0)
        return NULL;
    *rc = ASSAY_RC_IO;
    return call_fetch(*call, of) ? of : NULL;
}

bool call_fetch(const struct call *call, struct object *object)
{
    const struct message *message = call->task->scan->message;
    return object->bytes != NULL ||
           (message->fetch != NULL &&
            message->fetch(message->fetch_self, object));
}

int32_t content_bytes(const struct assay_task *task,
                      const struct assay_object *object, struct assay_str *out)
{
    int32_t rc;
    struct call *call;
    const struct object *of = begin_content(task, object, false, &call, &rc);
    if (of == NULL)
        return rc;
    *out = (struct assay_str){.p = (const char *)of->data, .n = of->size};
    return ASSAY_RC_OK;
}

/* --- as a file ------------------------------------------------------------------- */

/* A sealed copy of the content, or -1. */
static int make_file(const struct object *object)
{
    int fd = memfd_create("assay-object", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (write_all(fd, object->data, object->size) &&
        fcntl(fd, F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0 &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}

static const struct call_fd *find_fd(const struct call *call,
                                     const struct object *object)
{
    for (unsigned i = 0; call->fds != NULL && i < call->fds->len; i++) {
        const struct call_fd *entry =
            &g_array_index(call->fds, struct call_fd, i);
        if (entry->object == object)
            return entry;
    }
    return NULL;
}

int32_t content_fd(const struct assay_task *task,
                   const struct assay_object *object, int32_t *fd)
{
    int32_t rc;
    struct call *call;
    const struct object *of = begin_content(task, object, false, &call, &rc);
    if (of == NULL)
        return rc;
    const struct call_fd *known = find_fd(call, of);
    if (known != NULL) {
        *fd = known->fd;
        return ASSAY_RC_OK;
    }
    if (call->fds == NULL)
        call->fds = g_array_new(false, false, sizeof(struct call_fd));
    if (call->fds->len >= FDS_MAX)
        return ASSAY_RC_NOMEM;
    struct stat st;
    int made = make_file(of);
    if (made < 0)
        return ASSAY_RC_IO;
    if (fstat(made, &st) != 0) {
        close(made);
        return ASSAY_RC_IO;
    }
    struct call_fd entry = {of, made, st.st_ino, st.st_dev};
    g_array_append_val(call->fds, entry);
    *fd = made;
    return ASSAY_RC_OK;
}

bool content_close(struct call *call)
{
    bool is_whole = true;
    for (unsigned i = 0; call->fds != NULL && i < call->fds->len; i++) {
        const struct call_fd *entry =
            &g_array_index(call->fds, struct call_fd, i);
        struct stat st;
        /* Never close a number that means something else by now. */
        if (fstat(entry->fd, &st) == 0 && st.st_ino == entry->inode &&
            st.st_dev == entry->device)
            close(entry->fd);
        else
            is_whole = false;
    }
    if (call->fds != NULL)
        g_array_unref(call->fds);
    call->fds = NULL;
    return is_whole;
}

/* --- as text ---------------------------------------------------------------------- */

int32_t content_text(const struct assay_task *task,
                     const struct assay_object *object, struct assay_str *out)
{
    int32_t rc;
    struct call *call;
    struct object *of = begin_content(task, object, true, &call, &rc);
    if (of == NULL)
        return rc;
    size_t n = 0;
    const char *text = text_utf8(of, &n);
    if (text == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = (struct assay_str){.p = text, .n = n};
    return ASSAY_RC_OK;
}

int32_t content_header(const struct assay_task *task,
                       const struct assay_object *object, uint32_t index,
                       struct assay_str *name, struct assay_str *value)
{
    int32_t rc;
    struct call *call;
    const struct object *of = begin(task, object, &call, &rc);
    if (of == NULL)
        return rc;
    if (of->fields == NULL || index >= of->fields->len)
        return ASSAY_RC_NOTFOUND;
    const struct field *field = &g_array_index(of->fields, struct field, index);
    *name = (struct assay_str){.p = field->name, .n = field->name_n};
    *value = (struct assay_str){.p = field->value, .n = field->value_n};
    return ASSAY_RC_OK;
}

int32_t content_header_text(const struct assay_task *task,
                            const struct assay_object *object, const char *name,
                            uint32_t index, struct assay_str *value)
{
    int32_t rc;
    struct call *call;
    const struct object *of = begin(task, object, &call, &rc);
    if (of == NULL)
        return rc;
    if (name == NULL || strnlen(name, FIELD_NAME_MAX + 1) > FIELD_NAME_MAX)
        return ASSAY_RC_INVAL;
    char *text = text_header(of, name, index);
    if (text == NULL)
        return ASSAY_RC_NOTFOUND;
    const char *lent = call_lend_text(call, text);
    if (lent == NULL)
        return ASSAY_RC_NOMEM;
    *value = (struct assay_str){.p = lent, .n = strlen(lent)};
    return ASSAY_RC_OK;
}
