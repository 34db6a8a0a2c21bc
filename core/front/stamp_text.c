/* SPDX-License-Identifier: MIT */
#include "front/stamp_text.h"

#include "scan/finding.h"
#include "verdict/scl.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

enum {
    LINE_MAX_SIZE = 76,
    ITEMS = 7 /* that are signed */
};

static const char names[][5] = {"k", "t", "h", "kind", "scl", "a", "w"};
_Static_assert(G_N_ELEMENTS(names) == ITEMS, "every item has its name");

/* The values of the signed items, in their order. */
struct values {
    char text[ITEMS][STAMP_HOST_MAX + 1];
};

static void values_of(const struct stamp_claim *claim, struct values *out)
{
    size_t size = sizeof out->text[0];
    g_strlcpy(out->text[0], claim->key_id, size);
    g_snprintf(out->text[1], size, "%" G_GINT64_FORMAT, claim->time_s);
    g_strlcpy(out->text[2], claim->host, size);
    g_strlcpy(out->text[3], finding_kind_name(claim->kind), size);
    g_snprintf(out->text[4], size, "%d", claim->scl);
    g_strlcpy(out->text[5], verdict_action_name(claim->action), size);
    g_strlcpy(out->text[6], claim->versions, size);
}

bool stamp_text_is_allowed(const struct stamp_claim *claim)
{
    bool is_kind = claim->kind == 0 || claim->kind == ASSAY_KIND_INFO ||
                   claim->kind == ASSAY_KIND_ANOMALY ||
                   claim->kind == ASSAY_KIND_SPAM;
    bool is_action = claim->action == ASSAY_ACTION_ACCEPT ||
                     claim->action == ASSAY_ACTION_TAG ||
                     claim->action == ASSAY_ACTION_JUNK;
    return is_kind && is_action && claim->scl >= 0 && claim->scl <= SCL_MAX &&
           claim->time_s >= 0;
}

static void put(GString *to, size_t *column, const char *name,
                const char *value)
{
    size_t n = strlen(name) + 1 + strlen(value);
    bool is_full = *column + n + 2 > LINE_MAX_SIZE;
    g_string_append(to, is_full ? ";\r\n\t" : "; ");
    g_string_append_printf(to, "%s=%s", name, value);
    *column = (is_full ? 8 : *column + 2) + n;
}

char *stamp_text_write(const struct stamp_claim *claim, const char *mac)
{
    struct values values = {0};
    GString *to = g_string_new("v=1");
    size_t column = strlen("X-Assay-Stamp: v=1");
    values_of(claim, &values);
    for (size_t i = 0; i < ITEMS; i++)
        put(to, &column, names[i], values.text[i]);
    put(to, &column, "b", mac);
    return g_string_free(to, FALSE);
}

/* --- reading --- */

/* A text while it is read, unfolded. */
struct reading {
    const char *at;
    bool is_good;
};

static void expect(struct reading *reading, const char *text)
{
    size_t n = strlen(text);
    reading->is_good = reading->is_good && strncmp(reading->at, text, n) == 0;
    if (reading->is_good)
        reading->at += n;
}

/* An item's value into `to` of `size` bytes. */
static void take(struct reading *reading, const char *name, char *to,
                 size_t size)
{
    expect(reading, "; ");
    expect(reading, name);
    expect(reading, "=");
    if (!reading->is_good)
        return;
    size_t n = strspn(reading->at,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "0123456789._/+,-");
    reading->is_good = n > 0 && n < size;
    if (!reading->is_good)
        return;
    memcpy(to, reading->at, n);
    to[n] = '\0';
    reading->at += n;
}

/* Each fold as the blank that it stands for; NULL: another line end or too long. */
static char *unfold(const char *p, size_t n)
{
    if (n == 0 || n > STAMP_TEXT_MAX || memchr(p, '\0', n) != NULL)
        return NULL;
    GString *flat = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        bool is_fold = n - i > 3 && memcmp(p + i, "\r\n\t", 3) == 0;
        g_string_append_c(flat, is_fold ? ' ' : p[i]);
        i += is_fold ? 2 : 0;
    }
    return g_string_free(flat, FALSE);
}

static bool is_number(const char *text, guint64 max, guint64 *out)
{
    return (text[0] != '0' || text[1] == '\0') && g_ascii_isdigit(text[0]) &&
           g_ascii_string_to_unsigned(text, 10, 0, max, out, NULL);
}

static bool take_numbers(const struct values *values, struct stamp_claim *out)
{
    guint64 time_s = 0;
    guint64 scl = 0;
    out->kind = finding_kind_by_name(values->text[3]);
    out->action = verdict_action_by_name(values->text[5]);
    if (!is_number(values->text[1], G_MAXINT64, &time_s) ||
        !is_number(values->text[4], SCL_MAX, &scl) ||
        strcmp(finding_kind_name(out->kind), values->text[3]) != 0 ||
        out->action == ASSAY_ACTION_NONE)
        return false;
    out->time_s = (int64_t)time_s;
    out->scl = (int)scl;
    return true;
}

bool stamp_text_read(const char *p, size_t n, struct stamp_claim *out,
                     char mac[STAMP_MAC_HEX + 1])
{
    g_autofree char *flat = unfold(p, n);
    struct reading reading = {.at = flat, .is_good = flat != NULL};
    struct values values = {0};
    if (flat == NULL)
        return false;
    expect(&reading, " v=1"); /* with the blank behind the colon */
    take(&reading, names[0], values.text[0], sizeof out->key_id);
    take(&reading, names[1], values.text[1], sizeof values.text[1]);
    take(&reading, names[2], values.text[2], sizeof out->host);
    for (size_t i = 3; i < ITEMS; i++)
        take(&reading, names[i], values.text[i],
             i == 6 ? sizeof out->versions : sizeof values.text[i]);
    take(&reading, "b", mac, STAMP_MAC_HEX + 1);
    if (!reading.is_good || *reading.at != '\0' ||
        strlen(mac) != STAMP_MAC_HEX || !take_numbers(&values, out))
        return false;
    g_strlcpy(out->key_id, values.text[0], sizeof out->key_id);
    g_strlcpy(out->host, values.text[2], sizeof out->host);
    g_strlcpy(out->versions, values.text[6], sizeof out->versions);
    return true;
}

/* --- signing --- */

static bool add(EVP_MAC_CTX *context, const void *p, size_t n)
{
    uint64_t size = GUINT64_TO_BE((uint64_t)n);
    return EVP_MAC_update(context, (const uint8_t *)&size, sizeof size) == 1 &&
           EVP_MAC_update(context, p, n) == 1;
}

static bool sign(EVP_MAC_CTX *context, const struct stamp_key *key,
                 const struct stamp_claim *claim,
                 const uint8_t digest[DIGEST_SIZE])
{
    static const char label[] = "assay-stamp-1";
    char hash[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0),
        OSSL_PARAM_construct_end(),
    };
    struct values values = {0};
    values_of(claim, &values);
    bool is_done = EVP_MAC_init(context, key->bytes, key->n, params) == 1 &&
                   EVP_MAC_update(context, (const uint8_t *)label,
                                  sizeof label - 1) == 1 &&
                   add(context, digest, DIGEST_SIZE);
    for (size_t i = 0; i < ITEMS; i++)
        is_done =
            is_done && add(context, values.text[i], strlen(values.text[i]));
    return is_done;
}

void stamp_text_sign(const struct stamp_key *key,
                     const struct stamp_claim *claim,
                     const uint8_t digest[DIGEST_SIZE],
                     char mac[STAMP_MAC_HEX + 1])
{
    uint8_t bytes[DIGEST_SIZE];
    size_t n = 0;
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context =
        algorithm != NULL ? EVP_MAC_CTX_new(algorithm) : NULL;
    if (context == NULL || !sign(context, key, claim, digest) ||
        EVP_MAC_final(context, bytes, &n, sizeof bytes) != 1 ||
        n != sizeof bytes)
        g_error("libcrypto cannot compute HMAC-SHA-256");
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(algorithm);
    digest_hex(bytes, mac);
}
