/* SPDX-License-Identifier: MIT */
#include "../../plugins/spam/fold.h"
#include "../../plugins/spam/weights.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static locale_t locale;

/* Writes a file and reads it; the error, "" where it is good. */
static const char *read_bytes(struct weights *weights, const char *p, size_t n)
{
    static char err[WEIGHTS_ERROR];
    char path[] = "/tmp/assay-weights-XXXXXX";
    int fd = mkstemp(path);

    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, p, n), (ssize_t)n);
    close(fd);
    err[0] = '\0';
    bool is_good = weights_read(weights, path, err);
    CU_ASSERT_EQUAL(is_good, err[0] == '\0');
    unlink(path);
    return err;
}

static const char *read_text(struct weights *weights, const char *text)
{
    return read_bytes(weights, text, strlen(text));
}

static void sum_up(struct weights *weights, const char *subject,
                   const char *body, struct weights_sum *sum)
{
    char err[WEIGHTS_ERROR];

    CU_ASSERT(weights_build(weights, err));
    weights_begin(sum, weights);
    weights_piece_begin(sum, WEIGHT_SUBJECT);
    weights_feed(sum, subject, strlen(subject));
    weights_piece_end(sum);
    weights_piece_begin(sum, WEIGHT_BODY);
    weights_feed(sum, body, strlen(body));
    weights_piece_end(sum);
}

static void changes_add_up_each_entry_once(void)
{
    struct weights weights = {.locale = locale};
    struct weights_sum sum;

    CU_ASSERT_STRING_EQUAL(read_text(&weights, "# comment\n\n"
                                               "subject +3 \"alpha\"\r\n"
                                               "  BODY -2   \"beta\"\n"
                                               "both 4 \"gamma\"\n"
                                               "body +0 \"delta\""),
                           "");
    CU_ASSERT_EQUAL(weights.n, 4);
    sum_up(&weights, "alpha beta gamma", "alpha beta gamma beta delta", &sum);
    CU_ASSERT_EQUAL(sum.points, 3 - 2 + 4);
    CU_ASSERT_EQUAL(sum.found, 4);
    CU_ASSERT_FALSE(sum.has_min || sum.has_max);
    sum_up(&weights, "beta", "alpha", &sum);
    CU_ASSERT_EQUAL(sum.found, 0);
    weights_clear(&weights);
}

static void min_and_max_are_kept_apart_from_points(void)
{
    struct weights weights = {.locale = locale};
    struct weights_sum sum;

    read_text(&weights, "body MAX \"alpha\"\nboth min \"beta\"\n");
    sum_up(&weights, "", "alpha", &sum);
    CU_ASSERT(sum.has_max && !sum.has_min);
    sum_up(&weights, "beta", "alpha", &sum);
    CU_ASSERT(sum.has_max && sum.has_min);
    CU_ASSERT_EQUAL(sum.points, 0);
    weights_clear(&weights);
}

static void quotes_are_escaped_by_backslashes(void)
{
    struct weights weights = {.locale = locale};

    read_text(&weights, "body +1 \"a \\\"b\\\" \\\\ c\"\n");
    CU_ASSERT_EQUAL_FATAL(weights.n, 1);
    CU_ASSERT_STRING_EQUAL(weights.list[0].text, "a \"b\" \\ c");
    weights_clear(&weights);
}

static void a_wrong_line_is_told_with_its_number(void)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"head +1 \"a\"\n", ":1: does not begin with subject"},
        {"\nbody +10 \"a\"\n", ":2: has no change from -9 to +9"},
        {"body 1.5 \"a\"\n", ":1: has no change"},
        {"body + \"a\"\n", ":1: has no change"},
        {"body +1 a\n", ":1: has no text in quotes"},
        {"body +1 \"a\n", ":1: has no text in quotes"},
        {"body +1 \"a\" b\n", ":1: has no text in quotes"},
        {"body +1 \"\"\n", ":1: a text has nothing in it"},
        {"<x/>", ":1: is not CustomWeightEntry"},
        {"<CustomWeightEntries><CustomWeightEntry Type='X' Change='1' "
         "Text='a'/></CustomWeightEntries>",
         ":1: Type must be"},
        {"<CustomWeightEntries>\n<CustomWeightEntry Type='BODY' Change='a' "
         "Text='a'/></CustomWeightEntries>",
         ":2: Change must be"},
        {"<CustomWeightEntries>", ":1: no element found"},
        {"<!DOCTYPE a [<!ENTITY b 'c'>]><CustomWeightEntries/>",
         "has a document type"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct weights weights = {.locale = locale};
        const char *error = read_text(&weights, cases[i].text);
        if (strstr(error, cases[i].error) == NULL) {
            printf("    %s\n", error);
            CU_FAIL("another error");
        }
        weights_clear(&weights);
    }
}

static void bounds_are_kept(void)
{
    struct weights weights = {.locale = locale};
    struct weight weight = {.where = WEIGHT_BODY, .points = 1};
    char err[WEIGHTS_ERROR];
    char text[3 * WEIGHTS_CHARS];
    size_t n = 0;

    for (unsigned i = 0; i < WEIGHTS_CHARS; i++, n += 2)
        memcpy(text + n, "\xC3\xA4", 2);
    CU_ASSERT(weights_add(&weights, &weight, text, n, err));
    memcpy(text + n, "x", 1);
    CU_ASSERT_FALSE(weights_add(&weights, &weight, text, n + 1, err));
    while (weights.n < WEIGHTS_MAX) {
        int m = snprintf(text, sizeof(text), "word%zu", weights.n);
        CU_ASSERT_FATAL(weights_add(&weights, &weight, text, (size_t)m, err));
    }
    CU_ASSERT_FALSE(weights_add(&weights, &weight, "more", 4, err));
    weights_clear(&weights);
}

/* Exchange's own file, in each of the encodings that it may have. */
static void the_file_of_imf_is_read_as_it_is(void)
{
    static const char xml[] =
        "<CustomWeightEntries "
        "xmlns=\"http://schemas.microsoft.com/2005/CustomWeight\">\r\n"
        "<CustomWeightEntry Type=\"SUBJECT\" Change=\"-1\" Text=\"one\"/>\r\n"
        "<CustomWeightEntry Type=\"BODY\" Change=\"MAX\" Text=\"a &amp; b\"/>"
        "<CustomWeightEntry Change=\"+9\" Text=\"three\" Type=\"BOTH\"/>"
        "</CustomWeightEntries>\r\n";

    enum {
        UTF_8,
        UTF_8_MARK,
        UTF_16_LE,
        UTF_16_BE,
        ENCODINGS
    };

    for (unsigned encoding = 0; encoding < ENCODINGS; encoding++) {
        struct weights weights = {.locale = locale};
        char bytes[2 * sizeof(xml) + 4];
        size_t n = 0;
        bool is_wide = encoding >= UTF_16_LE;
        if (encoding == UTF_8_MARK) {
            memcpy(bytes, "\xEF\xBB\xBF", 3);
            n = 3;
        } else if (is_wide) {
            memcpy(bytes, encoding == UTF_16_LE ? "\xFF\xFE" : "\xFE\xFF", 2);
            n = 2;
        }
        for (size_t i = 0; i < sizeof(xml) - 1; i++) {
            if (encoding == UTF_16_BE)
                bytes[n++] = '\0';
            bytes[n++] = xml[i];
            if (encoding == UTF_16_LE)
                bytes[n++] = '\0';
        }
        CU_ASSERT_STRING_EQUAL(read_bytes(&weights, bytes, n), "");
        CU_ASSERT_EQUAL_FATAL(weights.n, 3);
        CU_ASSERT_EQUAL(weights.list[0].points, -1);
        CU_ASSERT_EQUAL(weights.list[1].change, WEIGHT_MAX);
        CU_ASSERT_STRING_EQUAL(weights.list[1].text, "a & b");
        CU_ASSERT_EQUAL(weights.list[2].where, WEIGHT_BOTH);
        CU_ASSERT_EQUAL(weights.list[2].line, 3);
        weights_clear(&weights);
    }
}

static void the_explanation_names_entries_and_lines(void)
{
    struct weights weights = {.locale = locale};
    struct weights_sum sum;
    char text[1024];

    read_text(&weights, "body +1 \"a\"\nbody -2 \"b\"\nsubject MIN \"c\"\n");
    sum_up(&weights, "c", "a b", &sum);
    weights_explain(&sum, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(
        text, "subject MIN \"c\" (line 3), body +1 \"a\" (line 1), body -2 "
              "\"b\" (line 2)");
    weights_explain(&sum, text, 10);
    CU_ASSERT_EQUAL(strlen(text), 9);
    weights_clear(&weights);
}

static void the_shipped_files_are_good(void)
{
    struct weights weights = {.locale = locale};
    char err[WEIGHTS_ERROR] = "";

    CU_ASSERT(weights_read(&weights, "sigs/spam/weights.example", err));
    CU_ASSERT(weights_read(&weights,
                           "sigs/spam/MSExchange.UceContentFilter.xml", err));
    CU_ASSERT_STRING_EQUAL(err, "");
    CU_ASSERT_EQUAL(weights.n, 6);
    CU_ASSERT_FALSE(weights_read(&weights, "/nonexistent", err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "cannot be read"));
    weights_clear(&weights);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT(changes_add_up_each_entry_once),
        UNIT(min_and_max_are_kept_apart_from_points),
        UNIT(quotes_are_escaped_by_backslashes),
        UNIT(a_wrong_line_is_told_with_its_number),
        UNIT(bounds_are_kept),
        UNIT(the_file_of_imf_is_read_as_it_is),
        UNIT(the_explanation_names_entries_and_lines),
        UNIT(the_shipped_files_are_good),
    };

    locale = fold_open();
    int failed =
        unit_run("spam weights", tests, sizeof(tests) / sizeof(tests[0]));
    freelocale(locale);
    return failed;
}
