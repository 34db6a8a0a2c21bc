/* SPDX-License-Identifier: MIT */
/*
 * Private to the bridge: one call of a plugin's handle(), from its begin to its end.
 *
 *   bridge.c   the table, the call itself
 *   attr.c     attributes          content.c   bytes, text, header fields
 *   report.c   findings, edits     wish.c      facts, questions, counters
 *   child.c    children            logline.c   the plugin's log
 */
#ifndef HOST_CALL_H
#define HOST_CALL_H

#include "host/host.h"
#include "scan/scan.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One running handle().  Lives on the stack of bridge_handle; this thread's only
 * one.
 */
struct call {
    const struct instance *instance;
    struct task *task;
    const struct assay_task *abi; /* what the plugin was given */
    GPtrArray *lent;   /* memory that lives as long as the call; NULL: none */
    size_t lent_bytes; /* bounded: a plugin may ask for ever */
    GArray *fds;       /* struct call_fd; NULL: none */
    GArray *answers;   /* struct call_answer; NULL: none */
};

/* --- bridge.c --- */
/* The call that `task` belongs to, which must be the running one; else NULL, and
 * the plugin that is running (if any) is blamed. */
struct call *call_of(const struct assay_task *task);
/* The running call, or NULL: for functions that take no task. */
struct call *call_running(void);
/* The object, which must be of the call's message; else NULL and STATE or INVAL in
 * `rc`. */
struct object *call_object(struct call *call, const struct assay_object *object,
                           int32_t *rc);
/* The running plugin broke a rule; returns `rc`. */
int32_t call_blame(struct call *call, int32_t rc, const char *rule);
/* Zeroed memory that lives until handle() returns; NULL: too much. */
void *call_lend(struct call *call, size_t n);
/* The same for a string that is made already; takes ownership. */
const char *call_lend_text(struct call *call, char *text);
/* The content of a hollow object is got now; false: it cannot be had. */
bool call_fetch(const struct call *call, struct object *object);
/* Is it a pointer with a length that can be read at all? */
bool call_is_str(struct assay_str s);

/* The object as the plugin knows it: opaque. */
static inline const struct assay_object *call_abi(const struct object *object)
{
    return (const struct assay_object *)object;
}

/* --- content.c --- */
/* Closes the descriptors of the call; false: the plugin closed or changed one. */
bool content_close(struct call *call);

/* --- the table's functions, by file --- */
int32_t attr_str(const struct assay_task *task,
                 const struct assay_object *object, uint32_t attr,
                 uint32_t index, struct assay_str *out);
int32_t attr_u64(const struct assay_task *task,
                 const struct assay_object *object, uint32_t attr,
                 uint32_t index, uint64_t *out);

int32_t content_bytes(const struct assay_task *task,
                      const struct assay_object *object, struct assay_str *out);
int32_t content_fd(const struct assay_task *task,
                   const struct assay_object *object, int32_t *fd);
int32_t content_text(const struct assay_task *task,
                     const struct assay_object *object, struct assay_str *out);
int32_t content_header(const struct assay_task *task,
                       const struct assay_object *object, uint32_t index,
                       struct assay_str *name, struct assay_str *value);
int32_t content_header_text(const struct assay_task *task,
                            const struct assay_object *object, const char *name,
                            uint32_t index, struct assay_str *value);

int32_t report_finding(const struct assay_task *task,
                       const struct assay_object *object,
                       const struct assay_finding *finding);
int32_t report_seen(const struct assay_task *task, const uint8_t *sha256);
int32_t report_edit(const struct assay_task *task,
                    const struct assay_edit *edit);

int32_t wish_fact_set(const struct assay_task *task, const char *key,
                      struct assay_str value);
int32_t wish_fact_get(const struct assay_task *task, const char *key,
                      struct assay_str *out);
int32_t wish_want(const struct assay_task *task,
                  const struct assay_question *question,
                  const struct assay_answer **out);
int32_t wish_count(const struct assay_task *task, const char *name,
                   struct assay_str key, int64_t n);

int32_t child_begin(const struct assay_task *task,
                    const struct assay_child *child, struct assay_writer **out);
int32_t child_write(struct assay_writer *writer, const void *p, uint64_t n);
int32_t child_name(struct assay_writer *writer, struct assay_str name,
                   struct assay_str charset);
int32_t child_flags(struct assay_writer *writer, uint64_t flags);
int32_t child_commit(struct assay_writer *writer,
                     const struct assay_object **out);
void child_abort(struct assay_writer *writer);
int32_t child_range(const struct assay_task *task,
                    const struct assay_child *child, uint64_t offset,
                    uint64_t length, const struct assay_object **out);

#endif
