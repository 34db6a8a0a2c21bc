/* SPDX-License-Identifier: MIT */
#include "pool/hello.h"

#include "base/escape.h"

#include <string.h>

enum {
    DOWN_MIN_SIZE = 8
};

static void down_free(void *p)
{
    struct hello_down *down = p;
    g_free(down->text);
    g_free(down);
}

static void add(struct hello *hello, uint32_t scanner, const char *p, size_t n)
{
    struct hello_down *down = g_new0(struct hello_down, 1);
    down->scanner = scanner;
    down->text = escape_clean_dup(p, n, HELLO_TEXT_MAX);
    if (hello->downs == NULL)
        hello->downs = g_ptr_array_new_with_free_func(down_free);
    g_ptr_array_add(hello->downs, down);
}

void hello_add(struct hello *hello, uint32_t scanner, const char *text)
{
    add(hello, scanner, text, strlen(text));
}

void hello_pack(const struct hello *hello, struct packer *to)
{
    unsigned n = hello->downs != NULL ? hello->downs->len : 0;
    pack_u32(to, n);
    for (unsigned i = 0; i < n; i++) {
        const struct hello_down *down = hello->downs->pdata[i];
        pack_u32(to, down->scanner);
        pack_bytes(to, down->text, strlen(down->text));
    }
    pack_raw(to, &hello->sandbox, sizeof hello->sandbox);
}

/* Has that scanner, or a later one, been read? */
static bool is_behind(const struct hello *hello, uint32_t scanner)
{
    if (hello->downs == NULL)
        return false;
    const struct hello_down *last = hello->downs->pdata[hello->downs->len - 1];
    return scanner <= last->scanner;
}

bool hello_unpack(struct unpacker *from, size_t scanner_n, struct hello *out)
{
    struct hello hello = {0};
    uint32_t n = unpack_count(from, (uint32_t)scanner_n, DOWN_MIN_SIZE);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t scanner = unpack_u32(from);
        const uint8_t *text;
        size_t text_n;
        unpack_bytes(from, &text, &text_n, HELLO_TEXT_MAX);
        if (scanner >= scanner_n || is_behind(&hello, scanner))
            unpack_refuse(from);
        if (from->is_bad)
            break;
        add(&hello, scanner, (const char *)text, text_n);
    }
    const uint8_t *report = unpack_raw(from, sizeof hello.sandbox);
    if (!unpack_end(from) || report == NULL) {
        hello_clear(&hello);
        return false;
    }
    memcpy(&hello.sandbox, report, sizeof hello.sandbox);
    sandbox_report_mend(&hello.sandbox);
    *out = hello;
    return true;
}

void hello_clear(struct hello *hello)
{
    if (hello->downs != NULL)
        g_ptr_array_unref(hello->downs);
    *hello = (struct hello){0};
}
