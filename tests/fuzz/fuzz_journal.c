/* SPDX-License-Identifier: MIT */
/*
 * Journals and tapes that a hostile process made: whatever is in them, the scan ends,
 * its bounds hold, what it tells is clean text, and nothing claims to be of another
 * scanner.
 *
 * The first byte chooses: an even one is a journal for a whole scan, an odd one a tape
 * for one task.  Of an even one the half, modulo 5, is the stage of the session up to
 * which a scan goes first (0: none does), and the journal is of this session, whatever
 * it says.
 */
#include "mail/message.h"
#include "scan/replay.h"
#include "scan/scan.h"
#include "scan/tape.h"
#include "scan/wishes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MAX_OBJECTS = 12,
    MAX_FINDINGS = 20,
    MAX_BYTES = 1 << 16,
    MAX_ROUNDS = 64
};

static const char mail[] = "From: a@example.org\r\n"
                           "Content-Type: text/plain\r\n\r\n"
                           "(((inner)))";

static struct {
    const uint8_t *p; /* the tape that `play` plays; NULL: none */
    size_t n;
} tape;

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

/* "(xyz)" holds "xyz". */
static int32_t unpack(void *self, struct task *task)
{
    const struct object *o = task->object;
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = {"m", 1}};
    struct writer *writer;
    (void)self;
    if (o->size < 2 || o->data[0] != '(')
        return ASSAY_RC_NOT_APPLICABLE;
    int32_t rc = writer_begin(task, &about, &writer);
    if (rc != ASSAY_RC_OK)
        return rc;
    writer_write(writer, o->data + 1, o->size - 2);
    return writer_commit(writer, NULL);
}

static int32_t ask(void *self, struct task *task)
{
    const struct wish *wish;
    (void)self;
    char key[] = "k0.org";
    key[1] = (char)('0' + (task->object->id + task->round) % 10);
    int32_t rc = task_want(task, ASSAY_WANT_DNS, 16, key, &wish);
    if (rc != ASSAY_RC_OK)
        return rc;
    task_fact_set(task, "f.a", "1", 1);
    task_count(task, "c.a", "k", 1, 1);
    return task->round < 2 && wish->state != ASSAY_ANSWER_BLOCKED
               ? task_want(task, ASSAY_WANT_LOOKUP, 0, "t:k", &wish)
               : ASSAY_RC_OK;
}

static int32_t say(void *self, struct task *task)
{
    (void)self;
    if (tape.p != NULL) {
        struct unpacker from;
        unpacker_init(&from, tape.p, tape.n);
        tape.p = NULL;
        int32_t rc = tape_play(task, &from);
        require(!from.is_bad || rc == ASSAY_RC_INTERNAL);
        return rc;
    }
    struct finding *finding = finding_new(NULL);
    finding->status = ASSAY_STATUS_FOUND;
    finding->kind = ASSAY_KIND_POLICY;
    finding->name = g_strdup("said");
    finding->object = task->object;
    return task_report(task, finding);
}

static const char *const facts[] = {"f.a", NULL};

static const struct scanner scanners[] = {
    {.name = "zip",
     .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
     .flags = ASSAY_FLAG_CHILDREN,
     .handle = unpack},
    {.name = "ask",
     .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
     .provides = facts,
     .handle = ask},
    {.name = "say",
     .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_CONNECT) |
               ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT) |
               ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT) |
               ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
     .flags = ASSAY_FLAG_CHILDREN | ASSAY_FLAG_EDITS,
     .reads = facts,
     .provides = facts,
     .handle = say},
};

static void check_text(const char *text)
{
    require(text != NULL && g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p != '\0'; p++)
        require((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void check_findings(const struct scan *scan)
{
    unsigned of_core = 0;
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        bool is_core = strcmp(f->plugin, "core") == 0;
        bool is_known = is_core;
        for (size_t k = 0; k < G_N_ELEMENTS(scanners); k++)
            is_known |= strcmp(f->plugin, scanners[k].name) == 0;
        require(is_known);
        of_core += is_core;
        check_text(f->name);
        check_text(f->text);
        check_text(f->reply_text);
        require(finding_kind_rank(f->kind) < FINDING_RANKS);
        require(f->object == NULL ||
                scan->message->objects->pdata[f->object->id] == f->object);
    }
    require(scan->findings->len - of_core <= MAX_FINDINGS);
}

static void check(const struct scan *scan)
{
    const GPtrArray *objects = scan->message->objects;
    uint64_t bytes = 0;
    check_findings(scan);
    require(objects->len <= MAX_OBJECTS);
    for (unsigned i = 0; i < objects->len; i++) {
        const struct object *object = objects->pdata[i];
        require(object->path != NULL && object->id == i);
        if (object->origin != NULL)
            bytes += object->size;
    }
    require(bytes <= MAX_BYTES && scan->bytes <= MAX_BYTES + sizeof mail);
}

/* The journal of a scan that is not over, with some answers; or NULL. */
static struct journal *answered(const struct scan *scan)
{
    if (scan->journal == NULL)
        return NULL;
    size_t n;
    const void *p = g_bytes_get_data(scan->journal, &n);
    struct journal *journal = journal_unpack(p, n);
    require(journal != NULL); /* what core wrote it can read */
    require(scan->is_suspended == (journal->until == 0));
    unsigned open = 0;
    for (unsigned i = 0; i < journal->wishes->len; i++) {
        struct wish *wish = journal->wishes->pdata[i];
        open += wish->state == 0;
        if (wish->state == 0 && i % 2 == 0)
            wish->state = ASSAY_ANSWER_NXDOMAIN;
    }
    require(open == (scan->is_suspended ? scan->open->len : 0));
    require(open > 0 || !scan->is_suspended);
    return journal;
}

/* Something to go by at each stage, if there is to be one. */
static struct session *make_session(bool is_known)
{
    struct session *session = session_new();
    if (!is_known)
        return session;
    session_set_client_ip(session, "192.0.2.1");
    session->mail_from = g_strdup("a@example.org");
    for (unsigned i = 0; i < 3; i++)
        g_ptr_array_add(session->rcpts, g_strdup("b@example.org"));
    return session;
}

/* As if it were of that session. */
static void make_own(struct journal *journal, const struct session *session)
{
    const GArray *groups = journal->groups;
    uint32_t rcpts =
        groups->len > 0 ? g_array_index(groups, uint32_t, groups->len - 1) : 0;
    replay_session(session, journal->until, rcpts, journal->session);
}

/* Takes the journal; the one to go on with, or NULL.  `*until` is 0 behind the stage. */
static struct journal *run(const struct scan_plan *plan, bool has_session,
                           struct journal *journal, uint32_t *until)
{
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof mail - 1);
    struct session *session = make_session(has_session);
    if (journal != NULL)
        make_own(journal, session);
    struct message *message = message_new(raw, session, &plan->limits);
    const struct scan_input input = {.message = message,
                                     .now_s = 1700000000,
                                     .deadline_ns = UINT64_MAX,
                                     .journal = journal,
                                     .until = *until,
                                     .may_suspend = true};
    struct scan *scan = scan_run_input(plan, &input);
    check(scan);
    require(*until != 0 || scan->is_suspended == (scan->journal != NULL));
    if (!scan->is_suspended)
        *until = 0;
    struct journal *next = answered(scan);
    scan_free(scan);
    journal_free(journal);
    message_free(message);
    session_free(session);
    return next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct scanner *list[G_N_ELEMENTS(scanners)];
    for (size_t i = 0; i < G_N_ELEMENTS(scanners); i++)
        list[i] = &scanners[i];
    struct scan_plan plan = {.scanners = list,
                             .scanner_n = G_N_ELEMENTS(scanners)};
    limits_default(&plan.limits);
    plan.limits.max_objects = MAX_OBJECTS;
    plan.limits.max_findings = MAX_FINDINGS;
    plan.limits.max_bytes = MAX_BYTES;
    plan.limits.max_rounds = 4;
    bool is_tape = data[0] % 2 == 1;
    tape.p = is_tape ? data + 1 : NULL;
    tape.n = size - 1;
    struct journal *journal =
        is_tape ? NULL : journal_unpack(data + 1, size - 1);
    if (!is_tape && journal == NULL)
        return 0;
    unsigned rounds = 0;
    uint32_t until = is_tape ? 0 : data[0] / 2 % 5;
    bool has_session = until != 0;
    do
        journal = run(&plan, has_session, journal, &until);
    while (journal != NULL && ++rounds < MAX_ROUNDS);
    require(journal == NULL); /* it has an end */
    return 0;
}
