/* SPDX-License-Identifier: MIT */
/*
 * A message from a peer with a stamp on it.  Nothing is believed that this host would
 * not have signed: the claim is one that a stamp may make, making it again gives the very
 * text, and other content does not fit it.
 *
 * Input: the message.  Key and time are those of tests/unit/test_stamp.c, whose stamped
 * mails are the seeds.
 */
#include "front/content_digest.h"
#include "front/stamp_header.h"
#include "front/stamp_key.h"
#include "front/stamp_text.h"
#include "mail/trust.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1790000000)

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static struct stamp_options *options(void)
{
    static struct stamp_options made;
    if (made.keys != NULL)
        return &made;
    struct stamp_key *key = g_new0(struct stamp_key, 1);
    struct network peer;
    g_strlcpy(key->id, "new", sizeof key->id);
    for (key->n = 0; key->n < 32; key->n++)
        key->bytes[key->n] = (uint8_t)(key->n % 16 * 0x11);
    made.keys = g_ptr_array_new_with_free_func(stamp_key_free);
    g_ptr_array_add(made.keys, key);
    made.peers = g_array_new(FALSE, FALSE, sizeof peer);
    require(network_parse("192.0.2.1", &peer));
    g_array_append_val(made.peers, peer);
    made.rcpts = g_ptr_array_new();
    made.max_age_s = 3600;
    made.host = g_strdup("fuzz");
    made.versions = g_strdup("fuzz/1");
    return &made;
}

static void look_at_text(const uint8_t *data, size_t size)
{
    struct stamp_claim claim = {0};
    char mac[STAMP_MAC_HEX + 1] = "";
    if (!stamp_text_read((const char *)data, size, &claim, mac))
        return;
    require(strlen(mac) == STAMP_MAC_HEX);
    /* Only its folds may be others. */
    g_autofree char *again = stamp_text_write(&claim, mac);
    g_autofree char *with_blank = g_strconcat(" ", again, NULL);
    struct stamp_claim same = {0};
    char same_mac[STAMP_MAC_HEX + 1] = "";
    require(stamp_text_read(with_blank, strlen(with_blank), &same, same_mac));
    require(memcmp(&claim, &same, sizeof claim) == 0 &&
            strcmp(mac, same_mac) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session *session = session_new();
    struct stamp_claim claim = {0};
    GBytes *raw = g_bytes_new(data, size);
    session_set_client_ip(session, "192.0.2.1");
    look_at_text(data, size);
    if (stamp_header_honoured(options(), raw, session, NOW, &claim)) {
        require(stamp_text_is_allowed(&claim));
        require(claim.time_s <= NOW + STAMP_SKEW_S &&
                claim.time_s >= NOW - 3600);
        g_autofree uint8_t *other = g_memdup2(data, size);
        other[size - 1] ^= 1;
        GBytes *changed = g_bytes_new(other, size);
        struct stamp_claim none;
        require(
            !stamp_header_honoured(options(), changed, session, NOW, &none));
        g_bytes_unref(changed);
        session_set_client_ip(session, "192.0.2.2");
        require(!stamp_header_honoured(options(), raw, session, NOW, &none));
    }
    g_bytes_unref(raw);
    session_free(session);
    return 0;
}
