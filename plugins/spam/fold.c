/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include <wctype.h>

locale_t fold_open(void)
{
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

uint32_t fold_case(locale_t locale, uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
    return (uint32_t)towlower_l(towupper_l((wint_t)c, locale), locale);
}

/* Thai, Lao, Tibetan, Myanmar, Khmer; Kana, Bopomofo, Han and their extensions. */
static bool has_no_blanks(uint32_t c)
{
    return (c >= 0x0E00 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
           (c >= 0x2E80 && c <= 0x312F) || (c >= 0x31A0 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF66 && c <= 0xFF9F) ||
           (c >= 0x1B000 && c <= 0x1B2FF) || (c >= 0x20000 && c <= 0x3FFFF);
}

bool fold_is_word(locale_t locale, uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    return !has_no_blanks(c) && iswalnum_l((wint_t)c, locale) != 0;
}

bool fold_is_blank(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= 0x09 && c <= 0x0D);
    return c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

bool fold_is_invisible(uint32_t c)
{
    if (c < 0x80)
        return c < 0x20 || c == 0x7F;
    return c <= 0x9F || c == 0xAD || c == 0x34F || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) ||
           c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}
