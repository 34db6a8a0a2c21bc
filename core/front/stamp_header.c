/* SPDX-License-Identifier: MIT */
#include "front/stamp_header.h"

#include "front/content_digest.h"
#include "front/stamp_text.h"
#include "mail/field.h"
#include "mail/trust.h"
#include "verdict/rules.h"

#include <openssl/crypto.h>
#include <string.h>

_Static_assert((int)STAMP_MAC_HEX + 1 == (int)DIGEST_HEX_SIZE,
               "the MAC is as long as a digest");

char *stamp_header_make(const struct stamp_options *options, GBytes *raw,
                        const struct milter_edit *edits, size_t n,
                        struct stamp_claim *claim)
{
    if (options->keys->len == 0 || !stamp_text_is_allowed(claim))
        return NULL;
    const struct stamp_key *key = options->keys->pdata[0];
    uint8_t digest[DIGEST_SIZE];
    char mac[STAMP_MAC_HEX + 1];
    g_strlcpy(claim->key_id, key->id, sizeof claim->key_id);
    g_strlcpy(claim->host, options->host, sizeof claim->host);
    g_strlcpy(claim->versions, options->versions, sizeof claim->versions);
    content_digest(raw, edits, n, digest);
    stamp_text_sign(key, claim, digest, mac);
    return stamp_text_write(claim, mac);
}

static bool fits(const struct stamp_options *options, const char *rcpt)
{
    for (unsigned i = 0; i < options->rcpts->len; i++)
        if (rules_glob(options->rcpts->pdata[i], rcpt))
            return true;
    return false;
}

bool stamp_header_is_for(const struct stamp_options *options,
                         const struct outcome *outcome)
{
    const GPtrArray *lists[] = {outcome->goes_on, outcome->added};
    unsigned n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        for (unsigned j = 0; j < lists[i]->len; j++, n++)
            if (!fits(options, lists[i]->pdata[j]))
                return false;
    return n > 0;
}

/* The one field of that name; false: there is none, or more. */
static bool find(GBytes *raw, struct field *out)
{
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    struct field_reader reader = {.p = p, .n = n};
    struct field field;
    enum field_line line = FIELD_LINE_JUNK;
    unsigned found = 0;
    while (found < 2 && line != FIELD_LINE_END && line != FIELD_LINE_EOF) {
        line = field_next(&reader, &field);
        if (line != FIELD_LINE_FIELD || !field_is(&field, "X-Assay-Stamp"))
            continue;
        *out = field;
        found++;
    }
    return found == 1;
}

static bool is_fresh(const struct stamp_options *options, int64_t time_s,
                     int64_t now_s)
{
    /* Neither may overflow: times are not negative. */
    return now_s >= 0 && time_s >= 0 &&
           (time_s > now_s ? time_s - now_s <= STAMP_SKEW_S
                           : now_s - time_s <= options->max_age_s);
}

bool stamp_header_honoured(const struct stamp_options *options, GBytes *raw,
                           const struct session *session, int64_t now_s,
                           struct stamp_claim *out)
{
    struct field field;
    struct stamp_claim claim = {0};
    char mac[STAMP_MAC_HEX + 1];
    char right[STAMP_MAC_HEX + 1];
    uint8_t digest[DIGEST_SIZE];
    if (options->keys->len == 0 || session->client_ip == NULL ||
        !trust_holds(options->peers, session->client_ip) ||
        !find(raw, &field) ||
        !stamp_text_read(field.value, field.value_n, &claim, mac) ||
        !stamp_text_is_allowed(&claim) ||
        !is_fresh(options, claim.time_s, now_s))
        return false;
    const struct stamp_key *key = stamp_key_find(options, claim.key_id);
    if (key == NULL)
        return false;
    content_digest(raw, NULL, 0, digest);
    stamp_text_sign(key, &claim, digest, right);
    if (CRYPTO_memcmp(mac, right, STAMP_MAC_HEX) != 0)
        return false;
    *out = claim;
    return true;
}

struct verdict *stamp_claim_verdict(const struct stamp_claim *claim,
                                    const struct session *session)
{
    g_autofree char *line =
        g_strdup_printf("stamp of %s by key %s", claim->host, claim->key_id);
    const struct verdict_told told = {claim->kind, claim->action, claim->scl,
                                      line};
    return verdict_new_told(&told, session);
}
