/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"

#include <string.h>

/* MZ, and what the new header behind the DOS stub says (Microsoft PE format). */
const char *detect_mz(const uint8_t *p, size_t n)
{
    uint32_t at = detect_u32(p, n, 0x3c);
    if (n >= 2 && at <= n - 2) {
        if (memcmp(p + at, "NE", 2) == 0)
            return "application/x-ms-ne-executable";
        if (memcmp(p + at, "LE", 2) == 0)
            return "application/x-dosdriver";
        if (memcmp(p + at, "LX", 2) == 0)
            return "application/x-lx-executable";
    }
    return "application/x-dosexec"; /* PE, with or without a good offset, or DOS */
}

const char *detect_elf(const uint8_t *p, size_t n)
{
    enum {
        ELF_REL = 1,
        ELF_EXEC = 2,
        ELF_DYN = 3,
        ELF_CORE = 4
    };

    bool is_big = n > 5 && p[5] == 2;
    uint32_t type = n < 18 ? 0 : is_big ? p[17] : p[16];
    switch (type) {
    case ELF_REL:
        return "application/x-object";
    case ELF_DYN:
        return "application/x-sharedlib";
    case ELF_CORE:
        return "application/x-coredump";
    default:
        return "application/x-executable";
    }
}

/* Java classes and Mach-O programs for several machines share their signature: a
 * class has its version there, which began at 45, the other a small count. */
const char *detect_cafebabe(const uint8_t *p, size_t n)
{
    if (n < 8)
        return "application/x-java-applet";
    uint32_t word = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 |
                    (uint32_t)p[6] << 8 | p[7];
    return word > 0 && word < 40 ? "application/x-mach-binary"
                                 : "application/x-java-applet";
}
