/* SPDX-License-Identifier: MIT */
#include "member.h"

#include "name.h"

#include <stdio.h>
#include <string.h>

/* Findings about members are named by their reason. */
static const char *fault_name(uint32_t reason)
{
    switch (reason) {
    case ASSAY_REASON_ENCRYPTED:
        return "archive.encrypted";
    case ASSAY_REASON_TRUNCATED:
        return "archive.truncated";
    case ASSAY_REASON_UNSUPPORTED:
        return "archive.unsupported";
    case ASSAY_REASON_MULTIVOLUME:
        return "archive.multivolume";
    case ASSAY_REASON_LIMIT_SIZE:
        return "archive.memory";
    case ASSAY_REASON_LIMIT_COUNT:
        return "archive.limit";
    default:
        return "archive.damaged";
    }
}

static struct assay_str str(const char *text)
{
    return (struct assay_str){text, strlen(text)};
}

/* libarchive's texts may quote names: keep the printable ASCII. */
static size_t clean(const char *text, char *out, size_t cap)
{
    size_t n = strnlen(text, cap);

    for (size_t i = 0; i < n; i++)
        out[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    return n;
}

static void report(struct unpack *u, const struct assay_object *object,
                   struct assay_finding *finding, const char *text)
{
    char buf[400];

    finding->struct_size = sizeof *finding;
    if (text == NULL)
        text = "it cannot be read to its end";
    finding->text = (struct assay_str){buf, clean(text, buf, sizeof buf)};
    u->findings++;
    if (finding->status == ASSAY_STATUS_UNSCANNABLE)
        u->unscannable++;
    (void)u->host->report(u->task, object, finding);
}

static bool may_tell(struct unpack *u, uint32_t slot)
{
    if (slot >= sizeof u->told / sizeof u->told[0])
        return true;
    return ++u->told[slot] <= UNPACK_TOLD;
}

void unpack_fault(struct unpack *u, const struct assay_object *child,
                  uint32_t reason, const char *text)
{
    struct assay_finding finding = {
        .status = ASSAY_STATUS_UNSCANNABLE,
        .reason = reason,
        .name = str(fault_name(reason)),
    };
    if (child == NULL)
        child = u->task->object;
    else if (!may_tell(u, reason))
        return;
    report(u, child, &finding, text);
}

void unpack_tell(struct unpack *u, uint32_t kind, const char *name,
                 const char *text)
{
    struct assay_finding finding = {
        .status = ASSAY_STATUS_FOUND,
        .kind = kind,
        .name = str(name),
    };
    report(u, u->task->object, &finding, text);
}

static void tell_path(struct unpack *u, const struct assay_object *child,
                      const struct member *m)
{
    struct assay_finding finding = {
        .status = ASSAY_STATUS_FOUND,
        .kind = ASSAY_KIND_ANOMALY,
        .name = str("archive.path_traversal"),
    };
    if (child == NULL || !may_tell(u, 0))
        return;
    report(u, child, &finding,
           m->link.n > 0 ? "a link that leads out of the folder it is "
                           "unpacked to"
                         : "the name is absolute or leaves the folder it is "
                           "unpacked to");
}

bool unpack_goes_on(struct unpack *u)
{
    if (!u->is_stopped && u->host->cancelled(u->task) != 0) {
        u->is_cancelled = true;
        u->is_stopped = true;
    }
    return !u->is_stopped;
}

void unpack_finish(struct unpack *u)
{
    for (uint32_t i = 0; i < sizeof u->told / sizeof u->told[0]; i++) {
        char text[120];
        if (u->told[i] <= UNPACK_TOLD)
            continue;
        snprintf(text, sizeof text, "so do %u more of its members",
                 (unsigned)(u->told[i] - UNPACK_TOLD));
        if (i == 0)
            unpack_tell(u, ASSAY_KIND_ANOMALY, "archive.path_traversal", text);
        else
            unpack_fault(u, NULL, i, text);
    }
    if (u->is_stopped || u->is_partial || u->unscannable > 0)
        return;
    struct assay_finding finding = {.status = ASSAY_STATUS_CLEAN};
    report(u, u->task->object, &finding, "");
}

void member_init(struct member *m, const char *name, size_t name_n)
{
    memset(m, 0, sizeof *m);
    m->child.struct_size = sizeof m->child;
    m->child.kind = ASSAY_OBJECT_MEMBER;
    m->child.name = (struct assay_str){name, name_n};
}

static bool is_same(struct assay_str a, const char *p, size_t n)
{
    return a.n == n && (n == 0 || memcmp(a.p, p, n) == 0);
}

void member_also(struct member *m, const char *name, size_t n,
                 const char *charset)
{
    if (n == 0 || m->more_n >= MEMBER_MORE_NAMES ||
        is_same(m->child.name, name, n))
        return;
    for (unsigned i = 0; i < m->more_n; i++)
        if (is_same(m->more[i], name, n))
            return;
    m->more[m->more_n] = (struct assay_str){name, n};
    m->more_charset[m->more_n] = str(charset);
    m->more_n++;
}

/* Sets NAME_UNSAFE where one of the names, or the link, leaves the folder. */
static void judge_names(struct member *m)
{
    bool is_unsafe = name_is_unsafe(m->child.name.p, m->child.name.n);

    for (unsigned i = 0; !is_unsafe && i < m->more_n; i++)
        is_unsafe = name_is_unsafe(m->more[i].p, m->more[i].n);
    if (is_unsafe)
        m->link.n = 0; /* told as a name, not as a link */
    else if (m->link.n > 0)
        is_unsafe = name_link_leaves(m->child.name.p, m->child.name.n,
                                     m->link.p, m->link.n);
    if (is_unsafe)
        m->child.flags |= ASSAY_OBJECT_NAME_UNSAFE;
}

/* What the host answered to a beginning child. */
static bool is_begun(struct unpack *u, int32_t rc)
{
    u->members++;
    if (rc == ASSAY_RC_OK)
        return true;
    if (rc != ASSAY_RC_SKIP)
        u->is_stopped = true;
    return false;
}

bool member_open(struct unpack *u, struct member *m)
{
    u->is_cut = false;
    if (!unpack_goes_on(u))
        return false;
    judge_names(m);
    if (!is_begun(u, u->host->child_begin(u->task, &m->child, &u->writer))) {
        u->writer = NULL;
        return false;
    }
    for (unsigned i = 0; i < m->more_n; i++)
        (void)u->host->child_name(u->writer, m->more[i], m->more_charset[i]);
    return true;
}

bool member_write(struct unpack *u, const void *p, size_t n)
{
    if (u->writer == NULL)
        return false;
    if (unpack_goes_on(u) &&
        u->host->child_write(u->writer, p, n) == ASSAY_RC_OK)
        return true;
    u->host->child_abort(u->writer);
    u->writer = NULL;
    u->is_cut = true;
    u->is_partial = true;
    return false;
}

bool member_zeros(struct unpack *u, uint64_t n)
{
    static const char zeros[64 * 1024];

    for (uint64_t left = n; left > 0;) {
        size_t piece = left < sizeof zeros ? (size_t)left : sizeof zeros;
        if (!member_write(u, zeros, piece))
            return false;
        left -= piece;
    }
    return true;
}

void member_drop(struct unpack *u)
{
    if (u->writer == NULL)
        return;
    u->host->child_abort(u->writer);
    u->writer = NULL;
    u->members--;
}

const struct assay_object *member_close(struct unpack *u, struct member *m,
                                        uint64_t flags)
{
    const struct assay_object *child = NULL;

    if (u->writer == NULL)
        return NULL;
    if (flags != 0)
        (void)u->host->child_flags(u->writer, flags);
    int32_t rc = u->host->child_commit(u->writer, &child);
    u->writer = NULL;
    if (rc != ASSAY_RC_OK) {
        u->is_stopped = u->is_stopped || rc != ASSAY_RC_SKIP;
        return NULL;
    }
    if ((m->child.flags & ASSAY_OBJECT_NAME_UNSAFE) != 0)
        tell_path(u, child, m);
    return child;
}

const struct assay_object *member_give(struct unpack *u, struct member *m,
                                       const uint8_t *p, size_t n)
{
    const struct assay_object *child = NULL;

    if (n == 0 || m->more_n > 0) { /* a range has one name only */
        if (!member_open(u, m) || (n > 0 && !member_write(u, p, n)))
            return NULL;
        return member_close(u, m, 0);
    }
    if (!unpack_goes_on(u))
        return NULL;
    judge_names(m);
    if (!is_begun(u, u->host->child_range(u->task, &m->child,
                                          (uint64_t)(p - u->p), n, &child)))
        return NULL;
    if ((m->child.flags & ASSAY_OBJECT_NAME_UNSAFE) != 0)
        tell_path(u, child, m);
    return child;
}
