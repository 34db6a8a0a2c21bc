/* SPDX-License-Identifier: MIT */
#include "front/stamp_key.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MAX = 1024
};

static bool refuse(const char *path, const char *what, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_DATA, "%s: %s", path, what);
    return false;
}

static bool check_file(const char *path, int fd, GError **error)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return refuse(path, g_strerror(errno), error);
    if (!S_ISREG(st.st_mode))
        return refuse(path, "is no regular file", error);
    if ((st.st_mode & 07777 & ~(mode_t)0640) == 0)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                "%s: has mode %04o: a key is read by its owner and its group "
                "only, chmod 0600 or 0640",
                path, (unsigned)(st.st_mode & 07777));
    return false;
}

/* Its text without outer blanks, in `text`. */
static bool read_text(const char *path, char text[FILE_MAX + 1], GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return refuse(path, g_strerror(errno), error);
    bool is_good = check_file(path, fd, error);
    ssize_t n = is_good ? read(fd, text, FILE_MAX) : 0;
    if (n < 0)
        is_good = refuse(path, g_strerror(errno), error);
    close(fd);
    if (!is_good)
        return false;
    text[n] = '\0';
    if (strlen(text) != (size_t)n)
        return refuse(path, "holds a NUL: write the key as hexadecimal", error);
    g_strstrip(text);
    return true;
}

static bool take_hex(const char *text, struct stamp_key *key)
{
    size_t n = strlen(text);
    if (n % 2 != 0 || n / 2 > STAMP_KEY_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isxdigit(text[i]))
            return false;
    for (size_t i = 0; i < n / 2; i++)
        key->bytes[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) * 16 +
                                  g_ascii_xdigit_value(text[2 * i + 1]));
    key->n = n / 2;
    return true;
}

static bool take_base64(const char *text, struct stamp_key *key)
{
    size_t n = strlen(text);
    uint8_t bytes[FILE_MAX];
    size_t pad =
        n >= 2 ? (size_t)(text[n - 1] == '=') + (text[n - 2] == '=') : 0;
    if (n == 0 || n % 4 != 0 || n / 4 * 3 - pad > STAMP_KEY_MAX)
        return false;
    int got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n);
    bool is_good = got >= 0 && (size_t)got == n / 4 * 3;
    if (is_good) {
        key->n = (size_t)got - pad;
        memcpy(key->bytes, bytes, key->n);
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    return is_good;
}

/* The file's name up to its ending, if an item of the header can hold it. */
static bool take_id(const char *path, struct stamp_key *key, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name)
        *dot = '\0';
    size_t n = strlen(name);
    if (n == 0 || n > STAMP_ID_MAX ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789._-") != n)
        return refuse(path,
                      "its name is the key's id: at most 32 letters, digits "
                      "and ._- before the ending",
                      error);
    g_strlcpy(key->id, name, sizeof key->id);
    return true;
}

bool stamp_key_read(const char *path, struct stamp_key **out, GError **error)
{
    char text[FILE_MAX + 1];
    struct stamp_key *key = g_new0(struct stamp_key, 1);
    bool is_good = take_id(path, key, error) && read_text(path, text, error);
    if (is_good && !take_hex(text, key) && !take_base64(text, key))
        is_good = refuse(path,
                         "is neither hexadecimal nor base64 of at most 256 "
                         "bytes; `openssl rand -hex 32` makes a key",
                         error);
    OPENSSL_cleanse(text, sizeof text);
    if (is_good && key->n < STAMP_KEY_MIN) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "%s: has %zu bytes, and a key at least 32; `openssl rand "
                    "-hex 32` makes one",
                    path, key->n);
        is_good = false;
    }
    if (!is_good) {
        stamp_key_free(key);
        return false;
    }
    *out = key;
    return true;
}

void stamp_key_free(void *key)
{
    if (key == NULL)
        return;
    OPENSSL_cleanse(key, sizeof(struct stamp_key));
    g_free(key);
}
