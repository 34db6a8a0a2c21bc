/* SPDX-License-Identifier: MIT */
#include "base/conf.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
    FILE_MAX_BYTES = 1024 * 1024
};

static void section_free(struct conf_section *section)
{
    for (unsigned i = 0; i < section->entries->len; i++) {
        struct conf_entry *entry = section->entries->pdata[i];
        g_free(entry->key);
        g_free(entry->raw);
        g_free(entry->value);
        g_free(entry);
    }
    g_ptr_array_unref(section->entries);
    g_free(section->kind);
    g_free(section->name);
    g_free(section->label);
    g_free(section);
}

void conf_free(struct conf *conf)
{
    if (conf == NULL)
        return;
    for (unsigned i = 0; i < conf->sections->len; i++)
        section_free(conf->sections->pdata[i]);
    g_ptr_array_unref(conf->sections);
    g_free(conf->path);
    g_free(conf->text);
    g_free(conf->dir);
    g_free(conf);
}

/* Everything in the file, if it is not longer than FILE_MAX_BYTES. */
static GByteArray *read_all(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    g_autoptr(GByteArray) text = g_byte_array_new();
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && text->len <= FILE_MAX_BYTES) {
        uint8_t part[16384];
        got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            g_byte_array_append(text, part, (unsigned)got);
    }
    int cause = errno;
    if (fd >= 0)
        close(fd);
    if (got < 0)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: cannot be read: %s",
                    path, g_strerror(cause));
    else if (text->len > FILE_MAX_BYTES)
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s: larger than 1 MiB: this is no configuration", path);
    else
        return g_steal_pointer(&text);
    return NULL;
}

bool conf_read(const char *path, struct conf **out, GError **error)
{
    g_autoptr(GByteArray) text = read_all(path, error);
    if (text == NULL)
        return false;
    g_autofree char *dir = g_path_get_dirname(path);
    return conf_parse((const char *)text->data, text->len, path, dir, out,
                      error);
}

struct conf_section *conf_find(const struct conf *conf, const char *kind,
                               const char *name)
{
    for (unsigned i = 0; i < conf->sections->len; i++) {
        struct conf_section *section = conf->sections->pdata[i];
        if (strcmp(section->kind, kind) == 0 &&
            g_strcmp0(section->name, name) == 0)
            return section;
    }
    return NULL;
}
