/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "torture.h"

bool torture_pool(struct torture *torture, GError **error)
{
    (void)torture;
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO,
                        "there is no pool yet");
    return false;
}
