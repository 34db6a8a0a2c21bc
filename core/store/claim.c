/* SPDX-License-Identifier: MIT */
#include "mail/field.h"
#include "store/quarantine.h"

enum {
    FIELDS_MAX = 1000 /* looked at: a release puts its own on top */
};

bool quarantine_is_claimed(GBytes *raw)
{
    struct field field;
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    struct field_reader reader = {.p = p, .n = n};
    for (unsigned i = 0; i < FIELDS_MAX; i++) {
        enum field_line line = field_next(&reader, &field);
        if (line == FIELD_LINE_END || line == FIELD_LINE_EOF)
            return false;
        if (line == FIELD_LINE_FIELD && field_is(&field, "X-Assay-Release"))
            return true;
    }
    return false;
}
