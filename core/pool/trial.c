/* SPDX-License-Identifier: MIT */
#include "pool/trial.h"

#include "base/escape.h"
#include "pool/syscalls.h"

#include <assay/plugin.h>

#include <string.h>

static void hold(struct trial *trial, const struct death *death)
{
    trial->step = TRIAL_HELD;
    trial->last = *death;
}

static const char *blame(struct trial *trial, const struct death *death)
{
    if (trial->has_guilty || trial->has_guest) {
        hold(trial, death);
    } else {
        trial->guilty = *death;
        trial->has_guilty = true;
        trial->step = TRIAL_WITHOUT;
    }
    trial->suspect = NULL;
    return death->scanner;
}

static const char *core_died(struct trial *trial, const struct death *death)
{
    if (trial->core_died || trial->step == TRIAL_WITHOUT)
        hold(trial, death);
    else
        trial->step = TRIAL_WHOLE;
    trial->core_died = true;
    return NULL;
}

const char *trial_died(struct trial *trial, const struct death *death,
                       bool has_neighbours)
{
    if (death->cause == DEATH_OUTSIDE) {
        /* Whoever killed it, the plugin on duty did not. */
        if (++trial->outside > TRIAL_OUTSIDE_MAX)
            hold(trial, death);
        return NULL;
    }
    if (death->scanner == NULL)
        return core_died(trial, death);
    if (trial->step == TRIAL_WITHOUT || trial->was_alone)
        return blame(trial, death);
    if (trial->step == TRIAL_ALONE || !has_neighbours ||
        death->cause == DEATH_TIMEOUT)
        return blame(trial, death);
    trial->step = TRIAL_ALONE;
    trial->suspect = death->scanner;
    return NULL;
}

bool trial_guest_died(struct trial *trial, const struct death *death)
{
    bool is_second = trial->has_guilty || trial->has_guest;
    if (is_second && !trial_spares(trial, death->scanner)) {
        hold(trial, death);
        return false;
    }
    trial->guest = *death;
    trial->has_guest = true;
    return true;
}

bool trial_spares(const struct trial *trial, const char *plugin)
{
    return trial->has_guest && trial->guest.scanner == plugin;
}

bool trial_lived(struct trial *trial)
{
    if (trial->step != TRIAL_ALONE)
        return true;
    trial->step = TRIAL_WHOLE;
    trial->suspect = NULL;
    trial->was_alone = true;
    return false;
}

const char *death_name(const struct death *death)
{
    switch (death->cause) {
    case DEATH_TIMEOUT:
        return "timeout";
    case DEATH_DENIED:
        return "denied";
    case DEATH_MEMORY:
        return "memory";
    case DEATH_OUTSIDE:
        return "killed";
    case DEATH_SIGNAL:
    case DEATH_EXIT:
    case DEATH_TRAY:
        break;
    }
    return "crash";
}

static void say_cause(const struct death *death, GString *to)
{
    const char *abbreviation = NULL;
    const char *call = NULL;
    switch (death->cause) {
    case DEATH_TIMEOUT:
        g_string_append(to, "did not return in time and was ended");
        break;
    case DEATH_DENIED:
        call = syscalls_name((uint32_t)death->number);
        g_string_append_printf(to, "made a forbidden system call: %s (%d)",
                               call != NULL ? call : "unknown", death->number);
        break;
    case DEATH_MEMORY:
        g_string_append(to, "took more memory than it may");
        break;
    case DEATH_TRAY:
        g_string_append(to, "wrote into memory that is not its own");
        break;
    case DEATH_OUTSIDE:
        g_string_append(to, "its process was killed from outside");
        break;
    case DEATH_EXIT:
        g_string_append(to, "ended its process");
        break;
    case DEATH_SIGNAL:
        abbreviation = sigabbrev_np(death->number);
        if (abbreviation != NULL)
            g_string_append_printf(to, "ended by SIG%s", abbreviation);
        else
            g_string_append_printf(to, "ended by signal %d", death->number);
        break;
    }
}

char *death_text(const struct death *death)
{
    GString *text = g_string_new(NULL);
    say_cause(death, text);
    if (death->where[0] != '\0')
        g_string_append_printf(text, " while it looked at %s", death->where);
    return g_string_free(text, false);
}

void trial_add_failed(struct scan *scan, const char *plugin, const char *name,
                      const char *text)
{
    struct finding *f =
        finding_new(plugin != NULL ? plugin : g_intern_static_string("core"));
    f->kind = ASSAY_KIND_FAILED;
    f->confidence = 100;
    g_free(f->name);
    f->name = g_strdup(name);
    g_free(f->text);
    f->text = escape_clean_dup(text, strlen(text), 1024);
    g_ptr_array_add(scan->findings, f);
}

static void tell_death(const struct death *death, const char *more,
                       struct scan *scan)
{
    g_autofree char *words = death_text(death);
    g_autofree char *text = g_strconcat(words, more, NULL);
    trial_add_failed(scan, death->scanner, death_name(death), text);
}

void trial_tell(const struct trial *trial, struct scan *scan)
{
    bool is_held = trial->step == TRIAL_HELD;
    if (trial->has_guilty)
        tell_death(&trial->guilty,
                   is_held ? "" : "; the other plugins have looked", scan);
    if (!is_held)
        return;
    /* Else the scan itself tells it. */
    if (trial->has_guest)
        tell_death(&trial->guest, "", scan);
    if (trial->last.scanner != NULL)
        tell_death(&trial->last, "", scan);
    if (trial->has_guilty || trial->last.scanner != NULL)
        trial_add_failed(scan, NULL, "deadly",
                         "has ended two workers: it was not scanned any "
                         "further and is held aside");
    else
        tell_death(&trial->last, "; the message was not scanned", scan);
}
