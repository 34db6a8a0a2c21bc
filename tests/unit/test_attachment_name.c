/* SPDX-License-Identifier: MIT */
#include "../../plugins/attachment/name.h"
#include "../../plugins/attachment/utf8.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RLO  "\xE2\x80\xAE"
#define ZWSP "\xE2\x80\x8B"
#define NBSP "\xC2\xA0"

struct name_case {
    const char *name;
    size_t n;         /* 0: strlen */
    const char *exts; /* joined by ',' */
};

static locale_t locale;

/* All extensions of a name, joined by ','. */
static const char *exts_of(const char *p, size_t n, struct name *name)
{
    static char out[4096];
    struct name_ext ext = {0};
    size_t at = 0;

    name_read(name, locale, p, n);
    out[0] = '\0';
    while (name_next_ext(name, &ext) && at + ext.n + 2 < sizeof(out)) {
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%.*s",
                               at > 0 ? "," : "", (int)ext.n, ext.p);
    }
    return out;
}

static void check(const struct name_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct name name;
        size_t length = cases[i].n == 0 ? strlen(cases[i].name) : cases[i].n;
        const char *got = exts_of(cases[i].name, length, &name);
        if (strcmp(got, cases[i].exts) != 0)
            printf("    \"%s\": got \"%s\", wanted \"%s\"\n", cases[i].name,
                   got, cases[i].exts);
        CU_ASSERT_STRING_EQUAL(got, cases[i].exts);
    }
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

static void the_last_extension_counts(void)
{
    static const struct name_case cases[] = {
        {"a.exe", 0, "exe"},
        {"invoice.pdf.exe", 0, "exe"},
        {"archive.tar.gz", 0, "gz"},
        {"README", 0, ""},
        {".exe", 0, "exe"},
        {"", 0, ""},
        {".", 0, ""},
        {"...", 0, ""},
        {"photo.jpg                     .exe", 0, "exe"},
        {"photo.jpg.      exe", 0, "exe"},
    };
    CHECK(cases);
}

static void case_and_forms_are_folded(void)
{
    static const struct name_case cases[] = {
        {"A.EXE", 0, "exe"},
        {"a.ExE", 0, "exe"},
        /* full width letters; full width, small and leader dots; IDNA dots */
        {"a.\xEF\xBD\x85\xEF\xBD\x98\xEF\xBC\xA5", 0, "exe"},
        {"a\xEF\xBC\x8E"
         "exe",
         0, "exe"},
        {"a\xEF\xB9\x92"
         "exe",
         0, "exe"},
        {"a\xE2\x80\xA4"
         "exe",
         0, "exe"},
        {"a\xE3\x80\x82"
         "exe",
         0, "exe"},
        {"a\xEF\xBD\xA1"
         "exe",
         0, "exe"},
        /* U+00B7 stands in Catalan words and is no dot */
        {"col\xC2\xB7"
         "com",
         0, ""},
        /* mathematical, circled, raised, Kelvin, long s */
        {"a.\xF0\x9D\x90\x9E\xF0\x9D\x92\x99\xF0\x9D\x97\x98", 0, "exe"},
        {"a.\xE2\x93\x94\xE2\x93\xA7\xE2\x92\xBA", 0, "exe"},
        {"a.\xE1\xB5\x89\xCB\xA3\xE1\xB5\x89", 0, "exe"},
        {"a.ln\xE2\x84\xAA", 0, "lnk"},
        {"a.v\x62\xC5\xBF", 0, "vbs"},
        /* Turkish i */
        {"a.\xC4\xB0NF", 0, "inf"},
        {"a.p\xC4\xB1"
         "f",
         0, "pif"},
        /* other scripts have cases too */
        {"\xD0\xA4.\xD0\x96\xC3\x84", 0, "\xD0\xB6\xC3\xA4"},
    };
    CHECK(cases);
}

static void what_cannot_be_seen_is_dropped(void)
{
    static const struct name_case cases[] = {
        {"a" RLO "fdp.exe", 0, "exe"},
        {"a.e" ZWSP "xe", 0, "exe"},
        {"a.e\xC2\xAD"
         "xe",
         0, "exe"},
        {"a.ex\x01"
         "e\x7F",
         0, "exe"},
        {"a.exe\xEF\xB8\x8F", 0, "exe"},
        {"a.exe\xE2\x81\xA9", 0, "exe"},
    };
    CHECK(cases);
}

static void what_windows_drops_is_dropped(void)
{
    static const struct name_case cases[] = {
        {"a.exe.", 0, "exe"},
        {"a.exe...", 0, "exe"},
        {"a.exe ", 0, "exe"},
        {"a.exe . . ", 0, "exe"},
        {"a.exe" NBSP, 0, "exe"},
        {"a.exe\t", 0, "exe"},
        {"\"a.exe\"", 0, "exe"},
        {"a.exe?", 0, "exe"},
        {"a.exe\xE3\x80\x82", 0, "exe"},
    };
    CHECK(cases);
}

static void a_stream_or_nul_ends_a_name_for_some(void)
{
    static const struct name_case cases[] = {
        {"a.exe::$DATA", 0, "exe"},     {"a.txt:evil.exe", 0, "exe,txt"},
        {"a.exe\0.txt", 10, "txt,exe"}, {"a.exe\0", 6, "exe"},
        {"C:a.exe", 0, "exe"},
    };
    CHECK(cases);
}

static void only_the_last_path_part_counts(void)
{
    static const struct name_case cases[] = {
        {"dir.exe/readme.txt", 0, "txt"},
        {"dir.exe\\readme", 0, ""},
        {"C:\\x.y\\a.exe", 0, "exe"},
        {"../../a.exe", 0, "exe"},
        {"a.exe/", 0, "exe"},
        {"a.exe/.", 0, "exe"},
        {"x\xEF\xBC\x8F"
         "a.exe",
         0, "exe"},
    };
    CHECK(cases);
}

static void every_dot_of_an_impossible_name_counts(void)
{
    char long_name[400];
    struct name name;

    memset(long_name, 'a', sizeof(long_name));
    memcpy(long_name + 100, ".exe", 4);
    memcpy(long_name + sizeof(long_name) - 4, ".txt", 4);
    memcpy(long_name + 104, ".", 1);
    CU_ASSERT_STRING_EQUAL(exts_of(long_name, sizeof(long_name), &name),
                           "txt,exe");
    CU_ASSERT(name.tricks & NAME_LONG);
    /* A gap makes it as long as letters do. */
    memset(long_name + 104, ' ', 290);
    CU_ASSERT_STRING_EQUAL(exts_of(long_name, sizeof(long_name), &name),
                           "txt,exe");
}

static void both_ends_of_a_huge_name_are_read(void)
{
    size_t n = 1 << 20;
    char *huge = malloc(n);
    struct name name;

    memset(huge, 'b', n);
    memcpy(huge, "x.exeb", 6);
    memcpy(huge + n - 4, ".pdf", 4);
    CU_ASSERT_STRING_EQUAL(exts_of(huge, n, &name), "pdf");
    memcpy(huge, "x.exe.", 6);
    CU_ASSERT_STRING_EQUAL(exts_of(huge, n, &name), "pdf,exe");
    free(huge);
}

static void tricks_are_noticed_and_honest_names_have_none(void)
{
    static const struct {
        const char *name;
        uint32_t tricks;
    } cases[] = {
        {"a" RLO "fdp.exe", NAME_OVERRIDE},
        {"a.e" ZWSP "xe", NAME_INVISIBLE},
        {"photo.jpg          .exe", NAME_BLANKS},
        {"photo.jpg   .exe", NAME_BLANKS},
        {"a.exe::$DATA", NAME_STREAM},
        {"a\xEF\xBC\x8E"
         "exe",
         NAME_FORM},
        {"a.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", NAME_CLASS_ID},
        {"a.exe. ", NAME_TRAILING},
        {"\xE2\x80\xAB\xD7\xA9.pdf\xE2\x80\xAC", NAME_BIDI},
        /* honest ones: what stands before the dot hides nothing */
        {"\xE8\xB3\x87\xEF\xBC\x88\xEF\xBC\x89.js", 0},
        {"\xF0\x9F\x8E\x89\xEF\xB8\x8F party.exe", 0},
        {"Report 2024 - final (v2).pdf", 0},
        {"R\xC3\xA9sum\xC3\xA9.docx", 0},
        {"\xE8\xB3\x87\xE6\x96\x99.xlsx", 0},
        {"\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D.pdf", 0},
        {"C:\\Users\\me\\a.txt", 0},
        {"a  b.txt", 0},
        {"12:30.txt", NAME_STREAM},
        {"a.{guid}", 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct name name;
        name_read(&name, locale, cases[i].name, strlen(cases[i].name));
        if (name.tricks != cases[i].tricks)
            printf("    \"%s\": %x, wanted %x\n", cases[i].name, name.tricks,
                   cases[i].tricks);
        CU_ASSERT_EQUAL(name.tricks, cases[i].tricks);
        if (cases[i].tricks != 0)
            CU_ASSERT(name_trick(cases[i].tricks)[0] != '\0');
    }
}

static void a_decoy_before_the_extension_is_seen(void)
{
    static const struct {
        const char *name;
        bool is_decoy;
    } cases[] = {{"invoice.pdf.exe", true}, {"invoice.PDF .exe", true},
                 {"a.jpg_____.scr", true},  {"a.7z.exe", true},
                 {"a.zip.exe", true},       {"setup.exe", false},
                 {"v1.2.exe", false},       {"a.pdfx.exe", false},
                 {"a.pd.exe", false},       {"pdf.exe", false},
                 {"dir.pdf/a.exe", false},  {"a.min.js", false}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct name name;
        struct name_ext ext = {0};
        name_read(&name, locale, cases[i].name, strlen(cases[i].name));
        CU_ASSERT_FATAL(name_next_ext(&name, &ext));
        CU_ASSERT_EQUAL(name_has_decoy(&name, &ext), cases[i].is_decoy);
    }
}

static void bytes_that_are_no_utf8_do_not_hide_an_extension(void)
{
    static const struct name_case cases[] = {
        {"\xFF\xFE\x80.exe", 0, "exe"},
        {"a\xE2\x80.exe", 0, "exe"},
        {"a\xF4\x90\x80\x80.exe", 0, "exe"},
        {"a\xED\xA0\x80.exe", 0, "exe"},
        /* an overlong dot is no dot */
        {"a\xC0\xAE"
         "exe",
         0, ""},
    };
    CHECK(cases);
}

static void every_character_survives_its_encoding(void)
{
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[UTF8_MAX];
        size_t n = utf8_put(bytes, c);
        const char *p = bytes;
        uint32_t back = utf8_next(&p, bytes + n);
        bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
        if (back != (is_surrogate ? UTF8_INVALID : c))
            CU_FAIL_FATAL("a character does not come back");
    }
}

static void folding_twice_changes_nothing(void)
{
    for (uint32_t c = 0; c <= 0x1FFFF; c++) {
        uint32_t once = fold_case(locale, fold_form(c));
        if (fold_case(locale, fold_form(once)) != once) {
            printf("    U+%04X\n", c);
            CU_FAIL("folding is not stable");
        }
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT(the_last_extension_counts),
        UNIT(case_and_forms_are_folded),
        UNIT(what_cannot_be_seen_is_dropped),
        UNIT(what_windows_drops_is_dropped),
        UNIT(a_stream_or_nul_ends_a_name_for_some),
        UNIT(only_the_last_path_part_counts),
        UNIT(every_dot_of_an_impossible_name_counts),
        UNIT(both_ends_of_a_huge_name_are_read),
        UNIT(tricks_are_noticed_and_honest_names_have_none),
        UNIT(a_decoy_before_the_extension_is_seen),
        UNIT(bytes_that_are_no_utf8_do_not_hide_an_extension),
        UNIT(every_character_survives_its_encoding),
        UNIT(folding_twice_changes_nothing),
    };

    locale = fold_open();
    int failed =
        unit_run("attachment names", tests, sizeof(tests) / sizeof(tests[0]));
    freelocale(locale);
    return failed;
}
