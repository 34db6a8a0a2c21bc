/* SPDX-License-Identifier: MIT */
#include "daemon/options.h"

#include "base/error.h"
#include "pool/operator.h"

#include <string.h>

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)

static const char *const log_words[] = {"stderr", "syslog", NULL};
static const char *const level_words[] = {"debug", "info", "warning", "error",
                                          NULL};

static const struct assay_option control_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_PATH,
    .name = "control",
    .default_text = OPERATOR_PATH,
    .help =
        "The control socket, which assay status, reload, drain and stop ask. "
        "Root alone may, and the user who runs it. Its folder must be there, "
        "and nobody else's.",
};
static const struct assay_option log_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_CHOICE,
    .name = "log",
    .default_text = "stderr",
    .choices = log_words,
    .help = "Where the log goes. With stderr systemd puts it into its journal; "
            "syslog is facility mail. The lines are the same.",
};
static const struct assay_option level_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_CHOICE,
    .name = "log_level",
    .default_text = "info",
    .choices = level_words,
    .help = "The least that is logged. A line for each message is info.",
};
static const struct assay_option stop_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_DURATION,
    .name = "stop_time",
    .default_text = "30 s",
    .min = 0,
    .max = HOUR,
    .help =
        "When it is to stop it finishes messages that it has, for at most so "
        "long; the rest is deferred, and the MTA's clients send it again. Keep "
        "it below TimeoutStopSec of the systemd unit.",
};
static const struct assay_option test_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_BOOL,
    .name = "allow_test_signatures",
    .default_text = "no",
    .help =
        "A malware engine that has nothing but Assay's test signatures counts "
        "as failed, so that a machine without signatures does not call all "
        "mail clean. yes takes its word all the same: for a try.",
};

const struct assay_option *const daemon_options_table[] = {
    &control_option, &log_option,  &level_option,
    &stop_option,    &test_option, NULL,
};

static const struct assay_option age_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_DURATION,
    .name = "max_age",
    .default_text = "7 d",
    .min = 0,
    .max = 3650 * DAY,
    .help =
        "A malware engine with older signatures counts as failed, for every "
        "message: by default mail is deferred until there are new ones. Two "
        "days are enough where freshclam runs and somebody reads the alarm. 0 "
        "allows any age.",
};
static const struct assay_option to_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "alarm_to",
    .help = "Mail addresses that are told when an alarm is raised or cleared. "
            "The mail is scanned like any other: while all mail is deferred "
            "so is this one, so let something ask assay status as well. Read "
            "at the start only.",
};
static const struct assay_option sendmail_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_PATH,
    .name = "sendmail",
    .default_text = "/usr/sbin/sendmail",
    .help =
        "The program that takes mail for alarm_to, called as sendmail(1) is, "
        "without a shell. Read at the start only.",
};
static const struct assay_option every_option = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_DURATION,
    .name = "mail_every",
    .default_text = "10 min",
    .min = SECOND,
    .max = 7 * DAY,
    .help = "At most one mail in so long; what changes meanwhile stands in the "
            "next one.",
};

const struct assay_option *const alarm_options_table[] = {
    &age_option, &to_option, &sendmail_option, &every_option, NULL,
};

/* Something that sendmail takes for one address and for nothing else. */
static bool is_address(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > 254 || text[0] == '-')
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (!g_ascii_isgraph(*p) || strchr(",;<>\"'()\\|", *p) != NULL)
            return false;
    return true;
}

static bool check_addresses(const struct conf *conf,
                            const struct option_set *set, GError **error)
{
    for (unsigned i = 0; i < option_count(set, to_option.name); i++) {
        const char *text = option_text(set, to_option.name, i);
        if (is_address(text))
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s:%u: [alarm] alarm_to: \"%s\" is not an address such as "
                    "postmaster@example.org",
                    conf->path, option_line(set, to_option.name), text);
        return false;
    }
    return true;
}

static uint64_t ns_of(const struct option_set *set, const char *name)
{
    return (uint64_t)option_int(set, name) * 1000000;
}

static void fill(const struct option_set *daemon,
                 const struct option_set *alarm, struct daemon_options *out)
{
    GPtrArray *to = g_ptr_array_new();
    for (unsigned i = 0; i < option_count(alarm, to_option.name); i++)
        g_ptr_array_add(to, g_strdup(option_text(alarm, to_option.name, i)));
    g_ptr_array_add(to, NULL);
    *out = (struct daemon_options){
        .control = g_strdup(option_text(daemon, control_option.name, 0)),
        .log = (enum log_sink)option_int(daemon, log_option.name),
        .log_level = LOG_LEVEL_DEBUG +
                     (enum log_level)option_int(daemon, level_option.name),
        .stop_time_ns = ns_of(daemon, stop_option.name),
        .alarm_to = (char **)g_ptr_array_free(to, false),
        .sendmail = g_strdup(option_text(alarm, sendmail_option.name, 0)),
        .mail_every_ns = ns_of(alarm, every_option.name),
        .signatures =
            {
                .max_age_s =
                    (uint64_t)option_int(alarm, age_option.name) / 1000,
                .refuses_test = option_int(daemon, test_option.name) == 0,
            },
    };
}

/* What has no use without a value. */
static bool check_paths(const struct conf *conf,
                        const struct option_set *daemon,
                        const struct option_set *alarm, GError **error)
{
    const char *missing = NULL;
    if (option_text(daemon, control_option.name, 0) == NULL)
        missing = "[daemon] control: nothing is not the path of a socket";
    else if (option_text(alarm, sendmail_option.name, 0) == NULL &&
             option_count(alarm, to_option.name) > 0)
        missing = "[alarm] sendmail: without it nobody tells alarm_to";
    if (missing != NULL)
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s: %s", conf->path,
                    missing);
    return missing == NULL;
}

bool daemon_options_read(const struct conf *conf, struct daemon_options *out,
                         GError **error)
{
    struct option_set *daemon = NULL;
    struct option_set *alarm = NULL;
    bool is_good =
        option_set_new(daemon_options_table, conf,
                       conf_find(conf, "daemon", NULL), NULL, &daemon, error) &&
        option_set_new(alarm_options_table, conf,
                       conf_find(conf, "alarm", NULL), NULL, &alarm, error) &&
        check_addresses(conf, alarm, error) &&
        check_paths(conf, daemon, alarm, error);
    if (is_good)
        fill(daemon, alarm, out);
    option_set_free(daemon);
    option_set_free(alarm);
    return is_good;
}

void daemon_options_clear(struct daemon_options *options)
{
    g_free(options->control);
    g_strfreev(options->alarm_to);
    g_free(options->sendmail);
    *options = (struct daemon_options){0};
}
