/* SPDX-License-Identifier: MIT */
#include "scan/scan.h"
#include "unit.h"

#include <string.h>

enum {
    MAX = 6
};

/* What one scanner declares. */
struct declared {
    const char *name;
    const char *reads[3];
    const char *provides[3];
};

/* Sorts and gives "a b c", or the error's text in parentheses; yours. */
static char *order(const struct declared *all, size_t n)
{
    struct scanner scanners[MAX];
    const struct scanner *list[MAX];
    memset(scanners, 0, sizeof scanners);
    for (size_t i = 0; i < n; i++) {
        scanners[i].name = all[i].name;
        scanners[i].reads = all[i].reads;
        scanners[i].provides = all[i].provides;
        list[i] = &scanners[i];
    }
    GError *error = NULL;
    GString *text = g_string_new(NULL);
    if (!scan_order(list, n, &error)) {
        g_string_append_printf(text, "(%s) ", error->message);
        g_error_free(error);
    }
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", list[i]->name);
    return g_string_free(text, FALSE);
}

static void readers_come_after_providers(void)
{
    static const struct {
        struct declared all[4];
        const char *expected;
    } rows[] = {
        {{{"a", {0}, {0}}, {"b", {0}, {0}}, {"c", {0}, {0}}}, "a b c"},
        {{{"a", {"x.f"}, {0}}, {"b", {0}, {"x.f"}}, {"c", {0}, {0}}}, "b a c"},
        {{{"a", {"x.f"}, {0}}, {"b", {"x.g"}, {"x.f"}}, {"c", {0}, {"x.g"}}},
         "c b a"},
        {{{"a", {"auth.*"}, {0}}, {"b", {0}, {0}}, {"c", {0}, {"auth.spf"}}},
         "b c a"},
        {{{"a", {"auth.spf"}, {0}}, {"b", {0}, {"auth.*"}}, {"c", {0}, {0}}},
         "b a c"},
        /* "author.x" is not below "auth". */
        {{{"a", {"auth.*"}, {0}}, {"b", {0}, {"author.x"}}, {"c", {0}, {0}}},
         "a b c"},
        /* Nobody provides it: nothing to wait for. */
        {{{"a", {"x.none"}, {0}}, {"b", {0}, {0}}, {"c", {0}, {0}}}, "a b c"},
        /* Its own facts do not make a circle. */
        {{{"a", {"x.f"}, {"x.f"}}, {"b", {0}, {0}}, {"c", {0}, {0}}}, "a b c"},
        /* Two providers: after both. */
        {{{"a", {"x.f"}, {0}}, {"b", {0}, {"x.f"}}, {"c", {0}, {"x.f"}}},
         "b c a"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = order(rows[i].all, 3);
        CU_ASSERT_STRING_EQUAL(text, rows[i].expected);
    }
}

static void a_circle_is_named_and_changes_nothing(void)
{
    static const struct declared all[] = {
        {"first", {"x.b"}, {0}}, {"a", {"x.b"}, {"x.a"}}, {"free", {0}, {0}},
        {"b", {"x.c"}, {"x.b"}}, {"c", {"x.a"}, {"x.c"}},
    };
    g_autofree char *text = order(all, G_N_ELEMENTS(all));
    CU_ASSERT_STRING_EQUAL(
        text, "(the facts go round in a circle: b reads x.c of c, c reads x.a "
              "of a, a reads x.b of b; leave one of these out) "
              "first a free b c");
}

static void no_scanners_are_in_order(void)
{
    CU_ASSERT(scan_order(NULL, 0, NULL));
}

UNIT_MAIN("order", UNIT(readers_come_after_providers),
          UNIT(a_circle_is_named_and_changes_nothing),
          UNIT(no_scanners_are_in_order))
