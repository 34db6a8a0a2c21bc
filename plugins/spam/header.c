/* SPDX-License-Identifier: MIT */
#include "header.h"

#include "tests.h"
#include "value.h"

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
        if (value_is_blank(subject.p[i])) {
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
    else if (!value_is_date(header->date))
        found |= TEST_BIT(TEST_BAD_DATE);
    if (header->message_id.p == NULL)
        found |= TEST_BIT(TEST_NO_MESSAGE_ID);
    else if (!value_is_message_id(header->message_id))
        found |= TEST_BIT(TEST_BAD_MESSAGE_ID);
    if (header->msmail_priority.p != NULL && header->mimeole.p == NULL)
        found |= TEST_BIT(TEST_FORGED_OUTLOOK);
    if (value_begins(header->priority, "1"))
        found |= TEST_BIT(TEST_PRIORITY_HIGH);
    return found;
}

static uint64_t look_at_addresses(const struct header *header)
{
    uint64_t found = 0;
    struct assay_str from = value_address(header->from);
    struct assay_str to = value_address(header->to);

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
    uint64_t denied = 0;

    if (!value_begins(header->content_type, "multipart/mixed"))
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
