/* SPDX-License-Identifier: MIT */
/*
 * A plugin without manners: each byte chooses a host function, the following ones its
 * arguments, most of them wrong.  Whatever it does the host lives, and what it says
 * is clean.
 */
#include "host/bridge.h"
#include "host/instance.h"
#include "mail/message.h"
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    KEPT = 8,
    OPS_MAX = 2000
};

static const struct assay_host *host;

static struct {
    const uint8_t *p;
    size_t n;
} input;
/* Things the host once lent, right or stale by now. */
static const struct assay_object *objects[KEPT];
static const struct assay_task *tasks[KEPT];
static struct assay_writer *writers[KEPT];

/* What a plugin may take for any structure: as large as any can be. */
static union {
    uint32_t struct_size;
    struct assay_finding finding;
    struct assay_child child;
    struct assay_edit edit;
    struct assay_question question;
    uint8_t bytes[8192];
} structure;

static uint8_t byte(void)
{
    if (input.n == 0)
        return 0;
    input.n--;
    return *input.p++;
}

static uint64_t number(void)
{
    uint64_t n = byte();
    for (unsigned more = n & 7; more > 0; more--)
        n = n << 8 | byte();
    return n;
}

/* A string of the input, empty, or NULL with a length. */
static struct assay_str text(void)
{
    struct assay_str s = {NULL, byte()};
    if (s.n == 255)
        return s;
    s.n = s.n < input.n ? s.n : input.n;
    s.p = (const char *)input.p;
    input.p += s.n;
    input.n -= s.n;
    return s;
}

static const char *word(void)
{
    static char copy[300];
    static const char *const known[] = {"fuzz.fact", "Subject", "other", NULL};
    uint8_t choice = byte();
    if (choice < 4)
        return known[choice];
    struct assay_str s = text();
    memset(copy, 0, sizeof copy);
    if (s.p != NULL)
        memcpy(copy, s.p, s.n);
    return copy;
}

static const struct assay_object *object(const struct assay_task *task)
{
    uint8_t choice = byte();
    if (choice < 128)
        return task->object;
    return choice == 255 ? NULL : objects[choice % KEPT];
}

static const struct assay_task *some_task(const struct assay_task *task)
{
    uint8_t choice = byte();
    if (choice < 240)
        return task;
    return choice == 255 ? NULL : tasks[choice % KEPT];
}

/* Fields from the input; the strings in it always can be read. */
static void fill(size_t size)
{
    memset(&structure, 0, sizeof structure);
    for (size_t i = 0; i < size; i++)
        structure.bytes[i] = byte();
    uint8_t choice = byte();
    structure.struct_size = choice < 200 ? (uint32_t)size : (uint32_t)number();
}

static void report(const struct assay_task *task)
{
    fill(offsetof(struct assay_finding, name));
    structure.struct_size +=
        sizeof structure.finding - offsetof(struct assay_finding, name);
    structure.finding.status %= 6;
    structure.finding.kind %= 14;
    structure.finding.name = text();
    structure.finding.text = text();
    structure.finding.reply_text = text();
    host->report(some_task(task), object(task), &structure.finding);
}

static void fill_child(void)
{
    fill(16);
    structure.struct_size += sizeof structure.child - 16;
    structure.child.kind = 3 + structure.child.kind % 3;
    structure.child.name = text();
    structure.child.charset = text();
    structure.child.type = text();
    structure.child.method = text();
    structure.child.told_size = number();
}

static void edit(const struct assay_task *task)
{
    fill(16);
    structure.struct_size += sizeof structure.edit - 16;
    structure.edit.kind %= 10;
    structure.edit.offset = number();
    structure.edit.length = number();
    structure.edit.name = text();
    structure.edit.value = text();
    host->edit(some_task(task), &structure.edit);
}

/* True: the plugin waits now. */
static bool want(const struct assay_task *task)
{
    static const char name[] = "example.org";
    const struct assay_answer *answer;
    fill(4);
    structure.struct_size += sizeof structure.question - 4;
    structure.question.kind = byte() % 4;
    structure.question.key =
        byte() < 128 ? (struct assay_str){name, sizeof name - 1} : text();
    int32_t rc = host->want(some_task(task), &structure.question, &answer);
    for (uint32_t i = 0; rc == ASSAY_RC_OK && i < answer->count; i++)
        if (answer->records[i]->data.p == NULL)
            abort();
    return rc == ASSAY_RC_PENDING && byte() < 200;
}

static void look(const struct assay_task *task)
{
    struct assay_str a;
    struct assay_str b;
    uint64_t n;
    int32_t fd;
    switch (byte() % 8) {
    case 0:
        host->attr_str(some_task(task), object(task), byte() % 70, byte(), &a);
        break;
    case 1:
        host->attr_u64(some_task(task), object(task), byte() % 70, byte(), &n);
        break;
    case 2:
        host->content(some_task(task), object(task), &a);
        break;
    case 3:
        host->content_fd(some_task(task), object(task), &fd);
        break;
    case 4:
        host->text(some_task(task), object(task), &a);
        break;
    case 5:
        host->header(some_task(task), object(task), byte(), &a, &b);
        break;
    case 6:
        host->header_text(some_task(task), object(task), word(), byte(), &a);
        break;
    default:
        host->cancelled(some_task(task));
        host->remaining_ns(some_task(task));
        break;
    }
}

static void walk(const struct assay_task *task)
{
    const struct assay_object **to = &objects[byte() % KEPT];
    if (byte() % 2 == 0)
        host->object_by_id(some_task(task), number(), to);
    else
        host->parent(some_task(task), object(task), to);
}

static void unpack(const struct assay_task *task)
{
    struct assay_writer **writer = &writers[byte() % KEPT];
    struct assay_str s;
    switch (byte() % 7) {
    case 0:
        fill_child();
        host->child_begin(some_task(task), &structure.child, writer);
        break;
    case 1:
        s = text();
        host->child_write(*writer, s.p, s.n);
        break;
    case 2:
        s = text();
        host->child_name(*writer, s, text());
        break;
    case 3:
        host->child_flags(*writer, number());
        break;
    case 4:
        host->child_commit(*writer,
                           byte() % 2 == 0 ? NULL : &objects[byte() % KEPT]);
        break;
    case 5:
        host->child_abort(*writer);
        break;
    default:
        fill_child();
        host->child_range(some_task(task), &structure.child, number(), number(),
                          &objects[byte() % KEPT]);
        break;
    }
}

static void tell(const struct assay_task *task)
{
    struct assay_str s;
    uint8_t digest[32] = {byte()};
    switch (byte() % 5) {
    case 0:
        host->fact_set(some_task(task), word(), text());
        break;
    case 1:
        host->fact_get(some_task(task), word(), &s);
        break;
    case 2:
        host->count(some_task(task), word(), text(), (int64_t)number());
        break;
    case 3:
        host->seen(some_task(task), byte() % 4 == 0 ? NULL : digest);
        break;
    default:
        host->log(host, some_task(task), byte(), text());
        break;
    }
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    static const int32_t codes[] = {0, 0, 0, 1, 2, 3, -1, -8, 99, -99};
    (void)inst;
    tasks[byte() % KEPT] = task;
    for (unsigned op = 0; input.n > 0 && op < OPS_MAX; op++) {
        switch (byte() % 8) {
        case 0:
            return codes[byte() % 10];
        case 1:
            report(task);
            break;
        case 2:
            edit(task);
            break;
        case 3:
            if (want(task))
                return ASSAY_RC_PENDING;
            break;
        case 4:
            look(task);
            break;
        case 5:
            walk(task);
            break;
        case 6:
            unpack(task);
            break;
        default:
            tell(task);
            break;
        }
    }
    return ASSAY_RC_OK;
}

static const struct assay_option *const no_options[] = {NULL};
static const char *const facts[] = {"fuzz.*", NULL};
static const struct assay_wants wants = {.struct_size = sizeof wants,
                                         .flags = ASSAY_WANTS_MESSAGE |
                                                  ASSAY_WANTS_EMPTY};
static const struct assay_plugin plugin = {
    .struct_size = sizeof plugin,
    .id = "org.example.fuzz",
    .name = "fuzz",
    .vendor = "fuzz",
    .version = "1",
    .licence = "MIT",
    .stages = 0xfe,
    .flags_optional = ASSAY_FLAG_CHILDREN | ASSAY_FLAG_EDITS,
    .wants = &wants,
    .reads = facts,
    .provides = facts,
    .options = no_options,
    .handle = handle,
};

static const char mail[] =
    "From: a@example.org\r\nSubject: =?utf-8?q?=C3=BC?=\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\ntext\r\n--b\r\n"
    "Content-Type: image/png; name=\"x.png\"\r\n\r\n"
    "png\r\n--b--\r\n";

static void resolve(void *self, struct wish *const *wishes, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++) {
        char data[] = "v=spf1 -all";
        struct wish_record record = {.data = data, .data_n = sizeof data - 1};
        wishes[i]->state = ASSAY_ANSWER_DATA;
        wish_add_record(wishes[i], &record);
    }
}

static const struct resolver resolver = {.resolve = resolve};

static struct instance *make_instance(void)
{
    struct instance *instance = g_new0(struct instance, 1);
    instance->name = g_intern_static_string("fuzz");
    instance->plugin = &plugin;
    if (!option_set_new(no_options, NULL, NULL, NULL, &instance->options, NULL))
        abort();
    instance_init(instance);
    instance->is_started = true;
    host = bridge_abi(instance->bridge);
    return instance;
}

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_text(const char *p, size_t max)
{
    require(p != NULL && strlen(p) <= max && g_utf8_validate(p, -1, NULL));
    for (; *p != '\0'; p++)
        require((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void check(const struct scan *scan)
{
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        check_text(f->name, 255);
        check_text(f->text, 1024);
        check_text(f->reply_text, 240);
        require(f->kind <= ASSAY_KIND_FAILED);
        require(f->kind != ASSAY_KIND_SPAM ||
                (f->log_odds_milli >= -30000 && f->log_odds_milli <= 30000));
        require(f->rcpt < (int32_t)scan->message->session->rcpts->len);
        require(f->object == NULL || f->object->path != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct instance *instance;
    if (instance == NULL)
        instance = make_instance();
    input.p = data;
    input.n = size;
    struct session *session = session_new();
    session->mail_from = g_strdup("a@example.org");
    g_ptr_array_add(session->rcpts, g_strdup("b@example.org"));
    const struct scanner *scanners[] = {&instance->scanner};
    struct scan_plan plan = {
        .scanners = scanners, .scanner_n = 1, .resolver = &resolver};
    limits_default(&plan.limits);
    plan.limits.max_objects = 50;
    plan.limits.max_bytes = 1 << 20;
    GBytes *raw = g_bytes_new_static(mail, sizeof mail - 1);
    struct message *message = message_new(raw, session, &plan.limits);
    struct scan *scan = scan_run(&plan, message, 1000000000);
    check(scan);
    scan_free(scan);
    message_free(message);
    session_free(session);
    g_bytes_unref(raw);
    return 0;
}
