/* SPDX-License-Identifier: MIT */
/* What is found inside parts. */
#include "mail/message.h"
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

static struct object *add_member(struct parsed *parsed, struct object *parent,
                                 const char *name, const char *bytes)
{
    g_autoptr(GBytes) content = g_bytes_new(bytes, strlen(bytes));
    struct object *member = object_new(ASSAY_OBJECT_MEMBER, content);
    if (name != NULL)
        object_add_name(member, name, strlen(name), NULL, NULL);
    message_add(parsed->message, parent, member);
    return member;
}

static void members_are_added_below_parts(void)
{
    struct parsed *parsed = parse("Subject: x\n\nbody", 0, NULL);
    struct object *part = parse_object(parsed, "1");
    struct object *zip = add_member(parsed, part, "in.zip", "PK");
    struct object *file = add_member(parsed, zip, "a.exe", "x");
    struct object *bare = add_member(parsed, zip, NULL, "y");
    CU_ASSERT_STRING_EQUAL(zip->path, "1!in.zip");
    CU_ASSERT_STRING_EQUAL(file->path, "1!in.zip!a.exe");
    CU_ASSERT_STRING_EQUAL(bare->path, "1!in.zip!2");
    CU_ASSERT_EQUAL(file->id, 3);
    g_autofree char *long_name = g_strdup_printf("%0254dé.txt", 0);
    struct object *longer = add_member(parsed, zip, long_name, "z");
    CU_ASSERT(g_utf8_validate(longer->path, -1, NULL));
    CU_ASSERT_EQUAL(strlen(longer->path), strlen("1!in.zip!") + 254);
    CU_ASSERT_EQUAL(file->depth, 3);
    CU_ASSERT_EQUAL(file->unpack_depth, 2);
    CU_ASSERT_EQUAL(zip->child_count, 3);
    CU_ASSERT_NOT_EQUAL(part->flags & ASSAY_OBJECT_CONTAINER, 0);
    parse_free(parsed);
}

static void a_mail_in_an_archive_is_expanded(void)
{
    struct parsed *parsed = parse("Subject: x\n\nbody", 0, NULL);
    struct object *part = parse_object(parsed, "1");
    struct object *mail =
        add_member(parsed, part, "m.eml",
                   "From: a@b\nTo: c@d\nSubject: inner\n" PARSE_MIXED
                   "\n--b\n\nin\n--b--\n");
    CU_ASSERT_STRING_EQUAL(mail->type_detected, "message/rfc822");
    message_expand(parsed->message, mail, &parsed->limits);
    message_expand(parsed->message, mail, &parsed->limits);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 1!m.eml 1!m.eml!1");
    CU_ASSERT(parse_holds(parsed, "1!m.eml!1", "in"));
    CU_ASSERT(mail->is_expanded);
    const struct object *inner = parse_object(parsed, "1!m.eml!1");
    CU_ASSERT_EQUAL(inner->unpack_depth, 1);
    struct object *other = add_member(parsed, part, "n.txt", "no mail");
    unsigned before = parsed->message->objects->len;
    message_expand(parsed->message, other, &parsed->limits);
    CU_ASSERT_EQUAL(parsed->message->objects->len, before);
    parse_free(parsed);
}

static void an_encoded_mail_is_expanded(void)
{
    struct parsed *parsed = parse("Content-Type: message/rfc822\n"
                                  "Content-Transfer-Encoding: base64\n\n"
                                  "U3ViamVjdDogaW5uZXIKCmhpZGRlbgo=\n",
                                  0, NULL);
    CU_ASSERT(parse_holds(parsed, "1", "Subject: inner\n\nhidden\n"));
    CU_ASSERT(parse_holds(parsed, "1.1", "hidden\n"));
    parse_free(parsed);
}

static void text_that_quotes_a_mail_stays_text(void)
{
    struct parsed *parsed =
        parse("Content-Type: text/plain\n\n"
              "From: a@b\nTo: c@d\nSubject: quoted\n\nwords\n",
              0, NULL);
    const struct object *part = parse_object(parsed, "1");
    CU_ASSERT_STRING_EQUAL(part->type_detected, "message/rfc822");
    CU_ASSERT_NOT_EQUAL(part->flags & ASSAY_OBJECT_TEXT, 0);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1");
    parse_free(parsed);
}

UNIT_MAIN("message_members", UNIT(members_are_added_below_parts),
          UNIT(a_mail_in_an_archive_is_expanded),
          UNIT(an_encoded_mail_is_expanded),
          UNIT(text_that_quotes_a_mail_stays_text))
