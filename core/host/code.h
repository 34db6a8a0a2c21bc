/* SPDX-License-Identifier: MIT */
/*
 * Return codes of the ABI by name, for messages.
 */
#ifndef HOST_CODE_H
#define HOST_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* "DATABASE"; an unknown one is "unknown code N".  Lent until the next call. */
const char *code_name(int32_t code);
/* May a plugin's handle() return it? */
bool code_is_for_handle(int32_t code);

#endif
