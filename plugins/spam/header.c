/* SPDX-License-Identifier: MIT */
#include "header.h"

#include "tests.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_FIELDS = 1000,
    MANY_DIGITS = 5,
    CAPS = 8, /* letters that a subject needs to shout */
    GAP = 5,
    LOCAL_PART = 3
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#define FIELD(name, member)                                                    \
    {                                                                          \
        name, sizeof(name) - 1, offsetof(struct header, member)                \
    }

static const struct {
    const char *name;
    size_t name_n;
    size_t offset;
} fields[] = {
    FIELD("Date", date),
    FIELD("Message-ID", message_id),
    FIELD("From", from),
    FIELD("To", to),
    FIELD("Cc", cc),
    FIELD("MIME-Version", mime_version),
    FIELD("Content-Type", content_type),
    FIELD("X-Priority", priority),
    FIELD("X-MSMail-Priority", msmail_priority),
    FIELD("X-MimeOLE", mimeole),
};

static bool is_named(struct assay_str name, const char *word)
{
    return strlen(word) == name.n && strncasecmp(word, name.p, name.n) == 0;
}

static struct assay_str *field_of(struct header *header, struct assay_str name)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (name.n == fields[i].name_n &&
            strncasecmp(name.p, fields[i].name, name.n) == 0)
            return (struct assay_str *)(void *)((char *)header +
                                                fields[i].offset);
    }
    return NULL;
}

void header_read(const struct assay_host *host, const struct assay_task *task,
                 struct header *header)
{
    struct assay_str name;
    struct assay_str value;

    *header = (struct header){0};
    for (uint32_t i = 0; i < MAX_FIELDS; i++) {
        if (host->header(task, task->object, i, &name, &value) != ASSAY_RC_OK)
            break;
        struct assay_str *field = field_of(header, name);
        if (!header->is_mail)
            header->is_mail = field != NULL || is_named(name, "Received") ||
                              is_named(name, "Subject");
        if (field != NULL && field->p == NULL)
            *field = value;
    }
    host->header_text(task, task->object, "Subject", 0, &header->subject);
}

/* --- values --- */

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
    while (rest->p < rest->end && is_blank(*rest->p))
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

bool header_is_date(struct assay_str value)
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

bool header_is_message_id(struct assay_str value)
{
    struct rest rest = rest_of(value);

    skip_blanks(&rest);
    while (rest.end > rest.p && is_blank(rest.end[-1]))
        rest.end--;
    size_t n = (size_t)(rest.end - rest.p);
    if (n < 5 || rest.p[0] != '<' || rest.end[-1] != '>')
        return false;
    const char *at = memchr(rest.p, '@', n);
    if (at == NULL || at == rest.p + 1 || at + 2 >= rest.end)
        return false;
    for (const char *p = rest.p + 1; p < rest.end - 1; p++) {
        if (is_blank(*p) || *p == '<' || *p == '>')
            return false;
    }
    return true;
}

/* The address in an address field: what stands around the last '@'. */
static struct assay_str address_in(struct assay_str value)
{
    struct assay_str none = {0};
    const char *at = value.n == 0 ? NULL : memrchr(value.p, '@', value.n);

    if (at == NULL)
        return none;
    const char *from = at;
    const char *to = at + 1;
    const char *end = value.p + value.n;
    while (from > value.p && !is_blank(from[-1]) &&
           strchr("<>,;:\"()", from[-1]) == NULL)
        from--;
    while (to < end &&
           (isalnum((unsigned char)*to) || *to == '.' || *to == '-'))
        to++;
    if (from == at || to == at + 1)
        return none;
    return (struct assay_str){.p = from, .n = (uint64_t)(to - from)};
}

static struct assay_str local_part(struct assay_str address)
{
    const char *at = address.n == 0 ? NULL : memchr(address.p, '@', address.n);

    if (at != NULL)
        address.n = (uint64_t)(at - address.p);
    return address;
}

static unsigned count_digits(struct assay_str s)
{
    unsigned n = 0;

    for (uint64_t i = 0; i < s.n; i++)
        n += isdigit((unsigned char)s.p[i]) != 0;
    return n;
}

static bool equals(struct assay_str a, struct assay_str b)
{
    return a.n == b.n && a.n > 0 && strncasecmp(a.p, b.p, a.n) == 0;
}

static bool is_shouting(struct assay_str subject)
{
    unsigned upper = 0;

    for (uint64_t i = 0; i < subject.n; i++) {
        unsigned char c = (unsigned char)subject.p[i];
        if (islower(c) || c >= 0x80)
            return false;
        upper += isupper(c) != 0;
    }
    return upper >= CAPS;
}

static bool has_gap(struct assay_str subject)
{
    unsigned run = 0;

    for (uint64_t i = 0; i < subject.n; i++) {
        if (is_blank(subject.p[i])) {
            run++;
        } else {
            if (run >= GAP && i > run)
                return true;
            run = 0;
        }
    }
    return false;
}

static bool begins_with(struct assay_str s, struct assay_str prefix)
{
    if (prefix.n < LOCAL_PART || s.n <= prefix.n ||
        strncasecmp(s.p, prefix.p, prefix.n) != 0)
        return false;
    return !isalnum((unsigned char)s.p[prefix.n]);
}

static bool is_undisclosed(struct assay_str to)
{
    return to.n > 0 && memchr(to.p, '@', to.n) == NULL &&
           (memmem(to.p, to.n, "ndisclosed", 10) != NULL ||
            memmem(to.p, to.n, "NDISCLOSED", 10) != NULL);
}

static uint64_t look_at_ids(const struct header *header)
{
    uint64_t found = 0;

    if (header->date.p == NULL)
        found |= TEST_BIT(TEST_NO_DATE);
    else if (!header_is_date(header->date))
        found |= TEST_BIT(TEST_BAD_DATE);
    if (header->message_id.p == NULL)
        found |= TEST_BIT(TEST_NO_MESSAGE_ID);
    else if (!header_is_message_id(header->message_id))
        found |= TEST_BIT(TEST_BAD_MESSAGE_ID);
    if (header->msmail_priority.p != NULL && header->mimeole.p == NULL)
        found |= TEST_BIT(TEST_FORGED_OUTLOOK);
    if (header->priority.n > 0) {
        struct rest rest = rest_of(header->priority);
        skip_blanks(&rest);
        if (take_char(&rest, '1'))
            found |= TEST_BIT(TEST_PRIORITY_HIGH);
    }
    return found;
}

static uint64_t look_at_addresses(const struct header *header)
{
    uint64_t found = 0;
    struct assay_str from = address_in(header->from);
    struct assay_str to = address_in(header->to);

    if (header->from.p == NULL)
        found |= TEST_BIT(TEST_NO_FROM);
    else if (from.n == 0)
        found |= TEST_BIT(TEST_FROM_NO_ADDRESS);
    if (count_digits(local_part(from)) >= MANY_DIGITS)
        found |= TEST_BIT(TEST_FROM_DIGITS);
    if (equals(from, to))
        found |= TEST_BIT(TEST_FROM_IS_TO);
    if (is_undisclosed(header->to))
        found |= TEST_BIT(TEST_UNDISCLOSED);
    if (begins_with(header->subject, local_part(to)))
        found |= TEST_BIT(TEST_SUBJECT_NAMES_RCPT);
    return found;
}

/* What the body shows, but the header speaks against. */
uint64_t header_denies(const struct header *header)
{
    static const char mixed[] = "multipart/mixed";
    struct rest rest = rest_of(header->content_type);
    uint64_t denied = 0;

    skip_blanks(&rest);
    size_t n = (size_t)(rest.end - rest.p);
    if (n < sizeof(mixed) - 1 ||
        strncasecmp(rest.p, mixed, sizeof(mixed) - 1) != 0)
        denied |= TEST_BIT(TEST_SINGLE_PART_MIXED);
    if (header->mime_version.p != NULL)
        denied |= TEST_BIT(TEST_HTML_NO_MIME);
    return denied;
}

uint64_t header_look(const struct header *header)
{
    uint64_t found = look_at_ids(header) | look_at_addresses(header);

    if (is_shouting(header->subject))
        found |= TEST_BIT(TEST_SUBJECT_CAPS);
    if (has_gap(header->subject))
        found |= TEST_BIT(TEST_SUBJECT_GAP);
    return found;
}
