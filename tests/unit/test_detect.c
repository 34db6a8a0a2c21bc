/* SPDX-License-Identifier: MIT */
/* Types that are known by a signature. */
#include "mail/detect.h"
#include "unit.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

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

UNIT_MAIN("detect", UNIT(empty_content_has_a_type),
          UNIT(signatures_at_the_head_are_known),
          UNIT(heads_cut_short_are_safe), UNIT(signatures_elsewhere_are_known),
          UNIT(a_tar_of_before_posix_is_known_by_its_checksum),
          UNIT(a_pdf_may_begin_a_little_later),
          UNIT(windows_programs_are_told_apart))
