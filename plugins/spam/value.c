/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

bool value_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What is left of a value. */
struct rest {
    const char *p;
    const char *end;
};

static struct rest rest_of(struct assay_str value)
{
    const char *p = value.p == NULL ? "" : value.p;

    return (struct rest){.p = p, .end = p + value.n};
}

static void skip_blanks(struct rest *rest)
{
    while (rest->p < rest->end && value_is_blank(*rest->p))
        rest->p++;
}

/* A number of at least `least` and at most `most` digits. */
static bool take_digits(struct rest *rest, unsigned least, unsigned most)
{
    unsigned n = 0;

    while (rest->p < rest->end && n < most &&
           isdigit((unsigned char)*rest->p)) {
        rest->p++;
        n++;
    }
    return n >= least;
}

static bool take_char(struct rest *rest, char c)
{
    if (rest->p == rest->end || *rest->p != c)
        return false;
    rest->p++;
    return true;
}

/* One of the words of three letters in `all`. */
static bool take_word(struct rest *rest, const char *all)
{
    if (rest->end - rest->p < 3)
        return false;
    for (const char *word = all; *word != '\0'; word += 3) {
        if (strncasecmp(rest->p, word, 3) == 0) {
            rest->p += 3;
            return true;
        }
    }
    return false;
}

static bool take_time(struct rest *rest)
{
    if (!take_digits(rest, 1, 2) || !take_char(rest, ':') ||
        !take_digits(rest, 2, 2))
        return false;
    return !take_char(rest, ':') || take_digits(rest, 2, 2);
}

static bool take_zone(struct rest *rest)
{
    const char *start = rest->p;

    if (take_char(rest, '+') || take_char(rest, '-'))
        return take_digits(rest, 4, 4);
    while (rest->p < rest->end && isalpha((unsigned char)*rest->p))
        rest->p++;
    return rest->p > start && rest->p - start <= 5;
}

bool value_is_date(struct assay_str value)
{
    struct rest rest = rest_of(value);

    skip_blanks(&rest);
    if (take_word(&rest, "MonTueWedThuFriSatSun")) {
        take_char(&rest, ',');
        skip_blanks(&rest);
    }
    if (!take_digits(&rest, 1, 2))
        return false;
    skip_blanks(&rest);
    if (!take_word(&rest, "JanFebMarAprMayJunJulAugSepOctNovDec"))
        return false;
    skip_blanks(&rest);
    if (!take_digits(&rest, 4, 4))
        return false;
    skip_blanks(&rest);
    if (!take_time(&rest))
        return false;
    skip_blanks(&rest);
    return take_zone(&rest);
}

bool value_is_message_id(struct assay_str value)
{
    struct rest rest = rest_of(value);

    skip_blanks(&rest);
    while (rest.end > rest.p && value_is_blank(rest.end[-1]))
        rest.end--;
    size_t n = (size_t)(rest.end - rest.p);
    if (n < 5 || rest.p[0] != '<' || rest.end[-1] != '>')
        return false;
    const char *at = memchr(rest.p, '@', n);
    if (at == NULL || at == rest.p + 1 || at + 2 >= rest.end)
        return false;
    for (const char *p = rest.p + 1; p < rest.end - 1; p++) {
        if (value_is_blank(*p) || *p == '<' || *p == '>')
            return false;
    }
    return true;
}

struct assay_str value_address(struct assay_str value)
{
    struct assay_str none = {0};
    const char *at = value.n == 0 ? NULL : memrchr(value.p, '@', value.n);

    if (at == NULL)
        return none;
    const char *from = at;
    const char *to = at + 1;
    const char *end = value.p + value.n;
    while (from > value.p && !value_is_blank(from[-1]) &&
           strchr("<>,;:\"()", from[-1]) == NULL)
        from--;
    while (to < end &&
           (isalnum((unsigned char)*to) || *to == '.' || *to == '-'))
        to++;
    if (from == at || to == at + 1)
        return none;
    return (struct assay_str){.p = from, .n = (uint64_t)(to - from)};
}

bool value_begins(struct assay_str value, const char *word)
{
    struct rest rest = rest_of(value);
    size_t n = strlen(word);

    skip_blanks(&rest);
    return (size_t)(rest.end - rest.p) >= n &&
           strncasecmp(rest.p, word, n) == 0;
}
