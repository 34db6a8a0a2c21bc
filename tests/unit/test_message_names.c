/* SPDX-License-Identifier: MIT */
/* Which names are read, and which oddities told. */
#include "mail/message.h"
#include "mail/text.h"
#include "parse.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

#define STR(s) s, sizeof(s) - 1

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
    {STR(PARSE_MIXED "\nno parts\n"), "anomaly:mime.boundary_absent@"},
    {STR(PARSE_MIXED "\n"), "info:mime.multipart_empty@"},
    {STR(PARSE_MIXED "\nx\n--b--\n"), "info:mime.multipart_empty@"},
    {STR(PARSE_MIXED "\n--b\n\nx\n"), "info:mime.boundary_unclosed@"},
    {STR(PARSE_MIXED "\n--b y\n\nx\n--b--\n"), "anomaly:mime.boundary_near@"},
    {STR(PARSE_MIXED
         "\n--b\nContent-Type: a/b\nContent-Type: c/d\n\nx\n--b--\n"),
     "anomaly:mime.header_conflict@1"},
    {STR("Content-Type: text/plain\nContent-Type: text/plain\n\nx\n"), ""},
    {STR(PARSE_MIXED "Content-Type: text/plain\n\n--b\n\nx\n--b--\n"),
     "anomaly:mime.header_conflict@"},
    {STR(PARSE_MIXED "Content-Transfer-Encoding: Base64\n\n--b\n\nx\n--b--\n"),
     "anomaly:mime.multipart_encoded@"},
    {STR(PARSE_MIXED "Content-Transfer-Encoding: 8bit\n\n--b\n\nx\n--b--\n"),
     ""},
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

UNIT_MAIN("message_names", UNIT(every_name_is_kept), UNIT(no_nul_ends_a_name),
          UNIT(names_that_are_not_read_are_told), UNIT(odd_mails_are_noted))
