/* SPDX-License-Identifier: MIT */
/*
 * Files of the quarantine that somebody wrote: whatever is in them, nothing is handed out
 * that was not sealed, and what is handed out is well made.
 *
 * The first byte chooses: 0 a whole file, 1 what is known about a message, 2 a state, 3 a
 * message that is sealed and then spoilt at one place, 4 a message for an exemption.
 */
#include "store/bound.h"
#include "store/inside.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    RCPTS = 2
};

static struct key key = {.id = "keykey1", .secret = "secret"};

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static struct key_ring ring_of(void)
{
    struct key_ring ring = {.keys = g_ptr_array_new(), .can_seal = true};
    g_ptr_array_add(ring.keys, &key);
    return ring;
}

static bool read_back(int fd, struct sealed *out)
{
    struct key_ring ring = ring_of();
    GError *error = NULL;
    require(lseek(fd, 0, SEEK_SET) == 0);
    bool is_read = sealed_read(fd, &ring, SEALED_ALL, out, &error);
    require(is_read == (error == NULL));
    require(is_read || error->message[0] != '\0');
    g_clear_error(&error);
    g_ptr_array_unref(ring.keys);
    return is_read;
}

static void check_file(const uint8_t *p, size_t n)
{
    struct sealed sealed = {0};
    int fd = memfd_create("file", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, p, n) == (ssize_t)n);
    if (read_back(fd, &sealed)) {
        uint8_t digest[DIGEST_SIZE];
        digest_sha256(g_bytes_get_data(sealed.raw, NULL),
                      g_bytes_get_size(sealed.raw), digest);
        require(memcmp(digest, sealed.content, DIGEST_SIZE) == 0);
        require(g_bytes_get_size(sealed.raw) == sealed.raw_n);
    }
    sealed_clear(&sealed);
    close(fd);
}

static void check_kept(const uint8_t *p, size_t n)
{
    struct kept kept = {0};
    if (!kept_unpack(p, n, &kept))
        return;
    require(kept_id_is_good(kept.id));
    require(kept.session != NULL && kept.kind < QUARANTINE_KINDS);
    /* Packed again it is what was read, but for the order of recipients. */
    GByteArray *packed = kept_pack(&kept);
    struct kept again = {0};
    require(packed->len <= n && kept_unpack(packed->data, packed->len, &again));
    require(strcmp(kept.id, again.id) == 0);
    g_byte_array_unref(packed);
    kept_clear(&kept);
    kept_clear(&again);
}

static void check_state(const uint8_t *p, size_t n)
{
    struct state state = {0};
    g_autofree uint8_t *bytes = g_malloc(n + DIGEST_SIZE);
    memcpy(bytes, p, n);
    digest_sha256(p, n, bytes + n);
    if (!state_unpack(bytes, n + DIGEST_SIZE, RCPTS, &state))
        return;
    require(state.rcpts->len == RCPTS && state.now <= STATE_REFUSED);
    require(state_answer(&state) != NULL);
    state_recover(&state, 1);
    require(state.now != STATE_RELEASING);
    state_clear(&state);
}

/* p: two bytes where, one byte how long the known part is, then both parts. */
static void check_seal(const uint8_t *p, size_t n)
{
    struct sealed sealed = {0};
    uint8_t content[DIGEST_SIZE];
    if (n < 4)
        return;
    size_t where = (size_t)p[0] << 8 | p[1];
    size_t meta_n = MAX(1, MIN(p[2], n - 3));
    GByteArray *meta = g_byte_array_new();
    g_byte_array_append(meta, p + 3, (unsigned)meta_n);
    g_autoptr(GBytes) raw = g_bytes_new(p + 3 + meta_n, n - 3 - meta_n);
    digest_sha256(p + 3 + meta_n, n - 3 - meta_n, content);
    const struct sealed_source source = {
        .key = p[2] % 2 == 0 ? &key : NULL,
        .meta = meta,
        .raw = raw,
        .content = content,
    };
    int fd = memfd_create("file", MFD_CLOEXEC);
    require(fd >= 0 && sealed_write(fd, &source));
    require(read_back(fd, &sealed) && g_bytes_equal(sealed.raw, raw));
    require(sealed.meta->len == meta_n &&
            memcmp(sealed.meta->data, meta->data, meta_n) == 0);
    uint8_t byte = 0;
    off_t at = (off_t)(where % sealed.file_n);
    require(pread(fd, &byte, 1, at) == 1);
    byte ^= (uint8_t)(1 << where % 8);
    require(pwrite(fd, &byte, 1, at) == 1);
    sealed_clear(&sealed);
    require(!read_back(fd, &sealed));
    g_byte_array_unref(meta);
    close(fd);
}

/* An exemption holds for the same bytes with a trace field before them. */
static void check_bound(const uint8_t *p, size_t n)
{
    static const char trace[] = "Received: from a\r\n by b; now\r\n";
    uint8_t plain[DIGEST_SIZE];
    uint8_t traced[DIGEST_SIZE];
    g_autofree uint8_t *bytes = g_malloc(n + sizeof trace);
    memcpy(bytes, trace, sizeof trace - 1);
    memcpy(bytes + sizeof trace - 1, p, n);
    bound_digest(p, n, plain);
    bound_digest(bytes, n + sizeof trace - 1, traced);
    bool is_folded = n > 0 && (p[0] == ' ' || p[0] == '\t');
    bool is_mbox = n > 4 && memcmp(p, "From ", 5) == 0;
    require(is_folded || is_mbox || memcmp(plain, traced, DIGEST_SIZE) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(const uint8_t *p, size_t n) = {
        check_file, check_kept, check_state, check_seal, check_bound};
    require(sodium_init() >= 0);
    if (size > 0)
        checks[data[0] % G_N_ELEMENTS(checks)](data + 1, size - 1);
    return 0;
}
