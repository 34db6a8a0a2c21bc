/* SPDX-License-Identifier: MIT */
#include "../../plugins/attachment/ole.h"
#include "unit.h"

#include <string.h>

enum {
    SECTOR = 512,
    SECTORS = 6,
    FILE_SIZE = SECTOR * (SECTORS + 1),
    STORAGE = 1,
    STREAM = 2,
    ROOT = 5
};

/* A document of header, FAT (sector 0), directory (1) and a stream (2, then 4). */
static uint8_t doc[FILE_SIZE];

static uint8_t *sector(unsigned i)
{
    return doc + (size_t)SECTOR * (i + 1);
}

static void put32(uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> i * 8);
}

static void put_entry(unsigned i, const char *name, uint8_t type,
                      uint32_t start)
{
    uint8_t *entry = sector(1) + (size_t)i * 128;
    size_t n = strlen(name);

    memset(entry, 0, 128);
    for (size_t k = 0; k < n; k++)
        entry[k * 2] = (uint8_t)name[k];
    entry[64] = (uint8_t)((n + 1) * 2);
    entry[66] = type;
    put32(entry + 116, start);
    put32(entry + 120, 5000);
}

static void make_doc(void)
{
    static const uint8_t magic[] = {0xD0, 0xCF, 0x11, 0xE0,
                                    0xA1, 0xB1, 0x1A, 0xE1};

    memset(doc, 0, sizeof(doc));
    memcpy(doc, magic, sizeof(magic));
    doc[0x1A] = 3;
    doc[0x1E] = 9;
    put32(doc + 0x4C, 0);
    memset(sector(0), 0xFF, SECTOR);
    put32(sector(0) + 8, 4); /* sector 2 goes on in 4 */
    put_entry(0, "Root Entry", ROOT, 0);
}

static uint32_t look(void)
{
    return ole_look(doc, sizeof(doc));
}

static void a_plain_document_holds_nothing(void)
{
    make_doc();
    put_entry(1, "WordDocument", STREAM, 2);
    CU_ASSERT_EQUAL(look(), 0);
    put_entry(2, "VBAX", STORAGE, 0);
    put_entry(3, "VBA", STREAM, 0);
    CU_ASSERT_EQUAL(look(), 0);
    CU_ASSERT_EQUAL(ole_look((const uint8_t *)"text", 4), 0);
    CU_ASSERT_EQUAL(ole_look(doc, SECTOR - 1), 0);
}

static void a_vba_storage_is_a_macro_in_any_case(void)
{
    static const char *const names[] = {"VBA", "vba", "_VBA_PROJECT_CUR"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        make_doc();
        put_entry(2, names[i], STORAGE, 0);
        CU_ASSERT_EQUAL(look(), OLE_VBA);
    }
}

static void a_broken_chain_does_not_hide_it(void)
{
    make_doc();
    put_entry(2, "VBA", STORAGE, 0);
    memset(sector(0), 0, SECTOR);
    put32(doc + 0x30, 0xFFFFFFFF);
    doc[0x1E] = 77;
    CU_ASSERT_EQUAL(look(), OLE_VBA);
}

static void an_encrypted_package_is_told(void)
{
    make_doc();
    put_entry(1, "EncryptedPackage", STREAM, 2);
    CU_ASSERT_EQUAL(look(), OLE_ENCRYPTED);
}

/* A record of BIFF8 at `at` of the stream's first sector; where it ends. */
static size_t put_record(size_t at, unsigned type, size_t n)
{
    uint8_t *p = sector(2) + at;

    p[0] = (uint8_t)type;
    p[2] = (uint8_t)n;
    p[3] = (uint8_t)(n >> 8);
    return at + 4 + n;
}

static void a_sheet_of_excel_4_macros_is_found_across_sectors(void)
{
    make_doc();
    put_entry(1, "Workbook", STREAM, 2);
    size_t at = put_record(0, 0x09, 16);
    at = put_record(at, 0x85, 12);
    CU_ASSERT_EQUAL(look(), 0);
    sector(2)[at - 12 + 5] = 1;
    CU_ASSERT_EQUAL(look(), OLE_XLM);
    /* a record that ends in the next sector of the chain, which is 4 */
    sector(2)[at - 12 + 5] = 0;
    at = put_record(at, 0x42, SECTOR - at - 4 + 8);
    CU_ASSERT_EQUAL(at, SECTOR + 8);
    uint8_t *next = sector(4) + 8;
    next[0] = 0x85;
    next[2] = 12;
    next[4 + 5] = 1;
    CU_ASSERT_EQUAL(look(), OLE_XLM);
    memset(sector(0), 0xFF, SECTOR);
    CU_ASSERT_EQUAL(look(), 0);
}

static void a_password_on_a_workbook_is_told(void)
{
    make_doc();
    put_entry(1, "Book", STREAM, 2);
    put_record(put_record(0, 0x09, 16), 0x2F, 6);
    CU_ASSERT_EQUAL(look(), OLE_ENCRYPTED);
}

static void a_chain_without_an_end_ends(void)
{
    make_doc();
    put_entry(1, "Workbook", STREAM, 2);
    for (unsigned i = 0; i < SECTOR / 4; i++)
        put32(sector(0) + (size_t)i * 4, 2);
    memset(sector(2), 0, SECTOR); /* records of length 0, for ever */
    CU_ASSERT_EQUAL(look(), 0);
}

UNIT_MAIN("attachment ole", UNIT(a_plain_document_holds_nothing),
          UNIT(a_vba_storage_is_a_macro_in_any_case),
          UNIT(a_broken_chain_does_not_hide_it),
          UNIT(an_encrypted_package_is_told),
          UNIT(a_sheet_of_excel_4_macros_is_found_across_sectors),
          UNIT(a_password_on_a_workbook_is_told),
          UNIT(a_chain_without_an_end_ends))
