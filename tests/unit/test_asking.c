/* SPDX-License-Identifier: MIT */
/*
 * What the front believes of a scan that says it waits.
 */
#include "pool/inside.h"
#include "scan/wishes.h"
#include "unit.h"

#include <string.h>

static struct limits limits;

/* `n` wishes, of which the last one has that state; yours. */
static GBytes *pack(unsigned n, uint32_t state)
{
    struct packer to;
    g_autoptr(GPtrArray) wishes = wishes_new();
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *key = g_strdup_printf("%u.example.org", i);
        g_ptr_array_add(wishes, wish_new(ASSAY_WANT_DNS, 16, key));
    }
    if (n > 0)
        ((struct wish *)wishes->pdata[n - 1])->state = state;
    GByteArray *bytes = g_byte_array_new();
    packer_grow(&to, bytes, REPLY_WISHES_MAX);
    wishes_pack(wishes, &to);
    CU_ASSERT_FALSE(to.is_full);
    return g_byte_array_free_to_bytes(bytes);
}

/* What is wrong with them, or NULL; how many were read. */
static const char *read_wishes(GBytes *bytes, unsigned *n)
{
    g_autoptr(GPtrArray) wishes = wishes_new();
    const char *rule = asking_read(bytes, &limits, wishes);
    *n = wishes->len;
    return rule;
}

static void as_many_wishes_as_a_scan_may_have_are_read(void)
{
    unsigned n;
    limits.max_wishes = 3;
    CU_ASSERT_EQUAL_FATAL(wishes_max(&limits), 150);
    g_autoptr(GBytes) one = pack(1, 0);
    g_autoptr(GBytes) all = pack(150, 0);
    g_autoptr(GBytes) more = pack(151, 0);
    CU_ASSERT_PTR_NULL(read_wishes(one, &n));
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_PTR_NULL(read_wishes(all, &n));
    CU_ASSERT_EQUAL(n, 150);
    CU_ASSERT_PTR_NOT_NULL(read_wishes(more, &n));
    CU_ASSERT_EQUAL(n, 0);
}

static void who_waits_waits_for_something_open(void)
{
    unsigned n;
    limits_default(&limits);
    g_autoptr(GBytes) none = pack(0, 0);
    g_autoptr(GBytes) known = pack(2, ASSAY_ANSWER_NXDOMAIN);
    CU_ASSERT_PTR_NOT_NULL(read_wishes(none, &n));
    CU_ASSERT_PTR_NOT_NULL(read_wishes(known, &n));
}

static void every_cut_and_every_addition_is_refused(void)
{
    unsigned n;
    limits_default(&limits);
    g_autoptr(GBytes) whole = pack(2, 0);
    for (size_t i = 0; i < g_bytes_get_size(whole); i++) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, i);
        CU_ASSERT_PTR_NOT_NULL(read_wishes(part, &n));
    }
    g_autoptr(GByteArray) more = g_byte_array_new();
    g_byte_array_append(more, g_bytes_get_data(whole, NULL),
                        (unsigned)g_bytes_get_size(whole));
    g_byte_array_append(more, (const uint8_t *)"", 1);
    g_autoptr(GBytes) longer = g_bytes_new(more->data, more->len);
    CU_ASSERT_PTR_NOT_NULL(read_wishes(longer, &n));
}

static void who_wishes_for_ever_ends_without(void)
{
    struct limits few = {.max_rounds = 2};
    struct pool pool = {.how = {.limits = &few}};
    struct job job = {.pool = &pool};
    unsigned rounds = 0;
    while (asking_may_wait(&job) && rounds < 1000)
        job.rounds = ++rounds;
    CU_ASSERT_EQUAL(rounds, 2 * ASSAY_STAGE_MESSAGE);
    g_autoptr(GBytes) wishes = pack(1, 0);
    const struct reply reply = {.kind = REPLY_SUSPENDED, .wishes = wishes};
    CU_ASSERT_STRING_EQUAL(asking_begin(&job, &reply, &few),
                           "it waits where it may not");
    CU_ASSERT_PTR_NULL(job.wishes);
}

UNIT_MAIN("asking", UNIT(as_many_wishes_as_a_scan_may_have_are_read),
          UNIT(who_waits_waits_for_something_open),
          UNIT(every_cut_and_every_addition_is_refused),
          UNIT(who_wishes_for_ever_ends_without))
