/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "cli/quarantine.h"
#include "scan/finding.h"

#include <string.h>

static const char summary[] =
    "list                what is held, newest first; the flags below find\n"
    "show ID...          all that is known of a message; never sends control\n"
    "                    characters to the terminal\n"
    "show --raw ID       its bytes, for a file or a program\n"
    "release ID...       scans it as of today, then hands it to the mail server\n"
    "                    and keeps what that answers\n"
    "rescan ID...        what a scan of today says\n"
    "delete ID...        deletes it\n"
    "expire              deletes what [quarantine] keep and max_bytes do not allow\n"
    "verify              finds and mends what a crash has left behind\n"
    "\n"
    "An ID may be cut to its first digits. TIME is 2026-11-24, \"2026-11-24 13:30\",\n"
    "or how long ago: 30min, 12h, 7d.";

static const char examples[] =
    "Examples:\n"
    "  assay quarantine list --since 7d --kind malware\n"
    "  assay quarantine list --rcpt boss@example.org --name Eicar\n"
    "  assay quarantine show 4f12ab34\n"
    "  assay quarantine show --raw 4f12ab34 >mail.eml\n"
    "  assay quarantine release 4f12ab34\n"
    "  assay quarantine list --json | jq -r 'select(.state == \"unknown\") | .id'\n"
    "\n"
    "Exit status: 0 done; 1 a message was not released because a scan or the mail\n"
    "server says no, rescan found something, verify could not mend something;\n"
    "2 trouble.  Manual: assay-quarantine(1)";

static bool parse(int *argc, char ***argv, struct quarantine_args *out,
                  GError **error)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &out->config,
         "The configuration, instead of the one that is installed", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &out->is_json,
         "list, show, rescan, verify: one line of JSON each", NULL},
        {"sender", 0, 0, G_OPTION_ARG_STRING, &out->sender,
         "Part of the envelope's sender", "TEXT"},
        {"rcpt", 0, 0, G_OPTION_ARG_STRING, &out->rcpt, "Part of a recipient",
         "TEXT"},
        {"subject", 0, 0, G_OPTION_ARG_STRING, &out->subject,
         "Part of Subject or From", "TEXT"},
        {"name", 0, 0, G_OPTION_ARG_STRING, &out->name,
         "Part of a finding's name", "TEXT"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &out->kind,
         "What it is held as: malware, spam, ...", "KIND"},
        {"client", 0, 0, G_OPTION_ARG_STRING, &out->client,
         "Part of the client's address, name or HELO", "TEXT"},
        {"queue-id", 0, 0, G_OPTION_ARG_STRING, &out->queue_id,
         "Part of the mail server's queue id", "TEXT"},
        {"state", 0, 0, G_OPTION_ARG_STRING, &out->state,
         "held, releasing, unknown, released, refused or lost", "STATE"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &out->since, "Held then or later",
         "TIME"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &out->until, "Held before",
         "TIME"},
        {"max", 'n', 0, G_OPTION_ARG_INT, &out->max, "So many at most", "N"},
        {"raw", 0, 0, G_OPTION_ARG_NONE, &out->is_raw,
         "show: the message's bytes; not to a terminal", NULL},
        {"text", 0, 0, G_OPTION_ARG_NONE, &out->is_text,
         "show: the message too, control characters made visible", NULL},
        {"anyway", 0, 0, G_OPTION_ARG_NONE, &out->is_anyway,
         "release: although a scan says it is bad; this is logged", NULL},
        {"again", 0, 0, G_OPTION_ARG_NONE, &out->is_again,
         "release: although it was, or may have been, delivered", NULL},
        {"full", 0, 0, G_OPTION_ARG_NONE, &out->is_thorough,
         "verify: read every byte of every message", NULL},
        {"no-plugins", 0, 0, G_OPTION_ARG_NONE, &out->no_plugins,
         "release, rescan: with what is built in only", NULL},
        {0},
    };
    GOptionContext *context = g_option_context_new("VERB [ID...]");
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, examples);
    g_option_context_add_main_entries(context, entries, NULL);
    g_set_prgname("assay quarantine");
    bool is_good = g_option_context_parse(context, argc, argv, error);
    g_option_context_free(context);
    return is_good;
}

bool quarantine_args_read(int argc, char **argv, struct quarantine_args *out,
                          GError **error)
{
    struct quarantine_args args = {0};
    if (!parse(&argc, &argv, &args, error)) {
        quarantine_args_clear(&args);
        return false;
    }
    args.verb = argc > 1 ? g_strdup(argv[1]) : NULL;
    args.ids = g_strdupv(argc > 2 ? argv + 2 : (char *[]){NULL});
    *out = args;
    return true;
}

void quarantine_args_clear(struct quarantine_args *args)
{
    g_free(args->verb);
    g_strfreev(args->ids);
    g_free(args->config);
    g_free(args->sender);
    g_free(args->rcpt);
    g_free(args->subject);
    g_free(args->name);
    g_free(args->kind);
    g_free(args->client);
    g_free(args->queue_id);
    g_free(args->state);
    g_free(args->since);
    g_free(args->until);
    *args = (struct quarantine_args){0};
}

/* "7d": so long ago.  False: it is not written so. */
static bool read_ago(const char *text, int64_t now_s, int64_t *out)
{
    static const struct {
        const char *unit;
        int64_t s;
    } units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}};

    char *end = NULL;
    gint64 n = g_ascii_strtoll(text, &end, 10);
    if (end == text || n < 0 || n > 1000000)
        return false;
    end += strspn(end, " ");
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(end, units[i].unit) == 0) {
            *out = now_s - n * units[i].s;
            return true;
        }
    return false;
}

static bool read_time(const char *flag, const char *text, int64_t now_s,
                      int64_t *out, GError **error)
{
    if (text == NULL || read_ago(text, now_s, out))
        return true;
    g_autofree char *iso = NULL;
    size_t n = strlen(text);
    if (n == strlen("2026-11-24"))
        iso = g_strconcat(text, "T00:00:00", NULL);
    else if (n == strlen("2026-11-24 13:30"))
        iso = g_strconcat(text, ":00", NULL);
    else
        iso = g_strdup(text);
    g_strdelimit(iso, " ", 'T');
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, zone);
    if (time == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "--%s: \"%s\" is no time: write 2026-11-24, \"2026-11-24 "
                    "13:30\", 12h or 7d",
                    flag, text);
        return false;
    }
    *out = g_date_time_to_unix(time);
    return true;
}

static bool read_kind(const char *text, struct search *out, GError **error)
{
    if (text == NULL)
        return true;
    out->has_kind = true;
    out->kind = finding_kind_by_name(text);
    if (out->kind != 0)
        return true;
    const char *names[QUARANTINE_KINDS] = {NULL};
    for (uint32_t kind = 1; kind < QUARANTINE_KINDS; kind++)
        names[kind - 1] = finding_kind_name(kind);
    const char *near = option_nearest(text, names);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "--kind: \"%s\" is no kind of finding; %s%s", text,
                near != NULL ? "nearest is "
                             : "there are malware, phishing, "
                               "suspicious, spam, spoof, "
                               "policy, encrypted, partial, "
                               "failed, anomaly, info",
                near != NULL ? near : "");
    return false;
}

bool quarantine_args_search(const struct quarantine_args *args, int64_t now_s,
                            struct search *out, GError **error)
{
    struct search search = {
        .sender = args->sender,
        .rcpt = args->rcpt,
        .subject = args->subject,
        .name = args->name,
        .client = args->client,
        .queue_id = args->queue_id,
        .has_state = args->state != NULL,
        .max = (uint64_t)MAX(args->max, 0),
    };
    if (args->state != NULL && !state_by_name(args->state, &search.now)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "--state: \"%s\" is none of held, releasing, unknown, "
                    "released, refused, lost",
                    args->state);
        return false;
    }
    if (!read_kind(args->kind, &search, error) ||
        !read_time("since", args->since, now_s, &search.since_s, error) ||
        !read_time("until", args->until, now_s, &search.until_s, error))
        return false;
    *out = search;
    return true;
}
