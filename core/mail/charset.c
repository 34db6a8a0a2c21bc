/* SPDX-License-Identifier: MIT */
#include "mail/charset.h"

#include <glib.h>

#include <string.h>

enum {
    NAME_BYTES = 40, /* RFC 2978 2.3 */
    KEPT = 8
};

/* Names that mail uses otherwise than the C library. */
static const struct {
    const char *declared;
    const char *canonical;
} names[] = {
    {"", ""},
    {"us-ascii", ""},
    {"ascii", ""},
    {"ansi_x3.4-1968", ""},
    {"iso-8859-1", "WINDOWS-1252"},
    {"iso8859-1", "WINDOWS-1252"},
    {"iso_8859-1", "WINDOWS-1252"},
    {"latin1", "WINDOWS-1252"},
    {"latin-1", "WINDOWS-1252"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"iso-8859-11", "WINDOWS-874"},
    {"tis-620", "WINDOWS-874"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-8-e", "ISO-8859-8"},
    {"windows-874", "CP874"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"chinesebig5", "BIG5-HKSCS"},
    {"big5", "BIG5-HKSCS"},
    {"x-x-big5", "BIG5-HKSCS"},
    {"ks_c_5601-1987", "CP949"},
    {"ks_c_5601-1989", "CP949"},
    {"ksc5601", "CP949"},
    {"euc-kr", "CP949"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"ms_kanji", "CP932"},
    {"x-euc-jp", "EUC-JP"},
    {"x-mac-roman", "MACINTOSH"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"x-utf-8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"unicode-1-1-utf-7", "UTF-7"},
    {"utf-7", "UTF-7"},
    {"utf-16", "UTF-16LE"}, /* without a mark: as Windows writes it */
    {"unicode", "UTF-16LE"},
    {"ucs-2", "UTF-16LE"},
    {"utf-32", "UTF-32LE"},
};

/* Only what can be a name: the C library gives '/' and ',' a meaning. */
static bool clean_name(const char *declared, char out[NAME_BYTES + 1])
{
    while (g_ascii_isspace(*declared) || *declared == '"')
        declared++;
    size_t n = 0;
    for (; n < NAME_BYTES; n++) {
        char c = declared[n];
        if (!g_ascii_isalnum(c) && (c == '\0' || strchr("-_.:+()", c) == NULL))
            break;
        out[n] = g_ascii_tolower(c);
    }
    out[n] = '\0';
    return strspn(declared + n, "\" \t\r\n") == strlen(declared + n);
}

const char *charset_canonical(const char *declared)
{
    static _Thread_local char name[NAME_BYTES + 1];
    if (!clean_name(declared, name))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i].declared, name) == 0)
            return names[i].canonical;
    iconv_t unused;
    return charset_open(name, &unused) ? name : NULL;
}

/* Opening a converter loads tables from files: keep the last ones. */
struct kept {
    char name[NAME_BYTES + 1];
    iconv_t converter;
    bool is_open; /* false: the C library has none of that name */
};

bool charset_open(const char *canonical, iconv_t *out)
{
    static _Thread_local struct kept kept[KEPT];
    static _Thread_local unsigned next;
    for (unsigned i = 0; i < KEPT; i++) {
        if (kept[i].name[0] == '\0' || strcmp(kept[i].name, canonical) != 0)
            continue;
        if (!kept[i].is_open)
            return false;
        *out = kept[i].converter;
        iconv(*out, NULL, NULL, NULL, NULL);
        return true;
    }
    struct kept *place = &kept[next++ % KEPT];
    if (place->is_open)
        iconv_close(place->converter);
    g_strlcpy(place->name, canonical, sizeof place->name);
    place->converter = iconv_open("UTF-8", canonical);
    place->is_open = (intptr_t)place->converter != -1;
    *out = place->converter;
    return place->is_open;
}
