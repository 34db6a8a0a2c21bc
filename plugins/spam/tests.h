/* SPDX-License-Identifier: MIT */
/*
 * The structural tests: what each is called, how much it weighs, what it looks at.
 *
 * A weight is a natural log-odds x 1000 and says how much likelier the thing is in
 * spam than in good mail.  They are not the raw ratios of the corpus: those are cut
 * down, since the tests are not independent of each other, and since the corpus is
 * old.  README.md has the measured counts.
 */
#ifndef SPAM_TESTS_H
#define SPAM_TESTS_H

#include <stddef.h>
#include <stdint.h>

enum test_id {
    TEST_NO_DATE,
    TEST_BAD_DATE,
    TEST_NO_MESSAGE_ID,
    TEST_BAD_MESSAGE_ID,
    TEST_NO_FROM,
    TEST_FROM_NO_ADDRESS,
    TEST_FROM_DIGITS,
    TEST_FROM_IS_TO,
    TEST_UNDISCLOSED,
    TEST_SUBJECT_CAPS,
    TEST_SUBJECT_GAP,
    TEST_SUBJECT_NAMES_RCPT,
    TEST_FORGED_OUTLOOK,
    TEST_PRIORITY_HIGH,
    TEST_HTML_ONLY,
    TEST_HTML_NO_MIME,
    TEST_HTML_BIG_FONT,
    TEST_HTML_FORM,
    TEST_HTML_IMAGE_ONLY,
    TEST_HTML_INVISIBLE,
    TEST_HTML_SPLIT_WORDS,
    TEST_BODY_CAPS,
    TEST_BASE64_TEXT,
    TEST_SINGLE_PART_MIXED,
    TEST_URL_IP,
    TEST_URL_ODD,
    TEST_URL_DIGITS,
    TEST_COUNT
};

/* One test.  Static data; a statement of the plugin is made of one (spam.c). */
struct test {
    const char *name;       /* of its finding */
    int32_t log_odds_milli; /* + is spam */
    const char *help;       /* one sentence: what was seen */
};

extern const struct test spam_tests[TEST_COUNT];

/* The test of that name ("spam.no_date" or "no_date"), or TEST_COUNT. */
enum test_id test_by_name(const char *name, size_t n);

#endif
