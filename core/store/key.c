/* SPDX-License-Identifier: MIT */
#include "store/key.h"

#include "base/digest.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DIGITS = 2 * KEY_SIZE,
    FILE_MAX = DIGITS + 3 /* a line end, and one byte that is too much */
};

static void key_free(void *p)
{
    struct key *key = p;
    sodium_memzero(key->secret, sizeof key->secret);
    g_free(key->path);
    g_free(key);
}

static bool refuse(const char *path, const char *why, GError **error)
{
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_CONF,
        "key file %s: %s; a key is 64 hexadecimal digits, as \"openssl "
        "rand -hex 32\" writes them, in a file that others may not read",
        path, why);
    return false;
}

static bool read_digits(const char *path, char text[FILE_MAX], size_t *n,
                        GError **error)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return refuse(path, g_strerror(errno), error);
    bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    ssize_t got = is_file ? read(fd, text, FILE_MAX) : 0;
    close(fd);
    if (!is_file)
        return refuse(path, "it is no file", error);
    if ((st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
        return refuse(path, "others may read or write it: chmod g-w,o= it",
                      error);
    if (got < 0)
        return refuse(path, g_strerror(errno), error);
    while (got > 0 && (text[got - 1] == '\n' || text[got - 1] == '\r'))
        got--;
    *n = (size_t)got;
    return true;
}

static void set_id(struct key *key)
{
    static const char label[] = "assay quarantine key id";
    uint8_t mixed[sizeof label + KEY_SIZE];
    uint8_t digest[DIGEST_SIZE];
    memcpy(mixed, label, sizeof label);
    memcpy(mixed + sizeof label, key->secret, KEY_SIZE);
    digest_sha256(mixed, sizeof mixed, digest);
    memcpy(key->id, digest, KEY_ID_SIZE);
    sodium_memzero(mixed, sizeof mixed);
}

static bool key_read(const char *path, struct key **out, GError **error)
{
    char text[FILE_MAX];
    size_t n = 0;
    size_t made = 0;
    if (!read_digits(path, text, &n, error))
        return false;
    struct key *key = g_new0(struct key, 1);
    key->path = g_strdup(path);
    bool is_hex = n == DIGITS &&
                  sodium_hex2bin(key->secret, KEY_SIZE, text, n, NULL, &made,
                                 NULL) == 0 &&
                  made == KEY_SIZE;
    sodium_memzero(text, sizeof text);
    if (!is_hex) {
        g_autofree char *why =
            n == DIGITS         ? g_strdup("these are no hexadecimal digits")
            : n >= FILE_MAX - 1 ? g_strdup("it is too long")
                                : g_strdup_printf("it has %zu characters", n);
        key_free(key);
        return refuse(path, why, error);
    }
    set_id(key);
    *out = key;
    return true;
}

static bool add(GPtrArray *keys, const char *path, GError **error)
{
    struct key *key = NULL;
    if (!key_read(path, &key, error))
        return false;
    g_ptr_array_add(keys, key);
    return true;
}

bool key_ring_read(const char *sealing, const GPtrArray *old,
                   struct key_ring *out, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(key_free);
    if (sodium_init() < 0) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO,
                            "libsodium cannot be used on this machine");
        return false;
    }
    if (sealing != NULL && !add(keys, sealing, error))
        return false;
    for (unsigned i = 0; old != NULL && i < old->len; i++)
        if (!add(keys, old->pdata[i], error))
            return false;
    *out = (struct key_ring){
        .keys = g_steal_pointer(&keys),
        .can_seal = sealing != NULL,
    };
    return true;
}

void key_ring_clear(struct key_ring *ring)
{
    g_clear_pointer(&ring->keys, g_ptr_array_unref);
    *ring = (struct key_ring){0};
}

const struct key *key_ring_sealing(const struct key_ring *ring)
{
    return ring->can_seal ? ring->keys->pdata[0] : NULL;
}

const struct key *key_ring_find(const struct key_ring *ring,
                                const uint8_t id[KEY_ID_SIZE], GError **error)
{
    char hex[KEY_ID_HEX_SIZE];
    g_autoptr(GString) have = g_string_new(NULL);
    for (unsigned i = 0; ring->keys != NULL && i < ring->keys->len; i++) {
        const struct key *key = ring->keys->pdata[i];
        if (memcmp(key->id, id, KEY_ID_SIZE) == 0)
            return key;
        key_id_hex(key->id, hex);
        g_string_append_printf(have, "%s%s is %s", have->len > 0 ? ", " : "",
                               key->path, hex);
    }
    key_id_hex(id, hex);
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_CONF,
        "it is encrypted with key %s, which is in none of [quarantine] "
        "key_file and old_key_files (%s): add its file to old_key_files",
        hex, have->len > 0 ? have->str : "there are none");
    return NULL;
}

void key_id_hex(const uint8_t id[KEY_ID_SIZE], char out[KEY_ID_HEX_SIZE])
{
    sodium_bin2hex(out, KEY_ID_HEX_SIZE, id, KEY_ID_SIZE);
}
