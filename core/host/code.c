/* SPDX-License-Identifier: MIT */
#include "host/code.h"

#include <assay/plugin.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

static const struct {
    int32_t code;
    const char *name;
} codes[] = {
    {ASSAY_RC_OK, "OK"},
    {ASSAY_RC_PENDING, "PENDING"},
    {ASSAY_RC_NOT_APPLICABLE, "NOT_APPLICABLE"},
    {ASSAY_RC_SKIP, "SKIP"},
    {ASSAY_RC_STOP, "STOP"},
    {ASSAY_RC_INTERNAL, "INTERNAL"},
    {ASSAY_RC_NOMEM, "NOMEM"},
    {ASSAY_RC_INVAL, "INVAL"},
    {ASSAY_RC_NOTSUP, "NOTSUP"},
    {ASSAY_RC_NOTFOUND, "NOTFOUND"},
    {ASSAY_RC_TIMEOUT, "TIMEOUT"},
    {ASSAY_RC_CANCELLED, "CANCELLED"},
    {ASSAY_RC_LIMIT, "LIMIT"},
    {ASSAY_RC_IO, "IO"},
    {ASSAY_RC_FORMAT, "FORMAT"},
    {ASSAY_RC_STATE, "STATE"},
    {ASSAY_RC_DATABASE, "DATABASE"},
    {ASSAY_RC_LICENCE, "LICENCE"},
    {ASSAY_RC_DENIED, "DENIED"},
};

static const char *known_name(int32_t code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return codes[i].name;
    return NULL;
}

const char *code_name(int32_t code)
{
    static _Thread_local char unknown[32];
    const char *name = known_name(code);
    if (name != NULL)
        return name;
    snprintf(unknown, sizeof unknown, "unknown code %" PRId32, code);
    return unknown;
}

bool code_is_for_handle(int32_t code)
{
    return code != ASSAY_RC_SKIP && code != ASSAY_RC_STOP &&
           known_name(code) != NULL;
}
