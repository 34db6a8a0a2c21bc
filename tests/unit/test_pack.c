/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char blob[] = {'a', '\0', 'b'};

static void write_all(struct packer *packer)
{
    pack_u8(packer, 0xfe);
    pack_bool(packer, true);
    pack_u32(packer, 0x01020304);
    pack_u64(packer, UINT64_C(0x0102030405060708));
    pack_i32(packer, INT32_MIN);
    pack_i64(packer, -2);
    pack_bytes(packer, blob, sizeof blob);
    pack_bytes(packer, NULL, 0);
    pack_text(packer, "text");
    pack_text(packer, "");
    pack_text(packer, NULL);
    pack_raw(packer, blob, sizeof blob);
    pack_align(packer);
}

/* Everything of write_all, in order; true: all is as it was written. */
static bool reads_all(struct unpacker *u)
{
    const uint8_t *p;
    size_t n;
    bool is_same = unpack_u8(u) == 0xfe;
    is_same = unpack_bool(u) && is_same;
    is_same = unpack_u32(u) == 0x01020304 && is_same;
    is_same = unpack_u64(u) == UINT64_C(0x0102030405060708) && is_same;
    is_same = unpack_i32(u) == INT32_MIN && is_same;
    is_same = unpack_i64(u) == -2 && is_same;
    unpack_bytes(u, &p, &n, 3);
    is_same = n == 3 && memcmp(p, blob, 3) == 0 && is_same;
    unpack_bytes(u, &p, &n, 0);
    is_same = n == 0 && p != NULL && is_same;
    g_autofree char *text = unpack_text(u, 4);
    is_same = g_strcmp0(text, "text") == 0 && is_same;
    g_autofree char *empty = unpack_text(u, 0);
    is_same = g_strcmp0(empty, "") == 0 && is_same;
    g_autofree char *none = unpack_text(u, UNPACK_ANY);
    is_same = none == NULL && is_same;
    p = unpack_raw(u, sizeof blob);
    is_same = p != NULL && memcmp(p, blob, sizeof blob) == 0 && is_same;
    unpack_align(u);
    return is_same;
}

static void what_is_written_is_read(void)
{
    g_autoptr(GByteArray) array = g_byte_array_new();
    struct packer packer;
    packer_grow(&packer, array, 1000);
    write_all(&packer);
    CU_ASSERT_FALSE(packer.is_full);
    CU_ASSERT_EQUAL(packer.n, array->len);
    CU_ASSERT_EQUAL(packer.n % 8, 0);
    struct unpacker u;
    unpacker_init(&u, array->data, array->len);
    CU_ASSERT_TRUE(reads_all(&u));
    CU_ASSERT_TRUE(unpack_end(&u));
}

static void fixed_room_holds_the_same_bytes(void)
{
    g_autoptr(GByteArray) array = g_byte_array_new();
    struct packer packer;
    packer_grow(&packer, array, 1000);
    write_all(&packer);
    uint8_t room[200];
    packer_fixed(&packer, room, array->len);
    write_all(&packer);
    CU_ASSERT_FALSE(packer.is_full);
    CU_ASSERT_EQUAL(packer.n, array->len);
    CU_ASSERT_EQUAL(memcmp(room, array->data, array->len), 0);
}

static void bytes_are_little_endian_and_need_no_alignment(void)
{
    static const uint8_t wire[] = {0xff, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1};
    struct unpacker u;
    unpacker_init(&u, wire, sizeof wire);
    CU_ASSERT_EQUAL(unpack_u8(&u), 0xff);
    CU_ASSERT_EQUAL(unpack_u32(&u), 0x01020304);
    CU_ASSERT_EQUAL(unpack_u64(&u), UINT64_C(0x0102030405060708));
    uint8_t room[sizeof wire];
    struct packer packer;
    packer_fixed(&packer, room, sizeof room);
    pack_u8(&packer, 0xff);
    pack_u32(&packer, 0x01020304);
    pack_u64(&packer, UINT64_C(0x0102030405060708));
    CU_ASSERT_EQUAL(memcmp(room, wire, sizeof wire), 0);
}

/* Room of every size below what is needed, with a guard behind it. */
static void what_does_not_fit_is_told_and_writes_nothing_more(void)
{
    uint8_t room[200];
    struct packer packer;
    packer_fixed(&packer, room, sizeof room);
    write_all(&packer);
    size_t whole = packer.n;
    for (size_t capacity = 0; capacity < whole; capacity++) {
        memset(room, 0xaa, sizeof room);
        packer_fixed(&packer, room, capacity);
        write_all(&packer);
        CU_ASSERT_TRUE(packer.is_full);
        CU_ASSERT_TRUE(packer.n <= capacity);
        for (size_t i = packer.n; i < sizeof room; i++)
            CU_ASSERT_EQUAL(room[i], 0xaa);
        g_autoptr(GByteArray) array = g_byte_array_new();
        g_byte_array_append(array, (const uint8_t *)"before", 6);
        packer_grow(&packer, array, capacity);
        write_all(&packer);
        CU_ASSERT_TRUE(packer.is_full);
        CU_ASSERT_TRUE(array->len <= 6 + capacity);
        CU_ASSERT_EQUAL(memcmp(array->data, "before", 6), 0);
    }
}

static void full_stays_full_until_it_is_cut(void)
{
    uint8_t room[8];
    struct packer packer;
    packer_fixed(&packer, room, sizeof room);
    pack_u32(&packer, 1);
    size_t mark = packer.n;
    pack_u64(&packer, 2);
    pack_u8(&packer, 3); /* would fit */
    CU_ASSERT_TRUE(packer.is_full);
    CU_ASSERT_EQUAL(packer.n, mark);
    pack_cut(&packer, mark);
    pack_u32(&packer, 4);
    CU_ASSERT_FALSE(packer.is_full);
    CU_ASSERT_EQUAL(packer.n, 8);
    CU_ASSERT_EQUAL(room[4], 4);
}

static void a_count_is_written_afterwards(void)
{
    g_autoptr(GByteArray) array = g_byte_array_new();
    g_byte_array_append(array, (const uint8_t *)"xyz", 3);
    struct packer packer;
    packer_grow(&packer, array, 100);
    pack_u8(&packer, 7);
    size_t at = packer.n;
    pack_u32(&packer, 0);
    pack_u8(&packer, 8);
    pack_u32_at(&packer, at, 0x11223344);
    static const uint8_t wire[] = {'x', 'y', 'z', 7, 0x44, 0x33, 0x22, 0x11, 8};
    CU_ASSERT_EQUAL_FATAL(array->len, sizeof wire);
    CU_ASSERT_EQUAL(memcmp(array->data, wire, sizeof wire), 0);
}

/* Each truncation lies in memory of exactly that size, so that a sanitizer sees a
 * byte too many. */
static void every_truncation_is_bad_and_never_read_over(void)
{
    uint8_t room[200];
    struct packer packer;
    packer_fixed(&packer, room, sizeof room);
    write_all(&packer);
    for (size_t n = 0; n < packer.n; n++) {
        g_autofree uint8_t *copy = g_memdup2(room, n);
        struct unpacker u;
        unpacker_init(&u, copy, n);
        CU_ASSERT_FALSE(reads_all(&u) && unpack_end(&u));
        CU_ASSERT_TRUE(u.is_bad);
        CU_ASSERT_TRUE(u.at <= n);
    }
}

static void bad_stays_bad_and_reads_zero(void)
{
    static const uint8_t wire[16] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct unpacker u;
    unpacker_init(&u, wire, sizeof wire);
    unpack_refuse(&u);
    const uint8_t *p;
    size_t n;
    CU_ASSERT_EQUAL(unpack_u8(&u), 0);
    CU_ASSERT_FALSE(unpack_bool(&u));
    CU_ASSERT_EQUAL(unpack_u32(&u), 0);
    CU_ASSERT_EQUAL(unpack_u64(&u), 0);
    CU_ASSERT_EQUAL(unpack_i32(&u), 0);
    CU_ASSERT_EQUAL(unpack_i64(&u), 0);
    CU_ASSERT_EQUAL(unpack_count(&u, 100, 1), 0);
    CU_ASSERT_PTR_NULL(unpack_raw(&u, 1));
    unpack_bytes(&u, &p, &n, 100);
    CU_ASSERT_TRUE(n == 0 && p != NULL);
    g_autofree char *string = unpack_string(&u, 100);
    CU_ASSERT_STRING_EQUAL(string, "");
    CU_ASSERT_EQUAL(unpack_left(&u), 0);
    CU_ASSERT_FALSE(unpack_end(&u));
}

/* Values that are bad where the same bytes read otherwise are not. */
static const struct {
    const char *what;
    const char *wire;
    size_t n;
    char
        read; /* t: text of <= 4, s: string, b: bytes of <= 4, o: bool, c: count of
                  <= 4 items of 3 bytes, e: end, a: align after one byte */
    bool is_bad;
} values[] = {
    {"text", "\2\0\0\0ab", 6, 't', false},
    {"a text with a NUL inside", "\2\0\0\0a\0", 6, 't', true},
    {"a text of 4", "\4\0\0\0abcd", 8, 't', false},
    {"a text of 5", "\5\0\0\0abcde", 9, 't', true},
    {"a text longer than the rest", "\3\0\0\0ab", 6, 't', true},
    {"a NULL text", "\xff\xff\xff\xff", 4, 't', false},
    {"a NULL text where one must be", "\xff\xff\xff\xff", 4, 's', true},
    {"a length of 4 GiB", "\xfe\xff\xff\xff", 4, 't', true},
    {"bytes with a NUL inside", "\2\0\0\0a\0", 6, 'b', false},
    {"bytes of 5", "\5\0\0\0abcde", 9, 'b', true},
    {"bytes of 4 GiB", "\xff\xff\xff\xff", 4, 'b', true},
    {"false", "\0", 1, 'o', false},
    {"true", "\1", 1, 'o', false},
    {"a bool of 2", "\2", 1, 'o', true},
    {"a count that fits", "\2\0\0\0abcabc", 10, 'c', false},
    {"a count that does not fit", "\2\0\0\0abcab", 9, 'c', true},
    {"a count above max", "\5\0\0\0abcabcabcabcabc", 19, 'c', true},
    {"a count of 4 GiB", "\xff\xff\xff\xff", 4, 'c', true},
    {"an end", "", 0, 'e', false},
    {"one byte too many", "x", 1, 'e', true},
    {"padding", "x\0\0\0\0\0\0\0", 8, 'a', false},
    {"padding that says something", "x\0\0\0\0\0\0y", 8, 'a', true},
};

static void read_value(struct unpacker *u, char what)
{
    const uint8_t *p;
    size_t n;
    switch (what) {
    case 't':
        g_free(unpack_text(u, 4));
        break;
    case 's':
        g_free(unpack_string(u, 4));
        break;
    case 'b':
        unpack_bytes(u, &p, &n, 4);
        break;
    case 'o':
        unpack_bool(u);
        break;
    case 'c':
        unpack_count(u, 4, 3);
        break;
    case 'a':
        unpack_u8(u);
        unpack_align(u);
        break;
    default:
        unpack_end(u);
        break;
    }
}

static void a_liar_is_refused(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        struct unpacker u;
        unpacker_init(&u, values[i].wire, values[i].n);
        read_value(&u, values[i].read);
        if (u.is_bad != values[i].is_bad)
            CU_FAIL(values[i].what);
    }
}

UNIT_MAIN("pack", UNIT(what_is_written_is_read),
          UNIT(fixed_room_holds_the_same_bytes),
          UNIT(bytes_are_little_endian_and_need_no_alignment),
          UNIT(what_does_not_fit_is_told_and_writes_nothing_more),
          UNIT(full_stays_full_until_it_is_cut),
          UNIT(a_count_is_written_afterwards),
          UNIT(every_truncation_is_bad_and_never_read_over),
          UNIT(bad_stays_bad_and_reads_zero), UNIT(a_liar_is_refused))
