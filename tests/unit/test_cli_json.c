/* SPDX-License-Identifier: MIT */
#include "cli/amount.h"
#include "cli/json.h"
#include "unit.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static void plain_text_stays_as_it_is(void)
{
    g_autoptr(GString) to = g_string_new(NULL);
    json_text(to, "Eicar-Test-Signature in 2!a.zip");
    CU_ASSERT_STRING_EQUAL(to->str, "\"Eicar-Test-Signature in 2!a.zip\"");
    g_string_truncate(to, 0);
    json_text(to, NULL);
    json_text(to, "");
    CU_ASSERT_STRING_EQUAL(to->str, "null\"\"");
}

static void what_json_or_a_terminal_cannot_bear_is_escaped(void)
{
    static const struct {
        const char *given;
        const char *expected;
    } cases[] = {
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"a\nb\rc\td", "\"a\\nb\\rc\\td\""},
        {"\033[2J\177", "\"\\u001b[2J\\u007f\""},
        {"\302\233x", "\"\\u009bx\""},       /* CSI in C1 */
        {"a\342\200\256b", "\"a\\u202eb\""}, /* RLO */
        {"\342\200\250\342\200\251", "\"\\u2028\\u2029\""},
        {"Gr\303\274\303\237e", "\"Gr\303\274\303\237e\""},
        {"\360\237\230\200", "\"\360\237\230\200\""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) to = g_string_new(NULL);
        json_text(to, cases[i].given);
        CU_ASSERT_STRING_EQUAL(to->str, cases[i].expected);
    }
}

static void every_pair_of_bytes_gives_valid_json(void)
{
    unsigned bad = 0;
    for (unsigned pair = 0; pair < 65536; pair++) {
        const char bytes[] = {'a', (char)(pair >> 8), (char)(pair & 255), 'z'};
        g_autoptr(GString) to = g_string_new("[");
        json_bytes(to, bytes, sizeof bytes);
        g_string_append_c(to, ']');
        json_t *parsed = json_loadb(to->str, to->len, 0, NULL);
        if (parsed == NULL || strchr(to->str, '\n') != NULL)
            bad++;
        json_decref(parsed);
    }
    CU_ASSERT_EQUAL(bad, 0);
}

static void a_nul_does_not_end_the_text(void)
{
    g_autoptr(GString) to = g_string_new(NULL);
    json_bytes(to, "a\0b", 3);
    CU_ASSERT_STRING_EQUAL(to->str, "\"a\342\220\200b\"");
}

static void numbers_are_exact_and_short(void)
{
    g_autoptr(GString) to = g_string_new("[");
    json_comma(to);
    json_int(to, INT64_MIN);
    json_comma(to);
    json_int(to, INT64_MAX);
    json_comma(to);
    json_uint(to, UINT64_MAX);
    json_comma(to);
    json_int(to, 0);
    CU_ASSERT_STRING_EQUAL(to->str, "[-9223372036854775808,9223372036854775807,"
                                    "18446744073709551615,0");

    static const struct {
        uint64_t ns;
        const char *expected;
    } times[] = {
        {0, "0"},         {999, "0"},     {1000, "0.001"}, {41207123, "41.207"},
        {1500000, "1.5"}, {3000000, "3"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_string_truncate(to, 0);
        json_ms(to, times[i].ns);
        CU_ASSERT_STRING_EQUAL(to->str, times[i].expected);
    }

    static const struct {
        double value;
        const char *expected;
    } odds[] = {
        {0, "0"},           {1, "1"}, {0.5, "0.5"}, {0.0500206, "0.050021"},
        {-1, "0"},          {2, "1"}, {1e-9, "0"},  {0.9999999, "1"},
        {(double)NAN, "0"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(odds); i++) {
        g_string_truncate(to, 0);
        json_probability(to, odds[i].value);
        CU_ASSERT_STRING_EQUAL(to->str, odds[i].expected);
    }
}

static void commas_stand_between_members_only(void)
{
    g_autoptr(GString) to = g_string_new(NULL);
    g_string_append_c(to, '{');
    json_key(to, "a");
    g_string_append_c(to, '[');
    json_comma(to);
    json_uint(to, 1);
    json_comma(to);
    json_uint(to, 2);
    g_string_append_c(to, ']');
    json_key(to, "b");
    json_text(to, "x");
    g_string_append_c(to, '}');
    CU_ASSERT_STRING_EQUAL(to->str, "{\"a\":[1,2],\"b\":\"x\"}");
}

static void amounts_have_the_units_of_the_configuration(void)
{
    static const struct {
        uint64_t bytes;
        const char *expected;
    } cases[] = {
        {0, "0 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {1536, "1.5 KiB"},
        {1048575, "1.0 MiB"},
        {UINT64_C(5) << 30, "5.0 GiB"},
        {UINT64_C(3) << 50, "3072.0 TiB"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) to = g_string_new(NULL);
        amount_bytes(to, cases[i].bytes);
        CU_ASSERT_STRING_EQUAL(to->str, cases[i].expected);
    }
}

UNIT_MAIN("cli json", UNIT(plain_text_stays_as_it_is),
          UNIT(what_json_or_a_terminal_cannot_bear_is_escaped),
          UNIT(every_pair_of_bytes_gives_valid_json),
          UNIT(a_nul_does_not_end_the_text), UNIT(numbers_are_exact_and_short),
          UNIT(commas_stand_between_members_only),
          UNIT(amounts_have_the_units_of_the_configuration))
