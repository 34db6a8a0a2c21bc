/* SPDX-License-Identifier: MIT */
/*
 * Requests: whatever the bytes are, what is read lies inside of them, and reading them
 * again gives the same.
 */
#include "pool/request.h"

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SCANNERS = 5
};

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static bool is_inside(const uint8_t *p, size_t n, const uint8_t *data,
                      size_t size)
{
    return n == 0 || (p >= data && p + n <= data + size);
}

static void check_again(const struct request *request)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct request_reader reader = {0};
    struct request again;
    struct packer to;
    struct unpacker from;
    packer_grow(&to, bytes, SIZE_MAX);
    request_pack(request, &to);
    require(!to.is_full);
    unpacker_init(&from, bytes->data, bytes->len);
    require(request_unpack(&reader, &from, SCANNERS, &again, NULL));
    require(again.raw_n == request->raw_n &&
            memcmp(again.raw, request->raw, again.raw_n) == 0);
    require(again.left_out_n == request->left_out_n);
    require(again.session->rcpts->len == request->session->rcpts->len);
    require((again.journal == NULL) == (request->journal == NULL));
    request_reader_clear(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Lives on, as a worker's does. */
    static struct request_reader reader;
    struct request request = {0};
    struct unpacker from;
    GError *error = NULL;
    unpacker_init(&from, data, size);
    if (!request_unpack(&reader, &from, SCANNERS, &request, &error)) {
        require(error != NULL && request.session == NULL);
        g_error_free(error);
        return 0;
    }
    require(request.session != NULL && request.raw != NULL);
    require(is_inside(request.raw, request.raw_n, data, size));
    require(is_inside(request.journal, request.journal_n, data, size));
    require(is_inside(request.answers, request.answers_n, data, size));
    for (uint32_t i = 0; i < request.left_out_n; i++)
        require(request.left_out[i] < SCANNERS);
    check_again(&request);
    return 0;
}
