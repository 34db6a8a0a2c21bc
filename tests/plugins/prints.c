/* SPDX-License-Identifier: MIT */
/* Talks: 256 KiB on standard output and on standard error, with what terminals obey. */
#include "bad.h"

#include <stdio.h>

static int32_t misbehave(const struct assay_task *task)
{
    static const char line[] =
        "assay: id=1 verdict=accept\x1b[2J\x1b]0;gone\a\r\n\0\xff\xfe\n";
    for (size_t n = 0; n < 256 << 10; n += sizeof line) {
        fwrite(line, 1, sizeof line, stdout);
        fwrite(line, 1, sizeof line, stderr);
    }
    printf("and a last line without an end, %%n %%s");
    fflush(stdout);
    return bad_clean(task);
}

BAD_MODULE()
