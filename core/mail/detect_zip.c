/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"

#include <glib.h>

#include <string.h>

/*
 * Zip (APPNOTE.TXT): the names in its directory tell which kind of document or
 * program it is; where there is no directory, those of the first members.
 */

enum {
    END_BYTES = 22,
    MAX_COMMENT = 65535,
    MAX_NAMES = 128,
    LOCAL_BYTES = 30,
    CENTRAL_BYTES = 46
};

/* What was seen among the names. */
struct seen {
    bool is_package; /* [Content_Types].xml: Office Open XML */
    bool is_java;
    bool is_android;
    const char *office;
};

static bool begins(const uint8_t *name, size_t n, const char *with)
{
    size_t with_n = strlen(with);
    return n >= with_n && memcmp(name, with, with_n) == 0;
}

static void see_name(struct seen *seen, const uint8_t *name, size_t n)
{
    static const struct {
        const char *folder;
        const char *type;
    } offices[] = {
        {"word/",
         "application/"
         "vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"xl/", "application/"
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"ppt/",
         "application/"
         "vnd.openxmlformats-officedocument.presentationml.presentation"},
        {"visio/", "application/vnd.ms-visio.drawing.main+xml"},
    };

    seen->is_package |= begins(name, n, "[Content_Types].xml");
    seen->is_java |= begins(name, n, "META-INF/MANIFEST.MF");
    seen->is_android |= begins(name, n, "AndroidManifest.xml");
    for (size_t i = 0; seen->office == NULL && i < G_N_ELEMENTS(offices); i++)
        if (begins(name, n, offices[i].folder))
            seen->office = offices[i].type;
}

/* Offset of the end record, or n. */
static size_t find_end(const uint8_t *p, size_t n)
{
    if (n < END_BYTES)
        return n;
    size_t last = n - END_BYTES;
    size_t least = last > MAX_COMMENT ? last - MAX_COMMENT : 0;
    for (size_t at = last + 1; at-- > least;)
        if (p[at] == 'P' && memcmp(p + at, "PK\x05\x06", 4) == 0 &&
            detect_u16(p, n, at + 20) <= n - at - END_BYTES)
            return at;
    return n;
}

bool detect_is_zip_tail(const uint8_t *p, size_t n)
{
    size_t end = find_end(p, n);
    if (end == n)
        return false;
    uint64_t size = detect_u32(p, n, end + 12);
    return size >= CENTRAL_BYTES && size <= end &&
           memcmp(p + end - size, "PK\x01\x02", 4) == 0;
}

/* The names of the directory; false where there is none. */
static bool see_directory(struct seen *seen, const uint8_t *p, size_t n)
{
    size_t end = find_end(p, n);
    if (end == n)
        return false;
    uint64_t size = detect_u32(p, n, end + 12);
    if (size > end)
        return false;
    size_t at = end - (size_t)size;
    for (unsigned i = 0; i < MAX_NAMES && end - at >= CENTRAL_BYTES; i++) {
        if (memcmp(p + at, "PK\x01\x02", 4) != 0)
            break;
        size_t name_n = detect_u16(p, n, at + 28);
        size_t more =
            (size_t)detect_u16(p, n, at + 30) + detect_u16(p, n, at + 32);
        if (name_n + more > end - at - CENTRAL_BYTES)
            break;
        see_name(seen, p + at + CENTRAL_BYTES, name_n);
        at += CENTRAL_BYTES + name_n + more;
    }
    return at > end - size;
}

static void see_members(struct seen *seen, const uint8_t *p, size_t n)
{
    size_t at = 0;
    for (unsigned i = 0; i < MAX_NAMES && n - at >= LOCAL_BYTES; i++) {
        size_t name_n = detect_u16(p, n, at + 26);
        if (name_n > n - at - LOCAL_BYTES)
            return;
        see_name(seen, p + at + LOCAL_BYTES, name_n);
        const uint8_t *next =
            memmem(p + at + LOCAL_BYTES, n - at - LOCAL_BYTES, "PK\x03\x04", 4);
        if (next == NULL)
            return;
        at = (size_t)(next - p);
    }
}

/* Open Document and EPUB begin with a stored member that holds their type. */
static const char *stored_type(const uint8_t *p, size_t n)
{
    static const char *const types[] = {
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text-template",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet-template",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.graphics",
        "application/vnd.oasis.opendocument.formula",
        "application/vnd.oasis.opendocument.database",
        "application/vnd.sun.xml.writer",
        "application/vnd.sun.xml.calc",
        "application/vnd.sun.xml.impress",
    };
    size_t at = (size_t)LOCAL_BYTES + 8 + detect_u16(p, n, 28);
    if (detect_u16(p, n, 26) != 8 || detect_u16(p, n, 8) != 0 || at > n ||
        memcmp(p + LOCAL_BYTES, "mimetype", 8) != 0)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (begins(p + at, n - at, types[i]))
            return types[i];
    return NULL;
}

const char *detect_zip(const uint8_t *p, size_t n)
{
    if (n < LOCAL_BYTES + 8)
        return "application/zip";
    const char *type = stored_type(p, n);
    if (type != NULL)
        return type;
    /* Java marks its first member with the extra field CAFE. */
    struct seen seen = {
        .is_java =
            detect_u16(p, n, 28) >= 4 &&
            detect_u16(p, n, LOCAL_BYTES + detect_u16(p, n, 26)) == 0xcafe};
    if (!see_directory(&seen, p, n))
        see_members(&seen, p, n);
    if (seen.is_package && seen.office != NULL)
        return seen.office;
    if (seen.is_android)
        return "application/vnd.android.package-archive";
    return seen.is_java ? "application/java-archive" : "application/zip";
}
