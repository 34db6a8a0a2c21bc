/* SPDX-License-Identifier: MIT */
#include "caught.h"

#include <stdio.h>
#include <unistd.h>

static char caught[65536];
static int saved_stderr;
static FILE *instead;

void caught_begin(void)
{
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    instead = tmpfile();
    dup2(fileno(instead), STDERR_FILENO);
}

const char *caught_end(void)
{
    fflush(stderr);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    rewind(instead);
    size_t n = fread(caught, 1, sizeof caught - 1, instead);
    caught[n] = '\0';
    fclose(instead);
    return caught;
}
