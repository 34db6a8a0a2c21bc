/* SPDX-License-Identifier: MIT */
#include "pool/recipe.h"

#include <string.h>

struct recipe *recipe_new(const struct pool_how *how, const char *program,
                          GError **error)
{
    struct conf *conf;
    if (!conf_parse(how->conf->text, strlen(how->conf->text), how->conf->path,
                    how->conf->dir, &conf, error))
        return NULL;
    struct recipe *recipe = g_new0(struct recipe, 1);
    recipe->conf = conf;
    recipe->limits = *how->limits;
    pool_options_copy(how->options, &recipe->options);
    recipe->only_file = g_strdup(how->only_file);
    recipe->how = *how;
    recipe->how.conf = recipe->conf;
    recipe->how.limits = &recipe->limits;
    recipe->how.options = &recipe->options;
    recipe->how.only_file = recipe->only_file;
    recipe->how.program = program;
    return recipe;
}

void recipe_free(struct recipe *recipe)
{
    if (recipe == NULL)
        return;
    conf_free(recipe->conf);
    pool_options_clear(&recipe->options);
    g_free(recipe->only_file);
    g_free(recipe);
}
