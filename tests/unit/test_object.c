/* SPDX-License-Identifier: MIT */
#include "mail/object.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <string.h>

static struct object *new_object(uint32_t kind, const char *bytes, size_t n)
{
    g_autoptr(GBytes) content = g_bytes_new(bytes, n);
    return object_new(kind, content);
}

static void content_is_shared_and_never_null(void)
{
    g_autoptr(GBytes) content = g_bytes_new_static("abc", 3);
    struct object *object = object_new(ASSAY_OBJECT_MEMBER, content);
    CU_ASSERT_PTR_EQUAL(object->data, g_bytes_get_data(content, NULL));
    CU_ASSERT_EQUAL(object->size, 3);
    CU_ASSERT_EQUAL(object->readings, OBJECT_ALL_READINGS);
    object_free(object);
    struct object *empty = new_object(ASSAY_OBJECT_MEMBER, "", 0);
    CU_ASSERT_PTR_NOT_NULL(empty->data);
    CU_ASSERT_EQUAL(empty->size, 0);
    CU_ASSERT_STRING_EQUAL(empty->type_detected, "inode/x-empty");
    object_free(empty);
    object_free(NULL);
}

static void type_and_text_come_from_the_content(void)
{
    struct object *pdf = new_object(ASSAY_OBJECT_MEMBER, "%PDF-1.4", 8);
    CU_ASSERT_STRING_EQUAL(pdf->type_detected, "application/pdf");
    CU_ASSERT_EQUAL(pdf->flags & ASSAY_OBJECT_TEXT, 0);
    object_free(pdf);
    struct object *text = new_object(ASSAY_OBJECT_MEMBER, "hello", 5);
    CU_ASSERT_STRING_EQUAL(text->type_detected, "text/plain");
    CU_ASSERT_NOT_EQUAL(text->flags & ASSAY_OBJECT_TEXT, 0);
    object_free(text);
    struct object *mail = new_object(ASSAY_OBJECT_MESSAGE, "hello", 5);
    CU_ASSERT_STRING_EQUAL(mail->type_detected, "message/rfc822");
    CU_ASSERT_EQUAL(mail->flags, ASSAY_OBJECT_CONTAINER);
    object_free(mail);
}

static void declared_types_are_cleaned(void)
{
    static const struct {
        const char *given;
        const char *kept;
    } cases[] = {
        {"text/plain", "text/plain"},
        {" Application/PDF ", "application/pdf"},
        {"text/html; charset=x", "text/html"},
        {"", NULL},
        {" ; x", NULL},
    };
    struct object *object = new_object(ASSAY_OBJECT_MEMBER, "", 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        object_set_type(object, cases[i].given, strlen(cases[i].given));
        CU_ASSERT(g_strcmp0(object->type_declared, cases[i].kept) == 0);
    }
    g_autofree char *long_type = g_strnfill(1000, 'a');
    object_set_type(object, long_type, 1000);
    CU_ASSERT_EQUAL(strlen(object->type_declared), 127);
    object_free(object);
}

static const struct object_name *name_at(const struct object *object,
                                         unsigned i)
{
    return g_ptr_array_index(object->names, i);
}

static void names_are_kept_decoded_and_raw(void)
{
    struct object *object = new_object(ASSAY_OBJECT_MEMBER, "", 0);
    CU_ASSERT_PTR_NULL(object_name(object));
    object_add_name(object, "caf\xe9.txt", 8, "iso-8859-1", NULL);
    object_add_name(object, "=?x?", 4, NULL, "b.exe");
    object_add_name(object, "caf\xc3\xa9.txt", 9, NULL, NULL);
    object_add_name(object, "", 0, NULL, NULL);
    CU_ASSERT_EQUAL(object->names->len, 2);
    CU_ASSERT_STRING_EQUAL(object_name(object), "café.txt");
    CU_ASSERT_EQUAL(name_at(object, 0)->raw_n, 8);
    CU_ASSERT(memcmp(name_at(object, 0)->raw, "caf\xe9.txt", 8) == 0);
    CU_ASSERT_STRING_EQUAL(name_at(object, 1)->text, "b.exe");
    CU_ASSERT_STRING_EQUAL(name_at(object, 1)->raw, "=?x?");
    object_free(object);
}

static void a_nul_does_not_end_a_name(void)
{
    struct object *object = new_object(ASSAY_OBJECT_MEMBER, "", 0);
    object_add_name(object, "a.txt\0.exe", 10, NULL, NULL);
    CU_ASSERT_STRING_EQUAL(object_name(object), "a.txt .exe");
    CU_ASSERT_STRING_EQUAL(name_at(object, 1)->text, "a.txt");
    CU_ASSERT_EQUAL(name_at(object, 0)->raw_n, 10);
    CU_ASSERT(!object->is_name_cut);
    object_free(object);
}

static void names_are_bounded(void)
{
    struct object *object = new_object(ASSAY_OBJECT_MEMBER, "", 0);
    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("%u.txt", i);
        object_add_name(object, name, strlen(name), NULL, NULL);
    }
    CU_ASSERT_EQUAL(object->names->len, 16);
    CU_ASSERT(object->is_name_cut);
    object_free(object);
    object = new_object(ASSAY_OBJECT_MEMBER, "", 0);
    g_autofree char *long_name = g_strnfill(100000, 'a');
    object_add_name(object, long_name, 100000, NULL, NULL);
    CU_ASSERT_EQUAL(strlen(object_name(object)), 4096);
    CU_ASSERT_EQUAL(name_at(object, 0)->raw_n, 4096);
    CU_ASSERT(object->is_name_cut);
    object_free(object);
}

static void the_digest_is_sha256_of_the_content(void)
{
    struct object *object = new_object(ASSAY_OBJECT_MEMBER, "abc", 3);
    char hex[DIGEST_HEX_SIZE];
    CU_ASSERT(!object->has_digest);
    digest_hex(object_digest(object), hex);
    CU_ASSERT_STRING_EQUAL(
        hex,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CU_ASSERT(object->has_digest);
    CU_ASSERT_PTR_EQUAL(object_digest(object), object->digest);
    object_free(object);
}

UNIT_MAIN("object", UNIT(content_is_shared_and_never_null),
          UNIT(type_and_text_come_from_the_content),
          UNIT(declared_types_are_cleaned),
          UNIT(names_are_kept_decoded_and_raw), UNIT(a_nul_does_not_end_a_name),
          UNIT(names_are_bounded), UNIT(the_digest_is_sha256_of_the_content))
