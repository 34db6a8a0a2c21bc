/* SPDX-License-Identifier: MIT */
#include "scan/ledger.h"
#include "unit.h"

#include <stdio.h>

/* Any address will do: a ledger only compares. */
static struct object objects[3];

static bool add(struct ledger *ledger, const char *plugin, uint32_t kind,
                const char *name, struct object *object)
{
    struct finding *finding = finding_new(g_intern_string(plugin));
    finding->kind = kind;
    finding->name = g_strdup(name);
    finding->object = object;
    return ledger_add(ledger, finding);
}

/* Adds n findings with names of their own. */
static void fill(struct ledger *ledger, unsigned n, uint32_t kind)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("k%u.%u", kind, i);
        add(ledger, "p", kind, name, NULL);
    }
}

static unsigned count(const struct ledger *ledger, uint32_t kind)
{
    unsigned n = 0;
    for (unsigned i = 0; i < ledger->findings->len; i++)
        n += ((const struct finding *)ledger->findings->pdata[i])->kind == kind;
    return n;
}

static void a_finding_is_kept_once(void)
{
    /* Few are compared one by one, many through a table. */
    for (unsigned before = 0; before <= 100; before += 50) {
        struct ledger ledger;
        ledger_init(&ledger, 1000);
        fill(&ledger, before, ASSAY_KIND_INFO);
        CU_ASSERT(add(&ledger, "p", ASSAY_KIND_SPAM, "n", &objects[0]));
        CU_ASSERT_FALSE(add(&ledger, "p", ASSAY_KIND_SPAM, "n", &objects[0]));
        CU_ASSERT(add(&ledger, "q", ASSAY_KIND_SPAM, "n", &objects[0]));
        CU_ASSERT(add(&ledger, "p", ASSAY_KIND_POLICY, "n", &objects[0]));
        CU_ASSERT(add(&ledger, "p", ASSAY_KIND_SPAM, "m", &objects[0]));
        CU_ASSERT(add(&ledger, "p", ASSAY_KIND_SPAM, "n", &objects[1]));
        CU_ASSERT(add(&ledger, "p", ASSAY_KIND_SPAM, "n", NULL));
        CU_ASSERT_EQUAL(ledger.findings->len, before + 6);
        CU_ASSERT_EQUAL(ledger.dropped, 0);
        ledger_clear(&ledger);
    }
}

static void a_bound_is_kept_once_whatever_object_met_it(void)
{
    for (unsigned before = 0; before <= 100; before += 50) {
        struct ledger ledger;
        ledger_init(&ledger, before);
        fill(&ledger, before, ASSAY_KIND_MALWARE);
        /* Though it is full, and without being counted. */
        CU_ASSERT(
            add(&ledger, "core", ASSAY_KIND_PARTIAL, "parts", &objects[0]));
        CU_ASSERT_FALSE(
            add(&ledger, "core", ASSAY_KIND_PARTIAL, "parts", &objects[1]));
        CU_ASSERT(
            add(&ledger, "core", ASSAY_KIND_PARTIAL, "depth", &objects[1]));
        CU_ASSERT_EQUAL(ledger.findings->len, before + 2);
        CU_ASSERT_EQUAL(ledger.dropped, 0);
        ledger_clear(&ledger);
    }
}

static void a_plugins_partial_is_kept_for_each_object(void)
{
    struct ledger ledger;
    ledger_init(&ledger, 10);
    CU_ASSERT(add(&ledger, "p", ASSAY_KIND_PARTIAL, "size", &objects[0]));
    CU_ASSERT(add(&ledger, "p", ASSAY_KIND_PARTIAL, "size", &objects[1]));
    ledger_clear(&ledger);
}

static void a_worse_finding_takes_the_place_of_the_mildest(void)
{
    for (unsigned max = 20; max <= 80; max += 60) {
        struct ledger ledger;
        ledger_init(&ledger, max);
        fill(&ledger, max / 2, ASSAY_KIND_POLICY);
        fill(&ledger, max, ASSAY_KIND_ANOMALY);
        CU_ASSERT_EQUAL(count(&ledger, ASSAY_KIND_POLICY), max / 2);
        CU_ASSERT_EQUAL(count(&ledger, ASSAY_KIND_ANOMALY), max / 2);
        CU_ASSERT_EQUAL(ledger.dropped, max / 2);
        CU_ASSERT_FALSE(add(&ledger, "p", ASSAY_KIND_INFO, "i", NULL));
        fill(&ledger, max / 2 + 2, ASSAY_KIND_MALWARE);
        CU_ASSERT_EQUAL(count(&ledger, ASSAY_KIND_ANOMALY), 0);
        CU_ASSERT_EQUAL(count(&ledger, ASSAY_KIND_POLICY), max / 2 - 2);
        CU_ASSERT_EQUAL(count(&ledger, ASSAY_KIND_MALWARE), max / 2 + 2);
        CU_ASSERT_EQUAL(ledger.findings->len, max);
        /* What made room may come again: it is new. */
        CU_ASSERT_FALSE(add(&ledger, "p", ASSAY_KIND_ANOMALY, "k2.0", NULL));
        ledger_clear(&ledger);
    }
}

static void all_of_one_ledger_moves_into_another(void)
{
    struct ledger to;
    struct ledger from;
    ledger_init(&to, 5);
    ledger_init(&from, 5);
    fill(&to, 2, ASSAY_KIND_SPOOF);
    fill(&from, 7, ASSAY_KIND_SPOOF);
    CU_ASSERT_EQUAL(from.dropped, 2);
    ledger_move(&to, &from);
    CU_ASSERT_EQUAL(to.findings->len, 5); /* two were there already */
    CU_ASSERT_EQUAL(to.dropped, 2);
    CU_ASSERT_EQUAL(from.findings->len, 0);
    CU_ASSERT_EQUAL(from.dropped, 0);
    CU_ASSERT(add(&from, "p", ASSAY_KIND_SPOOF, "k5.0", NULL));
    ledger_clear(&to);
    ledger_clear(&from);
}

UNIT_MAIN("ledger", UNIT(a_finding_is_kept_once),
          UNIT(a_bound_is_kept_once_whatever_object_met_it),
          UNIT(a_plugins_partial_is_kept_for_each_object),
          UNIT(a_worse_finding_takes_the_place_of_the_mildest),
          UNIT(all_of_one_ledger_moves_into_another))
