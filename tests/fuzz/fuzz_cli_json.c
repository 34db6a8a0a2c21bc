/* SPDX-License-Identifier: MIT */
/* Whatever a name or a text holds, the JSON is valid, one line, fit to be printed. */
#include "cli/json.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) to = g_string_new("[");
    json_bytes(to, (const char *)data, size);
    g_string_append_c(to, ']');
    for (size_t i = 0; i < to->len; i++)
        if ((unsigned char)to->str[i] < 0x20 || to->str[i] == 0x7f)
            abort();
    json_t *parsed = json_loadb(to->str, to->len, 0, NULL);
    if (json_array_size(parsed) != 1)
        abort();
    json_decref(parsed);
    return 0;
}
