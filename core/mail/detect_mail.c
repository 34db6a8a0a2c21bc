/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"
#include "mail/field.h"

#include <glib.h>

enum {
    MAIL_FIELDS = 3 /* so many known fields make text a mail */
};

static bool is_mail_field(const struct field *field)
{
    static const char *const known[] = {
        "received", "return-path",  "delivered-to", "from",         "to",
        "subject",  "date",         "message-id",   "mime-version", "reply-to",
        "cc",       "content-type", "x-mailer",     "sender",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (field_is(field, known[i]))
            return true;
    return false;
}

/* A header block without junk in which enough fields are those of mail. */
static bool is_mail(const uint8_t *p, size_t n, size_t from)
{
    struct field_reader reader = {.p = p, .n = n, .at = from};
    struct field field;
    unsigned known = 0;
    while (known < MAIL_FIELDS &&
           field_next(&reader, &field) == FIELD_LINE_FIELD)
        known += is_mail_field(&field);
    return known == MAIL_FIELDS;
}

const char *detect_mail(const uint8_t *p, size_t n)
{
    size_t from = field_skip_from_line(p, n);
    /* No mail begins with a field that is not written with a letter. */
    if (from >= n || !g_ascii_isalpha(p[from]) || !is_mail(p, n, from))
        return NULL;
    return from > 0 ? "application/mbox" : "message/rfc822";
}
