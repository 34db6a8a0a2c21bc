/* SPDX-License-Identifier: MIT */
#include "front/stamp_options.h"

#include "base/error.h"
#include "front/stamp_key.h"
#include "mail/trust.h"

#include <string.h>
#include <unistd.h>

/* clang-format off */
#define OPTION(spelled, kind, initial, text)                                    \
    .struct_size = sizeof(struct assay_option), .type = ASSAY_OPTION_##kind,    \
    .name = (spelled), .default_text = (initial), .help = (text)
/* clang-format on */

#define SECOND INT64_C(1000)
#define WEEK   (7 * 24 * 3600 * SECOND)

static const struct assay_option table[] = {
    {OPTION("keys", PATH, "",
            "Files with the keys of stamps, each readable to owner and group "
            "only, 32 bytes or more as hexadecimal or base64; a file's name "
            "without its ending is the key's id. The first one signs, all are "
            "believed. To rotate: add the new key at the end on every host, "
            "then put it first, then take out the old one."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("peers", TEXT, "",
            "Networks of hosts whose stamps are believed, such as "
            "192.0.2.5 or 2001:db8::/64: mail from there that bears a good "
            "stamp is not scanned again. From all others a stamp is removed "
            "and the mail scanned."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("rcpts", TEXT, "",
            "For which recipients mail gets a stamp, such as *@example.org: "
            "those whose mail goes on to a peer. It gets one only when all of "
            "its recipients fit, so that no stamp leaves for a stranger."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("max_age", DURATION, "1 h",
            "How old a stamp may be. New signatures find what old ones did "
            "not, so it should not be much longer than mail is on its way."),
     .min = 1 * SECOND, .max = WEEK},
};

const struct assay_option *const stamp_options_table[] = {
    &table[0], &table[1], &table[2], &table[3], NULL,
};
_Static_assert(G_N_ELEMENTS(stamp_options_table) == G_N_ELEMENTS(table) + 1,
               "every option is in the list");

/* One section while it is read; conf is NULL only where nothing is set. */
struct reading {
    const struct conf *conf;
    const struct option_set *set;
};

static void prefix(const struct reading *reading, const char *key,
                   GError **error)
{
    g_prefix_error(error, "%s:%u: [stamp] %s: ",
                   reading->conf != NULL ? reading->conf->path : "default",
                   option_line(reading->set, key), key);
}

static bool refuse(const struct reading *reading, const char *key,
                   const char *text, const char *wrong, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "\"%s\" %s", text, wrong);
    prefix(reading, key, error);
    return false;
}

static bool take_keys(const struct reading *reading, struct stamp_options *to,
                      GError **error)
{
    const char *path;
    for (unsigned i = 0; (path = option_text(reading->set, "keys", i)) != NULL;
         i++) {
        struct stamp_key *key = NULL;
        if (!stamp_key_read(path, &key, error)) {
            prefix(reading, "keys", error);
            return false;
        }
        bool is_known = stamp_key_find(to, key->id) != NULL;
        g_ptr_array_add(to->keys, key);
        if (is_known)
            return refuse(reading, "keys", key->id,
                          "is the id of two keys: name their files "
                          "differently",
                          error);
    }
    return true;
}

static bool take_peers(const struct reading *reading, struct stamp_options *to,
                       GError **error)
{
    const char *text;
    for (unsigned i = 0; (text = option_text(reading->set, "peers", i)) != NULL;
         i++) {
        struct network network;
        if (!network_parse(text, &network))
            return refuse(reading, "peers", text,
                          "is not a network such as 192.0.2.5 or "
                          "2001:db8::/64",
                          error);
        g_array_append_val(to->peers, network);
    }
    return true;
}

/* As far as the item of the header can hold it. */
static char *own_host(void)
{
    char name[STAMP_HOST_MAX + 1] = "";
    if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
        return g_strdup("localhost");
    g_strcanon(name,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
               "0123456789.-_",
               '_');
    return g_strdup(name);
}

static bool take(const struct reading *reading, struct stamp_options *to,
                 GError **error)
{
    const char *text;
    for (unsigned i = 0; (text = option_text(reading->set, "rcpts", i)) != NULL;
         i++)
        g_ptr_array_add(to->rcpts, g_strdup(text));
    to->max_age_s = option_int(reading->set, "max_age") / SECOND;
    return take_keys(reading, to, error) && take_peers(reading, to, error);
}

bool stamp_options_read(const struct conf *conf, struct stamp_options *out,
                        GError **error)
{
    struct option_set *set = NULL;
    const struct conf_section *in_file =
        conf != NULL ? conf_find(conf, "stamp", NULL) : NULL;
    if (!option_set_new(stamp_options_table, conf, in_file, NULL, &set, error))
        return false;
    const struct reading reading = {conf, set};
    struct stamp_options options = {
        .keys = g_ptr_array_new_with_free_func(stamp_key_free),
        .peers = g_array_new(false, false, sizeof(struct network)),
        .rcpts = g_ptr_array_new_with_free_func(g_free),
        .host = own_host(),
        .versions = g_strdup("assay/" ASSAY_VERSION),
    };
    bool is_good = take(&reading, &options, error);
    option_set_free(set);
    if (is_good)
        *out = options;
    else
        stamp_options_clear(&options);
    return is_good;
}

void stamp_options_clear(struct stamp_options *options)
{
    if (options->keys != NULL)
        g_ptr_array_unref(options->keys);
    if (options->peers != NULL)
        g_array_unref(options->peers);
    if (options->rcpts != NULL)
        g_ptr_array_unref(options->rcpts);
    g_free(options->host);
    g_free(options->versions);
    *options = (struct stamp_options){0};
}

/* A plugin's text as far as the item can hold it. */
static void append_word(GString *to, const char *text, size_t max)
{
    for (size_t i = 0; i < max && text[i] != '\0'; i++) {
        bool is_good = g_ascii_isalnum(text[i]) || strchr("._+-", text[i]);
        g_string_append_c(to, is_good ? text[i] : '_');
    }
}

void stamp_options_add(struct stamp_options *options, const char *name,
                       const struct assay_stamp *stamp)
{
    g_autoptr(GString) word = g_string_new(",");
    append_word(word, name, 32);
    if (stamp != NULL) {
        g_string_append_c(word, '/');
        append_word(word, stamp->engine, sizeof stamp->engine);
        g_string_append_c(word, '/');
        append_word(word, stamp->database, sizeof stamp->database);
    }
    if (strlen(options->versions) + word->len > STAMP_VERSIONS_MAX)
        return;
    char *longer = g_strconcat(options->versions, word->str, NULL);
    g_free(options->versions);
    options->versions = longer;
}

static void add_plugin(void *self, const struct pool_plugin *plugin)
{
    struct stamp_options *options = self;
    stamp_options_add(options, plugin->name, plugin->stamp);
}

void stamp_options_see(struct stamp_options *options, struct pool *pool)
{
    uint64_t generation = pool_generation(pool);
    if (options->keys->len == 0 || generation == options->generation)
        return;
    g_free(options->versions);
    options->versions = g_strdup("assay/" ASSAY_VERSION);
    options->generation = generation;
    pool_each_plugin(pool, add_plugin, options);
}

const struct stamp_key *stamp_key_find(const struct stamp_options *options,
                                       const char *id)
{
    for (unsigned i = 0; i < options->keys->len; i++) {
        const struct stamp_key *key = options->keys->pdata[i];
        if (strcmp(key->id, id) == 0)
            return key;
    }
    return NULL;
}
