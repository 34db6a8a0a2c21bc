/* SPDX-License-Identifier: MIT */
/*
 * [actions]: how actions are carried out.
 */
#include "base/error.h"
#include "verdict/address.h"
#include "verdict/outcome_reply.h"

#include <string.h>

/* clang-format off */
#define OPTION(spelled, kind, initial, text)                                    \
    .struct_size = sizeof(struct assay_option), .type = ASSAY_OPTION_##kind,    \
    .name = (spelled), .default_text = (initial), .help = (text)
/* clang-format on */

static const char *const kinds[] = {
    "clean",     "malware", "phishing", "suspicious", "policy", "spoof", "spam",
    "encrypted", "partial", "failed",   "anomaly",    "info",   NULL,
};

/* Not what an MTA is refused: nothing of that goes on to anybody. */
static const char *const copied[] = {
    "accept", "tag", "junk", "strip", "redirect", "quarantine", "discard", NULL,
};

static const struct assay_option table[] = {
    {OPTION("reject_code", INT, "550",
            "The reply code for mail that is rejected. 550 and 554 are what "
            "servers expect."),
     .min = 500, .max = 599},
    {OPTION("reject_text", TEXT, "Message refused: {reason}",
            "What the sender's server is told, in printable ASCII: it ends up "
            "in the notice that the sender gets. {reason} is why in words, "
            "{name} the finding's name, {id} the queue id; a telephone number "
            "or a page for those who were refused wrongly goes here.")},
    {OPTION("defer_code", INT, "451",
            "The reply code for mail that is deferred."),
     .min = 400, .max = 499},
    {OPTION("defer_text", TEXT, "Try again later: {reason}",
            "As reject_text, for mail that is deferred.")},
    {OPTION("reply_names", BOOL, "yes",
            "Tell the finding's name in {reason}. It helps an honest sender to "
            "find out; say no where it helps others more.")},
    {OPTION("plugin_replies", BOOL, "yes",
            "Where the plugin whose finding decided has a code and a text for "
            "the same answer, those are used instead.")},
    {OPTION("redirect_to", TEXT, NULL,
            "Where mail goes whose action is redirect; [policy ...] can name "
            "others.")},
    {OPTION("copy_to", TEXT, NULL,
            "Who gets a copy of mail that copy_kinds and copy_actions name, as "
            "it is: malware too. It goes with the message, or in its place "
            "where it goes to nobody else; of rejected and deferred mail there "
            "is none."),
     .flags = ASSAY_OPTION_LIST},
    {OPTION("copy_kinds", CHOICE, "",
            "Copy only mail whose verdict is of these kinds. Nothing: of any."),
     .choices = kinds, .flags = ASSAY_OPTION_LIST},
    {OPTION("copy_actions", CHOICE, "quarantine, discard",
            "Copy only mail with these actions for one of its recipients."),
     .choices = copied, .flags = ASSAY_OPTION_LIST},
    {OPTION("tag_subject", TEXT, "[CAUTION]",
            "What is put before the subject of mail whose action is tag, in "
            "printable ASCII. Nothing: the subject stays, and signatures over "
            "it stay good; the X-Assay headers are there in any case.")},
    {OPTION("junk_subject", TEXT, "",
            "The same for mail whose action is junk, where nobody files by "
            "the header X-Assay-Junk.")},
    {OPTION("authserv_id", TEXT, NULL,
            "Our name in Authentication-Results (RFC 8601). Incoming ones that "
            "bear it, or might be read so, are removed: they are forged. "
            "Without it the host's name.")},
    {OPTION("remove_headers", TEXT, "",
            "More headers to remove from mail that comes in, such as X-Spam-*; "
            "only names that begin with X-. X-Assay-* always is."),
     .flags = ASSAY_OPTION_LIST},
};

const struct assay_option *const actions_options[] = {
    &table[0],  &table[1],  &table[2],  &table[3],  &table[4],
    &table[5],  &table[6],  &table[7],  &table[8],  &table[9],
    &table[10], &table[11], &table[12], &table[13], NULL,
};
_Static_assert(G_N_ELEMENTS(actions_options) == G_N_ELEMENTS(table) + 1,
               "every option is in the list");

/* One section while it is read. */
struct reading {
    const struct conf *conf;
    const struct conf_section *in_file;
    const struct option_set *set;
};

static bool check_text(const struct reading *reading, const char *key,
                       GError **error)
{
    const char *text = option_text(reading->set, key, 0);
    const char *wrong = NULL;
    if (reading->in_file == NULL || outcome_reply_check(text, &wrong))
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                "%s:%u: [actions] %s: \"%s\" %s", reading->conf->path,
                option_line(reading->set, key), key, text, wrong);
    return false;
}

static bool check(const struct reading *reading, GError **error)
{
    return check_text(reading, "reject_text", error) &&
           check_text(reading, "defer_text", error) &&
           address_check_option(reading->conf, reading->in_file, reading->set,
                                "redirect_to", error) &&
           address_check_option(reading->conf, reading->in_file, reading->set,
                                "copy_to", error);
}

static uint32_t kind_bits(const struct option_set *set)
{
    uint32_t bits = 0;
    const char *text;
    for (unsigned i = 0; (text = option_text(set, "copy_kinds", i)) != NULL;
         i++)
        bits |= 1U << finding_kind_by_name(text); /* clean is 0 */
    return bits != 0 ? bits : UINT32_MAX;
}

static uint32_t action_bits(const struct option_set *set)
{
    uint32_t bits = 0;
    const char *text;
    for (unsigned i = 0; (text = option_text(set, "copy_actions", i)) != NULL;
         i++)
        bits |= 1U << verdict_action_by_name(text);
    return bits;
}

static void take(const struct option_set *set, struct outcome_options *out)
{
    const char *text;
    *out = (struct outcome_options){
        .reject_code = (unsigned)option_int(set, "reject_code"),
        .defer_code = (unsigned)option_int(set, "defer_code"),
        .reject_text = g_strdup(option_text(set, "reject_text", 0)),
        .defer_text = g_strdup(option_text(set, "defer_text", 0)),
        .names_findings = option_int(set, "reply_names") != 0,
        .takes_plugin_replies = option_int(set, "plugin_replies") != 0,
        .redirect_to = g_strdup(option_text(set, "redirect_to", 0)),
        .copy_to = g_ptr_array_new_with_free_func(g_free),
        .copy_kinds = kind_bits(set),
        .copy_actions = action_bits(set),
    };
    for (unsigned i = 0; (text = option_text(set, "copy_to", i)) != NULL; i++)
        g_ptr_array_add(out->copy_to, g_strdup(text));
}

bool outcome_options_read(const struct conf *conf, struct outcome_options *out,
                          GError **error)
{
    struct option_set *set = NULL;
    const struct conf_section *in_file =
        conf != NULL ? conf_find(conf, "actions", NULL) : NULL;
    if (!option_set_new(actions_options, conf, in_file, NULL, &set, error))
        return false;
    const struct reading reading = {conf, in_file, set};
    bool is_good = check(&reading, error);
    if (is_good)
        take(set, out);
    option_set_free(set);
    return is_good;
}

void outcome_options_default(struct outcome_options *out)
{
    bool is_read = outcome_options_read(NULL, out, NULL);
    g_assert(is_read);
}

void outcome_options_clear(struct outcome_options *options)
{
    g_free(options->reject_text);
    g_free(options->defer_text);
    g_free(options->redirect_to);
    if (options->copy_to != NULL)
        g_ptr_array_unref(options->copy_to);
    *options = (struct outcome_options){0};
}
