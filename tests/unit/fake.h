/* SPDX-License-Identifier: MIT */
/*
 * Fakes for the tests of core/scan and core/verdict: a mail from a string, scanners
 * that are a function, a resolver that remembers what it was asked.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include "mail/message.h"
#include "scan/resolver.h"
#include "scan/scan.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FAKE_STAGE_OBJECT ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT)

enum {
    FAKE_SCANNERS_MAX = 8
};

/* One text part, no more. */
#define FAKE_TEXT_MAIL                                                         \
    "From: a@example.org\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\n"    \
    "hello\r\n"

/* A text (3 bytes), and what is called a zip (7 bytes). */
#define FAKE_TWO_PARTS                                                         \
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" \
    "--b\r\nContent-Type: text/plain\r\n\r\none\r\n"                           \
    "--b\r\nContent-Type: application/zip\r\n\r\nPK\3\4zip\r\n--b--\r\n"

/* A scan with all that it needs.  fake_begin ... fake_run ... fake_end. */
struct fake {
    struct session *session;
    struct message *message;
    struct scanner scanners[FAKE_SCANNERS_MAX];
    const struct scanner *list[FAKE_SCANNERS_MAX];
    struct scan_plan plan;
    struct scan *scan;
    GString *log; /* what fake_log was told */
};

static inline void fake_begin(struct fake *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->session = session_new();
    limits_default(&fake->plan.limits);
    fake->plan.scanners = fake->list;
    fake->log = g_string_new(NULL);
}

/* A scanner that is asked in stage OBJECT about all but the root. */
static inline struct scanner *fake_scanner(struct fake *fake, const char *name,
                                           int32_t (*handle)(void *self,
                                                             struct task *task))
{
    size_t i = fake->plan.scanner_n++;
    g_assert(i < FAKE_SCANNERS_MAX);
    fake->scanners[i] = (struct scanner){
        .name = g_intern_string(name),
        .self = fake,
        .stages = FAKE_STAGE_OBJECT,
        .flags = ASSAY_FLAG_CHILDREN,
        .handle = handle,
    };
    fake->list[i] = &fake->scanners[i];
    return &fake->scanners[i];
}

static inline struct scan *fake_run(struct fake *fake, const char *mail)
{
    GBytes *raw = g_bytes_new(mail, strlen(mail));
    fake->message = message_new(raw, fake->session, &fake->plan.limits);
    g_bytes_unref(raw);
    fake->scan = scan_run(&fake->plan, fake->message, 1700000000);
    return fake->scan;
}

static inline void fake_end(struct fake *fake)
{
    scan_free(fake->scan);
    message_free(fake->message);
    session_free(fake->session);
    g_string_free(fake->log, TRUE);
}

static inline __attribute__((format(printf, 2, 3))) void fake_log(
    struct fake *fake, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (fake->log->len > 0)
        g_string_append_c(fake->log, ' ');
    g_string_append_vprintf(fake->log, format, args);
    va_end(args);
}

static inline bool fake_logged(const struct fake *fake, const char *expected)
{
    if (strcmp(fake->log->str, expected) == 0)
        return true;
    fprintf(stderr, "logged \"%s\", expected \"%s\"\n", fake->log->str,
            expected);
    return false;
}

static inline struct finding *fake_finding(uint32_t kind, const char *name,
                                           struct object *object)
{
    struct finding *finding = finding_new(NULL);
    finding->status =
        kind == 0 ? ASSAY_STATUS_CLEAN : (uint32_t)ASSAY_STATUS_FOUND;
    finding->kind = kind;
    finding->name = g_strdup(name);
    finding->object = object;
    return finding;
}

static inline int32_t fake_report(struct task *task, uint32_t kind,
                                  const char *name, struct object *object)
{
    return task_report(task, fake_finding(kind, name, object));
}

/* A member with that name and content. */
static inline int32_t fake_child(struct task *task, const char *name,
                                 const void *p, size_t n, struct object **out)
{
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = {name, strlen(name)}};
    struct writer *writer;
    int32_t rc = writer_begin(task, &about, &writer);
    if (rc != ASSAY_RC_OK)
        return rc;
    rc = writer_write(writer, p, n);
    if (rc != ASSAY_RC_OK) {
        writer_abort(writer);
        return rc;
    }
    return writer_commit(writer, out);
}

/* Handlers: log who was asked about which object. */
static inline int32_t fake_log_object(void *self, struct task *task)
{
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    return ASSAY_RC_OK;
}

/* The same; and each object but one four levels deep has a member. */
static inline int32_t fake_nest(void *self, struct task *task)
{
    fake_log_object(self, task);
    if (task->object->depth >= 4)
        return ASSAY_RC_OK;
    g_autofree char *name = g_strdup_printf("d%u", task->object->depth);
    return fake_child(task, name, "x", 1, NULL);
}

/* "plugin kind name path" of every finding that is not clean, in order; yours. */
static inline char *fake_findings(const struct fake *fake)
{
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; i < fake->scan->findings->len; i++) {
        const struct finding *f = fake->scan->findings->pdata[i];
        if (f->kind == 0 ||
            (f->kind == ASSAY_KIND_INFO && strcmp(f->plugin, "core") == 0))
            continue;
        g_string_append_printf(all, "%s%s %s %s %s", all->len > 0 ? "; " : "",
                               f->plugin, finding_kind_name(f->kind), f->name,
                               f->object == NULL ? "-" : f->object->path);
    }
    return g_string_free(all, FALSE);
}

static inline bool fake_found(const struct fake *fake, const char *expected)
{
    g_autofree char *all = fake_findings(fake);
    if (strcmp(all, expected) == 0)
        return true;
    fprintf(stderr, "found \"%s\", expected \"%s\"\n", all, expected);
    return false;
}

/* A resolver that logs each round as "[key key]" and answers by the key. */
static inline void fake_log_and_answer(void *self, struct wish *const *wishes,
                                       size_t n)
{
    struct fake *fake = self;
    for (size_t i = 0; i < n; i++) {
        fake_log(fake, "%s%s%s", i == 0 ? "[" : "", wishes[i]->key,
                 i + 1 == n ? "]" : "");
        wishes[i]->state = ASSAY_ANSWER_DATA;
        struct wish_record record = {.type = wishes[i]->type,
                                     .data = wishes[i]->key,
                                     .data_n = strlen(wishes[i]->key)};
        wish_add_record(wishes[i], &record);
    }
}

/* A scan whose resolver that is. */
struct fake_bench {
    struct fake fake;
    struct resolver resolver;
};

static inline void fake_bench_begin(struct fake_bench *bench)
{
    fake_begin(&bench->fake);
    bench->resolver = (struct resolver){fake_log_and_answer, &bench->fake};
    bench->fake.plan.resolver = &bench->resolver;
}

static inline int32_t fake_want(struct task *task, const char *key)
{
    const struct wish *wish = NULL;
    return task_want(task, ASSAY_WANT_DNS, 16, key, &wish);
}

#endif
