/* SPDX-License-Identifier: MIT */
/*
 * Types by content: there always is one, it is the same the second time, and the
 * bytes behind the content are not touched.
 */
#include "mail/detect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *type = detect_type(data, size);
    if (type == NULL || strchr(type, '/') == NULL ||
        detect_type(data, size) != type)
        abort();
    detect_is_text(type);
    return 0;
}
