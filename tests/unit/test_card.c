/* SPDX-License-Identifier: MIT */
/*
 * Cards: an instance told in bytes, which are not believed.
 */
#include "host/card.h"
#include "hosting.h"
#include "seed.h"
#include "unit.h"

#include <string.h>

/* A class with all that a card tells, and a refusal. */
static const char conf[] = "[plugin told]\nfile = @/told.so\nclass = one\n"
                           "optional = yes\n"
                           "[plugin gone]\nfile = @/no_entry.so\n"
                           "class = one\n";

/* The host of that configuration as bytes; yours. */
static GByteArray *pack_host(void)
{
    struct hosting *h = hosting_open(conf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->host);
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, 1 << 20);
    card_pack_host(h->host, &to);
    CU_ASSERT(!to.is_full);
    hosting_free(h);
    seed_keep("host", bytes->data, bytes->len);
    return bytes;
}

static void free_card(void *p)
{
    card_free(p);
}

static void free_refusal(void *p)
{
    refusal_free(p);
}

/* What was read.  Owned by the test. */
struct told {
    GPtrArray *cards;
    GPtrArray *refusals;
    bool is_good;
};

static struct told unpack(const void *p, size_t n)
{
    struct told told = {g_ptr_array_new_with_free_func(free_card),
                        g_ptr_array_new_with_free_func(free_refusal), false};
    struct unpacker from;
    unpacker_init(&from, p, n);
    told.is_good =
        card_unpack_host(&from, told.cards, told.refusals) && unpack_end(&from);
    return told;
}

static void told_clear(struct told *told)
{
    g_ptr_array_unref(told->cards);
    g_ptr_array_unref(told->refusals);
}

static void an_instance_comes_back_as_it_was(void)
{
    g_autoptr(GByteArray) bytes = pack_host();
    struct told told = unpack(bytes->data, bytes->len);
    CU_ASSERT_FATAL(told.is_good && told.cards->len == 1);
    const struct card *card = told.cards->pdata[0];
    CU_ASSERT_PTR_EQUAL(card->name, g_intern_string("told"));
    CU_ASSERT_PTR_EQUAL(card->class_name, g_intern_string("one"));
    CU_ASSERT(g_str_has_suffix(card->path, "/told.so"));
    CU_ASSERT(card->is_optional);
    CU_ASSERT_STRING_EQUAL(card->id, "org.example.test");
    CU_ASSERT_STRING_EQUAL(card->vendor, "example.org");
    CU_ASSERT_STRING_EQUAL(card->licence, "MIT");
    CU_ASSERT_EQUAL(card->abi_major, ASSAY_ABI_MAJOR);
    CU_ASSERT(card->has_stamp);
    CU_ASSERT_EQUAL(card->stamp.flags, ASSAY_STAMP_TEST_ONLY);
    CU_ASSERT_STRING_EQUAL(card->stamp.engine, "engine 7");
    CU_ASSERT_EQUAL(card->stamp.signatures, 4711);
    CU_ASSERT_EQUAL(card->stamp.database_digest[31], 0x5a);
    told_clear(&told);
}

/* Interned strings are for ever: who sends others every time would fill the memory. */
static void a_name_that_is_not_configured_is_refused_and_not_kept(void)
{
    static const char *const names[] = {"told", "gone", "one"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) bytes = pack_host();
        size_t n = strlen(names[i]);
        uint8_t *at = memmem(bytes->data, bytes->len, names[i], n);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        g_autofree char *other = g_strndup("xyz-?!", n);
        memcpy(at, other, n);
        struct told told = unpack(bytes->data, bytes->len);
        CU_ASSERT(!told.is_good);
        CU_ASSERT_EQUAL(g_quark_try_string(other), 0);
        told_clear(&told);
    }
}

static void its_scanner_wants_the_same(void)
{
    struct hosting *h = hosting_open(conf);
    const struct instance *instance = h->host->instances->pdata[0];
    const struct scanner *own = &instance->scanner;
    g_autoptr(GByteArray) bytes = pack_host();
    struct told told = unpack(bytes->data, bytes->len);
    CU_ASSERT_FATAL(told.is_good && told.cards->len == 1);
    struct scanner scanner;
    card_scanner(told.cards->pdata[0], &scanner);
    CU_ASSERT_PTR_EQUAL(scanner.name, own->name);
    CU_ASSERT_EQUAL(scanner.stages, own->stages);
    CU_ASSERT_EQUAL(scanner.flags, own->flags);
    CU_ASSERT_EQUAL(scanner.wants_flags, own->wants_flags);
    CU_ASSERT_EQUAL(scanner.min_size, own->min_size);
    CU_ASSERT_EQUAL(scanner.max_size, own->max_size);
    CU_ASSERT(g_strv_equal(scanner.types, own->types));
    CU_ASSERT(g_strv_equal(scanner.reads, own->reads));
    CU_ASSERT(g_strv_equal(scanner.provides, own->provides));
    CU_ASSERT_PTR_NULL(scanner.handle);
    told_clear(&told);
    hosting_free(h);
}

static void a_refusal_comes_back_as_it_was(void)
{
    g_autoptr(GByteArray) bytes = pack_host();
    struct told told = unpack(bytes->data, bytes->len);
    CU_ASSERT_EQUAL_FATAL(told.refusals->len, 1);
    const struct refusal *refusal = told.refusals->pdata[0];
    CU_ASSERT_STRING_EQUAL(refusal->name, "gone");
    CU_ASSERT_STRING_EQUAL(refusal->class_name, "one");
    CU_ASSERT_PTR_NOT_NULL(strstr(refusal->text, "does not export"));
    CU_ASSERT(!refusal->is_optional);
    told_clear(&told);
}

static void what_is_cut_short_gives_nothing(void)
{
    g_autoptr(GByteArray) bytes = pack_host();
    for (unsigned n = 0; n < bytes->len; n++) {
        g_autofree uint8_t *part = g_memdup2(bytes->data, n);
        struct told told = unpack(part, n);
        CU_ASSERT(!told.is_good && told.cards->len == 0 &&
                  told.refusals->len == 0);
        told_clear(&told);
    }
}

/* Bytes that lie: whatever comes of them, it is a card that a descriptor might be. */
static void a_changed_byte_never_makes_an_impossible_card(void)
{
    g_autoptr(GByteArray) bytes = pack_host();
    unsigned refused = 0;
    for (unsigned i = 0; i < bytes->len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes->data[i] ^= (uint8_t)(1u << bit);
            struct told told = unpack(bytes->data, bytes->len);
            refused += !told.is_good;
            for (unsigned k = 0; k < told.cards->len; k++)
                CU_ASSERT(card_is_sane(told.cards->pdata[k]));
            told_clear(&told);
            bytes->data[i] ^= (uint8_t)(1u << bit);
        }
    CU_ASSERT(refused > 500);
}

/* What a card may not say, each in turn. */
static void a_card_that_no_descriptor_can_be_is_refused(void)
{
    struct hosting *h = hosting_open(conf);
    for (int what = 0; what < 6; what++) {
        struct card *card = card_of(h->host->instances->pdata[0]);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        struct packer to;
        struct unpacker from;
        CU_ASSERT(card_is_sane(card));
        if (what == 0)
            card->stages = 0;
        else if (what == 1)
            card->flags |= (uint64_t)1 << 60;
        else if (what == 2)
            card->has_wants = false;
        else if (what == 3)
            card->provides[0][0] = '\n';
        else if (what == 4)
            card->types[0][0] = 'A';
        else
            card->name = "two\nlines";
        packer_grow(&to, bytes, 1 << 20);
        card_pack(card, &to);
        unpacker_init(&from, bytes->data, bytes->len);
        CU_ASSERT_PTR_NULL(card_unpack(&from));
        CU_ASSERT(from.is_bad);
        card_free(card);
    }
    hosting_free(h);
}

UNIT_MAIN("card", UNIT(an_instance_comes_back_as_it_was),
          UNIT(a_name_that_is_not_configured_is_refused_and_not_kept),
          UNIT(its_scanner_wants_the_same),
          UNIT(a_refusal_comes_back_as_it_was),
          UNIT(what_is_cut_short_gives_nothing),
          UNIT(a_changed_byte_never_makes_an_impossible_card),
          UNIT(a_card_that_no_descriptor_can_be_is_refused))
