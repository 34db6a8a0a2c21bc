/* SPDX-License-Identifier: MIT */
#include "pool/admission.h"

#include "pool/flights.h"
#include "pool/inside.h"
#include "pool/selftests.h"

/* Owned by its generation. */
struct admission {
    const struct generation *generation;
    enum admission_step step;
    struct selftests *tests;
    struct flights *flights;
    GPtrArray *faults; /* struct fault */
};

void admission_fault(struct admission *admission, enum fault_kind kind,
                     const char *plugin, const char *text)
{
    struct fault *fault = fault_new(kind, plugin, text);
    fault->is_optional =
        planning_is_optional(admission->generation, fault->plugin);
    g_ptr_array_add(admission->faults, fault);
}

static void add_refusals(struct admission *admission)
{
    const GPtrArray *refusals = admission->generation->refusals;
    for (unsigned i = 0; i < refusals->len; i++) {
        const struct refusal *refusal = refusals->pdata[i];
        struct fault *fault =
            fault_new(FAULT_REFUSED, refusal->name, refusal->text);
        fault->is_optional = refusal->is_optional;
        g_ptr_array_add(admission->faults, fault);
    }
}

struct admission *admission_new(struct generation *generation)
{
    struct admission *admission = g_new0(struct admission, 1);
    admission->generation = generation;
    admission->faults = g_ptr_array_new_with_free_func(fault_free);
    admission->tests = selftests_new(admission, generation);
    admission->flights = flights_new(admission, generation);
    add_refusals(admission);
    return admission;
}

void admission_free(struct admission *admission)
{
    if (admission == NULL)
        return;
    flights_free(admission->flights);
    selftests_free(admission->tests);
    g_ptr_array_unref(admission->faults);
    g_free(admission);
}

struct selftests *admission_tests(const struct admission *admission)
{
    return admission->tests;
}

static bool has_engine(const struct generation *generation)
{
    for (size_t i = 0; i < generation->plan.scanner_n; i++)
        if ((generation->plan.scanners[i]->flags & ASSAY_FLAG_MALWARE) != 0)
            return true;
    return false;
}

static void look_at_finders(struct admission *admission)
{
    const GArray *finders = flights_finders(admission->flights, CANARY_EICAR);
    if (has_engine(admission->generation) && finders->len == 0)
        admission_fault(
            admission, FAULT_BLIND, NULL,
            "no engine takes the EICAR test file for malware: are there "
            "signatures?");
}

bool admission_tend(struct admission *admission)
{
    if (admission->step == ADMISSION_TESTING &&
        selftests_tend(admission->tests)) {
        flights_begin(admission->flights);
        admission->step = ADMISSION_CANARIES;
    }
    if (admission->step == ADMISSION_CANARIES &&
        flights_tend(admission->flights)) {
        look_at_finders(admission);
        admission->step = ADMISSION_OVER;
    }
    return admission->step == ADMISSION_OVER;
}

/* What the old one found and this one does not. */
static void compare(const struct admission *admission,
                    const struct admission *old, GPtrArray *faults)
{
    for (unsigned i = 0; i < CANARIES; i++) {
        enum canary canary = (enum canary)i;
        const GArray *before = flights_finders(old->flights, canary);
        for (unsigned k = 0; k < before->len; k++) {
            const char *plugin = g_array_index(before, const char *, k);
            if (flights_has_found(admission->flights, canary, plugin) ||
                planning_place(admission->generation, plugin) < 0)
                continue;
            g_autofree char *text =
                g_strdup_printf("no longer finds %s", canary_words(canary));
            struct fault *fault = fault_new(FAULT_BLIND, plugin, text);
            fault->is_optional =
                planning_is_optional(admission->generation, plugin);
            g_ptr_array_add(faults, fault);
        }
    }
}

char *admission_judge(const struct admission *admission,
                      const struct admission *old)
{
    char *why = NULL;
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(fault_free);
    if (old != NULL)
        compare(admission, old, lost);
    for (unsigned i = 0; i < admission->faults->len + lost->len; i++) {
        const struct fault *fault =
            i < admission->faults->len
                ? admission->faults->pdata[i]
                : lost->pdata[i - admission->faults->len];
        bool is_old = old != NULL && fault_is_among(fault, old->faults);
        fault_log(fault, admission->generation->number);
        if (why == NULL && old != NULL && !fault->is_optional && !is_old)
            why = fault_words(fault);
    }
    return why;
}
