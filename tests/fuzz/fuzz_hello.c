/* SPDX-License-Identifier: MIT */
/*
 * The first words of a worker: which plugins are down, and what shuts it in.
 *
 * Input: one byte (scanners in its plan), then a hello.
 */
#include "pool/hello.h"

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check(const struct hello *hello, size_t scanner_n)
{
    for (unsigned i = 0; hello->downs != NULL && i < hello->downs->len; i++) {
        const struct hello_down *down = hello->downs->pdata[i];
        require(down->scanner < scanner_n);
        require(g_utf8_validate(down->text, -1, NULL));
        for (const char *c = down->text; *c != '\0'; c++)
            require((uint8_t)*c >= ' ' && *c != 0x7f);
    }
    for (size_t i = 0; i < SANDBOX_MEASURES; i++) {
        const struct sandbox_word *word = &hello->sandbox.words[i];
        require(word->state <= SANDBOX_MISSING);
        require(memchr(word->why, '\0', sizeof word->why) != NULL);
        require(g_utf8_validate(word->why, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct unpacker from;
    struct hello hello = {0};
    if (size == 0)
        return 0;
    size_t scanner_n = *data % 8;
    unpacker_init(&from, data + 1, size - 1);
    if (hello_unpack(&from, scanner_n, &hello))
        check(&hello, scanner_n);
    else
        require(hello.downs == NULL);
    hello_clear(&hello);
    return 0;
}
