/* SPDX-License-Identifier: MIT */
#include "verdict/address.h"

#include "base/error.h"

#include <string.h>

enum {
    LOCAL_MAX = 64, /* RFC 5321 4.5.3.1 */
    DOMAIN_MAX = 255,
};

bool address_is_usable(const char *text)
{
    const char *at = strrchr(text, '@');
    if (at == NULL || at == text || at - text > LOCAL_MAX || at[1] == '\0' ||
        strlen(at + 1) > DOMAIN_MAX)
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("<>,;\"\\", *p))
            return false;
    return g_utf8_validate(text, -1, NULL);
}

bool address_check_option(const struct conf *conf,
                          const struct conf_section *in_file,
                          const struct option_set *set, const char *key,
                          GError **error)
{
    const char *text;
    for (unsigned i = 0;
         in_file != NULL && (text = option_text(set, key, i)) != NULL; i++) {
        if (address_is_usable(text))
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s:%u: [%s] %s: \"%s\" is not an address such as "
                    "postmaster@example.org",
                    conf->path, option_line(set, key), in_file->label, key,
                    text);
        return false;
    }
    return true;
}
