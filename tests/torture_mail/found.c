/* SPDX-License-Identifier: MIT */
#include "found.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void found_free(void *p)
{
    struct found *found = p;
    g_free(found->box);
    g_free(found->queue_id);
    g_free(found);
}

/* The value of the first field of that name in a header with LF; yours, or NULL. */
static char *field(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = text; line != NULL && *line != '\n';) {
        if (g_ascii_strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *end = strchr(line, '\n');
            return g_strstrip(g_strndup(
                line + n + 1, end == NULL ? strlen(line + n + 1)
                                          : (size_t)(end - line) - n - 1));
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return NULL;
}

/* Of the hop that asked Assay. */
static char *queue_id(const char *text)
{
    const char *at = strstr(text, "(Postfix) with ");
    at = at == NULL ? NULL : strstr(at, " id ");
    return at == NULL ? g_strdup("")
                      : g_strndup(at + 4, strcspn(at + 4, " ;\r\n\t"));
}

static struct found *read_mail(const char *path, const char *box, bool is_junk)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NULL;
    g_autofree char *id = field(text, "X-Torture-Id");
    if (id == NULL)
        return NULL;
    g_autofree char *scl = field(text, "X-Assay-SCL");
    g_autofree char *unscanned = field(text, "X-Assay-Unscanned");
    g_autofree char *subject = field(text, "Subject");
    struct found *found = g_new0(struct found, 1);
    found->number = strtoul(id, NULL, 10);
    found->box = g_strdup(box);
    found->queue_id = queue_id(text);
    found->is_junk = is_junk;
    found->is_tagged =
        subject != NULL && g_str_has_prefix(subject, "[CAUTION]");
    found->is_scanned = scl != NULL && unscanned == NULL;
    return found;
}

static void read_folder(const char *path, const char *box, bool is_junk,
                        GPtrArray *to, size_t *strange)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        struct found *found = read_mail(file, box, is_junk);
        if (found != NULL)
            g_ptr_array_add(to, found);
        else
            (*strange)++;
    }
    if (folder != NULL)
        g_dir_close(folder);
}

GPtrArray *found_in_boxes(const char *boxes, size_t *strange)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(found_free);
    static const char *const folders[] = {"new", "cur", ".Junk/new",
                                          ".Junk/cur"};
    GDir *users = g_dir_open(boxes, 0, NULL);
    const char *user = NULL;
    while (users != NULL && (user = g_dir_read_name(users)) != NULL)
        for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
            g_autofree char *path =
                g_build_filename(boxes, user, folders[i], NULL);
            read_folder(path, user, i >= 2, all, strange);
        }
    if (users != NULL)
        g_dir_close(users);
    return all;
}

bool found_in_quarantine(const char *path, GPtrArray *to, size_t *strange)
{
    char line[1024];
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned long number = 0;
        char rcpt[512];
        if (sscanf(line, "t%lu@example.org %500s", &number, rcpt) != 2) {
            (*strange)++;
            continue;
        }
        struct found *found = g_new0(struct found, 1);
        rcpt[strcspn(rcpt, "@")] = '\0';
        found->number = number;
        found->box = g_strdup(rcpt);
        found->queue_id = g_strdup("");
        found->is_held = true;
        found->is_scanned = true;
        g_ptr_array_add(to, found);
    }
    fclose(file);
    return true;
}
