/* SPDX-License-Identifier: MIT */
#include "mail/detect.h"

#include <stdbool.h>
#include <string.h>

struct signature {
    const char *type;
    size_t at;
    size_t n;
    const char *bytes;
};

/* clang-format off */
#define SIG(type, at, bytes) {type, at, sizeof(bytes) - 1, bytes}
/* clang-format on */

static const struct signature signatures[] = {
    SIG("application/zip", 0, "PK\x03\x04"),
    SIG("application/x-dosexec", 0, "MZ"),
    SIG("application/pdf", 0, "%PDF-"),
    SIG("application/gzip", 0, "\x1f\x8b"),
    SIG("application/x-ole-storage", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    SIG("application/ms-tnef", 0, "\x78\x9f\x3e\x22"),
    SIG("image/png", 0, "\x89PNG\r\n\x1a\n"),
    SIG("image/gif", 0, "GIF8"),
    SIG("image/jpeg", 0, "\xff\xd8\xff"),
};

const char *detect_type(const uint8_t *p, size_t n)
{
    if (n == 0)
        return "inode/x-empty";
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const struct signature *s = &signatures[i];
        if (n >= s->at + s->n && memcmp(p + s->at, s->bytes, s->n) == 0)
            return s->type;
    }
    bool is_text = memchr(p, '\0', n > 4096 ? 4096 : n) == NULL;
    return is_text ? "text/plain" : "application/octet-stream";
}
