/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include <stddef.h>
#include <wctype.h>

struct range {
    uint32_t first;
    uint32_t last;
};

/* Default_Ignorable_Code_Point and controls. */
static const struct range invisible[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},
    {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
    {0x202A, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFF8},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF},
};

/* White_Space, and the blank pattern of Braille. */
static const struct range blank[] = {
    {0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},
    {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F},
    {0x205F, 0x205F}, {0x2800, 0x2800}, {0x3000, 0x3000},
};

/*
 * The single characters that NFKC (Unicode 15) makes an ASCII letter, digit or full
 * stop, and IDNA's two dots; sorted.  What comes in runs is computed below.
 */
static const struct {
    uint16_t c;
    char ascii;
} forms[] = {
    {0x00AA, 'a'}, {0x00B2, '2'}, {0x00B3, '3'}, {0x00B9, '1'}, {0x00BA, 'o'},
    {0x02B0, 'h'}, {0x02B2, 'j'}, {0x02B3, 'r'}, {0x02B7, 'w'}, {0x02B8, 'y'},
    {0x02E1, 'l'}, {0x02E2, 's'}, {0x02E3, 'x'}, {0x1D2C, 'A'}, {0x1D2E, 'B'},
    {0x1D30, 'D'}, {0x1D31, 'E'}, {0x1D33, 'G'}, {0x1D34, 'H'}, {0x1D35, 'I'},
    {0x1D36, 'J'}, {0x1D37, 'K'}, {0x1D38, 'L'}, {0x1D39, 'M'}, {0x1D3A, 'N'},
    {0x1D3C, 'O'}, {0x1D3E, 'P'}, {0x1D3F, 'R'}, {0x1D40, 'T'}, {0x1D41, 'U'},
    {0x1D42, 'W'}, {0x1D43, 'a'}, {0x1D47, 'b'}, {0x1D48, 'd'}, {0x1D49, 'e'},
    {0x1D4D, 'g'}, {0x1D4F, 'k'}, {0x1D50, 'm'}, {0x1D52, 'o'}, {0x1D56, 'p'},
    {0x1D57, 't'}, {0x1D58, 'u'}, {0x1D5B, 'v'}, {0x1D62, 'i'}, {0x1D63, 'r'},
    {0x1D64, 'u'}, {0x1D65, 'v'}, {0x1D9C, 'c'}, {0x1DA0, 'f'}, {0x1DBB, 'z'},
    {0x2024, '.'}, {0x2070, '0'}, {0x2071, 'i'}, {0x2074, '4'}, {0x2075, '5'},
    {0x2076, '6'}, {0x2077, '7'}, {0x2078, '8'}, {0x2079, '9'}, {0x207F, 'n'},
    {0x2080, '0'}, {0x2081, '1'}, {0x2082, '2'}, {0x2083, '3'}, {0x2084, '4'},
    {0x2085, '5'}, {0x2086, '6'}, {0x2087, '7'}, {0x2088, '8'}, {0x2089, '9'},
    {0x2090, 'a'}, {0x2091, 'e'}, {0x2092, 'o'}, {0x2093, 'x'}, {0x2095, 'h'},
    {0x2096, 'k'}, {0x2097, 'l'}, {0x2098, 'm'}, {0x2099, 'n'}, {0x209A, 'p'},
    {0x209B, 's'}, {0x209C, 't'}, {0x2102, 'C'}, {0x210A, 'g'}, {0x210B, 'H'},
    {0x210C, 'H'}, {0x210D, 'H'}, {0x210E, 'h'}, {0x2110, 'I'}, {0x2111, 'I'},
    {0x2112, 'L'}, {0x2113, 'l'}, {0x2115, 'N'}, {0x2119, 'P'}, {0x211A, 'Q'},
    {0x211B, 'R'}, {0x211C, 'R'}, {0x211D, 'R'}, {0x2124, 'Z'}, {0x2128, 'Z'},
    {0x212A, 'K'}, {0x212C, 'B'}, {0x212D, 'C'}, {0x212F, 'e'}, {0x2130, 'E'},
    {0x2131, 'F'}, {0x2133, 'M'}, {0x2134, 'o'}, {0x2139, 'i'}, {0x2145, 'D'},
    {0x2146, 'd'}, {0x2147, 'e'}, {0x2148, 'i'}, {0x2149, 'j'}, {0x2160, 'I'},
    {0x2164, 'V'}, {0x2169, 'X'}, {0x216C, 'L'}, {0x216D, 'C'}, {0x216E, 'D'},
    {0x216F, 'M'}, {0x2170, 'i'}, {0x2174, 'v'}, {0x2179, 'x'}, {0x217C, 'l'},
    {0x217D, 'c'}, {0x217E, 'd'}, {0x217F, 'm'}, {0x2460, '1'}, {0x2461, '2'},
    {0x2462, '3'}, {0x2463, '4'}, {0x2464, '5'}, {0x2465, '6'}, {0x2466, '7'},
    {0x2467, '8'}, {0x2468, '9'}, {0x24EA, '0'}, {0x2C7C, 'j'}, {0x2C7D, 'V'},
    {0x3002, '.'}, {0xA7F2, 'C'}, {0xA7F3, 'F'}, {0xA7F4, 'Q'}, {0xFE52, '.'},
    {0xFF61, '.'},
};

static bool is_in(const struct range *ranges, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n && ranges[i].first <= c; i++) {
        if (c <= ranges[i].last)
            return true;
    }
    return false;
}

locale_t fold_open(void)
{
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

uint32_t fold_case(locale_t locale, uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
    /* Turkish and other clients lower these to i; simple folding does not. */
    if (c == 0x130 || c == 0x131)
        return 'i';
    return (uint32_t)towlower_l(towupper_l((wint_t)c, locale), locale);
}

static uint32_t form_of_single(uint32_t c)
{
    size_t low = 0;
    size_t high = sizeof(forms) / sizeof(forms[0]);

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (forms[mid].c == c)
            return (uint32_t)forms[mid].ascii;
        if (forms[mid].c < c)
            low = mid + 1;
        else
            high = mid;
    }
    return c;
}

static uint32_t form_of_astral(uint32_t c)
{
    if (c >= 0x1D400 && c <= 0x1D6A3) { /* thirteen alphabets of 2 x 26 */
        uint32_t i = (c - 0x1D400) % 52;
        return i < 26 ? 'A' + i : 'a' + i - 26;
    }
    if (c >= 0x1D7CE && c <= 0x1D7FF)
        return '0' + (c - 0x1D7CE) % 10;
    if (c >= 0x1F130 && c <= 0x1F149)
        return 'A' + (c - 0x1F130);
    return c;
}

uint32_t fold_form(uint32_t c)
{
    if (c < 0xA0)
        return c;
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFF01 + 0x21;
    if (c >= 0x24B6 && c <= 0x24CF)
        return 'A' + c - 0x24B6;
    if (c >= 0x24D0 && c <= 0x24E9)
        return 'a' + c - 0x24D0;
    return c >= 0x10000 ? form_of_astral(c) : form_of_single(c);
}

bool fold_is_invisible(uint32_t c)
{
    return is_in(invisible, sizeof(invisible) / sizeof(invisible[0]), c);
}

bool fold_is_bidi(uint32_t c, bool *is_override)
{
    *is_override = c == 0x202D || c == 0x202E;
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool fold_is_blank(uint32_t c)
{
    return is_in(blank, sizeof(blank) / sizeof(blank[0]), c);
}
