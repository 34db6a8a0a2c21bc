/* SPDX-License-Identifier: MIT */
/*
 * The spam plugin, first version: GTUBE, the site's own words with IMF's weights,
 * and a few tests of how a message is made.  See README.md.
 */
#include "spam.h"

#include "fold.h"
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DECISIVE = 30000, /* the most that one finding may say */
    POINT = 1200,     /* one step of SCL; see README.md */
    TEXT = 1024
};

static const struct assay_option option_weights = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_PATH,
    .flags = ASSAY_OPTION_LIST,
    .name = "weights",
    .help = "Files of the site's own words for and against spam, with points "
            "from -9 to +9, MIN or MAX: UTF-8 text (sigs/spam/weights.example "
            "shows the form) or Exchange's MSExchange.UceContentFilter.xml as "
            "it is."};
static const struct assay_option option_tests = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_BOOL,
    .name = "tests",
    .default_text = "yes",
    .help = "Whether the structural tests run.  Turn them off where another "
            "filter rates mail and only the weights are wanted."};
static const struct assay_option option_skip = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_TEXT,
    .flags = ASSAY_OPTION_LIST,
    .name = "skip_tests",
    .help = "Structural tests not to run, by name: html_only, base64_text.  "
            "For tests that hit the mail of one's own programs."};
static const struct assay_option option_max_text = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_SIZE,
    .name = "max_text",
    .default_text = "1 MiB",
    .min = 1024,
    .max = (int64_t)1 << 30,
    .help = "Bytes of text looked at in one message; the rest is not rated.  "
            "Spam is short; raise it only where padded spam gets through."};

static const struct assay_option *const options[] = {
    &option_weights, &option_tests, &option_skip, &option_max_text, NULL};

static void free_self(struct spam *self)
{
    weights_clear(&self->weights);
    if (self->locale != (locale_t)0)
        freelocale(self->locale);
    free(self);
}

static bool read_weights(struct spam *self, const struct assay_options *set,
                         char *err)
{
    struct assay_str path;

    for (uint32_t i = 0; self->host->option_text(set, option_weights.name, i,
                                                 &path) == ASSAY_RC_OK;
         i++) {
        char *copy = strndup(path.p, path.n);
        bool is_read = copy != NULL && weights_read(&self->weights, copy, err);
        free(copy);
        if (!is_read)
            return false;
    }
    return weights_build(&self->weights, err);
}

static bool read_tests(struct spam *self, const struct assay_options *set,
                       char *err)
{
    struct assay_str name;
    int64_t is_on = 1;

    self->host->option_int(set, option_tests.name, &is_on);
    self->enabled = is_on ? TEST_BIT(TEST_COUNT) - 1 : 0;
    for (uint32_t i = 0; self->host->option_text(set, option_skip.name, i,
                                                 &name) == ASSAY_RC_OK;
         i++) {
        enum test_id id = test_by_name(name.p, name.n);
        if (id == TEST_COUNT) {
            snprintf(err, WEIGHTS_ERROR,
                     "skip_tests: \"%.*s\" is no test; plugins/spam/README.md "
                     "lists them",
                     (int)(name.n < 60 ? name.n : 60), name.p);
            return false;
        }
        self->enabled &= ~TEST_BIT(id);
    }
    return true;
}

static bool configure(struct spam *self, const struct assay_options *set,
                      char *err)
{
    int64_t max_text = 0;

    self->locale = fold_open();
    if (self->locale == (locale_t)0) {
        snprintf(err, WEIGHTS_ERROR,
                 "libc has no locale C.UTF-8, which holds Unicode's cases; "
                 "install glibc 2.35 or later");
        return false;
    }
    self->weights.locale = self->locale;
    self->host->option_int(set, option_max_text.name, &max_text);
    self->max_text = (uint64_t)max_text;
    return read_tests(self, set, err) && read_weights(self, set, err);
}

static int32_t create(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    char why[WEIGHTS_ERROR] = "needs more memory than there is";
    struct spam *self = calloc(1, sizeof(*self));

    if (self == NULL)
        return ASSAY_RC_NOMEM;
    self->host = host;
    if (!configure(self, create->options, why)) {
        snprintf(err->p, err->cap, "%s", why);
        free_self(self);
        return ASSAY_RC_DATABASE;
    }
    *inst = self;
    return ASSAY_RC_OK;
}

static void destroy(void *inst)
{
    free_self(inst);
}

static void report(const struct spam *self, const struct assay_task *task,
                   const struct test *test)
{
    struct assay_finding finding = {
        .struct_size = sizeof(finding),
        .status = ASSAY_STATUS_FOUND,
        .kind = ASSAY_KIND_SPAM,
        .log_odds_milli = test->log_odds_milli,
        .name = {test->name, strlen(test->name)},
        .text = {test->help, strlen(test->help)},
    };

    self->host->report(task, task->object, &finding);
}

/* MIN beats MAX, and both beat any sum of points. */
static int32_t log_odds_of(const struct weights_sum *sum)
{
    if (sum->has_min)
        return -DECISIVE;
    if (sum->has_max)
        return DECISIVE;
    int64_t points = (int64_t)sum->points * POINT;
    if (points > DECISIVE)
        return DECISIVE;
    return points < -DECISIVE ? -DECISIVE : (int32_t)points;
}

static void report_weights(const struct spam *self,
                           const struct assay_task *task,
                           const struct weights_sum *sum)
{
    char text[TEXT];

    if (sum->found == 0)
        return;
    weights_explain(sum, text, sizeof(text));
    report(self, task,
           &(struct test){.name = "spam.custom_weight",
                          .log_odds_milli = log_odds_of(sum),
                          .help = text});
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    static const struct test gtube = {"spam.gtube", DECISIVE,
                                      "it holds GTUBE, the test string for "
                                      "spam filters"};
    const struct spam *self = inst;
    struct weights_sum sum;
    struct header header;
    struct body body;
    uint64_t trusted = 0;

    self->host->attr_u64(task, NULL, ASSAY_ATTR_TRUSTED, 0, &trusted);
    if (trusted != 0)
        return ASSAY_RC_NOT_APPLICABLE;
    header_read(self->host, task, &header);
    weights_begin(&sum, &self->weights);
    weights_piece_begin(&sum, WEIGHT_SUBJECT);
    weights_feed(&sum, header.subject.p, header.subject.n);
    weights_piece_end(&sum);
    body_look(self, task, &sum, &body);
    body.found &= ~header_denies(&header);
    if (body.has_gtube)
        report(self, task, &gtube);
    report_weights(self, task, &sum);
    uint64_t found = (header_look(&header) | body.found) & self->enabled;
    /* A file that is no mail at all is not rated by how mail should look. */
    for (enum test_id i = 0; header.is_mail && i < TEST_COUNT; i++) {
        if ((found & TEST_BIT(i)) != 0)
            report(self, task, &spam_tests[i]);
    }
    return ASSAY_RC_OK;
}

static int32_t stamp(void *inst, struct assay_stamp *out)
{
    const struct spam *self = inst;

    snprintf(out->engine, sizeof(out->engine), "1");
    snprintf(out->database, sizeof(out->database), "%016llx-%llx",
             (unsigned long long)self->weights.hash,
             (unsigned long long)self->enabled);
    out->signatures =
        self->weights.n + (uint64_t)__builtin_popcountll(self->enabled);
    return ASSAY_RC_OK;
}

/* Every entry of the weights must find its own text. */
static int32_t self_test(void *inst, struct assay_buf *err)
{
    const struct spam *self = inst;

    for (size_t i = 0; i < self->weights.n; i++) {
        const struct weight *weight = &self->weights.list[i];
        struct weights_sum sum;
        weights_begin(&sum, &self->weights);
        weights_piece_begin(&sum, weight->where);
        weights_feed(&sum, weight->text, strlen(weight->text));
        weights_piece_end(&sum);
        if ((sum.seen[i / 8] & 1u << i % 8) == 0) {
            snprintf(err->p, err->cap, "\"%.100s\" does not find itself",
                     weight->text);
            return ASSAY_RC_INTERNAL;
        }
    }
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    .struct_size = sizeof(plugin),
    .id = "org.assay.spam",
    .name = "Spam: weights and structure",
    .vendor = "Assay",
    .version = "1",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
    .flags_optional = ASSAY_FLAG_FORK_SHARED,
    .options = options,
    .create = create,
    .destroy = destroy,
    .handle = handle,
    .stamp = stamp,
    .self_test = self_test,
};

static const struct assay_plugin *const plugins[] = {&plugin};

static const struct assay_module module = {
    .struct_size = sizeof(module),
    .magic = ASSAY_MAGIC,
    .abi_major = ASSAY_ABI_MAJOR,
    .abi_minor = ASSAY_ABI_MINOR,
    .plugin_count = 1,
    .plugins = plugins,
};

const struct assay_module *assay_plugin_v1(void)
{
    return &module;
}
