/* SPDX-License-Identifier: MIT */
#include "front/milter_edit.h"
#include "front/milter_wire.h"
#include "unit.h"

#include <string.h>

/* Applies what was put out to a list of headers as Postfix does: a header that is deleted
 * is gone for the next index. */
static void apply(GPtrArray *headers, const uint8_t *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        size_t length = (size_t)p[at + 2] << 8 | p[at + 3];
        const uint8_t *data = p + at + 5;
        char kind = (char)p[at + 4];
        unsigned index = kind == 'h' ? 0 : (unsigned)data[2] << 8 | data[3];
        const char *name = (const char *)data + (kind == 'h' ? 0 : 4);
        const char *value = name + strlen(name) + 1;
        g_autofree char *line = g_strconcat(name, ":", value, NULL);
        unsigned seen = 0;
        if (kind == 'h')
            g_ptr_array_add(headers, g_steal_pointer(&line));
        else if (kind == 'i')
            g_ptr_array_insert(headers, (int)MIN(index, headers->len),
                               g_steal_pointer(&line));
        for (unsigned i = 0; kind == 'm' && i < headers->len; i++) {
            const char *header = headers->pdata[i];
            if (g_ascii_strncasecmp(header, name, strlen(name)) != 0 ||
                header[strlen(name)] != ':' || ++seen != index)
                continue;
            if (*value == '\0') {
                g_ptr_array_remove_index(headers, i);
            } else {
                g_free(headers->pdata[i]);
                headers->pdata[i] = g_steal_pointer(&line);
            }
            break;
        }
        at += 4 + length;
    }
}

static char *edited(const char *const *headers, const struct milter_edit *edits,
                    size_t n)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    for (; *headers != NULL; headers++)
        g_ptr_array_add(list, g_strdup(*headers));
    g_autoptr(GByteArray) out = g_byte_array_new();
    CU_ASSERT_TRUE(milter_put_edits(out, edits, n, 0x1ff, NULL));
    apply(list, out->data, out->len);
    g_ptr_array_add(list, NULL);
    return g_strjoinv("|", (char **)list->pdata);
}

static void indexes_are_of_the_message_that_came(void)
{
    static const char *const headers[] = {"A: 1", "B: 1", "A: 2", "A: 3",
                                          "B: 2", "A: 4", NULL};
    static const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 1, .name = "A"},
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "Z", .value = "1"},
        {.kind = MILTER_EDIT_CHANGE_HEADER,
         .index = 3,
         .name = "a",
         .value = "x"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 2, .name = "A"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 2, .name = "B"},
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "Y", .value = "2"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 4, .name = "A"},
    };
    g_autofree char *got = edited(headers, edits, G_N_ELEMENTS(edits));
    CU_ASSERT_STRING_EQUAL(got, "B: 1|a: x|Z: 1|Y: 2");
}

static void inserts_stand_in_their_order(void)
{
    static const char *const headers[] = {"A: 1", "A: 2", "A: 3", NULL};
    static const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 0,
         .name = "X",
         .value = "1"},
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 1,
         .name = "A",
         .value = "9"},
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 0,
         .name = "X",
         .value = "2"},
        {.kind = MILTER_EDIT_INSERT_HEADER,
         .index = 1,
         .name = "X",
         .value = "3"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 2, .name = "A"},
    };
    g_autofree char *got = edited(headers, edits, G_N_ELEMENTS(edits));
    CU_ASSERT_STRING_EQUAL(got, "X: 1|X: 2|A: 1|A: 9|X: 3|A: 3");
}

static void order_of(const struct milter_edit *edits, size_t n, char *order)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    CU_ASSERT_TRUE_FATAL(milter_put_edits(out, edits, n, 0x1ff, NULL));
    size_t at = 0;
    for (; at < out->len; order++) {
        *order = (char)out->data[at + 4];
        const uint8_t *p = out->data + at;
        at += 4 + ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
    }
    *order = '\0';
}

static void a_body_comes_last(void)
{
    g_autofree char *text = g_strnfill(70000, 'x');
    g_autoptr(GBytes) body = g_bytes_new(text, 70000);
    const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_BODY, .body = body},
        {.kind = MILTER_EDIT_QUARANTINE, .value = "x"},
        {.kind = MILTER_EDIT_ADD_RCPT, .name = "a"},
        {.kind = MILTER_EDIT_DELETE_RCPT, .name = "b"},
        {.kind = MILTER_EDIT_CHANGE_FROM, .name = "c"},
        {.kind = MILTER_EDIT_ADD_RCPT, .name = "a", .value = "NOTIFY=NEVER"},
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "X", .value = "1"},
    };
    char order[16];
    order_of(edits, G_N_ELEMENTS(edits), order);
    CU_ASSERT_STRING_EQUAL(order, "h+-e2qbb");
}

static void what_was_not_agreed_on_is_not_put(void)
{
    g_autoptr(GBytes) body = g_bytes_new("x", 1);
    const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "X", .value = "1"},
        {.kind = MILTER_EDIT_INSERT_HEADER, .name = "X", .value = "1"},
        {.kind = MILTER_EDIT_CHANGE_HEADER,
         .index = 1,
         .name = "X",
         .value = "1"},
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 1, .name = "X"},
        {.kind = MILTER_EDIT_ADD_RCPT, .name = "a"},
        {.kind = MILTER_EDIT_ADD_RCPT, .name = "a", .value = "N=1"},
        {.kind = MILTER_EDIT_DELETE_RCPT, .name = "a"},
        {.kind = MILTER_EDIT_CHANGE_FROM, .name = "a"},
        {.kind = MILTER_EDIT_QUARANTINE, .value = "a"},
        {.kind = MILTER_EDIT_BODY, .body = body},
    };
    static const uint32_t needed[] = {0x1,  0x1, 0x10, 0x10, 0x4,
                                      0x80, 0x8, 0x40, 0x20, 0x2};
    g_autoptr(GByteArray) out = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        CU_ASSERT_EQUAL(milter_edit_action(&edits[i]), needed[i]);
        CU_ASSERT_FALSE(
            milter_put_edits(out, &edits[i], 1, 0x1ff & ~needed[i], NULL));
        CU_ASSERT_EQUAL(out->len, 0);
        CU_ASSERT_TRUE(milter_put_edits(out, &edits[i], 1, needed[i], NULL));
        g_byte_array_set_size(out, 0);
    }
}

static void one_bad_edit_spoils_the_list(void)
{
    static const struct milter_edit edits[] = {
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 1, .name = "X"},
        {.kind = MILTER_EDIT_ADD_HEADER, .name = "X", .value = "1\n2"},
    };
    static const struct milter_edit twice[] = {
        {.kind = MILTER_EDIT_DELETE_HEADER, .index = 1, .name = "X"},
        {.kind = MILTER_EDIT_CHANGE_HEADER,
         .index = 1,
         .name = "x",
         .value = "1"},
    };
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GBytes) body = g_bytes_new("x", 1);
    const struct milter_edit bodies[] = {
        {.kind = MILTER_EDIT_BODY, .body = body},
        {.kind = MILTER_EDIT_BODY, .body = body}};
    g_byte_array_append(out, (const guint8 *)"before", 6);
    CU_ASSERT_FALSE(milter_put_edits(out, edits, 2, 0x1ff, NULL));
    CU_ASSERT_FALSE(milter_put_edits(out, twice, 2, 0x1ff, NULL));
    CU_ASSERT_FALSE(milter_put_edits(out, bodies, 2, 0x1ff, NULL));
    CU_ASSERT_EQUAL(out->len, 6);
    CU_ASSERT_TRUE(milter_put_edits(out, NULL, 0, 0, NULL));
    CU_ASSERT_EQUAL(out->len, 6);
}

UNIT_MAIN("milter edit", UNIT(indexes_are_of_the_message_that_came),
          UNIT(inserts_stand_in_their_order), UNIT(a_body_comes_last),
          UNIT(what_was_not_agreed_on_is_not_put),
          UNIT(one_bad_edit_spoils_the_list))
