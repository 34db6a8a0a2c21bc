/* SPDX-License-Identifier: MIT */
/*
 * Scanners that do whatever the input says: report, unpack, wait, fail, break every
 * rule.  Whatever they do, the scan ends, its bounds hold, nothing is told twice,
 * and what went wrong is never clean.
 */
#include "mail/message.h"
#include "scan/scan.h"
#include "verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SCANNERS = 4,
    MAX_OBJECTS = 60,
    MAX_FINDINGS = 20,
    MAX_BYTES = 3 << 20,
    MAX_OPERATIONS = 40 /* of one run */
};

static struct {
    const uint8_t *p;
    size_t n;
    bool went_wrong; /* a run broke a rule or answered with an error */
} input;

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static uint8_t next(void)
{
    if (input.n == 0)
        return 0;
    input.n--;
    return *input.p++;
}

static struct object *some_object(struct task *task)
{
    static struct object foreign;
    uint8_t which = next();
    if (which == 255)
        return &foreign;
    return which == 254 ? NULL : task_object(task, which % 16);
}

static void report(struct task *task)
{
    struct finding *finding = finding_new(NULL);
    uint8_t what = next();
    finding->status = what & 7;
    finding->kind = what >> 3 & 15;
    finding->reason = next() % 14;
    finding->confidence = next();
    finding->rcpt = (int32_t)(next() % 4) - 2;
    finding->log_odds_milli = (int32_t)(next() - 128) * 400;
    finding->advice = next() % 12;
    finding->object = some_object(task);
    finding->name = g_strdup_printf("n%u", next() % 32u);
    if (task_report(task, finding) != ASSAY_RC_OK)
        input.went_wrong = true;
}

static struct assay_child child_about(void)
{
    static const char names[] = "archive/member.eml\0\xff\x81";
    return (struct assay_child){.struct_size = sizeof(struct assay_child),
                                .kind = next() % 8u,
                                .flags = next(),
                                .name = {names, next() % sizeof names},
                                .told_size = next() * UINT64_C(100000)};
}

static void write_child(struct task *task)
{
    static const uint8_t zeros[1 << 16];
    struct assay_child about = child_about();
    struct writer *writer = NULL;
    struct object *child = NULL;
    if (writer_begin(task, &about, &writer) != ASSAY_RC_OK)
        return;
    require(writer_is_open(task, writer));
    uint8_t pieces = next();
    for (unsigned i = 0; i < pieces % 8u; i++)
        writer_write(writer, zeros, (size_t)next() << 8);
    writer_write(writer, input.p, MIN(input.n, 300));
    writer_name(writer, "other", 5, NULL);
    writer_flags(writer, next());
    if (pieces > 250)
        return; /* left open */
    if (pieces > 230)
        writer_abort(writer);
    else if (writer_commit(writer, &child) == ASSAY_RC_OK)
        require(task_owns(task, child) &&
                task_object(task, child->id) == child);
    require(!writer_is_open(task, writer));
}

static bool want(struct task *task)
{
    const struct wish *wish = NULL;
    char key[] = "name0";
    key[4] = (char)('0' + next() % 40);
    int32_t rc = task_want(task, 1 + next() % 3, next(), key, &wish);
    require((rc == ASSAY_RC_OK) == (wish != NULL));
    require(wish == NULL || wish->state != 0);
    return rc == ASSAY_RC_PENDING;
}

static void act(struct task *task, bool *waits)
{
    uint8_t digest[DIGEST_SIZE] = {next()};
    struct assay_child about;
    struct object *child = NULL;
    const char *value = NULL;
    struct assay_edit edit = {.struct_size = sizeof edit,
                              .kind = next() % 10u,
                              .length = next(),
                              .name = {"X-A", 3},
                              .value = {"v", 1}};
    switch (next() % 9) {
    case 0:
        report(task);
        break;
    case 1:
    case 2:
        write_child(task);
        break;
    case 3:
        about = child_about();
        writer_range(task, &about, next(), next(), &child);
        break;
    case 4:
        *waits = want(task) || *waits;
        break;
    case 5:
        task_fact_set(task, next() % 2 == 0 ? "f.a" : "f.b", "v", 1);
        task_fact_get(task, "f.a", &value);
        break;
    case 6:
        task_count(task, "c.n", "k", 1, 1);
        break;
    case 7:
        task_edit(task, &edit);
        break;
    default:
        if (task->object != NULL && next() % 2 == 0)
            memcpy(digest, object_digest(task->object), sizeof digest);
        task_seen(task, digest);
        break;
    }
}

static int32_t handle(void *self, struct task *task)
{
    (void)self;
    bool waits = false;
    bool went_wrong_before = input.went_wrong;
    unsigned operations = next() % MAX_OPERATIONS;
    for (unsigned i = 0; i < operations && input.n > 0; i++)
        act(task, &waits);
    uint8_t answer = next();
    int32_t rc = answer < 180 ? ASSAY_RC_OK : (int32_t)(answer - 220);
    if (waits && (answer < 150 || rc == ASSAY_RC_PENDING)) {
        input.went_wrong = went_wrong_before; /* this run never was */
        return ASSAY_RC_PENDING;
    }
    if (rc != ASSAY_RC_OK && rc != ASSAY_RC_NOT_APPLICABLE)
        input.went_wrong = true;
    return rc;
}

static void resolve(void *self, struct wish *const *wishes, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++) {
        require(wishes[i]->state == 0);
        wishes[i]->state = next() % 9u;
    }
}

static void check_objects(const struct message *message)
{
    for (unsigned i = 0; i < message->objects->len; i++) {
        const struct object *object = message->objects->pdata[i];
        require(object->id == i && object->path != NULL);
        require(i == 0 || object->parent->id < i);
        require(i == 0 || object->depth == object->parent->depth + 1);
        require(object->unpack_depth <= 4);
    }
}

static void check_findings(const struct scan *scan,
                           const struct verdict *verdict)
{
    unsigned counted = 0;
    bool failed = false;
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *a = scan->findings->pdata[i];
        bool is_bound =
            strcmp(a->plugin, "core") == 0 && a->kind == ASSAY_KIND_PARTIAL;
        require(a->kind >= ASSAY_KIND_INFO && a->kind <= ASSAY_KIND_FAILED);
        require(finding_kind_rank(a->kind) <=
                    finding_kind_rank(verdict->kind) ||
                a->kind == ASSAY_KIND_SPAM || a->kind == ASSAY_KIND_MALWARE);
        /* LIMIT passed on counts as OK: then the bound is told. */
        failed = failed || finding_kind_rank(a->kind) >=
                               finding_kind_rank(ASSAY_KIND_PARTIAL);
        counted += !is_bound;
        for (unsigned k = 0; k < i; k++) {
            const struct finding *b = scan->findings->pdata[k];
            require(a->plugin != b->plugin || a->kind != b->kind ||
                    a->rcpt != b->rcpt || strcmp(a->name, b->name) != 0 ||
                    (a->object != b->object && !is_bound));
        }
    }
    require(counted <= MAX_FINDINGS);
    require(!input.went_wrong || failed);
}

static void check(const struct scan *scan, const struct verdict *verdict)
{
    require(scan->message->objects->len <= MAX_OBJECTS + 50);
    require(scan->bytes <= 2 * MAX_BYTES);
    require(verdict->action >= ASSAY_ACTION_ACCEPT &&
            verdict->because.line != NULL);
    check_objects(scan->message);
    check_findings(scan, verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const facts[] = {"f.a", NULL};
    static const char *const names[SCANNERS] = {"a", "b", "c", "d"};
    static const char mail[] =
        "From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        "--x\r\n\r\none\r\n--x\r\n\r\nthe second part\r\n--x--\r\n";
    struct scanner scanners[SCANNERS];
    const struct scanner *list[SCANNERS];
    input.p = data;
    input.n = size;
    input.went_wrong = false;
    for (size_t i = 0; i < SCANNERS; i++) {
        scanners[i] = (struct scanner){.name = g_intern_string(names[i]),
                                       .handle = handle};
        scanners[i].stages = next();
        scanners[i].flags = next() * UINT64_C(9);
        scanners[i].wants_flags = next() & 15;
        scanners[i].min_size = next() & 7;
        scanners[i].max_size = next();
        scanners[i].provides = i == 0 ? facts : NULL;
        scanners[i].reads = i == 1 ? facts : NULL;
        list[i] = &scanners[i];
    }
    struct resolver resolver = {resolve, NULL};
    struct scan_plan plan = {list, SCANNERS, {0}, &resolver};
    limits_default(&plan.limits);
    plan.limits.max_depth = 4;
    plan.limits.max_objects = MAX_OBJECTS;
    plan.limits.max_findings = MAX_FINDINGS;
    plan.limits.max_bytes = MAX_BYTES;
    plan.limits.max_object_bytes = MAX_BYTES / 3;
    plan.limits.max_wishes = 10;
    plan.limits.max_rounds = 4;
    struct session *session = session_new();
    g_ptr_array_add(session->rcpts, g_strdup("r@example.org"));
    g_ptr_array_add(session->rcpts, g_strdup("s@example.org"));
    session->helo = g_strdup("h");
    struct policy *policy = NULL;
    require(policy_new(NULL, &policy, NULL));
    GBytes *raw = g_bytes_new_static(mail, sizeof mail - 1);
    struct message *message = message_new(raw, session, &plan.limits);
    g_bytes_unref(raw);
    struct scan *scan = scan_run(&plan, message, 1);
    struct verdict *verdict = verdict_new(policy, scan);
    check(scan, verdict);
    verdict_free(verdict);
    scan_free(scan);
    message_free(message);
    policy_free(policy);
    session_free(session);
    return 0;
}
