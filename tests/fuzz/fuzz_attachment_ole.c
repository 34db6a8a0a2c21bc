/* SPDX-License-Identifier: MIT */
/*
 * OLE2 documents: any bytes behind the magic number, bounded work.
 */
#include "../../plugins/attachment/ole.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[] = {0xD0, 0xCF, 0x11, 0xE0,
                                    0xA1, 0xB1, 0x1A, 0xE1};
    uint8_t *copy = malloc(size + 1);

    if (size > 0)
        memcpy(copy, data, size);
    ole_look(copy, size);
    if (size >= sizeof(magic)) {
        memcpy(copy, magic, sizeof(magic));
        uint32_t found = ole_look(copy, size);
        if ((found & ~(uint32_t)(OLE_VBA | OLE_XLM | OLE_ENCRYPTED)) != 0)
            abort();
    }
    free(copy);
    return 0;
}
