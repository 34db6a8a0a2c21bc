/* SPDX-License-Identifier: GPL-2.0-only */
#include "cvd.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    HEAD_SIZE = 512,
    BLOCK_SIZE = 512,     /* of a tar, POSIX.1-1988 ustar */
    NAME_SIZE = 100,      /* first field of its header */
    SIZE_AT = 124,        /* octal, 12 bytes */
    LINE_SIZE = 64 * 1024 /* a longer line is read as several */
};

static bool is_wanted(const char *ext)
{
    static const char *const wanted[] = {"ldb", "ldu", "cdb", "pdb", "gdb"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (strcmp(ext, wanted[i]) == 0)
            return true;
    return false;
}

/* What the caller wants after a member. */
enum step {
    STEP_NEXT,
    STEP_ENOUGH,
    STEP_CUT /* the archive ends inside of it */
};

/* The lines of one member; `*left` is how much of it was not read. */
static enum step member_lines(gzFile gz, const char *ext, uint64_t *left,
                              cvd_line_fn on_line, void *context)
{
    static char line[LINE_SIZE];
    while (*left > 0) {
        uint64_t most = *left < LINE_SIZE - 1 ? *left + 1 : LINE_SIZE;
        if (gzgets(gz, line, (int)most) == NULL)
            return STEP_CUT;
        size_t n = strlen(line);
        if (n == 0)
            return STEP_CUT; /* a zero byte: no text */
        *left -= n < *left ? n : *left;
        if (on_line(context, ext, line))
            return STEP_ENOUGH;
    }
    return STEP_NEXT;
}

/* All members; false where the tar ends before its end mark. */
static bool walk(gzFile gz, cvd_line_fn on_line, void *context)
{
    char block[BLOCK_SIZE];
    while (gzread(gz, block, sizeof block) == BLOCK_SIZE) {
        char name[NAME_SIZE + 1];
        char octal[13] = {0};
        memcpy(name, block, NAME_SIZE);
        name[NAME_SIZE] = '\0';
        if (name[0] == '\0')
            return true;
        memcpy(octal, block + SIZE_AT, 12);
        uint64_t size = strtoull(octal, NULL, 8);
        uint64_t left = size;
        uint64_t padding = (BLOCK_SIZE - size % BLOCK_SIZE) % BLOCK_SIZE;
        const char *dot = strrchr(name, '.');
        enum step step = STEP_NEXT;
        if (dot != NULL && is_wanted(dot + 1))
            step = member_lines(gz, dot + 1, &left, on_line, context);
        if (step != STEP_NEXT)
            return step == STEP_ENOUGH;
        if (gzseek(gz, (z_off_t)(left + padding), SEEK_CUR) < 0)
            return false;
    }
    return false;
}

bool cvd_lines(const char *path, cvd_line_fn on_line, void *context)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    gzFile gz =
        lseek(fd, HEAD_SIZE, SEEK_SET) == HEAD_SIZE ? gzdopen(fd, "rb") : NULL;
    if (gz == NULL) {
        close(fd);
        return false;
    }
    bool ok = walk(gz, on_line, context);
    gzclose(gz);
    return ok;
}
