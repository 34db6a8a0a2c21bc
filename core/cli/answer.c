/* SPDX-License-Identifier: MIT */
#include "cli/answer.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "mail/message.h"

#include <assay/plugin.h>

#include <string.h>

static struct finding *add_finding(struct answer *answer, const char *plugin,
                                   uint32_t kind, const char *name)
{
    struct finding *f = finding_new(plugin);
    f->status = kind == ASSAY_KIND_PARTIAL ? ASSAY_STATUS_UNSCANNABLE : 0;
    f->kind = kind;
    f->confidence = 100;
    g_free(f->name);
    f->name = g_strdup(name);
    g_ptr_array_add(answer->scan->findings, f);
    return f;
}

static void set_text(struct finding *f, char *text)
{
    g_free(f->text);
    f->text = text;
}

static void add_death(struct answer *answer, const struct answer_plan *plan,
                      const struct death *death)
{
    const char *who = death->scanner == 0
                          ? g_intern_static_string("core")
                          : plan->scan.scanners[death->scanner - 1]->name;
    struct finding *f = add_finding(answer, who, ASSAY_KIND_FAILED,
                                    death->was_late ? "timeout" : "crash");
    g_autoptr(GString) text = g_string_new(NULL);
    const char *abbreviation = sigabbrev_np(death->signal);
    if (death->never_lived)
        g_string_append(text, "no worker process stays alive, so a plugin may "
                              "die at its start: run assay plugins --test");
    else if (death->was_mad)
        g_string_append(text, "a plugin wrote into descriptors that are not "
                              "its own; the message was not scanned");
    else if (death->was_late)
        g_string_append(text, "did not return in time and was ended");
    else if (death->signal == 0)
        g_string_append(text, "ended its process");
    else if (abbreviation != NULL)
        g_string_append_printf(text, "ended by SIG%s", abbreviation);
    else
        g_string_append_printf(text, "ended by signal %d", death->signal);
    if (death->where[0] != '\0')
        g_string_append_printf(text, " while it looked at %s", death->where);
    if (death->scanner != 0)
        g_string_append(text, "; the other plugins have looked");
    set_text(f, escape_utf8_dup(text->str, text->len));
}

/* The run's plan without the scanners that died on this message. */
static void plan_survivors(const struct answer_plan *plan,
                           const struct death *deaths, size_t death_n,
                           struct answer *out)
{
    out->plan = plan->scan;
    if (death_n == 0)
        return;
    out->scanners = g_new0(const struct scanner *, plan->scan.scanner_n + 1);
    size_t n = 0;
    for (size_t i = 0; i < plan->scan.scanner_n; i++) {
        bool is_dead = false;
        for (size_t d = 0; d < death_n; d++)
            is_dead |= deaths[d].scanner == i + 1;
        if (!is_dead)
            out->scanners[n++] = plan->scan.scanners[i];
    }
    out->plan.scanners = out->scanners;
    out->plan.scanner_n = n;
}

static bool core_died(const struct death *deaths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (deaths[i].scanner == 0)
            return true;
    return false;
}

/* A scan of nothing: it carries the one finding that says why. */
static void scan_nothing(const struct answer_plan *plan, struct answer *out)
{
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    out->is_unread = true;
    out->plan.scanner_n = 0;
    out->message = message_new(empty, plan->session, &plan->scan.limits);
    g_ptr_array_set_size(out->message->notes, 0);
    out->scan = scan_run(&out->plan, out->message, plan->now_s);
    g_ptr_array_set_size(out->scan->findings, 0);
}

static void answer_unread(const struct answer_plan *plan, const GError *error,
                          struct answer *out)
{
    scan_nothing(plan, out);
    bool is_large = g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT);
    struct finding *f =
        add_finding(out, g_intern_static_string("core"),
                    is_large ? ASSAY_KIND_PARTIAL : ASSAY_KIND_FAILED,
                    is_large ? "size" : "unreadable");
    if (is_large)
        f->reason = ASSAY_REASON_LIMIT_SIZE;
    /* The answer names the file already. */
    const char *why = error->message;
    size_t named = strlen(out->item->name);
    if (strncmp(why, out->item->name, named) == 0 &&
        strncmp(why + named, ": ", 2) == 0)
        why += named + 2;
    set_text(f, escape_utf8_dup(why, strlen(why)));
}

void answer_make(const struct answer_plan *plan, const struct source_item *item,
                 const struct death *deaths, size_t death_n, struct answer *out)
{
    uint64_t begin = clock_mono_ns();
    GError *error = NULL;
    GBytes *raw = NULL;
    *out = (struct answer){.item = item};
    plan_survivors(plan, deaths, death_n, out);
    if (core_died(deaths, death_n)) {
        scan_nothing(plan, out);
    } else if (!source_read(item, plan->scan.limits.max_message_bytes, &raw,
                            &error)) {
        answer_unread(plan, error, out);
        g_error_free(error);
    } else {
        out->bytes = g_bytes_get_size(raw);
        out->message = message_new(raw, plan->session, &plan->scan.limits);
        g_bytes_unref(raw);
        out->scan = scan_run(&out->plan, out->message, plan->now_s);
    }
    for (size_t i = 0; i < death_n; i++)
        add_death(out, plan, &deaths[i]);
    out->verdict = verdict_new(plan->policy, out->scan);
    out->ns = clock_mono_ns() - begin;
}

void answer_make_unread(const struct answer_plan *plan,
                        const struct source_item *item, const GError *error,
                        struct answer *out)
{
    uint64_t begin = clock_mono_ns();
    *out = (struct answer){.item = item};
    plan_survivors(plan, NULL, 0, out);
    answer_unread(plan, error, out);
    out->verdict = verdict_new(plan->policy, out->scan);
    out->ns = clock_mono_ns() - begin;
}

void answer_clear(struct answer *answer)
{
    if (answer->verdict != NULL)
        verdict_free(answer->verdict);
    if (answer->scan != NULL)
        scan_free(answer->scan);
    if (answer->message != NULL)
        message_free(answer->message);
    g_free(answer->scanners);
    *answer = (struct answer){0};
}

bool answer_is_trouble(const struct answer *answer)
{
    if (answer->is_unread)
        return true;
    const GPtrArray *findings = answer->scan->findings;
    for (unsigned i = 0; i < findings->len; i++) {
        const struct finding *f = g_ptr_array_index(findings, i);
        if (f->kind == ASSAY_KIND_FAILED)
            return true;
    }
    return false;
}
