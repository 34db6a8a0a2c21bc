/* SPDX-License-Identifier: MIT */
#include "../../plugins/spam/fold.h"
#include "../../plugins/spam/phrases.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static locale_t locale;

static void count(void *user, uint32_t id)
{
    unsigned *counts = user;

    counts[id]++;
}

/* How often one phrase is found in a text that comes in pieces of `piece` bytes. */
static unsigned found_in(const char *phrase, const char *text, size_t piece)
{
    struct phrases *phrases = phrases_new(locale);
    struct phrases_search search;
    unsigned counts[1] = {0};
    size_t n = strlen(text);

    CU_ASSERT_PTR_NOT_NULL_FATAL(phrases);
    CU_ASSERT_FATAL(phrases_add(phrases, phrase, strlen(phrase), 0));
    CU_ASSERT_FATAL(phrases_build(phrases));
    phrases_begin(&search, phrases, count, counts);
    for (size_t at = 0; at < n; at += piece)
        phrases_feed(&search, text + at, at + piece < n ? piece : n - at);
    phrases_end(&search);
    phrases_free(phrases);
    return counts[0];
}

static void words_are_whole_and_case_does_not_count(void)
{
    static const struct {
        const char *phrase;
        const char *text;
        unsigned n;
    } cases[] = {
        {"free", "FREE", 1},
        {"free", "free free-Free", 3},
        {"free", "freedom carefree unfree free7", 0},
        {"free money", "Free   money", 1},
        {"free money", "free\r\n\tmoney", 1},
        {"  free\tmoney ", "free money", 1},
        {"free money", "free, money", 0},
        {"free money", "freemoney", 0},
        {"100% free", "it is 100% free!", 1},
        {"100% free", "it is 1100% free!", 0},
        {"$$$", "win$$$now", 1},
        {"now!", "do it now!!", 1},
        {"now!", "knownow!", 0},
        /* what cannot be seen does not count */
        {"viagra", "via\xC2\xADgra v\xE2\x80\x8Biagra", 2},
        {"free money", "free\xC2\xA0money", 1},
        /* cases of other scripts; sharp s and its capitals */
        {"gr\xC3\xB6\xC3\x9F"
         "te",
         "GR\xC3\x96SSTE Gr\xC3\xB6\xC3\x9F"
         "te",
         2},
        {"\xCF\x83\xCE\xBF\xCF\x86\xCF\x8C\xCF\x82",
         "\xCE\xA3\xCE\x9F\xCE\xA6\xCE\x8C\xCE\xA3", 1},
        {"\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB7", "\xD0\x9F\xD0\xA0\xD0\x98\xD0\x97",
         1},
        {"\xC3\xA9t\xC3\xA9", "r\xC3\xA9t\xC3\xA9", 0},
        /* no blanks between words: found anywhere */
        {"\xE7\x84\xA1\xE6\x96\x99",
         "\xE5\xAE\x8C\xE5\x85\xA8\xE7\x84\xA1\xE6\x96\x99\xE3\x81\xA7\xE3\x81"
         "\x99",
         1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned n = found_in(cases[i].phrase, cases[i].text, 1000);
        if (n != cases[i].n)
            printf("    \"%s\" in \"%s\": %u\n", cases[i].phrase, cases[i].text,
                   n);
        CU_ASSERT_EQUAL(n, cases[i].n);
    }
}

static void pieces_make_no_difference(void)
{
    static const char text[] = "a free money b FREE\n money, carefree money";

    for (size_t piece = 1; piece < sizeof(text); piece++)
        CU_ASSERT_EQUAL(found_in("free money", text, piece), 2);
}

static void phrases_inside_others_are_found_too(void)
{
    static const char *const texts[] = {"free money fast", "free money",
                                        "money", "money fast", "money"};
    struct phrases *phrases = phrases_new(locale);
    struct phrases_search search;
    unsigned counts[5] = {0};

    for (uint32_t i = 0; i < 5; i++)
        CU_ASSERT(phrases_add(phrases, texts[i], strlen(texts[i]), i));
    CU_ASSERT(phrases_build(phrases));
    phrases_begin(&search, phrases, count, counts);
    phrases_feed(&search, "get free money fast", 19);
    phrases_end(&search);
    for (size_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(counts[i], 1);
    phrases_free(phrases);
}

static void nothing_to_look_for_is_refused(void)
{
    struct phrases *phrases = phrases_new(locale);

    CU_ASSERT_FALSE(phrases_add(phrases, "", 0, 0));
    CU_ASSERT_FALSE(phrases_add(phrases, " \t ", 3, 0));
    CU_ASSERT_FALSE(phrases_add(phrases, "\xC2\xAD", 2, 0));
    phrases_free(phrases);
}

/* Against the plain way: each phrase looked for by itself. */
static void many_phrases_are_found_as_one_by_one(void)
{
    enum {
        PHRASES = 300,
        TEXT = 2000
    };
    struct phrases *phrases = phrases_new(locale);
    struct phrases_search search;
    static unsigned counts[PHRASES];
    char words[PHRASES][8];
    char text[TEXT + 1];
    uint32_t seed = 1;

    for (uint32_t i = 0; i < PHRASES; i++) {
        size_t n = 1 + i % 5;
        for (size_t k = 0; k < n; k++) {
            seed = seed * 1103515245u + 12345u;
            words[i][k] = "ab c"[(seed >> 16) % 4];
        }
        words[i][0] = 'a';
        words[i][n] = '\0';
        words[i][n - 1] = 'b';
        CU_ASSERT(phrases_add(phrases, words[i], n, i));
    }
    CU_ASSERT(phrases_build(phrases));
    for (size_t i = 0; i < TEXT; i++) {
        seed = seed * 1103515245u + 12345u;
        text[i] = "ab c"[(seed >> 16) % 4];
    }
    text[TEXT] = '\0';
    phrases_begin(&search, phrases, count, counts);
    phrases_feed(&search, text, TEXT);
    phrases_end(&search);
    for (size_t i = 0; i < PHRASES; i++)
        CU_ASSERT_EQUAL(counts[i], found_in(words[i], text, TEXT));
    phrases_free(phrases);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT(words_are_whole_and_case_does_not_count),
        UNIT(pieces_make_no_difference),
        UNIT(phrases_inside_others_are_found_too),
        UNIT(nothing_to_look_for_is_refused),
        UNIT(many_phrases_are_found_as_one_by_one),
    };

    locale = fold_open();
    int failed =
        unit_run("spam phrases", tests, sizeof(tests) / sizeof(tests[0]));
    freelocale(locale);
    return failed;
}
