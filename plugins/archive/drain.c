/* SPDX-License-Identifier: MIT */
#include "fault.h"
#include "guard.h"
#include "reader.h"

#include <errno.h>

/*
 * The data of one entry on its way.  As long as its blocks follow each other
 * inside the object's own content nothing is written: it may end as a range.
 */
struct flow {
    struct unpack *unpack;
    struct member *member;
    const uint8_t *range; /* NULL: none */
    size_t range_n;
    uint64_t written; /* bytes of the member so far, the range included */
    bool is_open;     /* a child is being written */
    bool is_over;     /* the host wants no more of it */
};

/* Opens the child, with what was held back as a range. */
static bool flow_open(struct flow *f)
{
    if (f->is_open || f->is_over)
        return f->is_open;
    f->is_open = member_open(f->unpack, f->member);
    if (f->is_open && f->range != NULL)
        f->is_open = member_write(f->unpack, f->range, f->range_n);
    f->is_over = !f->is_open;
    return f->is_open;
}

static bool is_inside(const struct unpack *u, const uint8_t *p, size_t n)
{
    uintptr_t from = (uintptr_t)u->p;
    uintptr_t at = (uintptr_t)p;
    return at >= from && at - from <= u->n && n <= u->n - (at - from);
}

static void flow_block(struct flow *f, const uint8_t *p, size_t n,
                       uint64_t offset)
{
    uint64_t hole = offset > f->written ? offset - f->written : 0;
    bool is_next = f->range == NULL ? f->written == 0 && hole == 0
                                    : p == f->range + f->range_n && hole == 0;

    if (!f->is_open && is_next && is_inside(f->unpack, p, n)) {
        f->range = f->range == NULL ? p : f->range;
        f->range_n += n;
    } else {
        f->is_over = !flow_open(f) || !member_zeros(f->unpack, hole) ||
                     !member_write(f->unpack, p, n);
    }
    f->written += hole + n;
}

static bool is_failure(int rc)
{
    return rc == ARCHIVE_FAILED || rc == ARCHIVE_FATAL;
}

/* Commits what there is, and tells what was wrong with it. */
static void flow_end(struct flow *f, int rc, uint32_t reason, const char *text)
{
    const struct assay_object *child = NULL;
    uint64_t flags = reason != 0 ? fault_flag(reason) : 0;
    struct unpack *u = f->unpack;

    if (f->member->is_doubtful && is_failure(rc) && f->written == 0) {
        member_drop(u); /* it only looked like one */
        return;
    }
    if (reason == ASSAY_REASON_ENCRYPTED && f->written > 0)
        flags = ASSAY_OBJECT_TRUNCATED;
    if (f->member->is_hard_link && f->written == 0)
        flags |= ASSAY_OBJECT_DIRECTORY;
    f->member->child.flags |= f->is_open ? 0 : flags;
    if (f->is_open)
        child = member_close(u, f->member, flags);
    else if (!f->is_over)
        child = member_give(u, f->member, f->range, f->range_n);
    if (reason != 0 && !u->is_stopped && (child != NULL || is_failure(rc)))
        unpack_fault(u, child, reason, text);
}

int reader_next(const struct unpack *u, struct archive *a,
                struct archive_entry **entry)
{
    struct guard guard;

    guard_enter(&guard, u->guarded);
    errno = 0; /* libarchive takes what it finds there for its own */
    int rc = archive_read_next_header(a, entry);
    guard_leave(&guard);
    return rc;
}

int reader_block(const struct unpack *u, struct archive *a, const void **p,
                 size_t *n, la_int64_t *offset)
{
    struct guard guard;

    guard_enter(&guard, u->guarded);
    errno = 0; /* libarchive takes what it finds there for its own */
    int rc = archive_read_data_block(a, p, n, offset);
    guard_leave(&guard);
    return rc;
}

/* Takes one block, or a hole at the end.  What libarchive said. */
static int pull(struct flow *f, struct archive *a, uint64_t told_size)
{
    const void *p = NULL;
    size_t n = 0;
    la_int64_t offset = 0;
    int rc = reader_block(f->unpack, a, &p, &n, &offset);

    if (n > 0 && p != NULL && (rc == ARCHIVE_OK || rc == ARCHIVE_WARN))
        flow_block(f, p, n, (uint64_t)offset);
    else if (rc == ARCHIVE_EOF && offset == (la_int64_t)told_size &&
             told_size > f->written && flow_open(f))
        f->is_over = !member_zeros(f->unpack, told_size - f->written);
    return rc;
}

int reader_drain(struct unpack *u, struct archive *a, struct member *m,
                 uint64_t told_size)
{
    struct flow flow = {.unpack = u, .member = m};
    uint32_t reason = 0;
    const char *text = NULL;
    int rc;

    if (m->is_packed && !flow_open(&flow))
        return ARCHIVE_FAILED;
    do {
        rc = pull(&flow, a, told_size);
        if (rc == ARCHIVE_WARN || is_failure(rc)) {
            text = u->is_veiled ? "the member is encrypted"
                                : archive_error_string(a);
            reason = u->is_veiled ? ASSAY_REASON_ENCRYPTED : fault_reason(text);
        }
    } while (rc != ARCHIVE_EOF && !is_failure(rc) && !flow.is_over &&
             unpack_goes_on(u));
    flow_end(&flow, rc, reason, text);
    return rc;
}
