/* SPDX-License-Identifier: MIT */
#include "../../plugins/archive/name.h"
#include "unit.h"

#include <string.h>

static void names_that_leave_their_folder_are_unsafe(void)
{
    static const char *const unsafe[] = {
        "/etc/passwd", "\\windows\\x", "C:x",      "c:/x", "..",    "../x",
        "..\\x",       "a/../../x",    "a\\..\\b", "a/..", ".. /x", "a/../b"};
    static const char *const safe[] = {
        "",      "x",   "a/b",    "a\\b", "./x",       "...",
        "..x/y", "x..", "a..b/c", "1:2",  "http: //x", "dir/.. x"};

    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        CU_ASSERT_TRUE(name_is_unsafe(unsafe[i], strlen(unsafe[i])));
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++)
        CU_ASSERT_FALSE(name_is_unsafe(safe[i], strlen(safe[i])));
    CU_ASSERT_FALSE(name_is_unsafe("..", 1));
}

static void links_are_followed_from_where_they_stand(void)
{
    static const struct {
        const char *name;
        const char *target;
        bool leaves;
    } cases[] = {
        {"link", "file", false},         {"link", "../file", true},
        {"a/link", "../file", false},    {"a/link", "../../file", true},
        {"a/b/link", "../c/x", false},   {"a/link", "x/../../../y", true},
        {"a/link", "/etc/passwd", true}, {"link", "C:\\x", true},
        {"./a/link", "../b", false},     {"link", ".", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(name_link_leaves(cases[i].name, strlen(cases[i].name),
                                         cases[i].target,
                                         strlen(cases[i].target)),
                        cases[i].leaves);
}

static void endings_and_types_promise_an_archive(void)
{
    static const char *const archives[] = {"a.zip", "A.ZIP", "x/a.tar.gz",
                                           "a.7z",  ".rar",  "a.b.Iso"};
    static const char *const others[] = {"",       "zip",  "a.zip/b",  "a.docx",
                                         "a.zipp", "a.zi", "a.rar.txt"};

    for (size_t i = 0; i < sizeof archives / sizeof archives[0]; i++)
        CU_ASSERT_TRUE(name_says_archive(archives[i], strlen(archives[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CU_ASSERT_FALSE(name_says_archive(others[i], strlen(others[i])));
    CU_ASSERT_TRUE(name_type_says_archive("application/zip", 15));
    CU_ASSERT_FALSE(name_type_says_archive("application/zi", 14));
    CU_ASSERT_FALSE(name_type_says_archive("application/pdf", 15));
}

static void a_stream_is_called_as_its_file_without_the_ending(void)
{
    static const char *const cases[][2] = {
        {"a.tar.gz", "a.tar"},
        {"a.tgz", "a.tar"},
        {"a.TXZ", "a.tar"},
        {"a.txt.bz2", "a.txt"},
        {"a.Z", "a"},
        {"a.bin", "a.bin"},
        {"", ""},
        {".gz", ""},
        {"dir.gz/a", "dir.gz/a"},
        {"x.svgz", "x.svg"},
        {"a.rpm", "a.cpio"},
    };
    char out[64];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n =
            name_of_stream(cases[i][0], strlen(cases[i][0]), out, sizeof out);
        CU_ASSERT_EQUAL(n, strlen(cases[i][1]));
        CU_ASSERT_NSTRING_EQUAL(out, cases[i][1], n);
    }
    CU_ASSERT_EQUAL(name_of_stream("abcdef.tgz", 10, out, 8), 8);
    CU_ASSERT_NSTRING_EQUAL(out, "abcdef.t", 8);
}

static void a_gzip_head_gives_its_name(void)
{
    static const struct {
        const char *head;
        size_t n;
        const char *name;
    } cases[] = {
        {"\x1f\x8b\x08\x08tttt\0\3a.exe\0x", 17, "a.exe"},
        {"\x1f\x8b\x08\x0ctttt\0\3\2\0xxb.exe\0", 20, "b.exe"},
        {"\x1f\x8b\x08\0tttt\0\3a.exe\0", 16, ""}, /* none */
        {"\x1f\x8b\x08\x08tttt\0\3a.exe", 15, ""}, /* no end */
        {"\x1f\x8b\x08\x0ctttt\0\3\xff\xff"
         "b.exe",
         17, ""}, /* outside */
        {"\x1f\x8b\x08\x08tttt\0\3", 10, ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assay_str name =
            name_in_gzip((const uint8_t *)cases[i].head, cases[i].n);
        CU_ASSERT_EQUAL(name.n, strlen(cases[i].name));
        CU_ASSERT_NSTRING_EQUAL(name.p, cases[i].name, strlen(cases[i].name));
    }
}

static void only_wellformed_utf8_is_utf8(void)
{
    static const struct {
        const char *text;
        bool is_utf8;
    } cases[] = {
        {"", true},
        {"ascii", true},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", true},
        {"\xed\x9f\xbf\xee\x80\x80", true},
        {"\x84hnlich", false},       /* CP437 */
        {"\xc0\xaf", false},         /* overlong */
        {"\xe0\x80\xaf", false},     /* overlong */
        {"\xf0\x80\x80\x80", false}, /* overlong */
        {"\xed\xa0\x80", false},     /* surrogate */
        {"\xf4\x90\x80\x80", false}, /* beyond U+10FFFF */
        {"\xe2\x82", false},         /* cut */
        {"a\xff", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(name_is_utf8(cases[i].text, strlen(cases[i].text)),
                        cases[i].is_utf8);
}

UNIT_MAIN("archive name", UNIT(names_that_leave_their_folder_are_unsafe),
          UNIT(links_are_followed_from_where_they_stand),
          UNIT(endings_and_types_promise_an_archive),
          UNIT(a_stream_is_called_as_its_file_without_the_ending),
          UNIT(a_gzip_head_gives_its_name), UNIT(only_wellformed_utf8_is_utf8))
