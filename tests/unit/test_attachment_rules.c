/* SPDX-License-Identifier: MIT */
#include "../../plugins/attachment/rules.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static locale_t locale;

static struct assay_str str(const char *text)
{
    return (struct assay_str){.p = text, .n = strlen(text)};
}

static bool add(struct rules *rules, enum rule_kind kind, enum rule_level level,
                const char *value)
{
    char err[RULES_ERROR];
    struct rules_entry entry = {
        .kind = kind, .level = level, .source = "an_option"};

    return rules_add(rules, &entry, str(value), err);
}

static bool has(const struct rules *rules, enum rule_level level,
                enum rule_kind kind, const char *value)
{
    struct rules_hit hit;

    return rules_find(rules, level, kind, str(value), &hit);
}

/* Does the pattern match a file of that name? */
static bool matches(const char *text, const char *file, uint64_t size,
                    uint32_t direction)
{
    struct pattern pattern;
    struct name name;

    CU_ASSERT_PTR_NULL_FATAL(
        pattern_compile(locale, text, strlen(text), &pattern));
    name_read(&name, locale, file, strlen(file));
    bool is_match = pattern_matches(&pattern, &name, size, direction);
    pattern_clear(&pattern);
    return is_match;
}

/* Writes a list and reads it; the error, "" where it is good. */
static const char *read_text(struct rules *rules, const char *text)
{
    static char err[RULES_ERROR];
    char path[] = "/tmp/assay-list-XXXXXX";
    int fd = mkstemp(path);

    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    err[0] = '\0';
    bool is_good = rules_read(rules, LEVEL_BLOCK, path, err);
    CU_ASSERT_EQUAL(is_good, err[0] == '\0');
    unlink(path);
    return err;
}

static void wildcards_match_as_in_dos(void)
{
    static const struct {
        const char *pattern;
        const char *name;
        bool is_match;
    } cases[] = {
        {"*.mp3", "Song.MP3", true},
        {"*.mp3", "song.mp3.txt", false},
        {"invoice??.pdf", "Invoice01.pdf", true},
        {"invoice??.pdf", "invoice1.pdf", false},
        {"*", "anything", true},
        {"*.*", "README", true},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"?.txt", "\xC3\xA4.txt", true},
        {"\xC3\x84*.doc", "\xC3\xA4rger.doc", true},
        {"*secret*", "top  SECRET.zip", true},
        {"setup.exe", "a/b/setup.exe", true},
        {"setup.exe", "setup.exe::$DATA", true},
        {"*xl/macrosheets/*", "xl/macrosheets/sheet1.xml", true},
        {"*xl/macrosheets/*", "macrosheets.xml", false},
        {"", "", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].pattern[0] == '\0')
            continue;
        bool got = matches(cases[i].pattern, cases[i].name, 0, 0);
        if (got != cases[i].is_match)
            printf("    %s on %s\n", cases[i].pattern, cases[i].name);
        CU_ASSERT_EQUAL(got, cases[i].is_match);
    }
}

static void a_size_behind_the_pattern_bounds_it(void)
{
    const uint64_t mb = 1 << 20;

    CU_ASSERT(matches("*.mp3>5MB", "a.mp3", 5 * mb + 1, 0));
    CU_ASSERT_FALSE(matches("*.mp3>5MB", "a.mp3", 5 * mb, 0));
    CU_ASSERT(matches("*.mp3>=5MB", "a.mp3", 5 * mb, 0));
    CU_ASSERT(matches("*.mp3=5mb", "a.mp3", 5 * mb, 0));
    CU_ASSERT(matches("*.com<64KB", "a.com", 65535, 0));
    CU_ASSERT_FALSE(matches("*.com<64KB", "a.com", 65536, 0));
    CU_ASSERT(matches("*.com<=64KB", "a.com", 65536, 0));
    CU_ASSERT(matches("*.*>1GB", "a", (uint64_t)1 << 31, 0));
    CU_ASSERT(matches("*.bmp>=1.2MB", "a.bmp", 1258300, 0));
    CU_ASSERT_FALSE(matches("*.bmp>=1.2MB", "a.bmp", 1258000, 0));
    /* What looks like a size and is none belongs to the name. */
    CU_ASSERT(matches("a=b", "a=b", 0, 0));
    CU_ASSERT(matches("x=5KB.txt", "X=5kb.txt", 0, 0));
}

static void a_direction_before_the_pattern_limits_it(void)
{
    CU_ASSERT(matches("<in>*.exe", "a.exe", 0, ASSAY_DIRECTION_IN));
    CU_ASSERT_FALSE(matches("<in>*.exe", "a.exe", 0, ASSAY_DIRECTION_OUT));
    CU_ASSERT(matches("<OUT>*.exe", "a.exe", 0, ASSAY_DIRECTION_OUT));
    CU_ASSERT_FALSE(matches("<out>*.exe", "a.exe", 0, 0));
    CU_ASSERT(matches("*.exe", "a.exe", 0, 0));
    CU_ASSERT(matches("<in>*.doc>64KB", "a.doc", 65537, ASSAY_DIRECTION_IN));
}

static void a_pattern_that_means_nothing_is_refused(void)
{
    static const char *const bad[] = {"",      "<in>",      ">5MB", "<in>>5MB",
                                      "a>5TB", "<up>*.exe", "a<b"};
    char huge[PATTERN_MAX + 2];
    struct pattern pattern;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_PTR_NOT_NULL(
            pattern_compile(locale, bad[i], strlen(bad[i]), &pattern));
    memset(huge, 'x', sizeof(huge));
    CU_ASSERT_PTR_NOT_NULL(
        pattern_compile(locale, huge, sizeof(huge), &pattern));
}

static void a_plain_star_pattern_becomes_an_extension(void)
{
    static const struct {
        const char *text;
        const char *ext;
    } cases[] = {{"*.EXE", "exe"},    {"*.tar.gz", NULL}, {"<in>*.exe", NULL},
                 {"*.exe>5MB", NULL}, {"*.e?e", NULL},    {"a.exe", NULL}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern pattern;
        CU_ASSERT_PTR_NULL_FATAL(pattern_compile(
            locale, cases[i].text, strlen(cases[i].text), &pattern));
        const char *ext = pattern_is_ext(&pattern);
        CU_ASSERT_EQUAL(ext == NULL, cases[i].ext == NULL);
        if (ext != NULL && cases[i].ext != NULL)
            CU_ASSERT_STRING_EQUAL(ext, cases[i].ext);
        pattern_clear(&pattern);
    }
}

static void entries_are_found_at_their_level_only(void)
{
    struct rules rules = {.locale = locale};

    CU_ASSERT(add(&rules, RULE_EXT, LEVEL_BLOCK, ".EXE"));
    CU_ASSERT(add(&rules, RULE_EXT, LEVEL_SAVE, "htm"));
    CU_ASSERT(add(&rules, RULE_TYPE, LEVEL_BLOCK, "Application/HTA"));
    CU_ASSERT(add(&rules, RULE_TYPE, LEVEL_BLOCK, "video/*"));
    CU_ASSERT(has(&rules, LEVEL_BLOCK, RULE_EXT, "exe"));
    CU_ASSERT_FALSE(has(&rules, LEVEL_SAVE, RULE_EXT, "exe"));
    CU_ASSERT(has(&rules, LEVEL_SAVE, RULE_EXT, "htm"));
    CU_ASSERT(has(&rules, LEVEL_BLOCK, RULE_TYPE, "application/hta"));
    CU_ASSERT_FALSE(has(&rules, LEVEL_BLOCK, RULE_DETECTED, "application/hta"));
    CU_ASSERT(has(&rules, LEVEL_BLOCK, RULE_TYPE, "video/mpeg"));
    CU_ASSERT_FALSE(has(&rules, LEVEL_BLOCK, RULE_TYPE, "audio/mpeg"));
    CU_ASSERT_EQUAL(rules.entries, 4);
    rules_clear(&rules);
}

static void an_exception_takes_an_extension_out_of_levels_1_and_2(void)
{
    struct rules rules = {.locale = locale};
    struct rules_entry except = {.kind = RULE_EXT, .is_except = true};
    char err[RULES_ERROR];

    CU_ASSERT(add(&rules, RULE_EXT, LEVEL_BLOCK, "mdb"));
    CU_ASSERT(add(&rules, RULE_EXT, LEVEL_SAVE, "mdb"));
    CU_ASSERT(add(&rules, RULE_EXT, LEVEL_MACRO, "mdb"));
    CU_ASSERT(rules_add(&rules, &except, str("mdb"), err));
    CU_ASSERT_FALSE(has(&rules, LEVEL_BLOCK, RULE_EXT, "mdb"));
    CU_ASSERT_FALSE(has(&rules, LEVEL_SAVE, RULE_EXT, "mdb"));
    CU_ASSERT(has(&rules, LEVEL_MACRO, RULE_EXT, "mdb"));
    rules_clear(&rules);
}

static void a_thousand_entries_are_all_found(void)
{
    struct rules rules = {.locale = locale};
    char text[16];

    for (unsigned i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "x%u", i);
        CU_ASSERT(add(&rules, RULE_EXT, LEVEL_BLOCK, text));
    }
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(text, sizeof(text), "x%u", i);
        CU_ASSERT_EQUAL(has(&rules, LEVEL_BLOCK, RULE_EXT, text), i < 1000);
    }
    rules_clear(&rules);
}

static void the_explanation_names_list_and_line(void)
{
    struct rules rules = {.locale = locale};
    struct rules_hit hit;
    char text[256];

    CU_ASSERT_STRING_EQUAL(
        read_text(&rules, "# assay-attachment-list 1: x\n\next js\r\n"
                          "name *.vbs\nname a*b>1KB\n"),
        "");
    CU_ASSERT_FATAL(rules_find(&rules, LEVEL_BLOCK, RULE_EXT, str("js"), &hit));
    rules_explain(&hit, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "extension .js is in "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " line 3"));
    CU_ASSERT_FATAL(
        rules_find(&rules, LEVEL_BLOCK, RULE_EXT, str("vbs"), &hit));
    rules_explain(&hit, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "name pattern *.vbs is in "));
    CU_ASSERT(add(&rules, RULE_EXT, LEVEL_BLOCK, "7z"));
    CU_ASSERT_FATAL(rules_find(&rules, LEVEL_BLOCK, RULE_EXT, str("7z"), &hit));
    rules_explain(&hit, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "extension .7z is in an_option");
    rules_clear(&rules);
}

static void a_list_with_an_error_says_where_and_what_is_right(void)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"exe\n", ":1: \"exe\" does not begin with ext, name, type"},
        {"ext a\next a.b\n", ":2: \"a.b\" is no extension"},
        {"type nothing here\n", ":1: \"nothing here\" is no media type"},
        {"name <in>\n", ":1: \"<in>\" has no name in it"},
        {"# assay-attachment-list 2: x\n", "a later format"},
        {"# any comment\n# assay\next exe\n", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rules rules = {.locale = locale};
        const char *error = read_text(&rules, cases[i].text);
        if (cases[i].error == NULL)
            CU_ASSERT_STRING_EQUAL(error, "");
        if (cases[i].error != NULL && strstr(error, cases[i].error) == NULL) {
            printf("    %s\n", error);
            CU_FAIL("another error");
        }
        rules_clear(&rules);
    }
}

static void a_list_that_is_not_there_is_an_error(void)
{
    struct rules rules = {.locale = locale};
    char err[RULES_ERROR] = "";

    CU_ASSERT_FALSE(
        rules_read(&rules, LEVEL_BLOCK, "/nonexistent/x.list", err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "cannot be read"));
    rules_clear(&rules);
}

/* The numbers that the lists' sources give. */
static void the_shipped_lists_are_whole(void)
{
    static const struct {
        const char *path;
        uint64_t entries;
        const char *ext; /* one that must be there */
    } lists[] = {
        {"sigs/attachment/outlook-level1.list", 71, "wsh"},
        {"sigs/attachment/owa2003-level1-files.list", 51, "wsh"},
        {"sigs/attachment/owa2003-level1-mime.list", 8, NULL},
        {"sigs/attachment/owa2003-level2-files.list", 57, "swf"},
        {"sigs/attachment/owa2003-level2-mime.list", 8, NULL},
        {"sigs/attachment/owa-today.list", 133 + 8, "xnk"},
        {"sigs/attachment/edge-attachment-filter.list", 60 + 10, "xnk"},
        {"sigs/attachment/assay-detected.list", 33, NULL},
        {"sigs/attachment/macro-documents.list", 0, "docm"},
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct rules rules = {.locale = locale};
        char err[RULES_ERROR] = "";
        CU_ASSERT(rules_read(&rules, LEVEL_BLOCK, lists[i].path, err));
        CU_ASSERT_STRING_EQUAL(err, "");
        if (lists[i].entries != 0)
            CU_ASSERT_EQUAL(rules.entries, lists[i].entries);
        if (lists[i].ext != NULL)
            CU_ASSERT(has(&rules, LEVEL_BLOCK, RULE_EXT, lists[i].ext));
        rules_clear(&rules);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT(wildcards_match_as_in_dos),
        UNIT(a_size_behind_the_pattern_bounds_it),
        UNIT(a_direction_before_the_pattern_limits_it),
        UNIT(a_pattern_that_means_nothing_is_refused),
        UNIT(a_plain_star_pattern_becomes_an_extension),
        UNIT(entries_are_found_at_their_level_only),
        UNIT(an_exception_takes_an_extension_out_of_levels_1_and_2),
        UNIT(a_thousand_entries_are_all_found),
        UNIT(the_explanation_names_list_and_line),
        UNIT(a_list_with_an_error_says_where_and_what_is_right),
        UNIT(a_list_that_is_not_there_is_an_error),
        UNIT(the_shipped_lists_are_whole),
    };

    locale = fold_open();
    int failed =
        unit_run("attachment rules", tests, sizeof(tests) / sizeof(tests[0]));
    freelocale(locale);
    return failed;
}
