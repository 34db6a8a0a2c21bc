/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include "base/write.h"

#include <unistd.h>

bool output_write(const char *p, size_t n)
{
    return write_all(STDOUT_FILENO, p, n);
}
