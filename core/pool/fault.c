/* SPDX-License-Identifier: MIT */
#include "pool/fault.h"

#include "base/log.h"

#include <string.h>

static const char *core(void)
{
    return g_intern_static_string("core");
}

struct fault *fault_new(enum fault_kind kind, const char *plugin,
                        const char *text)
{
    struct fault *fault = g_new0(struct fault, 1);
    fault->kind = kind;
    fault->plugin = plugin != NULL ? g_intern_string(plugin) : core();
    fault->text = g_strdup(text);
    return fault;
}

void fault_free(void *p)
{
    struct fault *fault = p;
    g_free(fault->text);
    g_free(fault);
}

bool fault_is_among(const struct fault *fault, const GPtrArray *faults)
{
    for (unsigned i = 0; i < faults->len; i++) {
        const struct fault *other = faults->pdata[i];
        if (other->plugin == fault->plugin &&
            (fault->plugin != core() || other->kind == fault->kind))
            return true;
    }
    return false;
}

char *fault_words(const struct fault *fault)
{
    /* Why a plugin was refused is told with its name. */
    if (fault->plugin == core() || strstr(fault->text, fault->plugin) != NULL)
        return g_strdup(fault->text);
    return g_strdup_printf("%s: %s", fault->plugin, fault->text);
}

void fault_log(const struct fault *fault, uint64_t generation)
{
    static const char *const names[] = {"refused", "down", "self-test",
                                        "canary", "blind"};
    struct log_event event;
    log_begin(&event, fault->is_optional ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
              "admission.fault");
    log_number(&event, "generation", (int64_t)generation);
    log_text(&event, "plugin", fault->plugin);
    log_text(&event, "kind", names[fault->kind]);
    log_text(&event, "why", fault->text);
    log_end(&event);
}
