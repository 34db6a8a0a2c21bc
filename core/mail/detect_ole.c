/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"

#include <glib.h>

#include <string.h>

/*
 * Compound files ([MS-CFB]): the directory tells what they hold.
 */

enum {
    ENTRY_BYTES = 128,
    MAX_ENTRIES = 64, /* of the first directory sectors */
    CLSID_AT = 80
};

/* Streams by which applications are known, as ASCII of their UTF-16 names. */
static const struct {
    const char *name;
    const char *type;
} streams[] = {
    {"WordDocument", "application/msword"},
    {"Workbook", "application/vnd.ms-excel"},
    {"Book", "application/vnd.ms-excel"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"VisioDocument", "application/vnd.visio"},
    {"EncryptedPackage", "application/encrypted"},
    {"__properties_version1.0", "application/vnd.ms-outlook"},
    {"__nameid_version1.0", "application/vnd.ms-outlook"},
    {"Quill", "application/vnd.ms-publisher"},
};

static bool has_name(const uint8_t *entry, const char *name)
{
    size_t n = strlen(name);
    if (n >= 32 || entry[2 * n] != 0 || entry[2 * n + 1] != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if (entry[2 * i] != (uint8_t)name[i] || entry[2 * i + 1] != 0)
            return false;
    return true;
}

static bool is_installer(const uint8_t *root)
{
    /* {000C108x-0000-0000-C000-000000000046}: package, transform, patch */
    return (root[CLSID_AT] == 0x84 || root[CLSID_AT] == 0x82 ||
            root[CLSID_AT] == 0x86) &&
           memcmp(
               root + CLSID_AT + 1,
               "\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46",
               15) == 0;
}

const char *detect_ole(const uint8_t *p, size_t n)
{
    static const char unknown[] = "application/x-ole-storage";
    uint32_t shift = detect_u16(p, n, 30);
    uint32_t sector = detect_u32(p, n, 48);
    if ((shift != 9 && shift != 12) || sector > UINT32_MAX >> shift)
        return unknown;
    size_t at = ((size_t)sector + 1) << shift;
    if (at > n || n - at < ENTRY_BYTES)
        return unknown;
    if (is_installer(p + at))
        return "application/x-msi";
    size_t entries = MIN((n - at) / ENTRY_BYTES, (size_t)MAX_ENTRIES);
    for (size_t k = 0; k < G_N_ELEMENTS(streams); k++)
        for (size_t i = 1; i < entries; i++)
            if (has_name(p + at + i * ENTRY_BYTES, streams[k].name))
                return streams[k].type;
    return unknown;
}
