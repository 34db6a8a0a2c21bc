/* SPDX-License-Identifier: MIT */
/*
 * Files of weights, as text or as XML: any bytes are read or refused with an error.
 */
#include "../../plugins/spam/fold.h"
#include "../../plugins/spam/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static locale_t locale;
    static char path[64];
    char err[WEIGHTS_ERROR] = "";
    struct weights weights = {0};

    if (locale == (locale_t)0) {
        locale = fold_open();
        snprintf(path, sizeof(path), "/tmp/assay-fuzz-weights-%ld",
                 (long)getpid());
    }
    weights.locale = locale;
    FILE *file = fopen(path, "wbe");
    if (file == NULL || fwrite(data, 1, size, file) != size)
        abort();
    fclose(file);
    bool is_good = weights_read(&weights, path, err);
    if (is_good != (err[0] == '\0'))
        abort();
    for (size_t i = 0; i < weights.n; i++) {
        if (abs(weights.list[i].points) > WEIGHTS_POINTS)
            abort();
    }
    if (is_good && !weights_build(&weights, err))
        abort();
    weights_clear(&weights);
    unlink(path);
    return 0;
}
