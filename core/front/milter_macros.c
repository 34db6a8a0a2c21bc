/* SPDX-License-Identifier: MIT */
#include "front/milter_macros.h"

#include <string.h>

static enum milter_set set_of(uint8_t command)
{
    static const uint8_t commands[MILTER_SETS] = {
        [MILTER_SET_CONNECT] = MILTER_CONNECT,
        [MILTER_SET_HELO] = MILTER_HELO,
        [MILTER_SET_MAIL] = MILTER_MAIL,
        [MILTER_SET_RCPT] = MILTER_RCPT,
        [MILTER_SET_DATA] = MILTER_DATA,
        [MILTER_SET_HEADER] = MILTER_HEADER,
        [MILTER_SET_EOH] = MILTER_EOH,
        [MILTER_SET_BODY] = MILTER_BODY,
        [MILTER_SET_END] = MILTER_END,
    };
    const uint8_t *found = memchr(commands, command, sizeof commands);
    return found == NULL ? MILTER_SETS : (enum milter_set)(found - commands);
}

void milter_macros_set(struct milter_macros *macros, uint8_t command,
                       const struct milter_strings *pairs)
{
    enum milter_set set = set_of(command);
    if (set == MILTER_SETS)
        return;
    if (macros->sets[set] == NULL)
        macros->sets[set] = g_byte_array_new();
    g_byte_array_set_size(macros->sets[set], 0);
    if (pairs->n > 0)
        g_byte_array_append(macros->sets[set], pairs->p, (unsigned)pairs->n);
}

void milter_macros_clear(struct milter_macros *macros, enum milter_set from)
{
    for (unsigned i = from; i < MILTER_SETS; i++)
        g_clear_pointer(&macros->sets[i], g_byte_array_unref);
}

/* "{name}" and "name" are one. */
static bool is_named(const char *told, const char *name)
{
    size_t n = strlen(name);
    if (told[0] == '{')
        return strncmp(told + 1, name, n) == 0 &&
               strcmp(told + 1 + n, "}") == 0;
    return strcmp(told, name) == 0;
}

static const char *find(const GByteArray *set, const char *name)
{
    struct milter_strings left = {set->data, set->len};
    const char *told = NULL;
    while ((told = milter_strings_next(&left)) != NULL) {
        const char *value = milter_strings_next(&left);
        if (value != NULL && is_named(told, name))
            return value;
    }
    return NULL;
}

const char *milter_macros_get(const struct milter_macros *macros,
                              const char *name)
{
    for (unsigned i = MILTER_SETS; i-- > 0;) {
        const char *value =
            macros->sets[i] == NULL ? NULL : find(macros->sets[i], name);
        if (value != NULL)
            return value;
    }
    return NULL;
}
