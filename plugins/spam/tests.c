/* SPDX-License-Identifier: MIT */
#include "tests.h"

#include <string.h>

const struct test spam_tests[TEST_COUNT] = {
    [TEST_NO_DATE] = {"spam.no_date", 700, "there is no Date field"},
    [TEST_BAD_DATE] = {"spam.bad_date", 2400,
                       "the Date is not as RFC 5322 3.3 has it"},
    [TEST_NO_MESSAGE_ID] = {"spam.no_message_id", 500,
                            "there is no Message-ID field"},
    [TEST_BAD_MESSAGE_ID] = {"spam.bad_message_id", 2000,
                             "the Message-ID is not <left@right>"},
    [TEST_NO_FROM] = {"spam.no_from", 1000, "there is no From field"},
    [TEST_FROM_NO_ADDRESS] = {"spam.from_no_address", 1800,
                              "the From field has no address in it"},
    [TEST_FROM_DIGITS] = {"spam.from_digits", 700,
                          "the sender's local part has five digits or more"},
    [TEST_FROM_IS_TO] = {"spam.from_is_to", 800,
                         "it claims to come from its own recipient"},
    [TEST_UNDISCLOSED] = {"spam.undisclosed_recipients", 800,
                          "To says undisclosed recipients"},
    [TEST_SUBJECT_CAPS] = {"spam.subject_caps", 1700,
                           "the subject is all capital letters"},
    [TEST_SUBJECT_GAP] = {"spam.subject_gap", 1800,
                          "a long gap in the subject, as before a tracking "
                          "number"},
    [TEST_SUBJECT_NAMES_RCPT] = {"spam.subject_names_recipient", 1200,
                                 "the subject begins with the recipient's "
                                 "local part"},
    [TEST_FORGED_OUTLOOK] = {"spam.forged_outlook", 1500,
                             "it has Outlook's X-MSMail-Priority, but not the "
                             "X-MimeOLE that Outlook writes beside it"},
    [TEST_PRIORITY_HIGH] = {"spam.priority_high", 900,
                            "X-Priority says highest"},
    [TEST_HTML_ONLY] = {"spam.html_only", 900,
                        "HTML without a plain text beside it"},
    [TEST_HTML_NO_MIME] = {"spam.html_no_mime", 700,
                           "HTML without a MIME-Version field"},
    [TEST_HTML_BIG_FONT] = {"spam.html_big_font", 900,
                            "fonts of the largest sizes"},
    [TEST_HTML_FORM] = {"spam.html_form", 500, "a form to be filled in"},
    [TEST_HTML_IMAGE_ONLY] = {"spam.html_image_only", 2200,
                              "a picture and hardly any text"},
    [TEST_HTML_INVISIBLE] = {"spam.html_invisible_text", 1500,
                             "much text that nobody can see"},
    [TEST_HTML_SPLIT_WORDS] = {"spam.html_split_words", 2400,
                               "comments inside words, which hide them from "
                               "filters"},
    [TEST_BODY_CAPS] = {"spam.body_caps", 1500,
                        "the text is mostly capital letters"},
    [TEST_BASE64_TEXT] = {"spam.base64_text", 1500,
                          "plain ASCII text in base64, which needs none"},
    [TEST_SINGLE_PART_MIXED] = {"spam.single_part_mixed", 900,
                                "a multipart/mixed of a single part"},
    [TEST_URL_IP] = {"spam.url_ip", 2300,
                     "a web address with an IP address for its host"},
    [TEST_URL_ODD] = {"spam.url_obfuscated", 2300,
                      "a web address whose host is disguised: a number, "
                      "percent escapes, or a name before @"},
    [TEST_URL_DIGITS] = {"spam.url_digits", 1000,
                         "a web address with a host name of digits"},
};

enum test_id test_by_name(const char *name, size_t n)
{
    static const char prefix[] = "spam.";
    size_t skip = sizeof(prefix) - 1;

    if (n < skip || memcmp(name, prefix, skip) != 0)
        skip = 0;
    for (enum test_id i = 0; i < TEST_COUNT; i++) {
        const char *own = spam_tests[i].name + sizeof(prefix) - 1;
        if (strlen(own) == n - skip && memcmp(own, name + skip, n - skip) == 0)
            return i;
    }
    return TEST_COUNT;
}
