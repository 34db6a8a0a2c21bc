/* SPDX-License-Identifier: MIT */
#include "../../plugins/tnef/rtf.h"
#include "../../plugins/tnef/stream.h"
#include "hosting.h"
#include "mail/message.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* The stream being made. */
static GByteArray *tnef;

static void put(GByteArray *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(i < 8 ? value >> (8 * i) : 0);
        g_byte_array_append(to, &byte, 1);
    }
}

static void begin(void)
{
    if (tnef != NULL)
        g_byte_array_unref(tnef);
    tnef = g_byte_array_new();
    put(tnef, 0x223e9f78, 4);
    put(tnef, 1, 2);
}

static void attribute(uint32_t id, const void *p, size_t n)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += ((const uint8_t *)p)[i];
    put(tnef, id == TNEF_BODY || id == TNEF_MESSAGE_PROPERTIES ? 1 : 2, 1);
    put(tnef, id, 4);
    put(tnef, n, 4);
    g_byte_array_append(tnef, p, (unsigned)n);
    put(tnef, sum, 2);
}

static void text(uint32_t id, const char *s)
{
    attribute(id, s, strlen(s) + 1);
}

static void attachment(const char *title, const char *data)
{
    attribute(TNEF_ATTACH_RENDERING, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    text(TNEF_ATTACH_TITLE, title);
    attribute(TNEF_ATTACH_DATA, data, strlen(data));
}

/* A property with one value whose length is told. */
static void property(GByteArray *to, uint32_t id, uint32_t type, const void *p,
                     size_t n)
{
    put(to, type | id << 16, 4);
    put(to, 1, 4);
    put(to, n, 4);
    g_byte_array_append(to, p, (unsigned)n);
    put(to, 0, (4 - n % 4) % 4);
}

static const char winmail[] = "winmail.dat";
static struct hosting *opened;

static void scan_as(const char *name)
{
    g_autofree char *base64 = g_base64_encode(tnef->data, tnef->len);
    g_autoptr(GString) lines = g_string_new(NULL);
    for (size_t at = 0; at < strlen(base64); at += 76)
        g_string_append_printf(lines, "%.76s\r\n", base64 + at);
    g_autofree char *mail = g_strdup_printf(
        "MIME-Version: 1.0\r\nContent-Type: application/octet-stream; "
        "name=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s",
        name, lines->str);
    if (opened == NULL) {
        g_autofree char *so =
            g_canonicalize_filename(unit_build("plugins/tnef.so"), NULL);
        g_autofree char *conf =
            g_strdup_printf("[plugin tnef]\nfile = %s\n", so);
        opened = hosting_open(conf);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(opened->host);
    hosting_scan(opened, mail);
}

/* Is there an object with that name (any of its names) and content? */
static bool has(const char *name, const char *p, size_t n)
{
    const GPtrArray *objects = opened->message->objects;

    for (unsigned i = 1; i < objects->len; i++) {
        const struct object *o = g_ptr_array_index(objects, i);
        if (o->size != n || memcmp(o->data, p, n) != 0)
            continue;
        for (unsigned k = 0; o->names != NULL && k < o->names->len; k++) {
            const struct object_name *had = g_ptr_array_index(o->names, k);
            if (strcmp(had->text, name) == 0)
                return true;
        }
    }
    return false;
}

static bool has_text(const char *name, const char *s)
{
    return has(name, s, strlen(s));
}

static bool told(const char *line)
{
    return strstr(hosting_findings(opened), line) != NULL;
}

/* Examples of MS-OXRTFCP 3.1 and 3.2. */
static const uint8_t hello[] = {
    0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a,
    0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00,
    0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a,
    0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77,
    0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
static const char hello_rtf[] =
    "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
static const uint8_t wxyz[] = {0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00,
                               0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51,
                               0x41, 0x00, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5a,
                               0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0};
static const char wxyz_rtf[] = "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}";

static void attachments_are_opened_under_every_name(void)
{
    g_autoptr(GByteArray) properties = g_byte_array_new();

    begin();
    attachment("LETTER~1.TXT", "Dear Ann");
    put(properties, 2, 4);
    property(properties, MAPI_ATTACH_LONG_FILENAME, MAPI_UNICODE,
             "l\0e\0t\0t\0e\0r\0.\0e\0x\0e\0\0", 22);
    property(properties, MAPI_ATTACH_MIME_TAG, MAPI_STRING8, "text/plain", 11);
    attribute(TNEF_ATTACH_PROPERTIES, properties->data, properties->len);
    attachment("b.bin", "second");
    scan_as("x");
    CU_ASSERT_TRUE(has_text("LETTER~1.TXT", "Dear Ann"));
    CU_ASSERT_TRUE(has_text("letter.exe", "Dear Ann"));
    CU_ASSERT_TRUE(has_text("b.bin", "second"));
    CU_ASSERT_STRING_EQUAL(hosting_findings(opened), "");
}

static void bodies_are_opened(void)
{
    g_autoptr(GByteArray) properties = g_byte_array_new();

    begin();
    text(TNEF_BODY, "plain body");
    put(properties, 3, 4);
    property(properties, MAPI_BODY, MAPI_UNICODE, "h\0i\0", 4);
    property(properties, MAPI_BODY_HTML, MAPI_BINARY, "<p>hi</p>", 9);
    property(properties, MAPI_RTF_COMPRESSED, MAPI_BINARY, hello, sizeof hello);
    attribute(TNEF_MESSAGE_PROPERTIES, properties->data, properties->len);
    scan_as("x");
    CU_ASSERT_TRUE(has_text("body.txt", "plain body"));
    CU_ASSERT_TRUE(has("body.txt", "\xff\xfeh\0i\0", 6));
    CU_ASSERT_TRUE(has_text("body.html", "<p>hi</p>"));
    CU_ASSERT_TRUE(has_text("body.rtf", hello_rtf));
    CU_ASSERT_STRING_EQUAL(hosting_findings(opened), "");
}

static void an_embedded_message_is_opened_in_turn(void)
{
    static const uint8_t guid[16] = {7,    3, 2, 0, 0, 0, 0,    0,
                                     0xc0, 0, 0, 0, 0, 0, 0x00, 0x46};
    g_autoptr(GByteArray) inner = NULL;
    g_autoptr(GByteArray) properties = g_byte_array_new();
    g_autoptr(GByteArray) object = g_byte_array_new();

    begin();
    attachment("inner.txt", "deep inside");
    inner = g_byte_array_ref(tnef);
    g_byte_array_append(object, guid, sizeof guid);
    g_byte_array_append(object, inner->data, inner->len);
    begin();
    attribute(TNEF_ATTACH_RENDERING, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    text(TNEF_ATTACH_TITLE, "A message");
    put(properties, 1, 4);
    property(properties, MAPI_ATTACH_DATA, MAPI_OBJECT, object->data,
             object->len);
    attribute(TNEF_ATTACH_PROPERTIES, properties->data, properties->len);
    scan_as("x");
    CU_ASSERT_TRUE(has_text("inner.txt", "deep inside"));
    CU_ASSERT_STRING_EQUAL(hosting_findings(opened), "");
}

static void two_data_of_one_attachment_are_two(void)
{
    begin();
    attachment("a.bin", "first");
    attribute(TNEF_ATTACH_DATA, "other", 5);
    scan_as("x");
    CU_ASSERT_TRUE(has_text("a.bin", "first"));
    CU_ASSERT_TRUE(has_text("a.bin", "other"));
}

static void what_is_cut_is_told_and_kept(void)
{
    begin();
    attachment("a.bin", "first");
    attachment("b.bin", "second");
    g_byte_array_set_size(tnef, tnef->len - 4); /* "seco" */
    scan_as("x");
    CU_ASSERT_TRUE(has_text("a.bin", "first"));
    CU_ASSERT_TRUE(has_text("b.bin", "seco"));
    CU_ASSERT_TRUE(told("partial tnef.truncated 1: "));
    CU_ASSERT_TRUE(told("partial tnef.truncated 1!b.bin: "));
}

static void what_is_damaged_is_told_and_kept(void)
{
    begin();
    attachment("a.bin", "first");
    tnef->data[tnef->len - 1] ^= 1; /* its check sum */
    attachment("b.bin", "second");
    put(tnef, 77, 11); /* no attribute */
    scan_as("x");
    CU_ASSERT_TRUE(has_text("a.bin", "first"));
    CU_ASSERT_TRUE(has_text("b.bin", "second"));
    CU_ASSERT_TRUE(told("partial tnef.damaged 1: "));
    CU_ASSERT_TRUE(told("partial tnef.damaged 1!a.bin: "));
    begin();
    g_byte_array_set_size(tnef, 3);
    scan_as(winmail);
    CU_ASSERT_TRUE(told("partial tnef.damaged 1: "));
    scan_as("other.bin");
    CU_ASSERT_STRING_EQUAL(hosting_findings(opened), "");
}

static void all_kinds_of_properties_are_passed_over(void)
{
    g_autoptr(GByteArray) p = g_byte_array_new();

    begin();
    put(p, 5, 4);
    put(p, MAPI_CURRENCY | 0x1234u << 16, 4);
    put(p, 0, 8);
    put(p, MAPI_I2 | 0x1234u << 16, 4);
    put(p, 0, 4);
    put(p, (MAPI_STRING8 | MAPI_MULTI) | 0x1234u << 16, 4);
    put(p, 2, 4);
    put(p, 3, 4);
    put(p, 0x00636261, 4);
    put(p, 4, 4);
    put(p, 0x64636261, 4);
    put(p, MAPI_LONG | 0x8001u << 16, 4); /* a named one */
    put(p, 0, 16);
    put(p, 1, 4);
    put(p, 6, 4);
    put(p, 0x00630062, 8);
    put(p, 7, 4);
    property(p, MAPI_BODY, MAPI_STRING8, "the body", 8);
    attribute(TNEF_MESSAGE_PROPERTIES, p->data, p->len);
    scan_as("x");
    CU_ASSERT_TRUE(has_text("body.txt", "the body"));
    CU_ASSERT_STRING_EQUAL(hosting_findings(opened), "");
}

static void compressed_rtf_comes_out_as_the_standard_says(void)
{
    uint8_t *out = NULL;
    size_t n = 0;

    CU_ASSERT_EQUAL_FATAL(rtf_unpack(hello, sizeof hello, 1000, &out, &n),
                          RTF_WHOLE);
    CU_ASSERT_EQUAL(n, strlen(hello_rtf));
    CU_ASSERT_NSTRING_EQUAL(out, hello_rtf, n);
    free(out);
    CU_ASSERT_EQUAL_FATAL(rtf_unpack(wxyz, sizeof wxyz, 1000, &out, &n),
                          RTF_WHOLE);
    CU_ASSERT_EQUAL(n, strlen(wxyz_rtf));
    CU_ASSERT_NSTRING_EQUAL(out, wxyz_rtf, n);
    free(out);
}

static void rtf_that_is_cut_or_lies_comes_as_far_as_it_goes(void)
{
    uint8_t *out = NULL;
    size_t n = 0;

    CU_ASSERT_EQUAL(rtf_unpack(hello, sizeof hello, 10, &out, &n), RTF_CUT);
    CU_ASSERT_EQUAL(n, 10);
    CU_ASSERT_NSTRING_EQUAL(out, hello_rtf, 10);
    free(out);
    for (size_t cut = 0; cut < sizeof hello - 3; cut++) {
        /* Exactly so long, so that a sanitizer sees a byte too far. */
        g_autofree uint8_t *p = g_memdup2(hello, cut);
        enum rtf_result result = rtf_unpack(p, cut, 1000, &out, &n);
        CU_ASSERT_TRUE(result == RTF_NONE || result == RTF_CUT);
        if (result == RTF_CUT) {
            CU_ASSERT_TRUE(n < strlen(hello_rtf));
            CU_ASSERT_NSTRING_EQUAL(out, hello_rtf, n);
            free(out);
        }
    }
    g_autofree uint8_t *liar = g_memdup2(hello, sizeof hello);
    memset(liar + 4, 0x7f, 4); /* 2 GiB */
    CU_ASSERT_EQUAL(rtf_unpack(liar, sizeof hello, SIZE_MAX, &out, &n),
                    RTF_CUT);
    CU_ASSERT_EQUAL(n, strlen(hello_rtf));
    free(out);
}

static void any_byte_may_be_wrong(void)
{
    uint8_t *out = NULL;
    size_t n = 0;

    for (size_t i = 0; i < sizeof hello * 256; i++) {
        g_autofree uint8_t *p = g_memdup2(hello, sizeof hello);
        p[i / 256] = (uint8_t)i;
        enum rtf_result result = rtf_unpack(p, sizeof hello, 5000, &out, &n);
        if (result == RTF_NONE)
            continue;
        CU_ASSERT_TRUE(n <= 9 * sizeof hello);
        free(out);
    }
}

static void every_prefix_of_a_stream_is_borne(void)
{
    begin();
    attachment("a.bin", "first");
    attachment("b.bin", "second");
    for (unsigned n = 6; n < tnef->len; n++) {
        g_autofree uint8_t *p = g_memdup2(tnef->data, n);
        struct tnef_attribute a;
        enum tnef_next next = TNEF_ONE;
        size_t at = 0;
        while ((next = tnef_next(p, n, &at, &a)) == TNEF_ONE)
            CU_ASSERT_TRUE(a.p >= p && a.p + a.n <= p + n);
        CU_ASSERT_TRUE(at <= n);
    }
    hosting_free(opened);
    g_byte_array_unref(tnef);
}

UNIT_MAIN("tnef", UNIT(attachments_are_opened_under_every_name),
          UNIT(bodies_are_opened), UNIT(an_embedded_message_is_opened_in_turn),
          UNIT(two_data_of_one_attachment_are_two),
          UNIT(what_is_cut_is_told_and_kept),
          UNIT(what_is_damaged_is_told_and_kept),
          UNIT(all_kinds_of_properties_are_passed_over),
          UNIT(compressed_rtf_comes_out_as_the_standard_says),
          UNIT(rtf_that_is_cut_or_lies_comes_as_far_as_it_goes),
          UNIT(any_byte_may_be_wrong), UNIT(every_prefix_of_a_stream_is_borne))
