/* SPDX-License-Identifier: MIT */
/*
 * A good plugin that does what its options say and reports what it saw: for tests of
 * the host's side.
 *
 *     do = attrs, text       which of the acts below
 *     at = 6                 in which stage
 */
#include "right.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ACTS_MAX = 16
};

static char acts[ACTS_MAX][32];
static unsigned act_n;
static uint32_t at_stage;
static char settings[512];
static char started[256];

static char line[4096];
static size_t line_n;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line + line_n, sizeof line - line_n, format, arguments);
    va_end(arguments);
    line_n += (size_t)n < sizeof line - line_n ? (size_t)n : 0;
}

static void say_str(struct assay_str s)
{
    for (uint64_t i = 0; i < s.n && i < 200; i++)
        say(s.p[i] >= ' ' && s.p[i] <= '~' ? "%c" : "\\%02x",
            (unsigned char)s.p[i]);
}

/* --- the acts ---------------------------------------------------------------------- */

static void act_attrs(const struct assay_task *task)
{
    for (uint32_t attr = 1; attr < 64; attr++) {
        const struct assay_object *object = attr < 32 ? NULL : task->object;
        struct assay_str s;
        uint64_t n;
        for (uint32_t i = 0;
             host->attr_str(task, object, attr, i, &s) == ASSAY_RC_OK; i++) {
            say("%" PRIu32 "=", attr);
            if (attr == ASSAY_ATTR_SHA256)
                say("%02x%02x..", (unsigned char)s.p[0], (unsigned char)s.p[1]);
            else
                say_str(s);
            say(" ");
        }
        if (host->attr_u64(task, object, attr, 0, &n) == ASSAY_RC_OK)
            say("%" PRIu32 "=%" PRIu64 " ", attr, n);
    }
}

static void act_content(const struct assay_task *task)
{
    struct assay_str s;
    int32_t fd = -1;
    int32_t again = -1;
    int32_t rc = host->content(task, task->object, &s);
    if (rc != ASSAY_RC_OK) {
        say("content %" PRId32 " fd %" PRId32, rc,
            host->content_fd(task, task->object, &fd));
        return;
    }
    say("%" PRIu64 " bytes ", s.n);
    if (host->content_fd(task, task->object, &fd) != ASSAY_RC_OK ||
        host->content_fd(task, task->object, &again) != ASSAY_RC_OK) {
        say("no fd");
        return;
    }
    char *copy = malloc(s.n + 1);
    ssize_t n = pread(fd, copy, s.n + 1, 0);
    say("fd %s %s %s", fd == again ? "same" : "other",
        n == (ssize_t)s.n && memcmp(copy, s.p, s.n) == 0 ? "equal"
                                                         : "different",
        pwrite(fd, "x", 1, 0) == 1 ? "writable" : "read-only");
    free(copy);
}

static void act_text(const struct assay_task *task)
{
    struct assay_str s;
    int32_t rc = host->text(task, task->object, &s);
    say("%" PRId32 " ", rc);
    if (rc == ASSAY_RC_OK)
        say_str(s);
}

static void act_header(const struct assay_task *task)
{
    struct assay_str name;
    struct assay_str value;
    for (uint32_t i = 0;
         host->header(task, task->object, i, &name, &value) == ASSAY_RC_OK;
         i++) {
        say_str(name);
        say(",");
    }
    if (host->header_text(task, task->object, "SUBJECT", 0, &value) ==
        ASSAY_RC_OK)
        say_str(value);
    say(" %" PRId32 " %" PRId32,
        host->header_text(task, task->object, "Subject", 1, &value),
        host->header_text(task, task->object, NULL, 0, &value));
}

static void act_tree(const struct assay_task *task)
{
    for (uint64_t id = 0;; id++) {
        const struct assay_object *object;
        const struct assay_object *parent;
        int32_t rc = host->object_by_id(task, id, &object);
        if (rc != ASSAY_RC_OK) {
            say("%" PRId32, rc);
            return;
        }
        uint64_t above = 99;
        if (host->parent(task, object, &parent) == ASSAY_RC_OK)
            host->attr_u64(task, parent, ASSAY_ATTR_ID, 0, &above);
        say("%" PRIu64 "<%" PRIu64 " ", id, above);
    }
}

static void report(const struct assay_task *task, struct assay_finding finding)
{
    finding.struct_size = sizeof finding;
    say("%" PRId32 " ", host->report(task, task->object, &finding));
}

static void act_report(const struct assay_task *task)
{
    report(task,
           (struct assay_finding){.status = ASSAY_STATUS_FOUND,
                                  .kind = ASSAY_KIND_SPAM,
                                  .log_odds_milli = 1500,
                                  .rcpt = ASSAY_RCPT(1),
                                  .confidence = 70,
                                  .advice = ASSAY_ACTION_JUNK,
                                  .delay_ms = 2000,
                                  .reply_code = 451,
                                  .name = right_str("Sp\xc3\xa4m\\x"),
                                  .text = right_str("why"),
                                  .reply_text = right_str("4.7.1 later")});
    report(task, (struct assay_finding){.status = ASSAY_STATUS_UNSCANNABLE,
                                        .reason = ASSAY_REASON_ENCRYPTED});
    report(task, (struct assay_finding){.status = ASSAY_STATUS_UNSCANNABLE,
                                        .reason = ASSAY_REASON_DAMAGED,
                                        .name = right_str("a.damaged")});
    report(task, (struct assay_finding){.status = ASSAY_STATUS_TRUSTED});
}

static void act_wrong_rcpt(const struct assay_task *task)
{
    report(task, (struct assay_finding){.status = ASSAY_STATUS_FOUND,
                                        .kind = ASSAY_KIND_INFO,
                                        .rcpt = ASSAY_RCPT(7),
                                        .name = right_str("x")});
    report(task, (struct assay_finding){.status = ASSAY_STATUS_FOUND,
                                        .kind = ASSAY_KIND_INFO,
                                        .rcpt = UINT32_MAX,
                                        .name = right_str("x")});
}

static void act_facts(const struct assay_task *task)
{
    struct assay_str s = {NULL, 0};
    say("%" PRId32 " ", host->fact_get(task, "puppet.colour", &s));
    say("%" PRId32 " ",
        host->fact_set(task, "puppet.colour", right_str("blue")));
    say("%" PRId32 " ", host->fact_get(task, "puppet.colour", &s));
    say_str(s);
    say(" %" PRId32, host->fact_get(task, "other.fact", &s));
}

static int32_t act_want(const struct assay_task *task)
{
    static const char *const names[] = {"example.org.", "Mixed.example.org",
                                        "bad name", ""};
    int waits = 0;
    for (size_t i = 0; i < 4; i++) {
        const struct assay_answer *answer;
        const struct assay_answer *again;
        struct assay_question question = {.struct_size = sizeof question,
                                          .kind = ASSAY_WANT_DNS,
                                          .type = 16,
                                          .key = right_str(names[i])};
        int32_t rc = host->want(task, &question, &answer);
        waits |= rc == ASSAY_RC_PENDING;
        if (rc != ASSAY_RC_OK) {
            say("%" PRId32 " ", rc);
            continue;
        }
        host->want(task, &question, &again);
        say("state %" PRIu32 " n %" PRIu32 " ttl %" PRIu32 "%s ", answer->state,
            answer->count, answer->ttl_s, again == answer ? "" : " other");
        for (uint32_t k = 0; k < answer->count; k++)
            say_str(answer->records[k]->data);
    }
    return waits ? ASSAY_RC_PENDING : ASSAY_RC_OK;
}

static void act_count(const struct assay_task *task)
{
    say("%" PRId32 " ",
        host->count(task, "puppet.seen", right_str("ann@example.org"), 2));
    say("%" PRId32, host->count(task, "Not A Name", right_str("x"), 1));
}

static void act_edit(const struct assay_task *task)
{
    struct assay_edit edit = {.struct_size = sizeof edit,
                              .kind = ASSAY_EDIT_HEADER_ADD,
                              .name = right_str("X-Puppet"),
                              .value = right_str("moves")};
    say("%" PRId32, host->edit(task, &edit));
}

static void act_edit_wrong(const struct assay_task *task)
{
    struct {
        struct assay_edit edit;
        uint64_t newer;
    } longer = {
        .edit = {.struct_size = sizeof longer, .kind = ASSAY_EDIT_SENDER},
        .newer = 1};

    say("%" PRId32, host->edit(task, &longer.edit));
}

static void say_child(const struct assay_task *task,
                      const struct assay_object *child)
{
    struct assay_str name = {"?", 1};
    uint64_t flags = 0;
    uint64_t size = 99;
    host->attr_str(task, child, ASSAY_ATTR_NAME, 0, &name);
    host->attr_u64(task, child, ASSAY_ATTR_FLAGS, 0, &flags);
    host->attr_u64(task, child, ASSAY_ATTR_SIZE, 0, &size);
    say_str(name);
    say(" %" PRIu64 " bytes%s; ", size,
        flags & ASSAY_OBJECT_DAMAGED ? " damaged" : "");
}

static void act_children(const struct assay_task *task)
{
    struct assay_child child = {.struct_size = sizeof child,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = right_str("one.txt"),
                                .type = right_str("Text/Plain"),
                                .method = right_str("stored"),
                                .mtime = 1000};
    const struct assay_object *made = NULL;
    struct assay_writer *writer;
    uint64_t depth = 0;
    host->attr_u64(task, task->object, ASSAY_ATTR_DEPTH, 0, &depth);
    if (depth > 1)
        return;
    if (host->child_begin(task, &child, &writer) == ASSAY_RC_OK) {
        host->child_write(writer, "hello ", 6);
        host->child_write(writer, "world", 5);
        host->child_name(writer, right_str("uno.txt"), right_str("utf-8"));
        host->child_flags(writer, ASSAY_OBJECT_DAMAGED);
        if (host->child_commit(writer, &made) == ASSAY_RC_OK)
            say_child(task, made);
    }
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_INFO,
                                    .name = right_str("about.child")};
    say("report %" PRId32 "; ", host->report(task, made, &finding));
    if (host->child_begin(task, &child, &writer) == ASSAY_RC_OK)
        host->child_abort(writer);
    child.name = right_str("range");
    if (host->child_range(task, &child, 1, 3, &made) == ASSAY_RC_OK)
        say_child(task, made);
}

static void act_seen(const struct assay_task *task)
{
    uint8_t digest[32] = {1};
    say("%" PRId32 " %" PRId32, host->seen(task, digest),
        host->seen(task, NULL));
}

static void act_time(const struct assay_task *task)
{
    say("%s %" PRIu32, host->remaining_ns(task) > 0 ? "left" : "late",
        host->cancelled(task));
}

static void act_log(const struct assay_task *task)
{
    for (int i = 0; i < 200; i++)
        host->log(host, task, ASSAY_LOG_ERROR, right_str("a line\n"));
    host->log(host, NULL, 99, (struct assay_str){NULL, 5});
    say("%s", host->get_ext(host, "x/1") == NULL ? "no ext" : "ext");
}

static void act_net(const struct assay_task *task)
{
    (void)task;
    say("%s", host->get_ext(host, "assay.net/1") == NULL ? "no net" : "net");
}

static void act_settings(const struct assay_task *task)
{
    (void)task;
    say("%s", settings);
}

static void act_started(const struct assay_task *task)
{
    (void)task;
    say("%s", started);
}

static const struct {
    const char *name;
    void (*act)(const struct assay_task *task);
} table[] = {
    {"attrs", act_attrs},       {"content", act_content},
    {"text", act_text},         {"header", act_header},
    {"tree", act_tree},         {"report", act_report},
    {"facts", act_facts},       {"count", act_count},
    {"edit", act_edit},         {"edit_wrong", act_edit_wrong},
    {"children", act_children}, {"seen", act_seen},
    {"time", act_time},         {"log", act_log},
    {"net", act_net},           {"settings", act_settings},
    {"started", act_started},   {"wrong_rcpt", act_wrong_rcpt},
};

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    if (task->stage != at_stage)
        return ASSAY_RC_NOT_APPLICABLE;
    for (unsigned i = 0; i < act_n; i++) {
        line_n = 0;
        line[0] = '\0';
        if (strcmp(acts[i], "want") == 0 && act_want(task) == ASSAY_RC_PENDING)
            return ASSAY_RC_PENDING;
        for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
            if (strcmp(acts[i], table[k].name) == 0)
                table[k].act(task);
        right_report(task, acts[i], line);
    }
    return ASSAY_RC_OK;
}

/* --- its life ------------------------------------------------------------------------ */

static void read_settings(const struct assay_create *create)
{
    struct assay_str s;
    int64_t n = 0;
    line_n = 0;
    say("%s ", create->instance);
    say("%" PRId32 " ", host->option_int(create->options, "at", &n));
    say("%" PRId32 " ", host->option_int(create->options, "do", &n));
    say("%" PRId32 " ", host->option_int(create->options, "gone", &n));
    say("%" PRId32 " ", host->option_int(create->options, "size", &n));
    say("%" PRId64 " ", n);
    say("%" PRId32 " ", host->option_text(create->options, "unset", 0, &s));
    say("%" PRId32 " ", host->option_text(create->options, "do", 99, &s));
    say("%" PRIu64, create->max_depth);
    memcpy(settings, line, sizeof settings);
    settings[sizeof settings - 1] = '\0';
}

static int32_t create_puppet(const struct assay_host *given,
                             const struct assay_create *create, void **inst,
                             struct assay_buf *err)
{
    int64_t at = 0;
    struct assay_str word;
    right_create(given, create, inst, err);
    for (act_n = 0;
         act_n < ACTS_MAX &&
         host->option_text(create->options, "do", act_n, &word) == ASSAY_RC_OK;
         act_n++)
        snprintf(acts[act_n], sizeof acts[act_n], "%.*s", (int)word.n, word.p);
    host->option_int(create->options, "at", &at);
    at_stage = (uint32_t)at;
    read_settings(create);
    snprintf(started, sizeof started, "scratch %s ",
             create->scratch_dir != NULL &&
                     access(create->scratch_dir, W_OK | X_OK) == 0
                 ? "there"
                 : "missing");
    return ASSAY_RC_OK;
}

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)err;
    size_t n = strlen(started);
    snprintf(started + n, sizeof started - n, "own %s",
             start->scratch_dir != NULL &&
                     access(start->scratch_dir, W_OK | X_OK) == 0
                 ? start->scratch_dir
                 : "missing");
    return ASSAY_RC_OK;
}

static int32_t stamp(void *inst, struct assay_stamp *out)
{
    (void)inst;
    memcpy(out->engine, "7", 2);
    memcpy(out->database, "2026", 5);
    out->signatures = 3;
    return ASSAY_RC_OK;
}

static int32_t self_test(void *inst, struct assay_buf *err)
{
    (void)inst;
    if (act_n > 0 && strcmp(acts[0], "fail") == 0) {
        snprintf(err->p, err->cap, "cannot find its own nose");
        return ASSAY_RC_INTERNAL;
    }
    return ASSAY_RC_OK;
}

static const struct assay_option option_do = {
    .struct_size = sizeof option_do,
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "do",
    .help = "What to do.",
};
static const struct assay_option option_at = {
    .struct_size = sizeof option_at,
    .type = ASSAY_OPTION_INT,
    .name = "at",
    .default_text = "7",
    .min = 1,
    .max = 7,
    .help = "In which stage.",
};
static const struct assay_option option_size = {
    .struct_size = sizeof option_size,
    .type = ASSAY_OPTION_SIZE,
    .name = "size",
    .default_text = "2 KiB",
    .min = 0,
    .max = 1 << 20,
    .help = "A size.",
};
static const struct assay_option option_unset = {
    .struct_size = sizeof option_unset,
    .type = ASSAY_OPTION_TEXT,
    .name = "unset",
    .help = "Nothing.",
};
static const struct assay_option *const options[] = {
    &option_do, &option_at, &option_size, &option_unset, NULL};
static const char *const facts[] = {"puppet.*", NULL};
static const struct assay_wants wants = {.struct_size = sizeof wants,
                                         .flags = ASSAY_WANTS_MESSAGE |
                                                  ASSAY_WANTS_EMPTY};

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,
    .stages = 0xfe,
    .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_CHILDREN |
                      ASSAY_FLAG_EDITS | ASSAY_FLAG_SCRATCH,
    .wants = &wants,
    .reads = facts,
    .provides = facts,
    .options = options,
    .create = create_puppet,
    .start = start,
    .stamp = stamp,
    .self_test = self_test,
    .handle = handle};
RIGHT_MODULE(plugin)
