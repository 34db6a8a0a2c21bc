/* SPDX-License-Identifier: MIT */
#include "front/marks_options.h"

#include "base/error.h"
#include "base/option.h"
#include "verdict/outcome.h"

#include <string.h>
#include <unistd.h>

enum {
    TAG_MAX = 60,
    ID_MAX = 255, /* a host name */
};

/* One section while it is read. */
struct reading {
    const struct conf *conf; /* NULL: all defaults, which are right */
    const struct option_set *set;
};

static bool refuse(const struct reading *reading, const char *key,
                   const char *text, const char *wrong, GError **error)
{
    const char *path = reading->conf != NULL ? reading->conf->path : "default";
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "%s:%u: [actions] %s: \"%s\" %s", path,
                option_line(reading->set, key), key, text, wrong);
    return false;
}

/* Printable ASCII, without the beginning of an encoded word (RFC 2047). */
static bool is_tag(const char *text)
{
    size_t n = strlen(text);
    for (const char *p = text; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            return false;
    return n <= TAG_MAX && strstr(text, "=?") == NULL &&
           (n == 0 || (text[0] != ' ' && text[n - 1] != ' '));
}

/* A token of RFC 2045 that a host name or a label may be. */
static bool is_id(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n <= ID_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789.-_") == n;
}

/* A wider pattern would take what mail cannot do without. */
static bool is_removable(const char *text)
{
    size_t n = strlen(text);
    const char *star = strchr(text, '*');
    if (n < 4 || g_ascii_strncasecmp(text, "X-", 2) != 0 ||
        (star != NULL && star[1] != '\0'))
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || *p == ':')
            return false;
    return true;
}

static bool check(const struct reading *reading, GError **error)
{
    static const char *const tags[] = {"tag_subject", "junk_subject"};
    const char *text;
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        text = option_text(reading->set, tags[i], 0);
        if (!is_tag(text))
            return refuse(reading, tags[i], text,
                          "is not at most 60 characters of printable ASCII "
                          "without =? and outer blanks",
                          error);
    }
    text = option_text(reading->set, "authserv_id", 0);
    if (text != NULL && !is_id(text))
        return refuse(reading, "authserv_id", text,
                      "is not a name such as mx.example.org", error);
    for (unsigned i = 0;
         (text = option_text(reading->set, "remove_headers", i)) != NULL; i++)
        if (!is_removable(text))
            return refuse(reading, "remove_headers", text,
                          "is not a header name such as X-Spam-Flag or "
                          "X-Spam-*: it begins with X-",
                          error);
    return true;
}

static char *host_name(void)
{
    char name[HOST_NAME_MAX + 1] = "";
    if (gethostname(name, sizeof name) != 0 || !is_id(name))
        return g_strdup("localhost");
    return g_strdup(name);
}

static void take(const struct option_set *set, struct marks_options *out)
{
    const char *id = option_text(set, "authserv_id", 0);
    const char *text;
    *out = (struct marks_options){
        .tag_subject = g_strdup(option_text(set, "tag_subject", 0)),
        .junk_subject = g_strdup(option_text(set, "junk_subject", 0)),
        .authserv_id = id != NULL ? g_strdup(id) : host_name(),
        .remove = g_ptr_array_new_with_free_func(g_free),
    };
    for (unsigned i = 0; (text = option_text(set, "remove_headers", i)) != NULL;
         i++)
        g_ptr_array_add(out->remove, g_strdup(text));
}

bool marks_options_read(const struct conf *conf, struct marks_options *out,
                        GError **error)
{
    struct option_set *set = NULL;
    const struct conf_section *in_file =
        conf != NULL ? conf_find(conf, "actions", NULL) : NULL;
    if (!option_set_new(actions_options, conf, in_file, NULL, &set, error))
        return false;
    const struct reading reading = {conf, set};
    bool is_good = check(&reading, error);
    if (is_good)
        take(set, out);
    option_set_free(set);
    return is_good;
}

void marks_options_clear(struct marks_options *options)
{
    g_free(options->tag_subject);
    g_free(options->junk_subject);
    g_free(options->authserv_id);
    if (options->remove != NULL)
        g_ptr_array_unref(options->remove);
    *options = (struct marks_options){0};
}

bool marks_options_removes(const struct marks_options *options, const char *p,
                           size_t n)
{
    for (unsigned i = 0; i < options->remove->len; i++) {
        const char *name = options->remove->pdata[i];
        size_t name_n = strlen(name);
        bool is_open = name[name_n - 1] == '*';
        name_n -= is_open;
        if ((is_open ? n >= name_n : n == name_n) &&
            g_ascii_strncasecmp(p, name, name_n) == 0)
            return true;
    }
    return false;
}
