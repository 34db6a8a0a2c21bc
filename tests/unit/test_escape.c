/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "unit.h"

#include <stdint.h>
#include <string.h>

#define BYTES(s) (s), sizeof(s) - 1

static const struct {
    const char *p;
    size_t n;
    const char *want;
} table[] = {
    {BYTES("plain text, 100%"), "plain text, 100%"},
    {BYTES("a\\b"), "a\\\\b"},
    {BYTES("line\nforged=yes\r"), "line\\x0Aforged=yes\\x0D"},
    {BYTES("\x1b[31mred\x7f"), "\\x1B[31mred\\x7F"},
    {BYTES("nul\0tab\t"), "nul\\x00tab\\x09"},
    {BYTES("Gr\u00fc\u00dfe \u4f60\u597d \U0001f600"),
     "Gr\u00fc\u00dfe \u4f60\u597d \U0001f600"},
    {BYTES("\xc2\x85"), "\\u{0085}"}, /* next line, C1 */
    {BYTES("\xc2\x9b"
           "2J"),
     "\\u{009B}2J"}, /* C1 escape sequence */
    {BYTES("exe.\u202e"
           "fdp"),
     "exe.\\u{202E}fdp"}, /* right-to-left override */
    {BYTES("\u061c\u200e\u200f\u202a\u2066\u2069"),
     "\\u{061C}\\u{200E}\\u{200F}\\u{202A}\\u{2066}\\u{2069}"},
    {BYTES("\u2028\u2029"), "\\u{2028}\\u{2029}"},
    {BYTES("\xff\xfe"), "\\xFF\\xFE"},
    {BYTES("\xc3"), "\\xC3"},                   /* cut in the middle */
    {BYTES("\xc0\xaf"), "\\xC0\\xAF"},          /* overlong slash */
    {BYTES("\xed\xa0\x80"), "\\xED\\xA0\\x80"}, /* surrogate */
};

static void nothing_dangerous_comes_through(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *got = escape_dup(table[i].p, table[i].n, 0);
        CU_ASSERT_STRING_EQUAL(got, table[i].want);
    }
}

static void every_single_byte_becomes_printable(void)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        g_autofree char *got = escape_dup(&c, 1, 0);
        CU_ASSERT(g_utf8_validate(got, -1, NULL));
        for (const char *p = got; *p != '\0'; p++)
            CU_ASSERT(*p >= 0x20 && *p < 0x7f);
    }
}

static void text_is_appended(void)
{
    g_autoptr(GString) to = g_string_new("before ");
    escape_text(to, "x\n", 2, 0);
    CU_ASSERT_STRING_EQUAL(to->str, "before x\\x0A");
}

static void a_cut_never_exceeds_max_nor_halves_a_character(void)
{
    static const char text[] = "ab\n\u00fc\u202e\xff"
                               "cd\\\u4f60";
    g_autofree char *whole = escape_dup(BYTES(text), 0);
    size_t whole_n = strlen(whole);
    for (size_t max = 1; max < whole_n; max++) {
        g_autofree char *got = escape_dup(BYTES(text), max);
        size_t n = strlen(got);
        CU_ASSERT(n <= max);
        CU_ASSERT(g_str_has_suffix(got, n >= 3 ? "..." : "."));
        CU_ASSERT(g_utf8_validate(got, -1, NULL));
        CU_ASSERT(n < 3 || strncmp(got, whole, n - 3) == 0);
    }
    g_autofree char *got = escape_dup(BYTES(text), whole_n);
    CU_ASSERT_STRING_EQUAL(got, whole);
}

static void json_text_keeps_everything_but_what_is_invalid(void)
{
    static const char text[] = "a\0b\nc\xff\xc3\u202e\u00fc\xc3";
    g_autofree char *got = escape_utf8_dup(BYTES(text));
    CU_ASSERT_STRING_EQUAL(got, "a\u2400b\nc\ufffd\ufffd\u202e\u00fc\ufffd");
    g_autofree char *none = escape_utf8_dup("", 0);
    CU_ASSERT_STRING_EQUAL(none, "");
}

static void kept_text_is_clean_cut_and_the_same_again(void)
{
    static const struct {
        const char *p;
        size_t n;
        size_t max;
        const char *want;
    } kept[] = {
        {BYTES(""), 9, ""},
        {BYTES("a\\b \u00fc"), 99, "a\\b \u00fc"},
        {BYTES("a\0b\n\u202e\\\xff"), 99, "a\\x00b\\x0A\\u{202E}\\\\xFF"},
        {BYTES("abcd"), 3, "abc"},
        {BYTES("ab\u4f60"), 4, "ab"},
        {BYTES("ab\u4f60"), 5, "ab\u4f60"},
        {BYTES("ab\u4f60\u4f60"), 5, "ab\u4f60"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *got =
            escape_clean_dup(kept[i].p, kept[i].n, kept[i].max);
        CU_ASSERT_STRING_EQUAL(got, kept[i].want);
        g_autofree char *again =
            escape_clean_dup(got, strlen(got), kept[i].max);
        CU_ASSERT_STRING_EQUAL(again, got);
    }
    g_autofree char *none = escape_clean_dup(NULL, 0, 9);
    CU_ASSERT_STRING_EQUAL(none, "");
}

UNIT_MAIN("escape", UNIT(kept_text_is_clean_cut_and_the_same_again),
          UNIT(nothing_dangerous_comes_through),
          UNIT(every_single_byte_becomes_printable), UNIT(text_is_appended),
          UNIT(a_cut_never_exceeds_max_nor_halves_a_character),
          UNIT(json_text_keeps_everything_but_what_is_invalid))
