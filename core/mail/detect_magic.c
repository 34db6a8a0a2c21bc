/* SPDX-License-Identifier: MIT */
#include "mail/detect.h"
#include "mail/detect_part.h"

#include <glib.h>

#include <magic.h>
#include <string.h>

enum {
    HEAD_BYTES = 8 * 1024 /* libmagic sees so much */
};

static GMutex lock;
static magic_t cookie;
static bool is_tried;

static void load(void)
{
    if (is_tried)
        return;
    is_tried = true;
    cookie = magic_open(
        MAGIC_MIME_TYPE | MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_ENCODING |
        MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_JSON |
        MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TAR |
        MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_APPTYPE);
    if (cookie == NULL)
        return;
    size_t most = HEAD_BYTES;
    if (magic_load(cookie, NULL) != 0 ||
        magic_setparam(cookie, MAGIC_PARAM_BYTES_MAX, &most) != 0)
        g_clear_pointer(&cookie, magic_close);
}

void detect_start(void)
{
    g_mutex_lock(&lock);
    load();
    g_mutex_unlock(&lock);
}

const char *detect_magic(const uint8_t *p, size_t n)
{
    g_mutex_lock(&lock);
    load();
    const char *type =
        cookie == NULL ? NULL
                       : magic_buffer(cookie, p, MIN(n, (size_t)HEAD_BYTES));
    /* Its database is finite: so are the types. */
    const char *kept = type == NULL || strchr(type, '/') == NULL ||
                               g_str_has_prefix(type, "text/plain")
                           ? "application/octet-stream"
                           : g_intern_string(type);
    g_mutex_unlock(&lock);
    return kept;
}
