/* SPDX-License-Identifier: MIT */
/*
 * Cards and refusals as a zygote whose plugins have taken it over could send them:
 * nothing is believed that the same bytes would not say again, and what passes for sane
 * can stand in a plan.
 */
#include "host/card.h"

#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void free_card(void *p)
{
    card_free(p);
}

static void free_refusal(void *p)
{
    refusal_free(p);
}

static void check_list(char *const *list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        require(g_utf8_validate(list[i], -1, NULL));
}

static void check_card(const struct card *card)
{
    struct scanner scanner = {0};
    require(card->name != NULL && card->class_name != NULL);
    require(card->path != NULL && card->id != NULL && card->title != NULL);
    require(card->vendor != NULL && card->version != NULL &&
            card->licence != NULL);
    require(memchr(card->stamp.engine, '\0', sizeof card->stamp.engine) !=
            NULL);
    if (!card_is_sane(card))
        return;
    check_list(card->types);
    check_list(card->reads);
    check_list(card->provides);
    card_scanner(card, &scanner);
    require(scanner.name == card->name && scanner.handle == NULL);
}

static GByteArray *pack_all(const GPtrArray *cards)
{
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, SIZE_MAX);
    for (unsigned i = 0; i < cards->len; i++)
        card_pack(cards->pdata[i], &to);
    require(!to.is_full);
    return bytes;
}

/* The same bytes, once they have been read and said again. */
static void check_again(const GPtrArray *cards)
{
    g_autoptr(GByteArray) once = pack_all(cards);
    g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func(free_card);
    struct unpacker from;
    unpacker_init(&from, once->data, once->len);
    for (unsigned i = 0; i < cards->len; i++) {
        struct card *card = card_unpack(&from);
        require(card != NULL);
        g_ptr_array_add(again, card);
    }
    require(unpack_end(&from));
    g_autoptr(GByteArray) twice = pack_all(again);
    require(once->len == twice->len);
    require(once->len == 0 || memcmp(once->data, twice->data, once->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GPtrArray) cards = g_ptr_array_new_with_free_func(free_card);
    g_autoptr(GPtrArray) refusals =
        g_ptr_array_new_with_free_func(free_refusal);
    struct unpacker from;
    /* What is configured; nothing else is kept. */
    g_intern_static_string("told");
    g_intern_static_string("gone");
    g_intern_static_string("one");
    unpacker_init(&from, data, size);
    if (!card_unpack_host(&from, cards, refusals)) {
        require(cards->len == 0 && refusals->len == 0);
        return 0;
    }
    for (unsigned i = 0; i < cards->len; i++)
        check_card(cards->pdata[i]);
    for (unsigned i = 0; i < refusals->len; i++) {
        const struct refusal *refusal = refusals->pdata[i];
        require(refusal->name != NULL && refusal->text != NULL);
    }
    check_again(cards);
    return 0;
}
