/* SPDX-License-Identifier: MIT */
/*
 * [pool].
 */
#include "pool/options.h"

#include "pool/options_pair.h"

#include <stddef.h>
#include <string.h>

/* One option whose value is a number, and where that goes. */
struct row {
    struct assay_option option;
    size_t offset; /* of a uint64_t in struct pool_options */
};

#define KIB       INT64_C(1024)
#define MIB       (1024 * KIB)
#define GIB       (1024 * MIB)
#define SECOND    INT64_C(1000)
#define MINUTE    (60 * SECOND)
#define HOUR      (60 * MINUTE)
#define NS_PER_MS UINT64_C(1000000)

/* clang-format off */
#define ROW(called, field, kind, initial, low, high, text)                      \
    {{.struct_size = sizeof(struct assay_option), .type = (kind),               \
      .name = (called), .default_text = (initial), .min = (low), .max = (high), \
      .help = (text)},                                                          \
     offsetof(struct pool_options, field)}
/* clang-format on */

static const struct row rows[] = {
    ROW("workers_min", workers_min, ASSAY_OPTION_INT, "2", 1, 1024,
        "Worker processes that each class keeps ready. Two, so that one serves "
        "while the other is being replaced; an idle one costs a few MiB."),
    ROW("workers_max", workers_max, ASSAY_OPTION_INT, "0", 0, 1024,
        "Worker processes that each class may have under load. 0 is twice the "
        "machine's cores and one, as Exchange had it: a worker that waits for "
        "a disk or for another class leaves its core to the next. Mail that "
        "needs the processor only is scanned as fast by one a core (measured on "
        "6,046 mails), so fewer are no loss where memory is short."),
    ROW("slots", slots, ASSAY_OPTION_INT, "16", 1, 16,
        "Messages handed to one worker ahead, the one in work included. More "
        "than one saves waiting between two small mails; those behind a slow "
        "one are taken back, so a high number only costs memory."),
    ROW("queue_max", queue_max, ASSAY_OPTION_INT, "1000", 8, 1000000,
        "Messages that may wait for a worker. On-demand scans are taken up to "
        "three quarters of it and background ones up to one half, counting all "
        "that wait, so a quarter is kept for mail in transport. One more is "
        "answered with defer: the mail server sends it again. Keep it below "
        "what the workers can do in the mail server's time-out."),
    ROW("queue_bytes", queue_bytes, ASSAY_OPTION_SIZE, "512 MiB", 1 * MIB,
        1024 * GIB,
        "Bytes that may wait for a worker, shared out like queue_max. They are "
        "in memory. Twice [limits] max_message_bytes or more, so that the "
        "largest mail has room even in the background."),
    ROW("plugin_time", plugin_time_ns, ASSAY_OPTION_DURATION, "30 s", 100,
        1 * HOUR,
        "How long one plugin may look at one object. Then its worker is "
        "killed, the plugin's finding is failed, and another worker scans "
        "the message without it. Keep it below half of [limits] max_time_ms, "
        "so that time is left for that."),
    ROW("plugin_warn", plugin_warn_ns, ASSAY_OPTION_DURATION, "5 s", 0,
        1 * HOUR,
        "After how long a plugin that still looks at one object is named in "
        "the log, once a call; 0 is never. It must be below plugin_time."),
    ROW("memory", memory, ASSAY_OPTION_SIZE, "512 MiB", 16 * MIB, 1024 * GIB,
        "Memory that a worker may have beyond what its class loaded before it "
        "was started, such as signatures. Needs room for [limits] max_bytes of "
        "unpacked content twice and for what the engines use; a plugin that "
        "asks for more is told there is none, and may fail."),
    ROW("recycle_scans", recycle_scans, ASSAY_OPTION_INT, "10000", 0,
        1000000000,
        "After how many messages a worker is replaced by a fresh one; 0 is "
        "never. Bounds what small leaks and broken states add up to; at some "
        "milliseconds a start this costs a microsecond a message."),
    ROW("recycle_growth", recycle_growth, ASSAY_OPTION_SIZE, "64 MiB", 0,
        1024 * GIB,
        "After how much growth of its memory a worker is replaced, looked at "
        "between two messages; 0 is never. This catches an engine that leaks; "
        "a healthy one stays far below."),
    ROW("breaker_failures", breaker_failures, ASSAY_OPTION_INT, "5", 1, 1000,
        "Failures (crashes, time-outs, limits) of one plugin within "
        "breaker_window after which it is left out: its finding is then "
        "failed at once, and an alarm is logged. Every failure costs a "
        "worker and delays a message; a single bad mail makes one or two."),
    ROW("breaker_window", breaker_window_ns, ASSAY_OPTION_DURATION, "1 min",
        1 * SECOND, 24 * HOUR,
        "The time in which breaker_failures are counted. A plugin that fails "
        "more rarely than that stays in use."),
    ROW("breaker_backoff", breaker_backoff_ns, ASSAY_OPTION_DURATION, "30 s",
        100, 24 * HOUR,
        "How long a plugin is left out first. Then one message tries it: when "
        "that works it is back, when it fails the time doubles."),
    ROW("breaker_backoff_max", breaker_backoff_max_ns, ASSAY_OPTION_DURATION,
        "30 min", 100, 24 * HOUR,
        "The longest time between two tries. One failed message in that time "
        "is what a broken plugin goes on to cost; a mended one is back no later "
        "than this, or at once by a reload."),
    ROW("watch", watch, ASSAY_OPTION_BOOL, "yes", 0, 1,
        "Reload when plugins.conf, a plugin's file or its signatures change. "
        "Say no where something else says when, by `assay reload` or SIGHUP."),
    ROW("load_time", load_time_ns, ASSAY_OPTION_DURATION, "5 min", 1 * SECOND,
        24 * HOUR,
        "How long a new generation may take to load its plugins and to pass "
        "its test. Large signature sets take up to a minute on a slow disk; "
        "one that takes longer is given up and the old one stays."),
    ROW("crash_keep", crash_keep, ASSAY_OPTION_INT, "100", 1, 100000,
        "Crash reports kept in crash_dir; the oldest is removed for a new one."),
};

static const char *const sandbox_words[] = {"best", "required", NULL};
static const char *const reload_words[] = {"auto", "overlap", "drain-first",
                                           NULL};

static const struct assay_option sandbox_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_CHOICE,
    .name = "sandbox",
    .default_text = "best",
    .choices = sandbox_words,
    .help = "Where the kernel cannot shut workers in completely, best goes on "
            "with what it gives and tells what is missing, required does not "
            "start.",
};
static const struct assay_option user_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .name = "user",
    .help =
        "Whom workers run as when Assay is started as root: a user that "
        "owns no file and runs nothing else. Without it assay-worker where "
        "there is such a user, else nobody. Started by an ordinary user, "
        "workers run as that user. Where the user may not read a plugin or "
        "its signatures, its workers and the front stay root and the log says "
        "so; with sandbox = required nothing runs.",
};
static const struct assay_option front_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .name = "front_user",
    .help = "Whom the process that hands mail to the workers runs as when "
            "Assay is started as root: another user than theirs. Without it "
            "assay where there is such a user, else daemon. The front of "
            "`assay scan` may still read every file, and write none but its "
            "user's.",
};
static const struct assay_option reload_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_CHOICE,
    .name = "reload",
    .default_text = "auto",
    .choices = reload_words,
    .help = "overlap loads new signatures beside the old ones, so that "
            "scanning never pauses, and needs memory for both. \"drain-first\" "
            "gives up the old ones first: messages wait while it loads. "
            "auto looks at the free memory and takes overlap where both fit.",
};
static const struct assay_option crash_dir_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_PATH,
    .name = "crash_dir",
    .help = "A folder for a small report of every worker that died: plugin, "
            "reason, digest and type of the object, never content of mail. "
            "Without it there is one line in the log. Started as root, "
            "front_user has to be able to write there.",
};

const struct assay_option *const pool_options_table[] = {
    &rows[0].option,
    &rows[1].option,
    &rows[2].option,
    &rows[3].option,
    &rows[4].option,
    &rows[5].option,
    &rows[6].option,
    &rows[7].option,
    &rows[8].option,
    &rows[9].option,
    &sandbox_option,
    &user_option,
    &front_option,
    &rows[10].option,
    &rows[11].option,
    &rows[12].option,
    &rows[13].option,
    &reload_option,
    &rows[14].option,
    &rows[15].option,
    &crash_dir_option,
    &rows[16].option,
    NULL,
};

_Static_assert(G_N_ELEMENTS(pool_options_table) == G_N_ELEMENTS(rows) + 6,
               "every option is in the table");

static void take_numbers(const struct option_set *set, struct pool_options *to)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t value = (uint64_t)option_int(set, rows[i].option.name);
        if (rows[i].option.type == ASSAY_OPTION_DURATION)
            value *= NS_PER_MS;
        memcpy((char *)to + rows[i].offset, &value, sizeof value);
    }
    to->sandbox = (enum pool_sandbox)option_int(set, "sandbox");
    to->reload = (enum pool_reload)option_int(set, "reload");
}

static bool settle(const struct options_source *source,
                   struct pool_options *options, GError **error)
{
    if (options->workers_max == 0)
        options->workers_max =
            MAX(2 * options->cores + 1, options->workers_min);
    return options_pair_settle(&options_pair_workers, source,
                               &options->workers_min, &options->workers_max,
                               error) &&
           options_pair_settle(&options_pair_warn, source,
                               &options->plugin_warn_ns,
                               &options->plugin_time_ns, error) &&
           options_pair_settle(&options_pair_backoff, source,
                               &options->breaker_backoff_ns,
                               &options->breaker_backoff_max_ns, error);
}

bool pool_options_read(const struct conf *conf, unsigned cores,
                       struct pool_options *out, GError **error)
{
    struct option_set *set = NULL;
    const struct conf_section *in_file =
        conf != NULL ? conf_find(conf, "pool", NULL) : NULL;
    if (!option_set_new(pool_options_table, conf, in_file, NULL, &set, error))
        return false;
    const struct options_source source = {conf, in_file, set};
    struct pool_options options = {
        .cores = cores > 0 ? cores : g_get_num_processors(),
    };
    take_numbers(set, &options);
    bool is_good = settle(&source, &options, error);
    if (is_good) {
        options.user = g_strdup(option_text(set, "user", 0));
        options.front_user = g_strdup(option_text(set, "front_user", 0));
        options.crash_dir = g_strdup(option_text(set, "crash_dir", 0));
        *out = options;
    }
    option_set_free(set);
    return is_good;
}

void pool_options_default(unsigned cores, struct pool_options *out)
{
    bool is_made = pool_options_read(NULL, cores, out, NULL);
    g_assert(is_made);
}

void pool_options_clear(struct pool_options *options)
{
    g_free(options->user);
    g_free(options->front_user);
    g_free(options->crash_dir);
    *options = (struct pool_options){0};
}

void pool_options_copy(const struct pool_options *from, struct pool_options *to)
{
    *to = *from;
    to->user = g_strdup(from->user);
    to->front_user = g_strdup(from->front_user);
    to->crash_dir = g_strdup(from->crash_dir);
}
