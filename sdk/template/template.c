/* SPDX-License-Identifier: MIT */
/*
 * The smallest complete plugin: it finds words in the texts of a mail.
 *
 * Copy it, build it as sdk/README.md says, and change it from step 1 to step 8.  All
 * that a plugin may use is in <assay/plugin.h>, which is also the manual.
 */
#include <assay/plugin.h>

#include <stdlib.h>
#include <string.h>

/*
 * Step 1.  What one instance knows: what it was configured with.  Made by create(),
 * the same for all mails; what is learned from one mail belongs in a fact, not here.
 */
struct words {
    const struct assay_host *host;
    char **list; /* lower case, NULL-terminated */
};

/*
 * Step 2.  What an administrator may set in plugins.conf.  The host reads, checks and
 * documents it; `assay conf docs` prints the help.
 */
static const struct assay_option option_words = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "words",
    .default_text = "casino, lottery",
    .help =
        "Words that are told when they stand in a text, in any case of ASCII "
        "letters.  Separated by commas.",
};
static const struct assay_option *const options[] = {&option_words, NULL};

/* --- the work itself, which knows nothing of Assay --------------------------------- */

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Does `word` stand in text[0..n)?  Text from mail has no end mark: use the length. */
static int contains(const char *text, uint64_t n, const char *word)
{
    size_t m = strlen(word);
    for (uint64_t at = 0; m > 0 && at + m <= n; at++) {
        size_t k = 0;
        while (k < m && lower(text[at + k]) == word[k])
            k++;
        if (k == m)
            return 1;
    }
    return 0;
}

/* The first of the list in the text, or NULL. */
static const char *find(char *const *list, const char *text, uint64_t n)
{
    for (; *list != NULL; list++)
        if (contains(text, n, *list))
            return *list;
    return NULL;
}

/* --- the life of an instance ---------------------------------------------------------- */

static void words_free(struct words *words)
{
    for (char **word = words->list; word != NULL && *word != NULL; word++)
        free(*word);
    free(words->list);
    free(words);
}

static int32_t fail(struct assay_buf *err, int32_t rc, const char *why)
{
    size_t n = strlen(why);
    if (n >= err->cap)
        n = (size_t)err->cap - 1;
    memcpy(err->p, why, n);
    err->p[n] = '\0';
    return rc;
}

static char *copy_lower(struct assay_str s)
{
    char *copy = malloc((size_t)s.n + 1);
    if (copy == NULL)
        return NULL;
    for (uint64_t i = 0; i < s.n; i++)
        copy[i] = (char)lower(s.p[i]);
    copy[s.n] = '\0';
    return copy;
}

/* Reads the option; 0 where there is no memory. */
static int read_words(struct words *words, const struct assay_options *from)
{
    struct assay_str word;
    uint32_t n = 0;
    while (words->host->option_text(from, "words", n, &word) == ASSAY_RC_OK)
        n++;
    words->list = calloc((size_t)n + 1, sizeof *words->list);
    for (uint32_t i = 0; words->list != NULL && i < n; i++) {
        words->host->option_text(from, "words", i, &word);
        words->list[i] = copy_lower(word);
        if (words->list[i] == NULL)
            return 0;
    }
    return words->list != NULL;
}

/*
 * Step 3.  create(): read the options, load what is needed.  Says in `err` what is
 * wrong and what would be right.
 */
static int32_t words_create(const struct assay_host *host,
                            const struct assay_create *create, void **inst,
                            struct assay_buf *err)
{
    struct words *words = calloc(1, sizeof *words);
    if (words == NULL)
        return fail(err, ASSAY_RC_NOMEM, "no memory");
    words->host = host;
    if (!read_words(words, create->options)) {
        words_free(words);
        return fail(err, ASSAY_RC_NOMEM, "no memory for the words");
    }
    if (words->list[0] == NULL) {
        words_free(words);
        return fail(err, ASSAY_RC_INVAL,
                    "words is empty: name one, or set enabled = no");
    }
    *inst = words;
    return ASSAY_RC_OK;
}

/* Step 4.  destroy(): free what create() made. */
static void words_destroy(void *inst)
{
    words_free(inst);
}

/*
 * Step 5.  handle(): one question about one object.  Tell what was found with
 * report(), then return OK; NOT_APPLICABLE says that you did not look.
 */
static int32_t words_handle(void *inst, const struct assay_task *task)
{
    const struct words *words = inst;
    const struct assay_host *host = words->host;
    struct assay_str text;
    if (host->text(task, task->object, &text) != ASSAY_RC_OK)
        return ASSAY_RC_NOT_APPLICABLE;
    const char *word = find(words->list, text.p, text.n);
    if (word == NULL)
        return ASSAY_RC_OK;
    static const char name[] = "template.word";
    const struct assay_finding finding = {
        .struct_size = sizeof finding,
        .status = ASSAY_STATUS_FOUND,
        .kind = ASSAY_KIND_POLICY,
        .name = {.p = name, .n = sizeof name - 1},
        .text = {.p = word, .n = strlen(word)},
    };
    host->report(task, task->object, &finding);
    return ASSAY_RC_OK;
}

/* Step 6.  self_test(): prove that it finds what it must and leaves what is clean. */
static int32_t words_self_test(void *inst, struct assay_buf *err)
{
    static const char clean[] = "\x01";
    const struct words *words = inst;
    for (char *const *word = words->list; *word != NULL; word++)
        if (find(words->list, *word, strlen(*word)) == NULL)
            return fail(err, ASSAY_RC_INTERNAL, "does not find its own words");
    if (find(words->list, clean, sizeof clean - 1) != NULL)
        return fail(err, ASSAY_RC_INTERNAL, "finds words where there are none");
    return ASSAY_RC_OK;
}

/*
 * Step 7.  Who the plugin is and what it wants: only texts, asked once for each.  The
 * id is yours for ever: a reverse DNS name that you own.
 */
static const char *const types[] = {"text/*", NULL};
static const struct assay_wants wants = {
    .struct_size = sizeof(struct assay_wants),
    .types = types,
};
static const struct assay_plugin plugin = {
    .struct_size = sizeof(struct assay_plugin),
    .id = "org.example.template",
    .name = "Words in texts",
    .vendor = "example.org",
    .version = "1.0",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_optional = ASSAY_FLAG_FORK_SHARED,
    .wants = &wants,
    .options = options,
    .create = words_create,
    .destroy = words_destroy,
    .handle = words_handle,
    .self_test = words_self_test,
};

/* Step 8.  The one exported function. */
static const struct assay_plugin *const plugins[] = {&plugin};
static const struct assay_module module = {
    .struct_size = sizeof(struct assay_module),
    .magic = ASSAY_MAGIC,
    .abi_major = ASSAY_ABI_MAJOR,
    .abi_minor = ASSAY_ABI_MINOR,
    .min_host_minor = 0,
    .plugin_count = 1,
    .plugins = plugins,
};

ASSAY_EXPORT const struct assay_module *assay_plugin_v1(void)
{
    return &module;
}
