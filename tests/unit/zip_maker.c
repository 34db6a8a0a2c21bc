/* SPDX-License-Identifier: MIT */
#include "zip_maker.h"

#include <string.h>

static GByteArray *start(struct zip_maker *zip)
{
    if (zip->file == NULL) {
        zip->file = g_byte_array_new();
        zip->directory = g_byte_array_new();
    }
    return zip->file;
}

static void put(GByteArray *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(i < 8 ? value >> (8 * i) : 0);
        g_byte_array_append(to, &byte, 1);
    }
}

static uint32_t crc32_of(const char *text)
{
    uint32_t crc = UINT32_MAX;

    for (const char *p = text; *p != '\0'; p++) {
        crc ^= (uint8_t)*p;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }
    return ~crc;
}

struct zip_said zip_stored(const char *name, const char *text)
{
    uint32_t n = (uint32_t)strlen(text);
    return (struct zip_said){
        .name = name, .crc = crc32_of(text), .csize = n, .usize = n};
}

static void put_common(GByteArray *to, const struct zip_said *said)
{
    put(to, 20, 2);
    put(to, said->flags, 2);
    put(to, said->method, 2);
    put(to, 0x5b780000, 4); /* 2025-11-24 */
    put(to, said->crc, 4);
    put(to, said->csize, 4);
    put(to, said->usize, 4);
    put(to, strlen(said->name), 2);
    put(to, 0, 2);
}

static void put_text(GByteArray *to, const char *text)
{
    g_byte_array_append(to, (const uint8_t *)text, (unsigned)strlen(text));
}

uint32_t zip_local_put(struct zip_maker *zip, struct zip_said said,
                       const char *text)
{
    GByteArray *file = start(zip);
    uint32_t offset = file->len;

    put(file, 0x04034b50, 4);
    put_common(file, &said);
    put_text(file, said.name);
    put_text(file, text);
    return offset;
}

void zip_entry_put(struct zip_maker *zip, struct zip_said said, uint32_t offset)
{
    start(zip);
    put(zip->directory, 0x02014b50, 4);
    put(zip->directory, 0x0314, 2); /* made by: Unix */
    put_common(zip->directory, &said);
    put(zip->directory, 0, 6);              /* comment, disk, internal */
    put(zip->directory, 0100644u << 16, 4); /* mode */
    put(zip->directory, offset, 4);
    put_text(zip->directory, said.name);
    zip->count++;
}

void zip_member_put(struct zip_maker *zip, const char *name, const char *text)
{
    struct zip_said said = zip_stored(name, text);
    zip_entry_put(zip, said, zip_local_put(zip, said, text));
}

void zip_end_put(struct zip_maker *zip)
{
    GByteArray *file = start(zip);
    uint32_t offset = file->len;

    g_byte_array_append(file, zip->directory->data, zip->directory->len);
    put(file, 0x06054b50, 4);
    put(file, 0, 4);
    put(file, zip->count, 2);
    put(file, zip->count, 2);
    put(file, zip->directory->len, 4);
    put(file, offset, 4);
    put(file, 0, 2);
}

void zip_bytes_put(struct zip_maker *zip, const void *p, unsigned n)
{
    g_byte_array_append(start(zip), p, n);
}

void zip_maker_clear(struct zip_maker *zip)
{
    if (zip->file != NULL) {
        g_byte_array_unref(zip->file);
        g_byte_array_unref(zip->directory);
    }
    memset(zip, 0, sizeof *zip);
}
