/* SPDX-License-Identifier: MIT */
#include "../../plugins/archive/fault.h"
#include "../../plugins/archive/hazard.h"
#include "../../plugins/archive/sniff.h"
#include "../../plugins/archive/volume.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <string.h>

static struct sniffed found[SNIFF_MAX];

/* Bytes, and room behind them that is zero. */
static uint8_t content[80 * 2048];

static size_t look(const void *p, size_t n, size_t size)
{
    memset(content, 0, sizeof content);
    memcpy(content, p, n);
    return sniff(content, size, false, found);
}

static void heads_are_known(void)
{
    static const struct {
        const char *head;
        size_t n;
        enum sniff_format format;
        bool is_firm;
    } cases[] = {
        {"PK\3\4", 4, SNIFF_ZIP, true},
        {"PK\7\10PK\3\4", 8, SNIFF_ZIP, true},
        {"7z\xbc\xaf\x27\x1c", 6, SNIFF_7ZIP, true},
        {"Rar!\x1a\7\0", 7, SNIFF_RAR, true},
        {"Rar!\x1a\7\1\0", 8, SNIFF_RAR5, true},
        {"MSCF\0\0\0\0", 8, SNIFF_CAB, true},
        {"\x1f\x8b\10\0", 4, SNIFF_GZIP, true},
        {"\x1f\x9d\x90", 3, SNIFF_COMPRESS, false},
        {"BZh91AY&SY", 10, SNIFF_BZIP2, true},
        {"\xfd\x37zXZ\0", 6, SNIFF_XZ, true},
        {"\x28\xb5\x2f\xfd", 4, SNIFF_ZSTD, true},
        {"\x04\x22\x4d\x18", 4, SNIFF_LZ4, true},
        {"\x50\x2a\x4d\x18\0\0\0\0\x28\xb5\x2f\xfd", 12, SNIFF_ZSTD, true},
        {"\x5f\x2a\x4d\x18\1\0\0\0!\x04\x22\x4d\x18", 13, SNIFF_LZ4, true},
        {"LZIP\1", 5, SNIFF_LZIP, true},
        {"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", 14, SNIFF_LZMA,
         false},
        {"xar!", 4, SNIFF_XAR, true},
        {"!<arch>\n", 8, SNIFF_AR, true},
        {"070707", 6, SNIFF_CPIO, true},
        {"xx-lh5-xxxxxxxxxxxxx\2x", 22, SNIFF_LHA, true},
        {"WARC/1.0", 8, SNIFF_WARC, true},
        {"\xed\xab\xee\xdb", 4, SNIFF_RPM, true},
        {"\x89LZO\0\x0d\x0a\x1a\x0a", 9, SNIFF_UNREADABLE, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(look(cases[i].head, cases[i].n, 200), 1);
        CU_ASSERT_EQUAL(found[0].format, cases[i].format);
        CU_ASSERT_EQUAL(found[0].is_firm, cases[i].is_firm);
    }
    CU_ASSERT_EQUAL(look("plain text", 10, 10), 0);
    CU_ASSERT_EQUAL(look("", 0, 0), 0);
}

static void marks_far_behind_are_seen(void)
{
    memset(content, 0, sizeof content);
    memcpy(content + 32769, "CD001", 5);
    CU_ASSERT_EQUAL(sniff(content, sizeof content, false, found), 1);
    CU_ASSERT_EQUAL(found[0].format, SNIFF_ISO);
    memset(content, 0, sizeof content);
    memcpy(content + sizeof content - 22, "PK\5\6", 4);
    CU_ASSERT_EQUAL(sniff(content, sizeof content, false, found), 1);
    CU_ASSERT_EQUAL(found[0].format, SNIFF_ZIP);
    CU_ASSERT_FALSE(found[0].is_firm);
}

static void an_old_tar_is_known_by_its_sum(void)
{
    memset(content, 0, sizeof content);
    memcpy(content, "name", 4);
    memcpy(content + 148, "000640\0 ", 8); /* 4 letters and 8 blanks */
    uint32_t sum = 'n' + 'a' + 'm' + 'e' + 8 * ' ';
    char told[8];
    g_snprintf(told, sizeof told, "%06o", sum);
    memcpy(content + 148, told, 6);
    CU_ASSERT_EQUAL(sniff(content, 512, false, found), 1);
    CU_ASSERT_EQUAL(found[0].format, SNIFF_TAR);
    content[0] ^= 1;
    CU_ASSERT_EQUAL(sniff(content, 512, false, found), 0);
    CU_ASSERT_EQUAL(sniff(content, 511, false, found), 0);
}

static void archives_inside_a_program_are_seen(void)
{
    static const char rar5[] = "Rar!\x1a\7\1";

    memset(content, 0, sizeof content);
    memcpy(content, "MZ", 2);
    memcpy(content + 5000, rar5, sizeof rar5);
    CU_ASSERT_EQUAL(sniff(content, 6000, false, found), 1);
    CU_ASSERT_EQUAL(found[0].format, SNIFF_RAR5);
    CU_ASSERT_EQUAL(found[0].offset, 5000);
    CU_ASSERT_FALSE(found[0].is_firm);
    CU_ASSERT_EQUAL(sniff(content, 6000, true, found), 0); /* as text */
    memcpy(content, "\x1f\x8b\10\0", 4);                   /* behind a gzip */
    CU_ASSERT_EQUAL(sniff(content, 6000, false, found), 2);
    memcpy(content, "Rar!\x1a\7\0", 7); /* in a rar: one of its members */
    CU_ASSERT_EQUAL(sniff(content, 6000, false, found), 1);
    memcpy(content, "MZxxxxxx", 8);
    for (size_t i = 0; i < 100; i++)
        memcpy(content + 5000 + 100 * i, rar5, sizeof rar5);
    CU_ASSERT_EQUAL(sniff(content, 30000, false, found), SNIFF_MAX + 1);
}

static void volumes_say_so(void)
{
    static const uint8_t rar4[] = "Rar!\x1a\7\0..\x73\x01\0";
    static const uint8_t rar5[] = "Rar!\x1a\7\1\0crc.\x03\x01\0\x01";
    static const uint8_t rar5_extra[] =
        "Rar!\x1a\7\1\0crc.\x05\x01\x01\x80\1\x01";

    CU_ASSERT_TRUE(volume_is_split(rar4, sizeof rar4, SNIFF_RAR));
    CU_ASSERT_TRUE(volume_is_split(rar5, sizeof rar5, SNIFF_RAR5));
    CU_ASSERT_TRUE(volume_is_split(rar5_extra, sizeof rar5_extra, SNIFF_RAR5));
    CU_ASSERT_FALSE(volume_is_split(rar4, sizeof rar4, SNIFF_ZIP));
    for (size_t n = 0; n < 12; n++)
        CU_ASSERT_FALSE(volume_is_split(rar5, n, SNIFF_RAR5));
    memset(content, 0, sizeof content);
    memcpy(content, "MSCF", 4);
    CU_ASSERT_FALSE(volume_is_split(content, 60, SNIFF_CAB));
    content[30] = 2;
    CU_ASSERT_TRUE(volume_is_split(content, 60, SNIFF_CAB));
}

static void an_encrypted_rar5_member_is_seen(void)
{
    /* main block; file block with an extra area of 3 bytes: size 2, type 1 */
    static uint8_t rar5[] = "Rar!\x1a\7\1\0crc.\x03\x01\0\0"
                            "crc.\x06\x02\x01\x03\x02\x01\x55";
    size_t n = sizeof rar5 - 1;

    CU_ASSERT_TRUE(volume_is_encrypted(rar5, n));
    rar5[n - 2] = 5; /* another record */
    CU_ASSERT_FALSE(volume_is_encrypted(rar5, n));
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_FALSE(volume_is_encrypted(rar5, i));
}

static void put32(uint8_t *p, size_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/* A directory record at `at` for `sector`. */
static size_t record(size_t at, size_t sector, size_t size, uint8_t flags)
{
    uint8_t *r = content + at;

    r[0] = 34;
    put32(r + 2, sector);
    put32(r + 10, size);
    r[25] = flags;
    r[32] = 1;
    r[33] = 'A';
    return at + 34;
}

/* A volume whose root, sector 20, holds one file and one folder, sector 21. */
static void make_iso(size_t folder_sector)
{
    memset(content, 0, sizeof content);
    memcpy(content + (size_t)16 * 2048, "\1CD001\1", 7);
    content[16 * 2048 + 129] = 8; /* 2,048 bytes a block */
    record((size_t)16 * 2048 + 156, 20, 2048, 2);
    memcpy(content + (size_t)17 * 2048, "\377CD001\1", 7);
    size_t at = record((size_t)20 * 2048, 30, 100, 0);
    record(at, folder_sector, 2048, 2);
    record((size_t)21 * 2048, 31, 100, 0);
}

static void directory_records_of_an_iso_are_counted(void)
{
    make_iso(21);
    CU_ASSERT_TRUE(hazard_iso_is_small(content, sizeof content, 3));
    CU_ASSERT_FALSE(hazard_iso_is_small(content, sizeof content, 2));
    make_iso(20); /* a folder that holds itself */
    CU_ASSERT_FALSE(hazard_iso_is_small(content, sizeof content, 10000));
    make_iso(21); /* fifty folders that are all the same zeros */
    size_t at = (size_t)20 * 2048;
    for (int i = 0; i < 50; i++)
        at = record(at, 40, (size_t)40 * 2048, 2);
    CU_ASSERT_FALSE(hazard_iso_is_small(content, sizeof content, 10000));
    make_iso(99999);
    CU_ASSERT_TRUE(hazard_iso_is_small(content, sizeof content, 10000));
    CU_ASSERT_TRUE(hazard_iso_is_small(content, 17 * 2048, 10000));
}

static void continuations_lead_forward(void)
{
    make_iso(21);
    uint8_t *ce = content + (size_t)20 * 2048 + 200;
    memcpy(ce, "CE\x1c\1", 4);
    put32(ce + 4, 22);
    CU_ASSERT_TRUE(hazard_iso_is_forward(content, sizeof content));
    put32(ce + 4, 20); /* the same sector, behind itself */
    put32(ce + 12, 300);
    CU_ASSERT_TRUE(hazard_iso_is_forward(content, sizeof content));
    put32(ce + 12, 200); /* itself */
    CU_ASSERT_FALSE(hazard_iso_is_forward(content, sizeof content));
    put32(ce + 4, 19);
    CU_ASSERT_FALSE(hazard_iso_is_forward(content, sizeof content));
}

static void libarchives_words_have_reasons(void)
{
    static const struct {
        const char *text;
        uint32_t reason;
    } cases[] = {
        {"Encryption is not supported", ASSAY_REASON_ENCRYPTED},
        {"Crypto codec not supported yet", ASSAY_REASON_ENCRYPTED},
        {"Passphrase required for this entry", ASSAY_REASON_ENCRYPTED},
        {"Truncated ZIP file data", ASSAY_REASON_TRUNCATED},
        {"truncated gzip input", ASSAY_REASON_TRUNCATED},
        {"Unsupported method", ASSAY_REASON_UNSUPPORTED},
        {"Multivolume cabinet file is unsupported", ASSAY_REASON_MULTIVOLUME},
        {"Out of memory", ASSAY_REASON_LIMIT_SIZE},
        {"Couldn't allocate memory", ASSAY_REASON_LIMIT_SIZE},
        {"ZIP bad CRC: 0x1 should be 0x2", ASSAY_REASON_DAMAGED},
        {"a text of the future", ASSAY_REASON_DAMAGED},
        {"", ASSAY_REASON_TRUNCATED},
        {NULL, ASSAY_REASON_TRUNCATED},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(fault_reason(cases[i].text), cases[i].reason);
}

UNIT_MAIN("archive sniff", UNIT(heads_are_known),
          UNIT(marks_far_behind_are_seen), UNIT(an_old_tar_is_known_by_its_sum),
          UNIT(archives_inside_a_program_are_seen), UNIT(volumes_say_so),
          UNIT(an_encrypted_rar5_member_is_seen),
          UNIT(directory_records_of_an_iso_are_counted),
          UNIT(continuations_lead_forward),
          UNIT(libarchives_words_have_reasons))
