/* SPDX-License-Identifier: MIT */
/* What a message is taken apart into. */
#include "mail/message.h"
#include "mail/text.h"
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

static void an_ordinary_mail_is_a_root_and_a_part(void)
{
    struct parsed *parsed =
        parse("From: a@example.org\r\n"
              "Subject: hello\r\n"
              "Content-Type: Text/Plain; charset=\"ISO-8859-1\"\r\n"
              "Content-Transfer-Encoding: 8bit\r\n"
              "\r\n"
              "caf\xe9\r\n",
              0, NULL);
    const struct object *root = parse_object(parsed, "");
    CU_ASSERT_EQUAL(root->kind, ASSAY_OBJECT_MESSAGE);
    CU_ASSERT_EQUAL(root->id, 0);
    CU_ASSERT_PTR_NULL(root->parent);
    CU_ASSERT_STRING_EQUAL(root->type_declared, "message/rfc822");
    CU_ASSERT_EQUAL(root->child_count, 1);
    CU_ASSERT_EQUAL(root->flags, ASSAY_OBJECT_CONTAINER);
    struct object *part = parse_object(parsed, "1");
    CU_ASSERT_EQUAL(part->kind, ASSAY_OBJECT_PART);
    CU_ASSERT_PTR_EQUAL(part->parent, root);
    CU_ASSERT_STRING_EQUAL(part->type_declared, "text/plain");
    CU_ASSERT_STRING_EQUAL(part->type_detected, "text/plain");
    CU_ASSERT_STRING_EQUAL(part->charset, "ISO-8859-1");
    CU_ASSERT_STRING_EQUAL(part->encoding, "8bit");
    CU_ASSERT_PTR_NULL(part->names);
    CU_ASSERT_EQUAL(part->flags, ASSAY_OBJECT_TEXT);
    CU_ASSERT(parse_holds(parsed, "1", "caf\xe9\r\n"));
    size_t n = 0;
    CU_ASSERT_STRING_EQUAL(text_utf8(part, &n), "café\r\n");
    CU_ASSERT_STRING_EQUAL(parse_notes(parsed), "");
    CU_ASSERT_EQUAL(parsed->message->parts, 0);
    CU_ASSERT_EQUAL(parsed->message->header_fields, 4);
    parse_free(parsed);
}

static bool field_is_raw(const struct object *object, unsigned i,
                         const char *name, const char *value)
{
    const struct field *f = &g_array_index(object->fields, struct field, i);
    return f->name_n == strlen(name) && f->value_n == strlen(value) &&
           memcmp(f->name, name, f->name_n) == 0 &&
           memcmp(f->value, value, f->value_n) == 0;
}

static void fields_are_kept_in_order_and_raw(void)
{
    struct parsed *parsed = parse("B: one\r\n"
                                  "a : two\r\n\tfolded\r\n"
                                  "C:\r\n"
                                  "Content-Language: en\r\n"
                                  "B:  three \r\n"
                                  "\r\nbody",
                                  0, NULL);
    const struct object *root = parse_object(parsed, "");
    CU_ASSERT_EQUAL_FATAL(root->fields->len, 5);
    CU_ASSERT(field_is_raw(root, 0, "B", " one"));
    CU_ASSERT(field_is_raw(root, 1, "a", " two\r\n\tfolded"));
    CU_ASSERT(field_is_raw(root, 2, "C", ""));
    CU_ASSERT(field_is_raw(root, 3, "Content-Language", " en"));
    CU_ASSERT(field_is_raw(root, 4, "B", "  three "));
    /* The only part has the mail's own Content- fields. */
    const struct object *part = parse_object(parsed, "1");
    CU_ASSERT_EQUAL_FATAL(part->fields->len, 1);
    CU_ASSERT(field_is_raw(part, 0, "Content-Language", " en"));
    parse_free(parsed);
}

static void a_nested_mail_has_its_own_fields(void)
{
    struct parsed *parsed =
        parse("Subject: outer\nContent-Type: multipart/mixed; boundary=b\n\n"
              "--b\nContent-Type: message/rfc822; name=\"fwd.eml\"\n\n"
              "Subject: inner\n\nx\n--b--\n",
              0, NULL);
    struct object *inner = parse_object(parsed, "1");
    g_autofree char *subject = text_header(inner, "Subject", 0);
    CU_ASSERT_STRING_EQUAL(subject, "inner");
    CU_ASSERT_STRING_EQUAL(object_name(inner), "fwd.eml");
    CU_ASSERT_STRING_EQUAL(inner->type_declared, "message/rfc822");
    CU_ASSERT(parse_holds(parsed, "1", "Subject: inner\n\nx"));
    CU_ASSERT(parse_holds(parsed, "1.1", "x"));
    parse_free(parsed);
}

static void encodings_are_undone(void)
{
    static const struct {
        const char *encoding;
        const char *body;
        const char *content;
        const char *notes;
    } cases[] = {
        {"7bit", "a=41\n", "a=41\n", ""},
        {"BINARY", "a\n", "a\n", ""},
        {"base64", "aGVs\nbG8=\n", "hello", ""},
        {"Base64", "aGVsbG8=", "hello", ""},
        {"(a (nested) comment) base64 (one more)", "aGVsbG8=", "hello", ""},
        {"(an open comment base64", "aGVsbG8=", "aGVsbG8=", ""},
        {"base64", "aGVsbG8", "hello", ""},
        {"base64", "aGVsbA\n", "hell", ""},
        {"base64", "aGVsb", "hel", ""},
        {"(x) base64", "aGVsbG8=", "hello", ""},
        {"base64", "aG*Vs*bG#8=\n!!!!", "hello", "info:mime.base64_junk@1"},
        {"base64", "aGVsbG8=\nd29ybGQ=\n", "helloworld",
         "anomaly:mime.base64_padding@1"},
        {"base64", "aGVs=bG8=", "hello", "anomaly:mime.base64_padding@1"},
        {"base64", "aGVsbG8=\n--\nList - list@example.org (a list)\n", NULL,
         "info:mime.base64_junk@1"},
        {"base64", "", "", ""},
        {"quoted-printable", "caf=C3=A9=\n!\n", "caf\xc3\xa9!\n", ""},
        {"quoted-printable", "a= \t\nb=\t\r\n=41= b=20", "abA= b ", ""},
        {"Quoted-Printable (x)", "=41", "A", ""},
        {"x-uuencode", "begin 644 f\n#86)C\n`\nend\n", "abc", ""},
        {"uuencode", "\nbegin 644 f\n#86)C\n`\nend\n", "abc", ""},
        {"x-uuencode", "no beginning\n", "no beginning\n",
         "anomaly:mime.encoding_unknown@1"},
        {"x-uuencode", "begin\n", "begin\n", "anomaly:mime.encoding_unknown@1"},
        {"x-uuencode", "", "", ""},
        {"8bits", "x", "x", "info:mime.encoding_unknown@1"},
        {"base-64", "x", "x", "anomaly:mime.encoding_unknown@1"},
        {"quoted printable", "x", "x", "anomaly:mime.encoding_unknown@1"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail =
            g_strdup_printf("Content-Transfer-Encoding: %s\n\n%s",
                            cases[i].encoding, cases[i].body);
        struct parsed *parsed = parse(mail, 0, NULL);
        bool is_right = cases[i].content == NULL ||
                        parse_holds(parsed, "1", cases[i].content);
        if (!is_right)
            fprintf(stderr, "%s: %s\n", cases[i].encoding, cases[i].body);
        CU_ASSERT(is_right);
        CU_ASSERT_STRING_EQUAL(parse_notes(parsed), cases[i].notes);
        parse_free(parsed);
    }
}

static void content_that_is_not_encoded_shares_the_raw_bytes(void)
{
    struct parsed *parsed =
        parse("Content-Type: multipart/mixed; boundary=b\n\n"
              "--b\n\nshared\n"
              "--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
              "--b--\n",
              0, NULL);
    const struct object *root = parse_object(parsed, "");
    const struct object *shared = parse_object(parsed, "1");
    const struct object *decoded = parse_object(parsed, "2");
    CU_ASSERT(shared->data > root->data &&
              shared->data < root->data + root->size);
    CU_ASSERT(decoded->data < root->data ||
              decoded->data >= root->data + root->size);
    CU_ASSERT_EQUAL(parsed->message->bytes, 5);
    parse_free(parsed);
}

/* All names of part 1, "text" or "text<raw" where raw differs. */

static void the_entity_is_described(void)
{
    struct parsed *parsed =
        parse("Content-Type: (one) APPLICATION/PDF (a comment); name=x.pdf\n"
              "Content-Disposition: (;) Attachment; filename=x.pdf\n"
              "Content-ID: <id@example.org>\n"
              "Content-Transfer-Encoding: base64\n\n"
              "JVBERi0xLjQK\n",
              0, NULL);
    const struct object *part = parse_object(parsed, "1");
    CU_ASSERT_STRING_EQUAL(part->type_declared, "application/pdf");
    CU_ASSERT_STRING_EQUAL(part->type_detected, "application/pdf");
    CU_ASSERT_STRING_EQUAL(part->disposition, "attachment");
    CU_ASSERT_STRING_EQUAL(part->content_id, "id@example.org");
    CU_ASSERT_STRING_EQUAL(part->encoding, "base64");
    CU_ASSERT_EQUAL(part->flags, ASSAY_OBJECT_ATTACHMENT);
    parse_free(parsed);
}

static void text_is_what_reads_as_text(void)
{
    static const struct {
        const char *head;
        const char *body;
        bool is_text;
    } cases[] = {
        {"Content-Type: text/plain", "hello", true},
        {"X: y", "hello", true},
        {"Content-Type: application/octet-stream", "hello", true},
        {"Content-Type: text/plain", "%PDF-1.4", false},
        {"Content-Type: text/html", "", true},
        {"Content-Type: image/png", "\x89PNG\r\n\x1a\n", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail =
            g_strdup_printf("%s\n\n%s", cases[i].head, cases[i].body);
        struct parsed *parsed = parse(mail, 0, NULL);
        bool is_text =
            (parse_object(parsed, "1")->flags & ASSAY_OBJECT_TEXT) != 0;
        CU_ASSERT_EQUAL(is_text, cases[i].is_text);
        parse_free(parsed);
    }
}

static void nothing_is_a_message_too(void)
{
    struct session *session = session_new();
    struct limits limits;
    limits_default(&limits);
    g_autoptr(GBytes) raw = g_bytes_new(NULL, 0);
    struct message *message = message_new(raw, session, &limits);
    CU_ASSERT_EQUAL(message->objects->len, 1);
    CU_ASSERT_EQUAL(message->notes->len, 1);
    const struct note *note = g_ptr_array_index(message->notes, 0);
    CU_ASSERT_STRING_EQUAL(note->name, "mail.empty");
    message_free(message);
    message_free(NULL);
    session_free(session);
}

static void what_stands_instead_of_parts_is_an_object(void)
{
    struct parsed *parsed = parse(PARSE_MIXED "\nhidden words\n", 0, NULL);
    CU_ASSERT(parse_holds(parsed, "1", "hidden words\n"));
    parse_free(parsed);
    parsed =
        parse(PARSE_MIXED "\n--b\nContent-Type: multipart/x; boundary=c\n\n"
                          "hidden\n--b--\n",
              0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 1.1");
    CU_ASSERT(parse_holds(parsed, "1.1", "hidden"));
    parse_free(parsed);
}

static void a_name_is_noted_for_few_objects_only(void)
{
    GString *mail = g_string_new(PARSE_MIXED "\n");
    for (unsigned i = 0; i < 100; i++)
        g_string_append(mail, "--b\nContent-Transfer-Encoding: base-64\n\nx\n");
    g_string_append(mail, "--b--\n");
    struct parsed *parsed = parse(mail->str, 0, NULL);
    CU_ASSERT_EQUAL(parsed->message->notes->len, 16);
    parse_free(parsed);
    g_string_free(mail, TRUE);
}

UNIT_MAIN("message", UNIT(an_ordinary_mail_is_a_root_and_a_part),
          UNIT(fields_are_kept_in_order_and_raw),
          UNIT(a_nested_mail_has_its_own_fields), UNIT(encodings_are_undone),
          UNIT(content_that_is_not_encoded_shares_the_raw_bytes),
          UNIT(the_entity_is_described), UNIT(text_is_what_reads_as_text),
          UNIT(nothing_is_a_message_too),
          UNIT(what_stands_instead_of_parts_is_an_object),
          UNIT(a_name_is_noted_for_few_objects_only))
