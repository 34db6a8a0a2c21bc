/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "mail/charset.h"
#include "mail/message.h"
#include "mail/text.h"
#include "mail/words.h"
#include "unit.h"

#include <assay/plugin.h>

#include <stdio.h>
#include <string.h>

#define STR(s) s, sizeof(s) - 1

static void charsets_become_utf8(void)
{
    static const struct {
        const char *charset;
        const char *bytes;
        size_t n;
        const char *text;
    } cases[] = {
        {"utf-8", STR("caf\xc3\xa9"), "café"},
        {"UTF8", STR("caf\xc3\xa9"), "café"},
        {"iso-8859-1", STR("caf\xe9"), "café"},
        {"ISO-8859-1", STR("\x93quoted\x94"), "“quoted”"},
        {"us-ascii", STR("caf\xc3\xa9"), "café"},
        {"us-ascii", STR("caf\xe9"), "café"},
        {"iso-8859-15", STR("\xa4"), "€"},
        {"windows-1251", STR("\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет"},
        {"koi8-r", STR("\xf0\xd2\xc9\xd7\xc5\xd4"), "Привет"},
        {"gb2312", STR("\xc4\xe3\xba\xc3"), "你好"},
        {"big5", STR("\xa7\x41\xa6\x6e"), "你好"},
        {"shift_jis", STR("\x83\x65\x83\x58\x83\x67"), "テスト"},
        {"iso-2022-jp", STR("\x1b$B%F%9%H\x1b(B"), "テスト"},
        {"euc-jp", STR("\xa5\xc6\xa5\xb9\xa5\xc8"), "テスト"},
        {"ks_c_5601-1987", STR("\xc7\xd1\xb1\xb9"), "한국"},
        {"utf-7", STR("Hi +AOk-!"), "Hi é!"},
        {"unicode-1-1-utf-7", STR("+AOk-"), "é"},
        /* A letter is kept back until it is known what is put on it. */
        {"windows-1255", STR("\xf9\xec\xe5\xed"), "שלום"},
        {"windows-1255", STR("\xf9\xd1"), "\xef\xac\xaa"},
        {"windows-1258", STR("\xea"), "ê"},
        {"windows-1258", STR("Vi\xea\xf2t e"), "Việt e"},
        {"tcvn", STR("a"), "a"},
        {"big5-hkscs", STR("\x88\x66"), "\xc3\x8a"},
        {"euc-jisx0213", STR("\xa4\xab"), "か"},
        {"shift_jisx0213", STR("\x82\xa9"), "か"},
        {"utf-16le", STR("H\x00i\x00"), "Hi"},
        {"utf-16be", STR("\x00H\x00i"), "Hi"},
        {"utf-16", STR("H\x00i\x00"), "Hi"},
        {"utf-32be", STR("\x00\x00\x00H\x00\x00\x00i"), "Hi"},
        {" \"utf-8\" ", STR("caf\xc3\xa9"), "café"},
        {"no-such-charset", STR("caf\xc3\xa9"), "café"},
        {"no-such-charset", STR("caf\xe9"), "café"},
        {"../../etc/passwd", STR("caf\xe9"), "café"},
        {"utf-8//IGNORE", STR("caf\xe9"), "café"},
        {"", STR("caf\xe9"), "café"},
        {NULL, STR("caf\xc3\xa9"), "café"},
        {NULL, STR("caf\xe9"), "café"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t n = 0;
        g_autofree char *text =
            text_convert(cases[i].bytes, cases[i].n, cases[i].charset, 0, &n);
        if (strcmp(text, cases[i].text) != 0)
            fprintf(stderr, "%s: \"%s\", not \"%s\"\n", cases[i].charset, text,
                    cases[i].text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
        CU_ASSERT_EQUAL(n, strlen(cases[i].text));
    }
}

static void invalid_bytes_become_replacement_characters(void)
{
    size_t n = 0;
    g_autofree char *utf8 =
        text_convert(STR("a\xff\xc3z\xe2\x82"), "utf-8", 0, &n);
    CU_ASSERT_STRING_EQUAL(utf8, "a��z��");
    g_autofree char *utf16 =
        text_convert(STR("\x3d\xd8H\x00i\x00"), "utf-16le", 0, &n);
    CU_ASSERT(g_utf8_validate(utf16, (gssize)n, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(utf16, "�"));
    g_autofree char *beyond =
        text_convert(STR("\x00\x00\x1f\x00"), "utf-32le", 0, &n);
    CU_ASSERT(g_utf8_validate(beyond, (gssize)n, NULL));
    g_autofree char *odd = text_convert(STR("H\x00i"), "utf-16le", 0, &n);
    CU_ASSERT_STRING_EQUAL(odd, "H�");
}

static void nul_is_kept(void)
{
    size_t n = 0;
    g_autofree char *text = text_convert(STR("a\x00"
                                             "b"),
                                         "utf-8", 0, &n);
    CU_ASSERT_EQUAL(n, 3);
    CU_ASSERT(memcmp(text,
                     "a\x00"
                     "b",
                     4) == 0);
    g_autofree char *guess = text_convert(STR("a\x00\xe9"), NULL, 0, &n);
    CU_ASSERT(memcmp(guess, "a\x00\xc3\xa9", 5) == 0);
}

static void input_is_bounded(void)
{
    size_t n = 0;
    g_autofree char *text = text_convert(STR("abcdef"), NULL, 3, &n);
    CU_ASSERT_STRING_EQUAL(text, "abc");
    CU_ASSERT_EQUAL(n, 3);
}

static void bytes_that_no_charset_explains_cost_no_time(void)
{
    static const char *const charsets[] = {"utf-8",       "utf-7",  "gb2312",
                                           "iso-2022-jp", "utf-16", NULL};
    size_t size = 4 << 20;
    g_autofree char *noise = g_malloc(size);
    memset(noise, 0xff, size);
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        uint64_t begin = clock_mono_ns();
        size_t n = 0;
        g_autofree char *text = text_convert(noise, size, charsets[i], 0, &n);
        CU_ASSERT(g_utf8_validate(text, (gssize)n, NULL));
        CU_ASSERT(clock_mono_ns() - begin < UINT64_C(5000000000));
    }
}

static void converters_are_kept_and_start_afresh(void)
{
    iconv_t first;
    iconv_t second;
    CU_ASSERT(charset_open("ISO-2022-JP", &first));
    CU_ASSERT(charset_open("ISO-2022-JP", &second));
    CU_ASSERT_PTR_EQUAL(first, second);
    size_t n = 0;
    /* Ends in the middle of its state. */
    g_autofree char *open = text_convert(STR("\x1b$B%F"), "iso-2022-jp", 0, &n);
    g_autofree char *next = text_convert(STR("abc"), "iso-2022-jp", 0, &n);
    CU_ASSERT_STRING_EQUAL(open, "テ");
    CU_ASSERT_STRING_EQUAL(next, "abc");
    /* More charsets than are kept open. */
    static const char *const many[] = {
        "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6",
        "iso-8859-7", "cp850",      "cp437",      "cp866",      "koi8-u"};
    for (unsigned round = 0; round < 3; round++)
        for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
            g_autofree char *text = text_convert(STR("x"), many[i], 0, &n);
            CU_ASSERT_STRING_EQUAL(text, "x");
        }
}

static struct object *new_text(const char *bytes, size_t n, const char *charset)
{
    g_autoptr(GBytes) content = g_bytes_new(bytes, n);
    struct object *object = object_new(ASSAY_OBJECT_PART, content);
    object->flags |= ASSAY_OBJECT_TEXT;
    object->charset = g_strdup(charset);
    return object;
}

static void a_mark_wins_over_the_declared_charset(void)
{
    static const struct {
        const char *bytes;
        size_t n;
    } cases[] = {
        {STR("\xff\xfeH\x00i\x00")},
        {STR("\xfe\xff\x00H\x00i")},
        {STR("\xef\xbb\xbfHi")},
        {STR("\xff\xfe\x00\x00H\x00\x00\x00i\x00\x00\x00")},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct object *object =
            new_text(cases[i].bytes, cases[i].n, "iso-8859-1");
        size_t n = 0;
        CU_ASSERT_STRING_EQUAL(text_utf8(object, &n), "Hi");
        CU_ASSERT_EQUAL(n, 2);
        object_free(object);
    }
}

static void text_is_made_once(void)
{
    struct object *object = new_text(STR("caf\xe9"), "iso-8859-1");
    size_t n = 0;
    const char *first = text_utf8(object, &n);
    CU_ASSERT_STRING_EQUAL(first, "café");
    CU_ASSERT_PTR_EQUAL(first, text_utf8(object, &n));
    object_free(object);
}

static void what_is_not_text_has_no_text(void)
{
    struct object *object = new_text(STR("abc"), NULL);
    object->flags &= ~ASSAY_OBJECT_TEXT;
    size_t n = 0;
    CU_ASSERT_PTR_NULL(text_utf8(object, &n));
    object_free(object);
}

static struct message *parse(const char *mail, struct session *session)
{
    struct limits limits;
    limits_default(&limits);
    g_autoptr(GBytes) raw = g_bytes_new(mail, strlen(mail));
    return message_new(raw, session, &limits);
}

static void header_values_are_unfolded_and_decoded(void)
{
    struct session *session = session_new();
    struct message *message = parse("Subject: =?utf-8?Q?caf=C3=A9?=\n"
                                    "X-Two: a\n\tb\r\n c\n"
                                    "X-Two: second\n"
                                    "X-Raw: caf\xe9\n"
                                    "X-Utf: caf\xc3\xa9\n"
                                    "X-Empty:\n"
                                    "X-Bad: =?utf-8?Q?\xff=00?= =?x?y?z?=\n"
                                    "\nbody\n",
                                    session);
    const struct object *root = g_ptr_array_index(message->objects, 0);

    static const struct {
        const char *name;
        unsigned index;
        const char *value;
    } cases[] = {
        {"Subject", 0, "café"}, {"subject", 0, "café"}, {"x-two", 0, "a\tb c"},
        {"X-Two", 1, "second"}, {"X-Two", 2, NULL},     {"X-Raw", 0, "café"},
        {"X-Utf", 0, "café"},   {"X-Empty", 0, ""},     {"X-None", 0, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *value =
            text_header(root, cases[i].name, cases[i].index);
        CU_ASSERT(g_strcmp0(value, cases[i].value) == 0);
    }
    g_autofree char *bad = text_header(root, "X-Bad", 0);
    CU_ASSERT_PTR_NOT_NULL(bad);
    CU_ASSERT(g_utf8_validate(bad, -1, NULL));
    message_free(message);
    session_free(session);
}

static const struct {
    const char *raw;
    const char *text;
} encoded[] = {
    {"", ""},
    {"plain", "plain"},
    {"=?utf-8?Q?caf=C3=A9?=", "café"},
    {"=?UTF-8?b?Y2Fmw6k=?=", "café"},
    {"=?iso-8859-1?q?caf=E9_au_lait?=", "café au lait"},
    {"a =?utf-8?Q?b?= c", "a b c"},
    {"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"},
    {"=?utf-8?Q?a?=\r\n =?iso-8859-1?Q?=E9?=", "aé"},
    {"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"},
    {"=?utf-8?B?YS4=?= =?utf-8?B?ZXhl?=", "a.exe"},
    {"=?utf-8?B?Y2Fmw?= =?utf-8?B?6k=?=", "café"},
    {"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"},
    {"=?utf-8*en?Q?a?=", "a"},
    {"x=?utf-8?Q?a?=y", "xay"},
    {"=?utf-8?Q?two words?=", "two words"},
    {"=?no-such?Q?a?=", "a"},
    {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
    {"=?utf-8?Q?open", "=?utf-8?Q?open"},
    {"=?", "=?"},
    {"=??Q?a?=", "=??Q?a?="},
    {"=?utf-8?Q?"
     "?=",
     ""},
    {"=?utf-8?Q?=ZZ=4?=", "=ZZ=4"},
    {"=?utf-8?B?*#?=", ""},
    {"caf\xe9 =?utf-8?Q?=C3=A9?=", "café é"},
    {"=?utf-8?Q?a=00.exe?=", "a .exe"},
    {"=?utf-8?Q?=F5=AF=BE=82?=", "����"},
};

static void encoded_words_are_read_as_mail_programs_do(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encoded); i++) {
        size_t n = 0;
        g_autofree char *text =
            words_decode(encoded[i].raw, strlen(encoded[i].raw), &n);
        CU_ASSERT_EQUAL(n, strlen(text));
        if (strcmp(text, encoded[i].text) != 0)
            fprintf(stderr, "%s: \"%s\"\n", encoded[i].raw, text);
        CU_ASSERT_STRING_EQUAL(text, encoded[i].text);
    }
}

static void hostile_words_take_no_time(void)
{
    static const char empty[] = {'=', '?', 'x', '?', 'q', '?', '?', '=', 0};
    const char *const words[] = {"=?", "=?a?b?", "=?utf-8?Q?",
                                 "=?utf-8?B?QUFB?= ", empty};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        GString *value = g_string_new(NULL);
        while (value->len < 1 << 20)
            g_string_append(value, words[i]);
        uint64_t begin = clock_mono_ns();
        size_t n = 0;
        g_autofree char *text = words_decode(value->str, value->len, &n);
        CU_ASSERT(g_utf8_validate(text, -1, NULL));
        CU_ASSERT(clock_mono_ns() - begin < UINT64_C(2000000000));
        g_string_free(value, TRUE);
    }
}

UNIT_MAIN("text", UNIT(charsets_become_utf8),
          UNIT(invalid_bytes_become_replacement_characters), UNIT(nul_is_kept),
          UNIT(input_is_bounded),
          UNIT(bytes_that_no_charset_explains_cost_no_time),
          UNIT(converters_are_kept_and_start_afresh),
          UNIT(a_mark_wins_over_the_declared_charset), UNIT(text_is_made_once),
          UNIT(what_is_not_text_has_no_text),
          UNIT(header_values_are_unfolded_and_decoded),
          UNIT(encoded_words_are_read_as_mail_programs_do),
          UNIT(hostile_words_take_no_time))
