/* SPDX-License-Identifier: MIT */
/*
 * What an OLE2 document (.doc .xls .ppt, vbaProject.bin, encrypted OOXML) holds that
 * matters to a policy.
 *
 * Directory entries are looked for in every place where one may stand, not by the
 * directory's chain: documents with a broken chain are repaired by Office on
 * opening, so a chain that leads nowhere must not hide what is there.
 *
 * Sources: [MS-CFB] 2.2, 2.6; [MS-OVBA] 2.2.1; [MS-XLS] 2.4.28 (BoundSheet8), 2.4.117
 * (FilePass); [MS-OFFCRYPTO] 2.3 (EncryptedPackage).
 */
#ifndef ATTACHMENT_OLE_H
#define ATTACHMENT_OLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OLE_VBA = 1u << 0,      /* a VBA project */
    OLE_XLM = 1u << 1,      /* a sheet of Excel 4.0 macros */
    OLE_ENCRYPTED = 1u << 2 /* asks for a password */
};

bool ole_is(const uint8_t *p, size_t n);

/* OLE_* bits; 0 where `p` is no OLE2 document or holds none of these. */
uint32_t ole_look(const uint8_t *p, size_t n);

#endif
