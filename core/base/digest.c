/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <glib.h>

#include <openssl/evp.h>
#include <stdbool.h>

/*
 * Made at first use and kept for the life of the process: fetching an algorithm
 * costs OpenSSL 3 more than hashing a small part.  A scan has one thread, and a
 * context is whole again after every digest, so forked workers may inherit it.
 */
static EVP_MD *algorithm;
static EVP_MD_CTX *context;

void digest_sha256(const void *p, size_t n, uint8_t out[DIGEST_SIZE])
{
    if (context == NULL) {
        algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
        context = EVP_MD_CTX_new();
    }
    unsigned size = 0;
    bool is_done = algorithm != NULL && context != NULL &&
                   EVP_DigestInit_ex2(context, algorithm, NULL) == 1 &&
                   EVP_DigestUpdate(context, p, n) == 1 &&
                   EVP_DigestFinal_ex(context, out, &size) == 1;
    /* A wrong digest would give one content the answers of another. */
    if (!is_done || size != DIGEST_SIZE)
        g_error("libcrypto cannot compute SHA-256");
}

void digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * DIGEST_SIZE] = '\0';
}
