/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* FIPS 180-4 examples and NIST's long one: text repeated so often. */
static const struct {
    const char *text;
    size_t times;
    const char *hex;
} known[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000,
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void the_published_examples_come_out(void)
{
    /* Twice: the context is used again. */
    for (size_t i = 0; i < 2 * (sizeof known / sizeof known[0]); i++) {
        size_t k = i % (sizeof known / sizeof known[0]);
        size_t n = strlen(known[k].text);
        char *all = malloc(n * known[k].times + 1);
        for (size_t t = 0; t < known[k].times; t++)
            memcpy(all + t * n, known[k].text, n);
        uint8_t digest[DIGEST_SIZE];
        char hex[DIGEST_HEX_SIZE];
        digest_sha256(all, n * known[k].times, digest);
        digest_hex(digest, hex);
        CU_ASSERT_STRING_EQUAL(hex, known[k].hex);
        free(all);
    }
}

static void hexadecimal_is_lower_case_with_leading_zeros(void)
{
    uint8_t digest[DIGEST_SIZE] = {0x00, 0x0f, 0xf0, 0xab};
    char hex[DIGEST_HEX_SIZE];
    memset(hex, 'x', sizeof hex);
    digest_hex(digest, hex);
    CU_ASSERT_EQUAL(strlen(hex), 64);
    CU_ASSERT_NSTRING_EQUAL(hex, "000ff0ab00", 10);
}

UNIT_MAIN("digest", UNIT(the_published_examples_come_out),
          UNIT(hexadecimal_is_lower_case_with_leading_zeros))
