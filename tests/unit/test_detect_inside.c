/* SPDX-License-Identifier: MIT */
/* Types that are known by what is inside. */
#include "mail/detect.h"
#include "unit.h"

#include <glib.h>

#include <string.h>

#define STR(s) s, sizeof(s) - 1

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

UNIT_MAIN("detect_inside", UNIT(zips_are_known_by_their_names),
          UNIT(a_zip_behind_something_else_is_a_zip),
          UNIT(compound_files_are_known_by_their_streams))
