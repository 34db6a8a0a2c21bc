/* SPDX-License-Identifier: MIT */
#include "cli/status_view.h"

#include "base/escape.h"
#include "cli/amount.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

/* SGR sequences, ECMA-48 8.3.117. */
#define SGR_RED    "\033[1;31m"
#define SGR_YELLOW "\033[33m"
#define SGR_DIM    "\033[2m"
#define SGR_OFF    "\033[0m"

enum {
    NAME_SHOWN = 15,
    TEXT_SHOWN = 200
};

/* A page being made. */
struct page {
    const struct status_how *how;
    GString *to;
    GString *line; /* clean UTF-8 */
};

/* Ends the line, cut and coloured; sgr NULL: plain. */
static void end_line(const struct page *page, const char *sgr)
{
    unsigned columns = page->how->columns;
    if (columns > 0 && g_utf8_strlen(page->line->str, -1) > (long)columns) {
        const char *end =
            g_utf8_offset_to_pointer(page->line->str, (long)columns);
        g_string_truncate(page->line, (size_t)(end - page->line->str));
    }
    bool is_plain = sgr == NULL || !page->how->with_color;
    g_string_append_printf(page->to, "%s%s%s\n", is_plain ? "" : sgr,
                           page->line->str, is_plain ? "" : SGR_OFF);
    g_string_truncate(page->line, 0);
}

static uint64_t number(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 ? (uint64_t)value : 0;
}

static double real(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void append_text(GString *to, const json_t *object, const char *key,
                        size_t max)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (text != NULL)
        escape_text(to, text, strlen(text), max);
}

/* A name and blanks up to its column's end. */
static void append_name(GString *to, const json_t *object, const char *key)
{
    g_autoptr(GString) name = g_string_new(NULL);
    append_text(name, object, key, NAME_SHOWN);
    long width = g_utf8_strlen(name->str, -1);
    g_string_append_printf(to, "%s%*s", name->str,
                           (int)MAX(NAME_SHOWN + 1 - width, 1), "");
}

/* "312 us", "4.1 ms", "2.0 s"; lent until the next call with the same room. */
static const char *time_text(uint64_t us, char room[24])
{
    double ms = (double)us / 1000;
    if (us < 1000)
        g_snprintf(room, 24, "%" PRIu64 " us", us);
    else if (ms < 1000)
        g_snprintf(room, 24, ms < 100 ? "%.1f ms" : "%.0f ms", ms);
    else
        g_snprintf(room, 24, "%.1f s", ms / 1000);
    return room;
}

/* "45 s", "12 min", "3 h", "9 days". */
static const char *age_text(uint64_t s, char room[24])
{
    static const struct {
        uint64_t below, unit;
        const char *name;
    } rows[] = {{120, 1, "s"},
                {7200, 60, "min"},
                {172800, 3600, "h"},
                {UINT64_MAX, 86400, "days"}};

    unsigned i = 0;
    while (s >= rows[i].below)
        i++;
    g_snprintf(room, 24, "%" PRIu64 " %s", s / rows[i].unit, rows[i].name);
    return room;
}

/* What an administrator has to see to; of a daemon only. */
static void show_alarms(const struct page *page, const json_t *root)
{
    char age[24];
    const json_t *all = json_object_get(root, "alarms");
    int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *alarm = json_array_get(all, i);
        uint64_t since_s = number(alarm, "since");
        uint64_t age_s =
            (uint64_t)now_s > since_s ? (uint64_t)now_s - since_s : 0;
        g_string_append(page->line, "ALARM ");
        append_text(page->line, alarm, "name", NAME_SHOWN * 4);
        g_string_append_printf(page->line, ", for %s: ", age_text(age_s, age));
        append_text(page->line, alarm, "why", TEXT_SHOWN * 2);
        end_line(page, SGR_RED);
    }
}

static void show_daemon(const struct page *page, const json_t *root)
{
    const json_t *daemon = json_object_get(root, "daemon");
    if (!json_is_object(daemon))
        return;
    g_string_append(page->line, "assayd is ");
    append_text(page->line, daemon, "state", NAME_SHOWN);
    g_string_append_printf(page->line,
                           ": %" PRIu64 " connections, %" PRIu64
                           " messages asked about and not answered",
                           number(daemon, "connections"),
                           number(daemon, "open_mails"));
    end_line(page, NULL);
}

static void show_generation(const struct page *page, const json_t *root)
{
    char age[24];
    const json_t *g = json_object_get(root, "generation");
    bool is_failed = json_is_string(json_object_get(g, "trouble"));
    g_string_append_printf(page->line,
                           "Generation %" PRIu64 ", in use for %s; %" PRIu64
                           " reloads, %" PRIu64 " failed",
                           number(g, "number"),
                           age_text(number(g, "age_s"), age),
                           number(g, "reloads"), number(g, "reloads_failed"));
    end_line(page, NULL);
    if (!is_failed)
        return;
    g_string_append(page->line, "  the last reload failed: ");
    append_text(page->line, g, "trouble", TEXT_SHOWN);
    end_line(page, SGR_RED);
}

static void show_messages(const struct page *page, const json_t *root)
{
    char p50[24], p99[24], max[24];
    const json_t *m = json_object_get(root, "messages");
    const json_t *time = json_object_get(m, "time_us");
    const json_t *objects = json_object_get(root, "objects");
    g_string_append_printf(page->line,
                           "Messages   %" PRIu64 " scanned, now %.1f/s, in the "
                           "last minute %.1f/s, %" PRIu64 " in work",
                           number(m, "scanned"), real(m, "per_second"),
                           real(m, "per_second_1min"), number(m, "in_flight"));
    end_line(page, NULL);
    g_string_append_printf(page->line,
                           "           half within %s, 99 %% within %s, the "
                           "longest took %s",
                           time_text(number(time, "p50"), p50),
                           time_text(number(time, "p99"), p99),
                           time_text(number(time, "max"), max));
    end_line(page, NULL);
    g_string_append_printf(
        page->line,
        "           %" PRIu64 " failed, %" PRIu64 " deferred, %" PRIu64
        " held aside, %" PRIu64 " cancelled, %" PRIu64 " begun again",
        number(m, "failed"), number(m, "deferred"), number(m, "held"),
        number(m, "cancelled"), number(m, "again"));
    end_line(page, number(m, "held") > 0 ? SGR_YELLOW : NULL);
    g_string_append_printf(page->line,
                           "           %" PRIu64 " cleaned, %" PRIu64
                           " quarantined; %" PRIu64 " objects, ",
                           number(m, "cleaned"), number(m, "quarantined"),
                           number(objects, "scanned"));
    amount_bytes(page->line, number(root, "bytes"));
    end_line(page, NULL);
}

static void show_queue(const struct page *page, const json_t *root)
{
    static const char *const names[] = {"transport", "on-demand", "background"};
    char age[24];
    const json_t *queue = json_object_get(root, "queue");
    g_string_append(page->line, "Waiting    ");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const json_t *line = json_object_get(queue, names[i]);
        g_string_append_printf(page->line, "%s%s %" PRIu64 " (most %" PRIu64,
                               i > 0 ? ", " : "", names[i],
                               number(line, "waiting"), number(line, "max"));
        if (number(line, "waiting") > 0)
            g_string_append_printf(
                page->line, ", next since %s",
                time_text(1000 * MIN(number(line, "age_ms"), UINT32_MAX), age));
        g_string_append_c(page->line, ')');
    }
    end_line(page, NULL);
}

static void show_class(const struct page *page, const json_t *c)
{
    char start[24], workers[24];
    g_autoptr(GString) memory = g_string_new(NULL);
    amount_bytes(memory, number(c, "memory"));
    g_snprintf(workers, sizeof workers, "%" PRIu64 "/%" PRIu64,
               number(c, "workers"), number(c, "workers_max"));
    append_name(page->line, c, "name");
    g_string_append_printf(
        page->line,
        "%8s %6" PRIu64 " %11s %8" PRIu64 " %8" PRIu64 " %9" PRIu64 " %8" PRIu64
        " %6" PRIu64 " %9s",
        workers, number(c, "busy"), memory->str, number(c, "waiting"),
        number(c, "restarts"), number(c, "recycled"), number(c, "crashes"),
        number(c, "kills"),
        time_text(number(json_object_get(c, "start_us"), "p50"), start));
    end_line(page, number(c, "workers") == 0 ? SGR_RED : NULL);
}

static void show_classes(const struct page *page, const json_t *root)
{
    end_line(page, NULL);
    g_string_append_printf(page->line,
                           "%-16s%8s %6s %11s %8s %8s %9s %8s %6s %9s", "CLASS",
                           "WORKERS", "BUSY", "MEMORY", "WAITING", "RESTARTS",
                           "RECYCLED", "CRASHES", "KILLS", "READY IN");
    end_line(page, SGR_DIM);
    const json_t *all = json_object_get(root, "classes");
    for (size_t i = 0; i < json_array_size(all); i++)
        show_class(page, json_array_get(all, i));
}

/* What it found: all but what is worth telling only, and where it could not look. */
static uint64_t found(json_t *findings)
{
    static const char *const other[] = {"info", "failed", "clean", NULL};
    uint64_t sum = 0;
    void *i = json_object_iter(findings);
    for (; i != NULL; i = json_object_iter_next(findings, i)) {
        json_int_t n = json_integer_value(json_object_iter_value(i));
        if (n > 0 && !g_strv_contains(other, json_object_iter_key(i)))
            sum += (uint64_t)n;
    }
    return sum;
}

static const char *state_text(const json_t *plugin, const char **sgr)
{
    const char *state = json_string_value(json_object_get(plugin, "breaker"));
    *sgr = NULL;
    if (g_strcmp0(state, "open") == 0) {
        *sgr = SGR_RED;
        return "left out";
    }
    if (g_strcmp0(state, "half-open") == 0) {
        *sgr = SGR_YELLOW;
        return "on trial";
    }
    return "in use";
}

static void append_signatures(GString *to, const json_t *signatures)
{
    char age[24];
    g_autoptr(GString) text = g_string_new(NULL);
    append_text(text, signatures, "database", NAME_SHOWN);
    if (json_is_integer(json_object_get(signatures, "age_s")))
        g_string_append_printf(text, "%s%s old", text->len > 0 ? ", " : "",
                               age_text(number(signatures, "age_s"), age));
    if (text->len > 0)
        g_string_append_printf(to, "  %s", text->str);
}

static void show_plugin(const struct page *page, const json_t *p)
{
    const char *sgr;
    char p50[24], p99[24];
    const json_t *time = json_object_get(p, "time_us");
    json_t *findings = json_object_get(p, "findings");
    append_name(page->line, p, "name");
    g_string_append_printf(
        page->line,
        "%-8s %9" PRIu64 " %8" PRIu64 " %7" PRIu64 " %8s %8s %7" PRIu64
        " %7" PRIu64 " %6" PRIu64 " %6" PRIu64,
        state_text(p, &sgr), number(p, "calls"), found(findings),
        number(findings, "failed"), time_text(number(time, "p50"), p50),
        time_text(number(time, "p99"), p99), number(p, "crashes"),
        number(p, "timeouts"), number(p, "limits"), number(p, "denied"));
    append_signatures(page->line, json_object_get(p, "signatures"));
    end_line(page, sgr);
}

static void show_plugins(const struct page *page, const json_t *root)
{
    end_line(page, NULL);
    g_string_append_printf(
        page->line, "%-16s%-8s %9s %8s %7s %8s %8s %7s %7s %6s %6s  %s",
        "PLUGIN", "STATE", "CALLS", "FOUND", "FAILED", "MEDIAN", "99 %",
        "CRASHES", "OVERRAN", "LIMITS", "DENIED", "SIGNATURES");
    end_line(page, SGR_DIM);
    const json_t *all = json_object_get(root, "plugins");
    for (size_t i = 0; i < json_array_size(all); i++)
        show_plugin(page, json_array_get(all, i));
}

void status_show(const json_t *root, const struct status_how *how, GString *to)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const struct page page = {.how = how, .to = to, .line = line};
    show_alarms(&page, root);
    show_daemon(&page, root);
    show_generation(&page, root);
    show_messages(&page, root);
    show_queue(&page, root);
    show_classes(&page, root);
    show_plugins(&page, root);
}

size_t status_alarms(const json_t *root)
{
    return json_array_size(json_object_get(root, "alarms"));
}
