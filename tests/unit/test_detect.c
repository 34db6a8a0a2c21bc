/* SPDX-License-Identifier: MIT */
#include "mail/detect.h"
#include "unit.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STR(s) s, sizeof(s) - 1
#define ELF    "\x7f\x45LF"

/* Pads a head with NUL, as a real file would go on behind it. */
static const char *padded(const char *head, size_t n)
{
    static uint8_t file[1024];
    memset(file, 0, sizeof file);
    memcpy(file, head, n);
    return detect_type(file, sizeof file);
}

static const char *of_text(const char *text)
{
    return detect_type((const uint8_t *)text, strlen(text));
}

static void empty_content_has_a_type(void)
{
    CU_ASSERT_STRING_EQUAL(detect_type((const uint8_t *)"", 0),
                           "inode/x-empty");
}

static const struct {
    const char *head;
    size_t n;
    const char *type;
} heads[] = {
    {STR("\x1f\x8b\x08"), "application/gzip"},
    {STR("BZh91AY&SY"), "application/x-bzip2"},
    {STR("\xfd"
         "7zXZ\x00"),
     "application/x-xz"},
    {STR("\x28\xb5\x2f\xfd"), "application/zstd"},
    {STR("\x04\x22\x4d\x18"), "application/x-lz4"},
    {STR("LZIP\x01"), "application/x-lzip"},
    {STR("\x5d\x00\x00\x80\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00"),
     "application/x-lzma"},
    {STR("\x1f\x9d\x90"), "application/x-compress"},
    {STR("Rar!\x1a\x07\x00"), "application/vnd.rar"},
    {STR("Rar!\x1a\x07\x01\x00"), "application/vnd.rar"},
    {STR("7z\xbc\xaf\x27\x1c"), "application/x-7z-compressed"},
    {STR("MSCF\x00\x00\x00\x00"), "application/vnd.ms-cab-compressed"},
    {STR("ISc(\x00"), "application/x-installshield"},
    {STR("MSWIM\x00\x00\x00"), "application/x-ms-wim"},
    {STR("\x60\xea\x2a\x00\x1e\x06\x01\x00\x10\x00\x02"), "application/x-arj"},
    {STR("\x20\x00-lh5-"), "application/x-lzh-compressed"},
    {STR("\x00\x00\x00\x00\x00\x00\x00**ACE**"),
     "application/x-ace-compressed"},
    {STR("070701"), "application/x-cpio"},
    {STR("\xc7\x71"), "application/x-cpio"},
    {STR("!<arch>\nx.o/"), "application/x-archive"},
    {STR("!<arch>\ndebian-binary"), "application/vnd.debian.binary-package"},
    {STR("\xed\xab\xee\xdb"), "application/x-rpm"},
    {STR("xar!\x00"), "application/x-xar"},
    {STR("MZ\x90\x00"), "application/x-dosexec"},
    {STR("\x7f"
         "ELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00"),
     "application/x-executable"},
    {STR("\x7f"
         "ELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00"),
     "application/x-sharedlib"},
    {STR("\xcf\xfa\xed\xfe"), "application/x-mach-binary"},
    {STR("\xca\xfe\xba\xbe\x00\x00\x00\x02"), "application/x-mach-binary"},
    {STR("\xca\xfe\xba\xbe\x00\x00\x00\x34"), "application/x-java-applet"},
    {STR("dex\n035"), "application/vnd.android.dex"},
    {STR("\x00"
         "asm\x01"),
     "application/wasm"},
    {STR("%PDF-1.7"), "application/pdf"},
    {STR("%!PS-Adobe"), "application/postscript"},
    {STR("{\\rtf1"), "text/rtf"},
    {STR("\x89PNG\r\n\x1a\n"), "image/png"},
    {STR("\xff\xd8\xff\xe0"), "image/jpeg"},
    {STR("GIF89a"), "image/gif"},
    {STR("RIFF\x01\x02\x03\x04WEBP"), "image/webp"},
    {STR("RIFF\x01\x02\x03\x04WAVE"), "audio/x-wav"},
    {STR("RIFF\x01\x02\x03\x04"
         "AVI "),
     "video/x-msvideo"},
    {STR("II*\x00"), "image/tiff"},
    {STR("MM\x00*"), "image/tiff"},
    {STR("BM\x36\x04\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00"),
     "image/bmp"},
    {STR("\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01"),
     "image/vnd.microsoft.icon"},
    {STR("ID3\x03\x00"), "audio/mpeg"},
    {STR("\xff\xfb\x90\x64"), "audio/mpeg"},
    {STR("OggS\x00"), "application/ogg"},
    {STR("fLaC\x00"), "audio/flac"},
    {STR("\x00\x00\x00\x20"
         "ftypisom"),
     "video/mp4"},
    {STR("\x00\x00\x00\x20"
         "ftypavif"),
     "image/avif"},
    {STR("\x1a\x45\xdf\xa3"), "video/x-matroska"},
    {STR("L\x00\x00\x00\x01\x14\x02\x00"), "application/x-ms-shortcut"},
    {STR("ITSF\x03\x00"), "application/vnd.ms-htmlhelp"},
    {STR("?_\x03\x00"), "application/winhelp"},
    {STR("CWS\x0a\x00"), "application/x-shockwave-flash"},
    {STR("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"), "application/onenote"},
    {STR("\x78\x9f\x3e\x22"), "application/ms-tnef"},
    {STR("!BDN\x00"), "application/vnd.ms-outlook-pst"},
    {STR("\x00\x01\x00\x00Standard Jet DB"), "application/x-msaccess"},
    {STR("conectix\x00"), "application/x-virtualbox-vhd"},
    {STR("vhdxfile\x00"), "application/x-vhdx"},
    {STR("SQLite format 3\x00"), "application/vnd.sqlite3"},
    {STR("wOFF\x00"), "font/woff"},
    {STR("\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
     "application/pkcs7-mime"},
    {STR("\x50\x2a\x4d\x18\x00\x00\x00\x00\x04\x22\x4d\x18"),
     "application/x-lz4"},
    {STR("\x5f\x2a\x4d\x18\x00\x00\x00\x00\x28\xb5\x2f\xfd"),
     "application/zstd"},
};

static void signatures_at_the_head_are_known(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        const char *type = padded(heads[i].head, heads[i].n);
        if (strcmp(type, heads[i].type) != 0)
            fprintf(stderr, "%s: detected %s\n", heads[i].type, type);
        CU_ASSERT_STRING_EQUAL(type, heads[i].type);
    }
}

static void heads_cut_short_are_safe(void)
{
    /* Every head, cut at every length: for the sanitizers. */
    static const char *const starts[] = {"MZ",
                                         "PK\x03\x04",
                                         ELF,
                                         "BZh9",
                                         "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                                         "RIFF",
                                         "\xca\xfe\xba\xbe",
                                         "BM",
                                         "\x5d",
                                         "\x60\xea",
                                         "PK00",
                                         "-lh5-",
                                         "\xff\xfb"};
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        for (size_t n = 1; n < 64; n++) {
            g_autofree uint8_t *exact = g_malloc0(n);
            memcpy(exact, starts[i], MIN(n, strlen(starts[i])));
            CU_ASSERT_PTR_NOT_NULL(detect_type(exact, n));
        }
}

static void signatures_elsewhere_are_known(void)
{
    static const struct {
        size_t at;
        const char *bytes;
        const char *type;
    } cases[] = {
        {257, "ustar", "application/x-tar"},
        {32769, "CD001", "application/x-iso9660-image"},
        {34817, "CD001", "application/x-iso9660-image"},
        {54, "FAT16", "application/x-raw-disk-image"},
        {40000 - 512, "koly", "application/x-apple-diskimage"},
        {40000 - 512, "conectix", "application/x-virtualbox-vhd"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree uint8_t *file = g_malloc0(40000);
        file[0] = 0xeb;
        memcpy(file + cases[i].at, cases[i].bytes, strlen(cases[i].bytes));
        CU_ASSERT_STRING_EQUAL(detect_type(file, 40000), cases[i].type);
    }
}

static void a_tar_of_before_posix_is_known_by_its_checksum(void)
{
    uint8_t file[1024] = "name.txt";
    memset(file + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < 512; i++)
        sum += file[i];
    g_snprintf((char *)file + 148, 8, "%06o", sum);
    CU_ASSERT_STRING_EQUAL(detect_type(file, sizeof file), "application/x-tar");
    memset(file + 148, 'x', 8);
    CU_ASSERT_STRING_EQUAL(detect_type(file, sizeof file),
                           "application/octet-stream");
}

static void a_pdf_may_begin_a_little_later(void)
{
    g_autofree char *late = g_strdup_printf(
        "%0900d%%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", 0);
    CU_ASSERT_STRING_EQUAL(of_text(late), "application/pdf");
    CU_ASSERT_STRING_EQUAL(
        of_text("Dear all,\nthe file must begin with %PDF-1.4, please.\n"),
        "text/plain");
}

static void put16(GByteArray *to, unsigned v)
{
    uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    g_byte_array_append(to, b, sizeof b);
}

static void put32(GByteArray *to, unsigned v)
{
    put16(to, v);
    put16(to, v >> 16);
}

/* A zip of empty stored members; `data` is the first one's content. */
static GByteArray *make_zip(const char *const *names, const char *data)
{
    GByteArray *zip = g_byte_array_new();
    GByteArray *directory = g_byte_array_new();
    unsigned count = 0;
    for (; names[count] != NULL; count++) {
        unsigned name_n = (unsigned)strlen(names[count]);
        unsigned data_n = count == 0 ? (unsigned)strlen(data) : 0;
        put32(directory, 0x02014b50);
        for (unsigned i = 0; i < 8; i++)
            put16(directory, 0);
        put32(directory, data_n);
        put32(directory, data_n);
        put16(directory, name_n);
        for (unsigned i = 0; i < 6; i++)
            put16(directory, 0);
        put32(directory, zip->len);
        g_byte_array_append(directory, (const guint8 *)names[count], name_n);
        put32(zip, 0x04034b50);
        for (unsigned i = 0; i < 7; i++)
            put16(zip, 0);
        put32(zip, data_n);
        put32(zip, data_n);
        put16(zip, name_n);
        put16(zip, 0);
        g_byte_array_append(zip, (const guint8 *)names[count], name_n);
        g_byte_array_append(zip, (const guint8 *)data, data_n);
    }
    unsigned offset = zip->len;
    g_byte_array_append(zip, directory->data, directory->len);
    put32(zip, 0x06054b50);
    put32(zip, 0);
    put16(zip, count);
    put16(zip, count);
    put32(zip, directory->len);
    put32(zip, offset);
    put16(zip, 0);
    g_byte_array_unref(directory);
    return zip;
}

static void zips_are_known_by_their_names(void)
{
    static const struct {
        const char *names[4];
        const char *data;
        const char *type;
    } cases[] = {
        {{"a.txt"}, "hello", "application/zip"},
        {{"[Content_Types].xml", "_rels/.rels", "word/document.xml"},
         "",
         "application/"
         "vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {{"[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"},
         "",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {{"ppt/presentation.xml", "[Content_Types].xml"},
         "",
         "application/"
         "vnd.openxmlformats-officedocument.presentationml.presentation"},
        {{"word/document.xml"}, "", "application/zip"},
        {{"META-INF/MANIFEST.MF", "a.class"}, "", "application/java-archive"},
        {{"AndroidManifest.xml", "META-INF/MANIFEST.MF"},
         "",
         "application/vnd.android.package-archive"},
        {{"mimetype", "content.xml"},
         "application/vnd.oasis.opendocument.text",
         "application/vnd.oasis.opendocument.text"},
        {{"mimetype", "OEBPS/x"},
         "application/epub+zip",
         "application/epub+zip"},
        {{"mimetype", "x"}, "application/x-not-known", "application/zip"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *zip = make_zip(cases[i].names, cases[i].data);
        CU_ASSERT_STRING_EQUAL(detect_type(zip->data, zip->len), cases[i].type);
        /* Without its directory the members' own names do. */
        if (cases[i].names[1] != NULL)
            CU_ASSERT_STRING_EQUAL(detect_type(zip->data, zip->len - 22),
                                   cases[i].type);
        g_byte_array_unref(zip);
    }
}

static void a_zip_behind_something_else_is_a_zip(void)
{
    static const char *const names[] = {"a.txt", NULL};
    GByteArray *zip = make_zip(names, "hello");
    g_byte_array_prepend(zip, (const guint8 *)"\x01\x02junk\x00junk", 11);
    CU_ASSERT_STRING_EQUAL(detect_type(zip->data, zip->len), "application/zip");
    g_byte_array_unref(zip);
}

/* A compound file with one directory sector. */
static const char *of_ole(const char *stream, const uint8_t *clsid)
{
    static uint8_t file[2048];
    memset(file, 0, sizeof file);
    memcpy(file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    file[30] = 9; /* sectors of 512 bytes; the directory is in sector 0 */
    if (clsid != NULL)
        memcpy(file + 512 + 80, clsid, 16);
    for (size_t i = 0; stream[i] != '\0'; i++)
        file[512 + 128 + 2 * i] = (uint8_t)stream[i];
    return detect_type(file, sizeof file);
}

static void compound_files_are_known_by_their_streams(void)
{
    static const uint8_t msi[16] = {0x84, 0x10, 0x0c, 0, 0, 0, 0, 0,
                                    0xc0, 0,    0,    0, 0, 0, 0, 0x46};
    CU_ASSERT_STRING_EQUAL(of_ole("WordDocument", NULL), "application/msword");
    CU_ASSERT_STRING_EQUAL(of_ole("Workbook", NULL),
                           "application/vnd.ms-excel");
    CU_ASSERT_STRING_EQUAL(of_ole("PowerPoint Document", NULL),
                           "application/vnd.ms-powerpoint");
    CU_ASSERT_STRING_EQUAL(of_ole("__nameid_version1.0", NULL),
                           "application/vnd.ms-outlook");
    CU_ASSERT_STRING_EQUAL(of_ole("EncryptedPackage", NULL),
                           "application/encrypted");
    CU_ASSERT_STRING_EQUAL(of_ole("Other", NULL), "application/x-ole-storage");
    CU_ASSERT_STRING_EQUAL(of_ole("Other", msi), "application/x-msi");
}

static void windows_programs_are_told_apart(void)
{
    static const struct {
        const char *mark;
        const char *type;
    } cases[] = {
        {"PE", "application/x-dosexec"},
        {"NE", "application/x-ms-ne-executable"},
        {"LX", "application/x-lx-executable"},
        {"LE", "application/x-dosdriver"},
        {"??", "application/x-dosexec"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t file[256] = "MZ";
        file[0x3c] = 0x80;
        file[0x80] = (uint8_t)cases[i].mark[0];
        file[0x81] = (uint8_t)cases[i].mark[1];
        CU_ASSERT_STRING_EQUAL(detect_type(file, sizeof file), cases[i].type);
        file[0x3c] = 0xff; /* points past the end */
        file[0x3f] = 0xff;
        CU_ASSERT_STRING_EQUAL(detect_type(file, sizeof file),
                               "application/x-dosexec");
    }
}

static void text_is_named_by_what_it_is(void)
{
    static const struct {
        const char *text;
        const char *type;
    } cases[] = {
        {"Hello.\n", "text/plain"},
        {"MZ is not a program here.\n", "text/plain"},
        {"BM, PK and ID3 are words, too.\n", "text/plain"},
        {"RIFF and LZIP likewise\n", "text/plain"},
        {"caf\xe9 \xfc\xe4\n", "text/plain"},
        {"caf\xc3\xa9\n", "text/plain"},
        {"begin 644 x\n#86)C\n`\nend\n", "text/plain"},
        {"<html><body>x</body></html>", "text/html"},
        {"\r\n  <!DOCTYPE HTML PUBLIC \"x\">\n<p>", "text/html"},
        {"<!-- a --><!-- b -->\n<body>", "text/html"},
        {"\xef\xbb\xbf<html>", "text/html"},
        {"<script>alert(1)</script>", "text/html"},
        {"<b@example.org> wrote:\n", "text/plain"},
        {"<html><head><HTA:APPLICATION id=x></head>", "application/hta"},
        {"<?xml version=\"1.0\"?>\n<a/>", "text/xml"},
        {"<?xml version=\"1.0\"?><svg xmlns=\"x\">", "image/svg+xml"},
        {"<svg onload=x>", "image/svg+xml"},
        {"<job id=1><script language=VBScript>x</script></job>", "text/x-wsf"},
        {"<scriptlet>x</scriptlet>", "text/scriptlet"},
        {"#!/bin/sh\nexit\n", "text/x-shellscript"},
        {"#!/usr/bin/env python3\n", "text/x-script.python"},
        {"#! /usr/bin/perl -w\n", "text/x-perl"},
        {"#!/opt/thing\n", "text/x-script"},
        {"<?php echo 1;", "text/x-php"},
        {"@echo off\r\n", "text/x-msdos-batch"},
        {"-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted"},
        {"-----BEGIN PGP SIGNATURE-----\n", "application/pgp-signature"},
        {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "application/pgp-keys"},
        {"-----BEGIN PKCS7-----\n", "application/pkcs7-mime"},
        {"BEGIN:VCARD\r\n", "text/vcard"},
        {"BEGIN:VCALENDAR\r\n", "text/calendar"},
        {"Windows Registry Editor Version 5.00\r\n", "text/x-ms-regedit"},
        {"[InternetShortcut]\r\nURL=http://x\r\n", "application/x-mswinurl"},
        {"Received: from x\n\tby y\nFrom: a@b\nSubject: c\n\nd\n",
         "message/rfc822"},
        {"From a@b Mon Jan  1 00:00:00 2024\nFrom: a@b\nTo: c\nSubject: d\n\n",
         "application/mbox"},
        {"From: a\nthis is no field\nSubject: b\nTo: c\n", "text/plain"},
        {"Note: a\nAlso: b\nFrom: c\n\n", "text/plain"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *type = of_text(cases[i].text);
        if (strcmp(type, cases[i].type) != 0)
            fprintf(stderr, "\"%s\": detected %s\n", cases[i].text, type);
        CU_ASSERT_STRING_EQUAL(type, cases[i].type);
    }
}

static void wide_text_is_text(void)
{
    CU_ASSERT_STRING_EQUAL(
        detect_type((const uint8_t *)STR("\xff\xfeH\x00i\x00\n\x00")),
        "text/plain");
    CU_ASSERT_STRING_EQUAL(
        detect_type((const uint8_t *)STR("\xfe\xff\x00H\x00i\x00\n")),
        "text/plain");
    CU_ASSERT_STRING_EQUAL(detect_type((const uint8_t *)STR(
                               "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00")),
                           "text/html");
    CU_ASSERT_STRING_EQUAL(
        detect_type((const uint8_t *)STR("n\x00o\x00 \x00m\x00"
                                         "a\x00r\x00k\x00 \x00"
                                         "a\x00t\x00 \x00"
                                         "a\x00l\x00l\x00")),
        "text/plain");
    CU_ASSERT_STRING_EQUAL(detect_type((const uint8_t *)STR(
                               "\xff\xfe\x00\x00H\x00\x00\x00i\x00\x00\x00")),
                           "text/plain");
}

static void binary_without_a_signature_is_not_text(void)
{
    uint8_t noise[4096];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        seed = seed * 1664525 + 1013904223;
        noise[i] = (uint8_t)(seed >> 24);
    }
    noise[0] = 0x81;
    CU_ASSERT_STRING_EQUAL(detect_type(noise, sizeof noise),
                           "application/octet-stream");
    CU_ASSERT(!detect_is_text("application/octet-stream"));
    CU_ASSERT(detect_is_text("text/plain"));
    CU_ASSERT(detect_is_text("application/pgp-encrypted"));
}

static void libmagic_knows_what_the_table_does_not_and_survives_a_fork(void)
{
    static const uint8_t pcap[64] = "\xd4\xc3\xb2\xa1\x02\x00\x04\x00";
    detect_start();
    CU_ASSERT_STRING_EQUAL(detect_type(pcap, sizeof pcap),
                           "application/vnd.tcpdump.pcap");
    pid_t child = fork();
    if (child == 0)
        _exit(strcmp(detect_type(pcap, sizeof pcap),
                     "application/vnd.tcpdump.pcap") == 0
                  ? 0
                  : 1);
    int status = -1;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
}

/* file(1) 5.44's own samples: what its descriptions mean as types. */
static const struct {
    const char *description; /* beginning */
    const char *type;
    const char *other; /* NULL, or what we say, and why */
    const char *why;
} descriptions[] = {
    {"Apple Driver Map", "application/x-apple-diskimage", NULL, NULL},
    {"Audio file with ID3", "audio/mpeg", NULL, NULL},
    {"Android vdex", "application/octet-stream", NULL, NULL},
    {"ARJ archive", "application/x-arj", NULL, NULL},
    {"bcachefs", "application/octet-stream", NULL, NULL},
    {"a /usr/bin/cmd1", "text/x-script", NULL, NULL},
    {"a /usr/bin/cmd2", "text/x-script", NULL, NULL},
    {"a /usr/bin/cmd3", "application/octet-stream", NULL, NULL},
    {"a /usr/bin/cmd4", "application/octet-stream", NULL, NULL},
    {"DSDIFF audio", "audio/x-dff", NULL, NULL},
    {"DSF audio", "audio/x-dsf", NULL, NULL},
    {"Zip data", "application/zip", NULL, NULL},
    {"Linux rev 1.0 ext4", "application/octet-stream", NULL, NULL},
    {"FIT Map data", "application/octet-stream", NULL, NULL},
    {"GEDCOM", "text/plain", NULL, NULL},
    {"Gentoo GLEP 78", "application/vnd.gentoo.gpkg", "application/x-tar",
     "it is opened as the tar that it is"},
    {"HDD Raw Copy", "application/octet-stream", NULL, NULL},
    {"Microsoft Word 2007+",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     NULL, NULL},
    {"Microsoft Excel 2007+",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL,
     NULL},
    {"ASCII text", "text/plain", NULL, NULL},
    {"JSON", "application/json", "text/plain", "text is not parsed"},
    {"New Line Delimited JSON", "application/x-ndjson", "text/plain",
     "text is not parsed"},
    {"Adaptive Multi-Rate", "audio/amr", NULL, NULL},
    {"RTF1.0", "text/plain", "text/rtf",
     "a test of file's -k; Word opens {\\rt as RTF"},
    {"PCjr", "application/octet-stream", NULL, NULL},
    {"OpenPGP", "application/pgp-keys", NULL, NULL},
    {"Netpbm image data, size = 2 x 2, rawbits", "image/x-portable-greymap",
     NULL, NULL},
    {"Netpbm", "image/x-portable-anymap", "text/plain",
     "an image written as text is text"},
    {"Ansible Vault", "text/plain", NULL, NULL},
    {"UF2", "application/octet-stream", NULL, NULL},
    {"AMD/Xilinx", "application/octet-stream", NULL, NULL},
    {"Zstandard", "application/zstd", NULL, NULL},
};

/* Index in descriptions of what file says about a sample, or past the end. */
static size_t described(const char *text)
{
    size_t i = 0;
    while (i < G_N_ELEMENTS(descriptions) &&
           !g_str_has_prefix(text, descriptions[i].description))
        i++;
    return i;
}

static void try_sample(const char *folder, const char *base, unsigned *same,
                       unsigned *listed)
{
    g_autofree char *path = g_strdup_printf("%s/%s.testfile", folder, base);
    g_autofree char *told = g_strdup_printf("%s/%s.result", folder, base);
    g_autofree char *content = NULL;
    g_autofree char *wanted = NULL;
    gsize n = 0;
    CU_ASSERT_FATAL(g_file_get_contents(path, &content, &n, NULL));
    CU_ASSERT_FATAL(g_file_get_contents(told, &wanted, NULL, NULL));
    size_t i = described(wanted);
    CU_ASSERT_FATAL(i < G_N_ELEMENTS(descriptions));
    const char *type = detect_type((const uint8_t *)content, n);
    const char *other = descriptions[i].other;
    const char *right = other != NULL ? other : descriptions[i].type;
    if (strcmp(type, right) != 0)
        fprintf(stderr, "%s: detected %s, not %s\n", base, type, right);
    CU_ASSERT_STRING_EQUAL(type, right);
    *same += other == NULL && strcmp(type, right) == 0;
    *listed += other != NULL;
}

static void files_own_samples_are_known(void)
{
    static const char folder[] = "../shared/corpora/filetype-file-5.44";
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (dir == NULL) {
        printf("  detect: skipped file's samples, %s is not there\n", folder);
        return;
    }
    unsigned seen = 0;
    unsigned same = 0;
    unsigned listed = 0;
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, ".testfile"))
            continue;
        g_autofree char *base = g_strndup(name, strlen(name) - 9);
        seen++;
        try_sample(folder, base, &same, &listed);
    }
    g_dir_close(dir);
    printf("  detect: %u of %u of file's samples have the described type, %u "
           "are listed with reasons\n",
           same, seen, listed);
}

UNIT_MAIN("detect", UNIT(empty_content_has_a_type),
          UNIT(signatures_at_the_head_are_known),
          UNIT(heads_cut_short_are_safe), UNIT(signatures_elsewhere_are_known),
          UNIT(a_tar_of_before_posix_is_known_by_its_checksum),
          UNIT(a_pdf_may_begin_a_little_later),
          UNIT(zips_are_known_by_their_names),
          UNIT(a_zip_behind_something_else_is_a_zip),
          UNIT(compound_files_are_known_by_their_streams),
          UNIT(windows_programs_are_told_apart),
          UNIT(text_is_named_by_what_it_is), UNIT(wide_text_is_text),
          UNIT(binary_without_a_signature_is_not_text),
          UNIT(libmagic_knows_what_the_table_does_not_and_survives_a_fork),
          UNIT(files_own_samples_are_known))
