/* SPDX-License-Identifier: MIT */
#include "mail/message.h"
#include "mail/text.h"
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

#define STR(s) s, sizeof(s) - 1

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
static char *names_of(const char *fields)
{
    g_autofree char *mail = g_strconcat(fields, "\n\nx", NULL);
    struct parsed *parsed = parse(mail, 0, NULL);
    const struct object *part = parse_object(parsed, "1");
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; part->names != NULL && i < part->names->len; i++) {
        const struct object_name *name = g_ptr_array_index(part->names, i);
        g_string_append(all, i > 0 ? " | " : "");
        g_string_append(all, name->text);
        if (strlen(name->text) != name->raw_n ||
            memcmp(name->text, name->raw, name->raw_n) != 0)
            g_string_append_printf(all, "<%.*s", (int)name->raw_n, name->raw);
    }
    parse_free(parsed);
    return g_string_free(all, FALSE);
}

static const struct {
    const char *fields;
    const char *names;
} named[] = {
    {"Content-Type: application/x; name=a.txt", "a.txt"},
    {"Content-Type: application/x; NAME = \"a b.txt\"", "a b.txt"},
    {"Content-Disposition: attachment; filename=\"a.txt\"", "a.txt"},
    {"Content-Disposition: attachment; filename=\"a.txt\"\n"
     "Content-Type: application/x; name=\"b.exe\"",
     "a.txt | b.exe"},
    {"Content-Type: application/x; name=a.txt; name=b.exe", "a.txt | b.exe"},
    {"Content-Type: x/y; name=a.txt\nContent-Type: x/y; name=b.exe",
     "a.txt | b.exe"},
    {"Content-Type: x/y; name=\"=?utf-8?Q?caf=C3=A9.txt?=\"",
     "café.txt<=?utf-8?Q?caf=C3=A9.txt?="},
    {"Content-Type: x/y; name=\"=?utf-8?B?YS4=?=\n =?utf-8?B?ZXhl?=\"",
     "a.exe<=?utf-8?B?YS4=?=\n =?utf-8?B?ZXhl?="},
    {"Content-Type: x/y; name=\"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9.txt?=\"",
     "café.txt<=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9.txt?="},
    {"Content-Disposition: x; filename*=utf-8''caf%C3%A9.txt",
     "café.txt<utf-8''caf%C3%A9.txt"},
    {"Content-Disposition: x; filename*=iso-8859-1'en'caf%E9.txt",
     "café.txt<iso-8859-1'en'caf%E9.txt"},
    {"Content-Disposition: x; filename*0=a; filename*1=\".e\"; filename*2=xe",
     "a.exe"},
    {"Content-Disposition: x; filename*1=.exe; filename*0=a", "a.exe"},
    {"Content-Disposition: x; filename*0*=utf-8''a%2E; filename*1=exe",
     "a.exe<utf-8''a%2Eexe"},
    {"Content-Disposition: x; filename=a.txt; filename*=utf-8''b.exe",
     "a.txt | b.exe<utf-8''b.exe"},
    {"Content-Disposition: x; filename=\"a\\\"b\\\\c.txt\"",
     "a\"b\\c.txt<a\\\"b\\\\c.txt"},
    {"Content-Disposition: x; filename=my file.exe", "my file.exe"},
    {"Content-Disposition: x; filename=\"unterminated.exe", "unterminated.exe"},
    {"Content-Disposition: x;filename=a.exe;size=1", "a.exe"},
    {"Content-Disposition: x; (c) filename (d) = (e) a.exe", "a.exe"},
    {"Content-Disposition: x; filename=caf\xe9.txt", "café.txt<caf\xe9.txt"},
    {"Content-Disposition: x; filename=\"a;b.exe\"", "a;b.exe"},
    {"Content-Disposition: x; filename=", ""},
    {"Content-Disposition: x filename=a.exe", "a.exe"},
    {"Content-Disposition: filename=a.exe; x=y", "a.exe"},
    {"Content-Disposition: x (a=b); filename=a.exe", "a.exe"},
    {"Content-Disposition: x; filename*0=a.exe; filename*2=.txt",
     "a.exe.txt | a.exe"},
    {"Content-Location: a.exe\nContent-Description: b.exe", ""},
    {"X-Name: a.exe", ""},
};

static void every_name_is_kept(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autofree char *names = names_of(named[i].fields);
        if (strcmp(names, named[i].names) != 0)
            fprintf(stderr, "%s\n    %s\n    %s\n", named[i].fields, names,
                    named[i].names);
        CU_ASSERT_STRING_EQUAL(names, named[i].names);
    }
}

static void no_nul_ends_a_name(void)
{
    static const char *const fields[] = {
        "Content-Disposition: attachment; filename*=utf-8''a%00.exe",
        "Content-Disposition: attachment; filename*0*=utf-8''a%00;"
        " filename*1=.exe",
        "Content-Disposition: attachment; filename=\"=?utf-8?q?a=00.exe?=\"",
        "Content-Disposition: attachment;"
        " filename*=utf-16le''a%00%00%00.%00e%00x%00e%00",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *names = names_of(fields[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(names, "a .exe"));
    }
    g_autofree char *names = names_of(
        "Content-Disposition: attachment; filename*=utf-8''a.exe%00.txt");
    CU_ASSERT_PTR_NOT_NULL(strstr(names, "a.exe .txt<"));
    CU_ASSERT_PTR_NOT_NULL(strstr(names, " | a.exe<"));
    struct parsed *parsed =
        parse("Subject: =?utf-8?q?a=00b?= c\n\nx\n", 0, NULL);
    g_autofree char *subject =
        text_header(parse_object(parsed, ""), "Subject", 0);
    CU_ASSERT_STRING_EQUAL(subject, "a b c");
    parse_free(parsed);
}

/* Many of `piece` (with its number in place of %u), then `last`. */
static char *flood(const char *piece, unsigned n, const char *last)
{
    GString *mail = g_string_new("Content-Disposition: attachment");
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        GString *one = g_string_new(piece);
        g_string_replace(one, "%u", number, 0);
        g_string_append_printf(mail, ";\n %s", one->str);
        g_string_free(one, TRUE);
    }
    g_string_append_printf(mail, ";\n %s\n\nx\n", last);
    return g_string_free(mail, FALSE);
}

static void names_that_are_not_read_are_told(void)
{
    static const struct {
        const char *piece;
        unsigned n;
        const char *last;
        bool is_told;
    } cases[] = {
        {"filename*%u=a", 63, "filename*63=.exe", false},
        {"filename*%u=a", 64, "filename*64=.exe", true},
        {"filename=a%u", 15, "filename=x.exe", false},
        {"filename=a%u", 16, "filename=x.exe", true},
        {"filename=a", 64, "filename=x.exe", true},
        {"x%u=a", 255, "filename=x.exe", false},
        {"x%u=a", 256, "filename=x.exe", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail =
            flood(cases[i].piece, cases[i].n, cases[i].last);
        struct parsed *parsed = parse(mail, 0, NULL);
        CU_ASSERT_STRING_EQUAL(parse_notes(parsed),
                               cases[i].is_told ? "partial:names@1" : "");
        parse_free(parsed);
    }
}

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

#define MIXED "Content-Type: multipart/mixed; boundary=b\n"

static const struct {
    const char *mail;
    size_t n;
    const char *notes;
} odd[] = {
    {STR("Subject: x\n\nbody\n"), ""},
    {STR("Subject: caf\xc3\xa9\n\nbody\n"), ""},
    {STR("Subject: caf\xe9\n\nbody\n"), "info:header.8bit@"},
    {STR("Subject: a\0b\n\nbody\n"), "anomaly:header.nul@"},
    {STR("Subject: x\nthis is no field\nTo: y\n\nbody\n"), "info:header.junk@"},
    {STR("this is no field\nSubject: x\n\nbody\n"), "info:header.junk@"},
    {STR("no header at all\n"), "info:mail.no_header@"},
    {STR("\nbody\n"), "info:mail.no_header@"},
    {STR("\0\0\0\0"), "info:mail.no_header@"},
    {STR("\x80\x90\xff\x00\x01garbage"), "info:mail.no_header@"},
    {STR("Content-Type: multipart/mixed\n\nx\n"),
     "anomaly:mime.boundary_missing@"},
    {STR(MIXED "\nno parts\n"), "anomaly:mime.boundary_absent@"},
    {STR(MIXED "\n"), "info:mime.multipart_empty@"},
    {STR(MIXED "\nx\n--b--\n"), "info:mime.multipart_empty@"},
    {STR(MIXED "\n--b\n\nx\n"), "info:mime.boundary_unclosed@"},
    {STR(MIXED "\n--b y\n\nx\n--b--\n"), "anomaly:mime.boundary_near@"},
    {STR(MIXED "\n--b\nContent-Type: a/b\nContent-Type: c/d\n\nx\n--b--\n"),
     "anomaly:mime.header_conflict@1"},
    {STR("Content-Type: text/plain\nContent-Type: text/plain\n\nx\n"), ""},
    {STR(MIXED "Content-Type: text/plain\n\n--b\n\nx\n--b--\n"),
     "anomaly:mime.header_conflict@"},
    {STR(MIXED "Content-Transfer-Encoding: Base64\n\n--b\n\nx\n--b--\n"),
     "anomaly:mime.multipart_encoded@"},
    {STR(MIXED "Content-Transfer-Encoding: 8bit\n\n--b\n\nx\n--b--\n"), ""},
    {STR("Content-Transfer-Encoding: 7bit\n"
         "Content-Transfer-Encoding: base64\n\nx\n"),
     "anomaly:mime.header_conflict@1"},
    {STR("Content-Type: message/partial; id=x; number=1; total=2\n\nx"),
     "anomaly:mime.partial@1"},
    {STR("Content-Type: message/external-body; access-type=URL\n\nx"),
     "info:mime.external_body@1"},
};

static void odd_mails_are_noted(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        struct parsed *parsed = parse(odd[i].mail, odd[i].n, NULL);
        const char *notes = parse_notes(parsed);
        if (strcmp(notes, odd[i].notes) != 0)
            fprintf(stderr, "%s\n    %s\n    %s\n", odd[i].mail, notes,
                    odd[i].notes);
        CU_ASSERT_STRING_EQUAL(notes, odd[i].notes);
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
    struct parsed *parsed = parse(MIXED "\nhidden words\n", 0, NULL);
    CU_ASSERT(parse_holds(parsed, "1", "hidden words\n"));
    parse_free(parsed);
    parsed = parse(MIXED "\n--b\nContent-Type: multipart/x; boundary=c\n\n"
                         "hidden\n--b--\n",
                   0, NULL);
    CU_ASSERT_STRING_EQUAL(parse_paths(parsed), "1 1.1");
    CU_ASSERT(parse_holds(parsed, "1.1", "hidden"));
    parse_free(parsed);
}

static void a_name_is_noted_for_few_objects_only(void)
{
    GString *mail = g_string_new(MIXED "\n");
    for (unsigned i = 0; i < 100; i++)
        g_string_append(mail, "--b\nContent-Transfer-Encoding: base-64\n\nx\n");
    g_string_append(mail, "--b--\n");
    struct parsed *parsed = parse(mail->str, 0, NULL);
    CU_ASSERT_EQUAL(parsed->message->notes->len, 16);
    parse_free(parsed);
    g_string_free(mail, TRUE);
}

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
    struct object *mail = add_member(
        parsed, part, "m.eml",
        "From: a@b\nTo: c@d\nSubject: inner\n" MIXED "\n--b\n\nin\n--b--\n");
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

UNIT_MAIN("message", UNIT(an_ordinary_mail_is_a_root_and_a_part),
          UNIT(fields_are_kept_in_order_and_raw),
          UNIT(a_nested_mail_has_its_own_fields), UNIT(encodings_are_undone),
          UNIT(content_that_is_not_encoded_shares_the_raw_bytes),
          UNIT(every_name_is_kept), UNIT(no_nul_ends_a_name),

          UNIT(names_that_are_not_read_are_told), UNIT(the_entity_is_described),
          UNIT(text_is_what_reads_as_text), UNIT(odd_mails_are_noted),
          UNIT(nothing_is_a_message_too),
          UNIT(what_stands_instead_of_parts_is_an_object),
          UNIT(a_name_is_noted_for_few_objects_only),
          UNIT(members_are_added_below_parts),
          UNIT(a_mail_in_an_archive_is_expanded),
          UNIT(an_encoded_mail_is_expanded),
          UNIT(text_that_quotes_a_mail_stays_text))
