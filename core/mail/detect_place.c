/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"

#include <glib.h>

#include <string.h>

/* Signatures elsewhere; `at` counts from the end where it is negative. */
static const struct {
    int32_t at;
    uint8_t bytes_n;
    const char *bytes;
    const char *type;
} places[] = {
    {3, 8, "NTFS    ", "application/x-raw-disk-image"},
    {4, 4, "ftyp", "video/mp4"},
    {4, 15, "Standard Jet DB", "application/x-msaccess"},
    {4, 15, "Standard ACE DB", "application/x-msaccess"},
    {7, 7, "**ACE**", "application/x-ace-compressed"},
    {20, 4, "\xdc\xa7\xc4\xfd", "application/x-zoo"},
    {54, 5, "FAT12", "application/x-raw-disk-image"},
    {54, 5, "FAT16", "application/x-raw-disk-image"},
    {64, 4, "\x7f\x10\xda\xbe", "application/x-virtualbox-vdi"},
    {82, 5, "FAT32", "application/x-raw-disk-image"},
    {257, 5, "ustar", "application/x-tar"},
    {32769, 5, "CD001", "application/x-iso9660-image"},
    {32769, 5, "BEA01", "application/x-iso9660-image"},
    {34817, 5, "CD001", "application/x-iso9660-image"},
    {36865, 5, "CD001", "application/x-iso9660-image"},
    {-512, 4, "koly", "application/x-apple-diskimage"},
    {-512, 8, "conectix", "application/x-virtualbox-vhd"},
};

/* A tar of before POSIX: the checksum of its first header is right. */
static bool is_old_tar(const uint8_t *p, size_t n)
{
    if (n < 512 || p[0] == 0)
        return false;
    uint32_t sum = 0;
    for (size_t i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : p[i];
    uint32_t told = 0;
    size_t at = 148;
    while (at < 156 && p[at] == ' ')
        at++;
    size_t digits = at;
    for (; at < 156 && p[at] >= '0' && p[at] <= '7'; at++)
        told = told * 8 + (p[at] - '0');
    return at > digits && told == sum;
}

const char *detect_ftyp(const uint8_t *p, size_t n)
{
    static const struct {
        char brand[5];
        const char *type;
    } brands[] = {
        {"avif", "image/avif"}, {"heic", "image/heic"},
        {"heix", "image/heic"}, {"mif1", "image/heif"},
        {"M4A ", "audio/mp4"},  {"qt  ", "video/quicktime"},
    };

    for (size_t i = 0; n >= 12 && i < G_N_ELEMENTS(brands); i++)
        if (memcmp(p + 8, brands[i].brand, 4) == 0)
            return brands[i].type;
    return "video/mp4";
}

/* LHA: the method stands in the header, "-lh5-", "-lzs-", "-pm2-". */
static bool is_lha(const uint8_t *p, size_t n)
{
    return n >= 21 && p[2] == '-' && p[6] == '-' &&
           (memcmp(p + 3, "lh", 2) == 0 || memcmp(p + 3, "lz", 2) == 0 ||
            memcmp(p + 3, "pm", 2) == 0);
}

/* LZ4 and Zstandard streams may begin with frames to be skipped. */
static const char *skippable(const uint8_t *p, size_t n)
{
    uint64_t next = 0;
    for (unsigned i = 0; i < 8 && next + 8 <= n && (p[next] & 0xf0) == 0x50 &&
                         memcmp(p + next + 1, "\x2a\x4d\x18", 3) == 0;
         i++)
        next += 8 + (uint64_t)detect_u32(p, n, next + 4);
    if (next == 0)
        return NULL;
    return next + 4 <= n && memcmp(p + next, "\x04\x22\x4d\x18", 4) == 0
               ? "application/x-lz4"
               : "application/zstd";
}

const char *detect_place(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        size_t at = places[i].at >= 0 ? (size_t)places[i].at
                                      : n - (size_t)-places[i].at;
        if (places[i].at < 0 && n < (size_t)-places[i].at)
            continue;
        if (n >= at + places[i].bytes_n &&
            memcmp(p + at, places[i].bytes, places[i].bytes_n) == 0)
            return strcmp(places[i].type, "video/mp4") == 0 ? detect_ftyp(p, n)
                                                            : places[i].type;
    }
    if (is_lha(p, n))
        return "application/x-lzh-compressed";
    return is_old_tar(p, n) ? "application/x-tar" : skippable(p, n);
}
