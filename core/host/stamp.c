/* SPDX-License-Identifier: MIT */
#include "host/stamp.h"

#include "base/error.h"
#include "host/code.h"

#include <string.h>

static bool is_stamp_text(const char text[64])
{
    size_t n = strnlen(text, 64);
    if (n == 64 || !g_utf8_validate(text, (gssize)n, NULL))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    return true;
}

static int32_t ask_stamp(const struct instance *instance,
                         struct assay_stamp *stamp)
{
    memset(stamp, 0, sizeof *stamp);
    stamp->struct_size = sizeof *stamp;
    int32_t rc = instance->plugin->stamp(instance->inst, stamp);
    stamp->struct_size = sizeof *stamp;
    return rc;
}

bool stamp_read(struct instance *instance, GError **error)
{
    if (instance->plugin->stamp == NULL)
        return true;
    struct assay_stamp again;
    int32_t rc = ask_stamp(instance, &instance->stamp);
    if (rc == ASSAY_RC_OK)
        rc = ask_stamp(instance, &again);
    if (rc != ASSAY_RC_OK) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                    "stamp() failed with %s", code_name(rc));
        return false;
    }
    if (!is_stamp_text(instance->stamp.engine) ||
        !is_stamp_text(instance->stamp.database)) {
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_PLUGIN,
            "stamp() gave versions that are not NUL-terminated lines of "
            "UTF-8");
        return false;
    }
    if (memcmp(&again, &instance->stamp, sizeof again) != 0) {
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_PLUGIN,
            "stamp() gives another stamp each time: it must be constant "
            "for the life of an instance");
        return false;
    }
    instance->has_stamp = true;
    return true;
}
