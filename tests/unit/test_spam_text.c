/* SPDX-License-Identifier: MIT */
#include "../../plugins/spam/header.h"
#include "../../plugins/spam/html.h"
#include "../../plugins/spam/tests.h"
#include "../../plugins/spam/url.h"
#include "../../plugins/spam/value.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char seen[1 << 16];
static size_t seen_n;

static struct assay_str str(const char *text)
{
    return (struct assay_str){.p = text, .n = strlen(text)};
}

static void keep(void *user, const char *p, size_t n)
{
    (void)user;
    if (seen_n + n < sizeof(seen)) {
        memcpy(seen + seen_n, p, n);
        seen_n += n;
    }
    seen[seen_n] = '\0';
}

static struct html_facts read_html(const char *html)
{
    struct html_facts facts = {0};

    seen_n = 0;
    seen[0] = '\0';
    html_read(html, strlen(html), keep, NULL, &facts);
    return facts;
}

static void html_shows_what_its_reader_sees(void)
{
    static const struct {
        const char *html;
        const char *text;
    } cases[] = {
        {"plain", "plain"},
        {"a<b>b</b>c", "abc"},
        {"a<br>b", "a b"},
        {"<td>a</td><td>b</td>", " a  b "},
        {"a<!-- x -->b", "ab"},
        {"a&amp;b &lt;c&gt; &#65;&#x42; &nbsp;|", "a&b <c> AB \xC2\xA0|"},
        {"&euro;&auml;", "\xE2\x82\xAC\xC3\xA4"},
        {"&unknown; & &; &#; &#x; &#xD800; &#9999999;",
         "&unknown; & &; &#; &#x; &#xD800; &#9999999;"},
        {"<style>p { a: b }</style>x<script>if (a<b) c()</script>y", "  x  y"},
        {"<title>t</title>x", "  x"},
        {"<a href=\"x>y\">z</a>", "z"},
        {"1 < 2", "1 < 2"},
        {"a<", "a<"},
        {"a<b", "a"},
        {"a<!--", "a"},
        {"<?xml version='1'?>a<!DOCTYPE html>b", "ab"},
        {"<span style='display: none'>no</span>yes", "yes"},
        {"<div style=\"font-size:0px\">no<div>no</div>no</div>yes", " yes"},
        {"<font color=#FFFFFF>no</font>yes", "yes"},
        {"<body bgcolor=black><font color=white>yes</font>", " yes"},
        {"<img style='display:none'>yes", " yes"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_html(cases[i].html);
        if (strcmp(seen, cases[i].text) != 0)
            printf("    %s: \"%s\"\n", cases[i].html, seen);
        CU_ASSERT_STRING_EQUAL(seen, cases[i].text);
    }
}

static void html_counts_what_is_done_to_hide(void)
{
    struct html_facts facts =
        read_html("<p>ab <font size=7>c</font><font size=+1>d</font></p>"
                  "<div style='DISPLAY : none'>hidden</div>v<!-- -->iagra "
                  "<!-- --> <img src=x><form action=y><script>z</script>");

    CU_ASSERT_EQUAL(facts.hidden, 6);
    CU_ASSERT_EQUAL(facts.visible, 10);
    CU_ASSERT_EQUAL(facts.big_fonts, 1);
    CU_ASSERT_EQUAL(facts.split_words, 1);
    CU_ASSERT_EQUAL(facts.images, 1);
    CU_ASSERT_EQUAL(facts.forms, 1);
    CU_ASSERT_EQUAL(facts.scripts, 1);
}

static void long_html_comes_in_whole_characters(void)
{
    char *html = malloc(30001);

    for (size_t i = 0; i < 10000; i++)
        memcpy(html + i * 3, "\xE2\x82\xAC", 3);
    html[30000] = '\0';
    read_html(html);
    CU_ASSERT_STRING_EQUAL(seen, html);
    free(html);
}

static void odd_web_addresses_are_told_from_honest_ones(void)
{
    static const struct {
        const char *text;
        uint32_t found;
    } cases[] = {
        {"see http://www.example.org/a?b=1@c and https://example.net:8080", 0},
        {"http://192.0.2.1/x", URL_IP},
        {"HTTPS://192.0.2.1:81", URL_IP},
        {"http://3221225985/", URL_NUMBER},
        {"http://0xC0000201/", URL_NUMBER},
        {"http://www.bank.example@203.0.113.9/", URL_USERINFO | URL_IP},
        {"http://a%62c.example/", URL_ESCAPED},
        {"http://example.org/a%62c", 0},
        {"http://48213.example/", URL_DIGITS},
        {"http://2024.example/ http://a1234567.example", 0},
        {"ftp://192.0.2.1/ x://192.0.2.1", 0},
        {"http:// http:/ http:", 0},
        {"<a href='http://192.0.2.1'>", URL_IP},
        {"http://1.2.3.4.example/", 0},
        {"http://1.2.3/ http://...1/", 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t found = url_look(cases[i].text, strlen(cases[i].text));
        if (found != cases[i].found)
            printf("    %s: %x\n", cases[i].text, found);
        CU_ASSERT_EQUAL(found, cases[i].found);
    }
}

static void dates_are_as_rfc_5322_has_them(void)
{
    static const char *const good[] = {
        "Mon, 2 Nov 2026 09:15:00 +0100", " 2 Nov 2026 09:15 GMT",
        "Mon, 02 Nov 2026 09:15:00 -0000 (CET)", "mon,2 nov 2026 9:15:00 EST",
        "Mon,\r\n 2 Nov 2026 09:15:00 +0100"};
    static const char *const bad[] = {
        "",
        "Mon",
        "Mon, 2 Nov 26 09:15:00 +0100",
        "Mon, 2 Now 2026 09:15:00 +0100",
        "2026-11-02 09:15:00",
        "Mon, 2 Nov 2026 09:15:00",
        "Mon, 2 Nov 2026 9.15 +0100",
        "Mon, 2 Nov 2026 09:15:00 +100",
    };

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CU_ASSERT(value_is_date(str(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(value_is_date(str(bad[i])));
}

static void message_ids_are_left_at_right(void)
{
    static const char *const good[] = {"<a@b>", " <a.b$c@d.example>\t"};
    static const char *const bad[] = {"",     "a@b",     "<a>",     "<@b>",
                                      "<a@>", "<a b@c>", "<a@b> x", "<<a@b>>"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CU_ASSERT(value_is_message_id(str(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(value_is_message_id(str(bad[i])));
}

static struct header honest(void)
{
    return (struct header){
        .is_mail = true,
        .date = str("Mon, 2 Nov 2026 09:15:00 +0100"),
        .message_id = str("<1@example.org>"),
        .from = str("Anna <anna@example.org>"),
        .to = str("ben@example.net"),
        .subject = str("Lunch"),
        .mime_version = str("1.0"),
    };
}

static void an_honest_header_meets_no_test(void)
{
    struct header header = honest();

    CU_ASSERT_EQUAL(header_look(&header), 0);
    header.subject = str("OK, NASA");
    CU_ASSERT_EQUAL(header_look(&header), 0);
    header.msmail_priority = str("Normal");
    header.mimeole = str("Produced By Microsoft MimeOLE V6.00");
    header.priority = str("3");
    CU_ASSERT_EQUAL(header_look(&header), 0);
}

#define ONE(field, text, id)                                                   \
    do {                                                                       \
        struct header one = honest();                                          \
        one.field = (struct assay_str){.p = (text), .n = strlen(text)};        \
        CU_ASSERT_EQUAL(header_look(&one), TEST_BIT(id));                      \
    } while (0)

static void each_header_test_sees_what_it_says(void)
{
    struct header header = honest();

    ONE(date, "yesterday", TEST_BAD_DATE);
    ONE(message_id, "1", TEST_BAD_MESSAGE_ID);
    ONE(from, "Anna", TEST_FROM_NO_ADDRESS);
    ONE(from, "x12345@example.org", TEST_FROM_DIGITS);
    ONE(from, "\"B\" <BEN@example.net>", TEST_FROM_IS_TO);
    ONE(to, "Undisclosed recipients:;", TEST_UNDISCLOSED);
    ONE(subject, "MAKE MONEY", TEST_SUBJECT_CAPS);
    ONE(subject, "offer      x93k", TEST_SUBJECT_GAP);
    ONE(subject, "Ben, an offer", TEST_SUBJECT_NAMES_RCPT);
    ONE(msmail_priority, "High", TEST_FORGED_OUTLOOK);
    ONE(priority, " 1 (Highest)", TEST_PRIORITY_HIGH);
    header.date.p = NULL;
    CU_ASSERT_EQUAL(header_look(&header), TEST_BIT(TEST_NO_DATE));
    header = honest();
    header.message_id.p = NULL;
    CU_ASSERT_EQUAL(header_look(&header), TEST_BIT(TEST_NO_MESSAGE_ID));
    header = honest();
    header.from = (struct assay_str){0};
    CU_ASSERT_EQUAL(header_look(&header), TEST_BIT(TEST_NO_FROM));
}

static void the_header_rules_out_what_it_explains(void)
{
    struct header header = honest();

    CU_ASSERT(header_denies(&header) & TEST_BIT(TEST_HTML_NO_MIME));
    CU_ASSERT(header_denies(&header) & TEST_BIT(TEST_SINGLE_PART_MIXED));
    header.mime_version.p = NULL;
    header.content_type = str(" Multipart/Mixed; boundary=x");
    CU_ASSERT_EQUAL(header_denies(&header), 0);
}

static void every_test_has_a_name_a_weight_and_a_help(void)
{
    for (enum test_id i = 0; i < TEST_COUNT; i++) {
        CU_ASSERT_FATAL(spam_tests[i].name != NULL &&
                        spam_tests[i].help != NULL);
        CU_ASSERT_EQUAL(strncmp(spam_tests[i].name, "spam.", 5), 0);
        CU_ASSERT(spam_tests[i].log_odds_milli != 0);
        CU_ASSERT(abs(spam_tests[i].log_odds_milli) < 4000);
        CU_ASSERT(strlen(spam_tests[i].help) > 10);
        CU_ASSERT_EQUAL(
            test_by_name(spam_tests[i].name, strlen(spam_tests[i].name)), i);
        CU_ASSERT_EQUAL(test_by_name(spam_tests[i].name + 5,
                                     strlen(spam_tests[i].name) - 5),
                        i);
    }
    CU_ASSERT_EQUAL(test_by_name("no_such", 7), TEST_COUNT);
    CU_ASSERT_EQUAL(test_by_name("", 0), TEST_COUNT);
}

UNIT_MAIN("spam text", UNIT(html_shows_what_its_reader_sees),
          UNIT(html_counts_what_is_done_to_hide),
          UNIT(long_html_comes_in_whole_characters),
          UNIT(odd_web_addresses_are_told_from_honest_ones),
          UNIT(dates_are_as_rfc_5322_has_them),
          UNIT(message_ids_are_left_at_right),
          UNIT(an_honest_header_meets_no_test),
          UNIT(each_header_test_sees_what_it_says),
          UNIT(the_header_rules_out_what_it_explains),
          UNIT(every_test_has_a_name_a_weight_and_a_help))
