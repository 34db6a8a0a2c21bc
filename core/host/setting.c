/* SPDX-License-Identifier: MIT */
/*
 * A plugin's own options, while it is created.
 */
#include "host/setting.h"

#include <string.h>

enum {
    NAME_MAX_BYTES = 256
};

/* The instance that this thread creates; a plugin's own threads see NULL. */
static _Thread_local const struct instance *creating;

const struct assay_options *setting_begin(const struct instance *instance)
{
    creating = instance;
    return (const struct assay_options *)instance;
}

void setting_end(void)
{
    creating = NULL;
}

/* The option of that name, of the instance that is being created; else NULL. */
static const struct assay_option *find_option(
    const struct assay_options *options, const char *name, int32_t *rc)
{
    if (creating == NULL || (const void *)options != creating) {
        *rc = ASSAY_RC_STATE;
        return NULL;
    }
    *rc = ASSAY_RC_NOTFOUND;
    const struct assay_option *const *at = creating->plugin->options;
    for (; name != NULL && *at != NULL; at++)
        if (strncmp((*at)->name, name, NAME_MAX_BYTES) == 0)
            return *at;
    return NULL;
}

int32_t setting_text(const struct assay_options *options, const char *name,
                     uint32_t index, struct assay_str *out)
{
    int32_t rc;
    const struct assay_option *option = find_option(options, name, &rc);
    if (option == NULL)
        return rc;
    const char *text = option_text(creating->options, option->name, index);
    if (text == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = (struct assay_str){.p = text, .n = strlen(text)};
    return ASSAY_RC_OK;
}

int32_t setting_int(const struct assay_options *options, const char *name,
                    int64_t *out)
{
    int32_t rc;
    const struct assay_option *option = find_option(options, name, &rc);
    if (option == NULL)
        return rc;
    if (option->type == ASSAY_OPTION_TEXT ||
        option->type == ASSAY_OPTION_PATH ||
        option->type == ASSAY_OPTION_SECRET ||
        (option->flags & ASSAY_OPTION_LIST) != 0)
        return ASSAY_RC_INVAL;
    if (option_text(creating->options, option->name, 0) == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = option_int(creating->options, option->name);
    return ASSAY_RC_OK;
}
