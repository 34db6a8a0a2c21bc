/* SPDX-License-Identifier: GPL-2.0-only */
#include "mail.h"

#include "database.h"

#include <string.h>
#include <strings.h>

static uint64_t attr_number(const struct assay_host *host,
                            const struct assay_task *task,
                            const struct assay_object *object, uint32_t attr)
{
    uint64_t value = 0;
    (void)host->attr_u64(task, object, attr, 0, &value);
    return value;
}

static bool attr_is(const struct assay_host *host,
                    const struct assay_task *task,
                    const struct assay_object *object, uint32_t attr,
                    const char *wanted)
{
    struct assay_str text;
    return host->attr_str(task, object, attr, 0, &text) == ASSAY_RC_OK &&
           text.n == strlen(wanted) && strncasecmp(text.p, wanted, text.n) == 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does the tag whose name starts at p lead somewhere: <a>, <area>, <form>? */
static bool is_link_tag(const char *p, size_t n)
{
    if (n >= 2 && (p[0] == 'a' || p[0] == 'A') && !is_letter(p[1]))
        return true;
    return n >= 4 &&
           (strncasecmp(p, "area", 4) == 0 || strncasecmp(p, "form", 4) == 0);
}

/* May libclamav find a link in this text?  Zero bytes (UTF-16, or hidden between
 * letters) are for it to sort out. */
static bool has_links(const char *p, size_t n)
{
    const char *end = p + n;
    if (memchr(p, '\0', n) != NULL)
        return true;
    while (p < end) {
        const char *tag = memchr(p, '<', (size_t)(end - p));
        if (tag == NULL)
            return false;
        p = tag + 1;
        if (is_link_tag(p, (size_t)(end - p)))
            return true;
    }
    return false;
}

static bool is_mail(const struct assay_host *host,
                    const struct assay_task *task,
                    const struct assay_object *object)
{
    return attr_number(host, task, object, ASSAY_ATTR_KIND) ==
               ASSAY_OBJECT_MESSAGE ||
           attr_is(host, task, object, ASSAY_ATTR_TYPE_DETECTED,
                   "message/rfc822") ||
           attr_is(host, task, object, ASSAY_ATTR_TYPE_DECLARED,
                   "message/rfc822");
}

bool mail_is(const struct assay_host *host, const struct assay_task *task)
{
    return is_mail(host, task, task->object);
}

/* Was it base64, quoted-printable or anything else that changes bytes? */
static bool is_encoded(const struct assay_host *host,
                       const struct assay_task *task,
                       const struct assay_object *object)
{
    struct assay_str encoding;
    return host->attr_str(task, object, ASSAY_ATTR_ENCODING, 0, &encoding) ==
               ASSAY_RC_OK &&
           encoding.n != 0 &&
           !attr_is(host, task, object, ASSAY_ATTR_ENCODING, "7bit") &&
           !attr_is(host, task, object, ASSAY_ATTR_ENCODING, "8bit") &&
           !attr_is(host, task, object, ASSAY_ATTR_ENCODING, "binary");
}

struct mail_place mail_place(const struct assay_host *host,
                             const struct assay_task *task)
{
    struct mail_place place = {0, true};
    const struct assay_object *object = task->object;
    const struct assay_object *parent = NULL;
    while (place.forwards <= MAIL_FORWARDS_MAX &&
           host->parent(task, object, &parent) == ASSAY_RC_OK) {
        /* As far as the next mail; members of archives are never plain. */
        if (place.forwards == 0 &&
            (is_encoded(host, task, object) ||
             attr_number(host, task, object, ASSAY_ATTR_KIND) >=
                 ASSAY_OBJECT_MEMBER))
            place.is_plain = false;
        place.forwards += is_mail(host, task, parent) ? 1 : 0;
        object = parent;
    }
    place.is_plain = place.is_plain && place.forwards > 0;
    return place;
}

static void add_part(const struct assay_host *host,
                     const struct assay_task *task,
                     const struct assay_object *object, struct mail *mail)
{
    struct assay_str content;
    if (host->content(task, object, &content) != ASSAY_RC_OK || content.n == 0)
        return;
    struct mail_part *part = &mail->parts[mail->part_n++];
    uint64_t flags = attr_number(host, task, object, ASSAY_ATTR_FLAGS);
    part->p = content.p;
    part->n = content.n;
    mail->has_attachment =
        mail->has_attachment || (flags & ASSAY_OBJECT_ATTACHMENT) != 0;
    mail->has_links =
        mail->has_links || ((flags & ASSAY_OBJECT_TEXT) != 0 &&
                            has_links(content.p, (size_t)content.n));
}

void mail_read(const struct assay_host *host, const struct assay_task *task,
               struct mail *mail)
{
    const struct assay_object *object;
    uint64_t id = attr_number(host, task, task->object, ASSAY_ATTR_ID);
    uint64_t depth = attr_number(host, task, task->object, ASSAY_ATTR_DEPTH);
    mail->part_n = 0;
    mail->next = 0;
    mail->has_links = false;
    mail->has_attachment = false;
    mail->is_cut = false;
    /* Objects of one mail are numbered in order of appearance: what is inside
     * stands in one row behind it. */
    for (id++; host->object_by_id(task, id, &object) == ASSAY_RC_OK &&
               attr_number(host, task, object, ASSAY_ATTR_DEPTH) > depth;
         id++) {
        if (mail->part_n == MAIL_PARTS_MAX) {
            mail->is_cut = true;
            return;
        }
        add_part(host, task, object, mail);
    }
}

bool mail_wants_parser(const struct mail *mail, uint32_t needs)
{
    return (needs != 0 && mail->is_cut) || (needs & NEEDS_INSIDE) != 0 ||
           ((needs & NEEDS_LINKS) != 0 && mail->has_links) ||
           ((needs & NEEDS_NAMES) != 0 && mail->has_attachment);
}

bool mail_has(struct mail *mail, const char *p, size_t n)
{
    size_t shorter = n > 0 && p[n - 1] == '\n' ? n - 1 : n;
    unsigned compared = 0;
    for (size_t i = 0; i < mail->part_n && compared < MAIL_COMPARE_MAX; i++) {
        size_t at = (mail->next + i) % mail->part_n;
        const struct mail_part *part = &mail->parts[at];
        if (part->n != n && part->n != shorter)
            continue;
        compared++;
        if (memcmp(part->p, p, (size_t)part->n) == 0) {
            mail->next = at + 1;
            return true;
        }
    }
    return false;
}
