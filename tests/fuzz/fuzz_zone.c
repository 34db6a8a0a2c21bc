/* SPDX-License-Identifier: MIT */
/*
 * Zone and look-up files.  Whatever a file holds, it is read or refused with one
 * clean line; every question to what was read gets an answer that fits together.
 */
#include "scan/zone.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_error(GError *error)
{
    require(error != NULL && error->message[0] == 'f' &&
            error->message[1] == ':');
    require(g_utf8_validate(error->message, -1, NULL));
    for (const char *p = error->message; *p != '\0'; p++)
        require((unsigned char)*p >= 0x20 && *p != 0x7f);
    g_error_free(error);
}

/* `is_there`: the zone has a file for that kind. */
static void ask(const struct zone *zone, bool is_there, uint32_t kind,
                uint32_t type, const char *key)
{
    struct wish *wish = wish_new(kind, type, key);
    const struct resolver *resolver = zone_resolver(zone);
    resolver->resolve(resolver->self, &wish, 1);
    require(wish->state >= ASSAY_ANSWER_DATA &&
            wish->state <= ASSAY_ANSWER_BLOCKED);
    require((wish->state == ASSAY_ANSWER_BLOCKED) == !is_there);
    require((wish->state == ASSAY_ANSWER_DATA) == (wish->records->len > 0));
    for (unsigned i = 0; i < wish->records->len; i++) {
        const struct wish_record *record = wish->records->pdata[i];
        require(record->data[record->data_n] == '\0');
        require(kind != ASSAY_WANT_DNS || record->type == type);
        require(record->type != 1 || record->data_n == 4);
        require(record->type != 28 || record->data_n == 16);
    }
    wish_free(wish);
}

/* The names and keys of the seeds, which changed inputs mostly keep. */
static void ask_all(const struct zone *zone, bool is_dns)
{
    static const char *const names[] = {"a.org", "b.org", "c.org",
                                        "d.org", "",      "A.ORG."};
    static const uint32_t types[] = {1, 2, 5, 12, 15, 16, 28, 99, 52, 0};
    for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
        for (size_t t = 0; t < G_N_ELEMENTS(types); t++)
            ask(zone, is_dns, ASSAY_WANT_DNS, types[t], names[n]);
    ask(zone, !is_dns, ASSAY_WANT_LOOKUP, 0, "user:a");
    ask(zone, !is_dns, ASSAY_WANT_LOOKUP, 0, "");
}

/* As a zone where it begins like one, else as a look-up file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zone *zone = NULL;
    GError *error = NULL;
    struct zone_text text = {"f", (const char *)data, size};
    bool is_dns = size > 0 && (data[0] == '{' || data[0] == '[');
    if (!zone_parse(is_dns ? &text : NULL, is_dns ? NULL : &text, &zone,
                    &error)) {
        require(zone == NULL);
        check_error(error);
        return 0;
    }
    require(error == NULL);
    ask_all(zone, is_dns);
    zone_free(zone);
    return 0;
}
