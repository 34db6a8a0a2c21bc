/* SPDX-License-Identifier: MIT */
/*
 * Escaping: whatever the bytes, the result is clean, and no longer than asked for.
 */
#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_clean(const char *text)
{
    require(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        require(!g_unichar_iscntrl(c));
        require(c != 0x2028 && c != 0x2029 && !(c >= 0x202a && c <= 0x202e) &&
                !(c >= 0x2066 && c <= 0x2069));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;
    size_t max = size > 0 ? data[0] : 0;
    g_autofree char *whole = escape_dup(p, size, 0);
    g_autofree char *cut = escape_dup(p, size, max);
    g_autofree char *json = escape_utf8_dup(p, size);
    check_clean(whole);
    check_clean(cut);
    require(max == 0 || strlen(cut) <= max);
    require(max == 0 || strlen(whole) > max || strcmp(cut, whole) == 0);
    require(g_utf8_validate(json, -1, NULL));
    require(size == 0 || strlen(json) >= size);
    return 0;
}
