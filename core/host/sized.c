/* SPDX-License-Identifier: MIT */
#include "host/sized.h"

#include <string.h>

bool sized_copy(void *to, size_t to_n, const void *from, uint32_t least)
{
    uint32_t size;
    memcpy(&size, from, sizeof size);
    if (size < least || size > SIZED_MAX)
        return false;
    memset(to, 0, to_n);
    memcpy(to, from, size < to_n ? size : to_n);
    return true;
}

bool sized_copy_whole(void *to, size_t to_n, const void *from, uint32_t least)
{
    uint32_t size;
    memcpy(&size, from, sizeof size);
    if (size < least || size > SIZED_MAX)
        return false;
    const unsigned char *bytes = from;
    for (size_t i = to_n; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return sized_copy(to, to_n, from, least);
}
