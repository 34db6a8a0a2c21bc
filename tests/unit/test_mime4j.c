/* SPDX-License-Identifier: MIT */
/*
 * Apache James mime4j's test mails: the leaves must hold what its trees say.
 *
 * Public data that does not come with the sources (../shared/corpora): without it
 * this test says so and passes.
 */
#include "mail/message.h"
#include "unit.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

static const char *const folders[] = {
    "../shared/corpora/mime-parsers/mime4j/core/src/test/resources/testmsgs",
    "../shared/corpora/mime-parsers/mime4j/core/src/test/resources/"
    "mimetools-testmsgs",
};

#define WHY_FACE                                                               \
    "what stands in a multipart without parts is a leaf here: some clients "   \
    "show it"
#define WHY_JUNK                                                               \
    "lines that are no field: here they neither end the header nor vanish "    \
    "with it"
#define WHY_EMPTY                                                              \
    "a part without header and body is a leaf for mime4j, none for GMime"

#define WHY_LEFT                                                               \
    "base64 that was cut in transit: its last letters are bytes here"

/* Where our leaves are not mime4j's, and why. */
static const struct {
    const char *mail;
    const char *why;
} others[] = {
    {"missing-inner-start-boundary", WHY_FACE},
    {"missing-inner-boundary", WHY_FACE},
    {"missing-boundary", WHY_FACE},
    {"multipartnopart", WHY_FACE},
    {"multipartemptypart", WHY_FACE},
    {"badbound", WHY_FACE},
    {"malformedHeader-noheader", WHY_JUNK},
    {"malformedHeaderStartsBody-noheader", WHY_JUNK},
    {"malformedHeaderStartsBody-nocrlfcrlf", WHY_JUNK},
    {"double-bound", WHY_EMPTY},
    {"2002_06_12_doublebound", WHY_EMPTY},
    {"multi-frag", WHY_LEFT},
    {"frag", WHY_LEFT},
};

/* NOLINTNEXTLINE(readability-function-size): GMarkup's signature */
static void take_leaf(GMarkupParseContext *context, const char *element,
                      const char **names, const char **values, void *data,
                      GError **error)
{
    (void)context;
    (void)error;
    if (strcmp(element, "text-body") != 0 &&
        strcmp(element, "binary-body") != 0)
        return;
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], "name") == 0)
            g_ptr_array_add(data, g_strdup(values[i]));
}

/* The files with the expected leaves, in order; NULL: no tree. */
static GPtrArray *read_tree(const char *path)
{
    static const GMarkupParser parser = {.start_element = take_leaf};
    g_autofree char *xml = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &xml, &n, NULL))
        return NULL;
    GPtrArray *leaves = g_ptr_array_new_with_free_func(g_free);
    GMarkupParseContext *context =
        g_markup_parse_context_new(&parser, 0, leaves, NULL);
    bool ok = g_markup_parse_context_parse(context, xml, (gssize)n, NULL);
    g_markup_parse_context_free(context);
    if (!ok)
        g_clear_pointer(&leaves, g_ptr_array_unref);
    return leaves;
}

static const struct object *next_leaf(const struct message *message,
                                      unsigned *at)
{
    while (*at < message->objects->len) {
        const struct object *object =
            g_ptr_array_index(message->objects, (*at)++);
        if (object->kind == ASSAY_OBJECT_PART &&
            (object->flags & ASSAY_OBJECT_CONTAINER) == 0)
            return object;
    }
    return NULL;
}

/* mime4j ends the lines of decoded text with CRLF whatever the mail had. */
static bool is_same(const struct object *object, const char *wanted, size_t n)
{
    const char *given = (const char *)object->data;
    size_t i = 0;
    for (size_t k = 0; k < n; k++) {
        bool is_added = wanted[k] == '\r' && k + 1 < n &&
                        wanted[k + 1] == '\n' &&
                        (i == object->size || given[i] != '\r');
        if (is_added)
            continue;
        if (i == object->size || given[i++] != wanted[k])
            return false;
    }
    return i == object->size;
}

/* The first difference, or NULL; a new string. */
static char *compare(const struct message *message, const char *folder,
                     const GPtrArray *leaves)
{
    unsigned at = 0;
    for (unsigned i = 0; i < leaves->len; i++) {
        const struct object *object = next_leaf(message, &at);
        if (object == NULL)
            return g_strdup_printf("leaf %u is missing", i + 1);
        g_autofree char *path =
            g_build_filename(folder, g_ptr_array_index(leaves, i), NULL);
        g_autofree char *wanted = NULL;
        gsize n = 0;
        if (!g_file_get_contents(path, &wanted, &n, NULL))
            return g_strdup_printf("%s cannot be read", path);
        if (!is_same(object, wanted, n))
            return g_strdup_printf("leaf %s has %zu bytes, not the %zu wanted",
                                   object->path, object->size, n);
    }
    const struct object *more = next_leaf(message, &at);
    return more == NULL ? NULL
                        : g_strdup_printf("leaf %s is too much", more->path);
}

static const char *known(const char *mail)
{
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].mail, mail) == 0)
            return others[i].why;
    return NULL;
}

/* Counts one mail into seen and same. */
static void try_mail(const char *folder, const char *base, unsigned *seen,
                     unsigned *same)
{
    g_autofree char *mail_name = g_strconcat(base, ".msg", NULL);
    g_autofree char *mail_path = g_build_filename(folder, mail_name, NULL);
    g_autofree char *tree_name = g_strconcat(base, "_decoded.xml", NULL);
    g_autofree char *tree_path = g_build_filename(folder, tree_name, NULL);
    char *text = NULL;
    gsize n = 0;
    g_autoptr(GPtrArray) leaves = read_tree(tree_path);
    if (leaves == NULL || !g_file_get_contents(mail_path, &text, &n, NULL))
        return;
    struct session *session = session_new();
    struct limits limits;
    limits_default(&limits);
    g_autoptr(GBytes) raw = g_bytes_new_take(text, n);
    struct message *message = message_new(raw, session, &limits);
    g_autofree char *difference = compare(message, folder, leaves);
    ++*seen;
    *same += difference == NULL;
    const char *why = known(base);
    if (difference != NULL && why == NULL)
        fprintf(stderr, "%s: %s\n", base, difference);
    CU_ASSERT((difference == NULL) == (why == NULL));
    message_free(message);
    session_free(session);
}

static void leaves_are_those_of_mime4j(void)
{
    unsigned seen = 0;
    unsigned same = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        GDir *dir = g_dir_open(folders[i], 0, NULL);
        const char *name;
        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
            if (!g_str_has_suffix(name, ".msg"))
                continue;
            g_autofree char *base = g_strndup(name, strlen(name) - 4);
            try_mail(folders[i], base, &seen, &same);
        }
        if (dir != NULL)
            g_dir_close(dir);
    }
    if (seen == 0)
        printf("  mime4j: skipped, %s is not there\n", folders[0]);
    else
        printf("  mime4j: %u of %u mails have the expected leaves, %zu are "
               "listed with reasons\n",
               same, seen, G_N_ELEMENTS(others));
}

UNIT_MAIN("mime4j", UNIT(leaves_are_those_of_mime4j))
