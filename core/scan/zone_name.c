/* SPDX-License-Identifier: MIT */
#include "scan/zone_name.h"

#include <string.h>

static const struct {
    const char *name;
    uint32_t type;
} types[] = {
    {"A", RR_A},   {"AAAA", RR_AAAA}, {"CNAME", RR_CNAME}, {"MX", RR_MX},
    {"NS", RR_NS}, {"PTR", RR_PTR},   {"SPF", RR_SPF},     {"TXT", RR_TXT},
};

static const struct {
    const char *name;
    uint32_t state;
} states[] = {
    {"TIMEOUT", ASSAY_ANSWER_TIMEOUT},   {"SERVFAIL", ASSAY_ANSWER_SERVFAIL},
    {"NXDOMAIN", ASSAY_ANSWER_NXDOMAIN}, {"REFUSED", ASSAY_ANSWER_REFUSED},
    {"BOGUS", ASSAY_ANSWER_BOGUS},       {"NODATA", ASSAY_ANSWER_NODATA},
};

static uint32_t state_of(const json_t *value)
{
    const char *text = json_string_value(value);
    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(states); i++)
        if (strcmp(text, states[i].name) == 0)
            return states[i].state;
    return 0;
}

char *zone_key(const char *name)
{
    size_t n = strlen(name);
    if (n > 0 && name[n - 1] == '.')
        n--;
    return g_ascii_strdown(name, (gssize)n);
}

static void free_record(void *p)
{
    wish_record_free(p);
}

static struct zone_type *type_for(struct zone_name *name, uint32_t type)
{
    for (unsigned i = 0; i < name->types->len; i++) {
        struct zone_type *t = name->types->pdata[i];
        if (t->type == type)
            return t;
    }
    struct zone_type *t = g_new0(struct zone_type, 1);
    t->type = type;
    t->state = ASSAY_ANSWER_DATA;
    t->records = g_ptr_array_new_with_free_func(free_record);
    g_ptr_array_add(name->types, t);
    return t;
}

const struct zone_type *zone_name_type(const struct zone_name *name,
                                       uint32_t type)
{
    for (unsigned i = 0; i < name->types->len; i++) {
        const struct zone_type *t = name->types->pdata[i];
        if (t->type == type)
            return t;
    }
    return NULL;
}

static uint32_t type_by_name(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    return 0;
}

/* "*": "TIMEOUT", or a bare "TIMEOUT". */
static bool read_rest(struct zone_name *name, const struct zone_reader *reader,
                      const json_t *value)
{
    uint32_t state = state_of(value);
    if (state == 0)
        return zone_refuse(
            reader, value,
            "TIMEOUT, SERVFAIL, NXDOMAIN, REFUSED, BOGUS or NODATA");
    name->rest = state;
    return true;
}

/* One "TYPE": value.  In an object a list is a list of records (`is_list`); in the
 * items of a list it is one record. */
static bool read_type(struct zone_name *name, struct zone_reader *reader,
                      const json_t *value, bool is_list)
{
    if (strcmp(reader->type, "*") == 0)
        return read_rest(name, reader, value);
    uint32_t number = type_by_name(reader->type);
    if (number == 0)
        return zone_refuse(
            reader, value,
            "a type that is known: A, AAAA, CNAME, MX, NS, PTR, SPF, "
            "TXT or *");
    const char *text = json_string_value(value);
    if (number == RR_TXT && text != NULL && strcmp(text, "NONE") == 0) {
        name->has_no_txt = true;
        return true;
    }
    struct zone_type *type = type_for(name, number);
    uint32_t state = state_of(value);
    if (state != 0) {
        type->state = state;
        return true;
    }
    if (!is_list || !json_is_array(value))
        return zone_record_add(type, reader, value);
    size_t i;
    const json_t *item;
    json_array_foreach(value, i, item)
    {
        if (!zone_record_add(type, reader, item))
            return false;
    }
    return true;
}

static bool read_types(struct zone_name *name, struct zone_reader *reader,
                       json_t *object, bool is_list)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        reader->type = key;
        if (!read_type(name, reader, value, is_list))
            return false;
    }
    reader->type = NULL;
    return true;
}

static bool read_value(struct zone_name *name, struct zone_reader *reader,
                       json_t *value)
{
    if (json_is_object(value))
        return read_types(name, reader, value, true);
    if (!json_is_array(value))
        return read_rest(name, reader, value);
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (json_is_object(item) ? !read_types(name, reader, item, false)
                                 : !read_rest(name, reader, item))
            return false;
    }
    return true;
}

/* RFC 7208 3.1 dropped type SPF; test data says it once for both. */
static void copy_spf(struct zone_name *name)
{
    const struct zone_type *spf = zone_name_type(name, RR_SPF);
    if (spf == NULL || name->has_no_txt || zone_name_type(name, RR_TXT) != NULL)
        return;
    struct zone_type *txt = type_for(name, RR_TXT);
    txt->state = spf->state;
    for (unsigned i = 0; i < spf->records->len; i++) {
        const struct wish_record *record = spf->records->pdata[i];
        struct wish_record copy = *record;
        copy.type = RR_TXT;
        g_ptr_array_add(txt->records, wish_record_dup(&copy));
    }
}

static void free_type(void *p)
{
    struct zone_type *type = p;
    g_ptr_array_unref(type->records);
    g_free(type);
}

void zone_name_free(struct zone_name *name)
{
    if (name == NULL)
        return;
    g_ptr_array_unref(name->types);
    g_free(name);
}

bool zone_name_read(const char *name, json_t *value, struct zone_name **out,
                    GError **error)
{
    struct zone_name *made = g_new0(struct zone_name, 1);
    made->types = g_ptr_array_new_with_free_func(free_type);
    made->rest = ASSAY_ANSWER_NODATA;
    struct zone_reader reader = {.name = name, .error = error};
    if (!read_value(made, &reader, value)) {
        zone_name_free(made);
        return false;
    }
    copy_spf(made);
    *out = made;
    return true;
}
