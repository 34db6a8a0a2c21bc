/* SPDX-License-Identifier: MIT */
#include "front/milter_codec.h"
#include "unit.h"

#include <string.h>

/* clang-format off */
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* clang-format on */

static void a_packet_is_read_once_it_is_whole(void)
{
    static const uint8_t bytes[] = "\0\0\0\5Hmx.\0\0\0\0\1N";
    struct milter_packet packet;
    for (size_t n = 0; n < 9; n++) {
        CU_ASSERT_EQUAL(milter_decode(bytes, n, &packet, NULL),
                        MILTER_DECODED_MORE);
        CU_ASSERT_EQUAL(packet.command, n < 5 ? 0 : MILTER_HELO);
    }
    CU_ASSERT_EQUAL(milter_decode(bytes, sizeof bytes - 1, &packet, NULL),
                    MILTER_DECODED_PACKET);
    CU_ASSERT_EQUAL(packet.command, MILTER_HELO);
    CU_ASSERT_EQUAL(packet.size, 4);
    CU_ASSERT_PTR_EQUAL(packet.data, bytes + 5);
    CU_ASSERT_EQUAL(packet.taken, 9);
    CU_ASSERT_EQUAL(milter_decode(bytes + 9, sizeof bytes - 10, &packet, NULL),
                    MILTER_DECODED_PACKET);
    CU_ASSERT_EQUAL(packet.command, MILTER_EOH);
    CU_ASSERT_EQUAL(packet.size, 0);
}

static void what_is_not_milter_is_known_by_its_first_bytes(void)
{
    static const struct {
        const uint8_t *p;
        size_t n;
        const char *words;
    } cases[] = {
        {BYTES("GET "), "a packet of 1195725856 bytes"},
        {BYTES("\x16\x03\x01\x02"), "a packet of 369295618 bytes"},
        {BYTES("\0\0\0\0"), "a packet of 0 bytes"},
        {BYTES("\0\x10\0\1"), "a packet of 1048577 bytes"},
        {BYTES("\0\0\0\1Z"), "command 0x5a"},
        {BYTES("\0\0\0\1\0"), "command 0x00"},
        {BYTES("\0\1\0\1B"), "command B: 65536 bytes of data, 65535 at most"},
        {BYTES("\0\1\0\1E"), "command E: 65536 bytes of data"},
        {BYTES("\0\x10\0\0H"), "command H: 1048575 bytes of data"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct milter_packet packet;
        g_autoptr(GError) error = NULL;
        CU_ASSERT_EQUAL(milter_decode(cases[i].p, cases[i].n, &packet, &error),
                        MILTER_DECODED_BAD);
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, cases[i].words));
    }
}

static void the_largest_packets_are_taken(void)
{
    static const struct {
        const uint8_t *p;
        size_t n;
    } cases[] = {
        {BYTES("\0\x10\0\0L")}, /* 1 MiB less one byte of header */
        {BYTES("\0\1\0\0B")},   /* 65,535 bytes of body */
        {BYTES("\0\1\0\0D")},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct milter_packet packet;
        CU_ASSERT_EQUAL(milter_decode(cases[i].p, cases[i].n, &packet, NULL),
                        MILTER_DECODED_MORE);
    }
}

static struct milter_packet packet_of(char command, const uint8_t *p, size_t n)
{
    return (struct milter_packet){(enum milter_command)command, p, n, n + 5};
}

static void an_offer_is_three_numbers(void)
{
    struct milter_packet packet = packet_of(
        'O', BYTES("\0\0\0\6\0\0\1\xff\0\x1f\xff\xfemore of a later version"));
    struct milter_offer offer = {0};
    CU_ASSERT_TRUE(milter_read_offer(&packet, &offer, NULL));
    CU_ASSERT_EQUAL(offer.version, 6);
    CU_ASSERT_EQUAL(offer.actions, 0x1ff);
    CU_ASSERT_EQUAL(offer.protocol, 0x1ffffe);
    packet.size = 11;
    CU_ASSERT_FALSE(milter_read_offer(&packet, &offer, NULL));
}

static void clients_have_families(void)
{
    static const struct {
        const uint8_t *p;
        size_t n;
        char family; /* 0: refused */
        uint16_t port;
        const char *address;
    } cases[] = {
        {BYTES("a.b\0004\x1f\x90"
               "192.0.2.1\0"),
         '4', 8080, "192.0.2.1"},
        {BYTES("[::1]\0006\0\0"
               "IPv6:::1\0"),
         '6', 0, "IPv6:::1"},
        {BYTES("localhost\0L\0\0/run/x\0"), 'L', 0, "/run/x"},
        {BYTES("localhost\0U"), 'U', 0, NULL},
        {BYTES("\0004\0\1\0"), '4', 1, ""},
        {BYTES("no end"), 0, 0, NULL},
        {BYTES(""), 0, 0, NULL},
        {BYTES("no family\0"), 0, 0, NULL},
        {BYTES("a\0X\0\1b\0"), 0, 0, NULL},
        {BYTES("a\0004\0"), 0, 0, NULL},
        {BYTES("a\0004\0\1"), 0, 0, NULL},
        {BYTES("a\0004\0\1no end"), 0, 0, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct milter_packet packet = packet_of('C', cases[i].p, cases[i].n);
        struct milter_connect got = {0};
        CU_ASSERT_EQUAL(milter_read_connect(&packet, &got, NULL),
                        cases[i].family != '\0');
        CU_ASSERT_EQUAL(got.family, cases[i].family);
        CU_ASSERT_EQUAL(got.port, cases[i].port);
        CU_ASSERT(g_strcmp0(got.address, cases[i].address) == 0);
    }
}

static void strings_are_handed_out_in_order(void)
{
    struct milter_packet packet = packet_of('M', BYTES("<a@b>\0SIZE=1\0\0"));
    struct milter_strings strings;
    CU_ASSERT_TRUE_FATAL(milter_read_strings(&packet, &strings, NULL));
    CU_ASSERT_STRING_EQUAL(milter_strings_next(&strings), "<a@b>");
    CU_ASSERT_STRING_EQUAL(milter_strings_next(&strings), "SIZE=1");
    CU_ASSERT_STRING_EQUAL(milter_strings_next(&strings), "");
    CU_ASSERT_PTR_NULL(milter_strings_next(&strings));
    packet.size--;
    CU_ASSERT_TRUE(milter_read_strings(&packet, &strings, NULL));
    packet.size--;
    CU_ASSERT_FALSE(milter_read_strings(&packet, &strings, NULL));
    packet.size = 0;
    CU_ASSERT_FALSE(milter_read_strings(&packet, &strings, NULL));
}

static void a_header_is_two_strings(void)
{
    const char *name = NULL;
    const char *value = NULL;
    struct milter_packet packet = packet_of('L', BYTES("To\0 a\n\tb\0"));
    CU_ASSERT_TRUE(milter_read_header(&packet, &name, &value, NULL));
    CU_ASSERT_STRING_EQUAL(name, "To");
    CU_ASSERT_STRING_EQUAL(value, " a\n\tb");
    packet = packet_of('L', BYTES("To\0"));
    CU_ASSERT_FALSE(milter_read_header(&packet, &name, &value, NULL));
    packet = packet_of('L', BYTES("To\0a\0b\0"));
    CU_ASSERT_FALSE(milter_read_header(&packet, &name, &value, NULL));
    packet = packet_of('L', BYTES("To\0a"));
    CU_ASSERT_FALSE(milter_read_header(&packet, &name, &value, NULL));
    CU_ASSERT_STRING_EQUAL(value, " a\n\tb");
}

static void macros_are_pairs_of_a_command(void)
{
    uint8_t command = 0;
    struct milter_strings pairs = {0};
    struct milter_packet packet = packet_of('D', BYTES("Cj\0mx\0{a}\0\0"));
    CU_ASSERT_TRUE(milter_read_macros(&packet, &command, &pairs, NULL));
    CU_ASSERT_EQUAL(command, 'C');
    CU_ASSERT_STRING_EQUAL(milter_strings_next(&pairs), "j");
    CU_ASSERT_STRING_EQUAL(milter_strings_next(&pairs), "mx");
    packet = packet_of('D', BYTES("E"));
    CU_ASSERT_TRUE(milter_read_macros(&packet, &command, &pairs, NULL));
    CU_ASSERT_PTR_NULL(milter_strings_next(&pairs));
    packet = packet_of('D', BYTES("Cj\0mx\0odd\0"));
    CU_ASSERT_FALSE(milter_read_macros(&packet, &command, &pairs, NULL));
    packet = packet_of('D', BYTES("Cj\0mx"));
    CU_ASSERT_FALSE(milter_read_macros(&packet, &command, &pairs, NULL));
    packet = packet_of('D', BYTES(""));
    CU_ASSERT_FALSE(milter_read_macros(&packet, &command, &pairs, NULL));
}

UNIT_MAIN("milter codec", UNIT(a_packet_is_read_once_it_is_whole),
          UNIT(what_is_not_milter_is_known_by_its_first_bytes),
          UNIT(the_largest_packets_are_taken), UNIT(an_offer_is_three_numbers),
          UNIT(clients_have_families), UNIT(strings_are_handed_out_in_order),
          UNIT(a_header_is_two_strings), UNIT(macros_are_pairs_of_a_command))
