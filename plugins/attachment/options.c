/* SPDX-License-Identifier: MIT */
#include "attachment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tellings[] = {"off", "info", "policy", "suspicious",
                                       NULL};

#define OPTION(name_, type_, flags_, default_, help_)                          \
    {                                                                          \
        .struct_size = sizeof(struct assay_option), .type = (type_),           \
        .flags = (flags_), .name = (name_), .default_text = (default_),        \
        .help = (help_)                                                        \
    }
#define PATHS(name_, default_, help_)                                          \
    OPTION(name_, ASSAY_OPTION_PATH, ASSAY_OPTION_LIST, default_, help_)
#define TEXTS(name_, help_)                                                    \
    OPTION(name_, ASSAY_OPTION_TEXT, ASSAY_OPTION_LIST, NULL, help_)
#define TELLING(name_, default_, help_)                                        \
    {                                                                          \
        .struct_size = sizeof(struct assay_option),                            \
        .type = ASSAY_OPTION_CHOICE, .name = (name_),                          \
        .default_text = (default_), .choices = tellings, .help = (help_)       \
    }

static const struct assay_option block_lists = PATHS(
    "block_lists",
    "sigs/attachment/owa-today.list, sigs/attachment/assay-detected.list",
    "Lists of what is blocked (level 1).  Level 1 beats everything else.  "
    "sigs/attachment/ has Outlook's, OWA's and Edge's; to add one entry "
    "use block_extensions, to take one out except_extensions.");
static const struct assay_option level2_lists =
    PATHS("level2_lists", NULL,
          "Lists of what must be saved before it is opened (level 2), for "
          "instance sigs/attachment/owa2003-level2-files.list.  None by "
          "default: OWA's own level 2 holds htm and xml, which ordinary mail "
          "is full of.");
static const struct assay_option macro_lists =
    PATHS("macro_lists", "sigs/attachment/macro-documents.list",
          "Lists of documents that may hold macros by their name or type.  "
          "Macros are found in the content too, whatever the name.");
static const struct assay_option block_extensions =
    TEXTS("block_extensions",
          "Extensions to block beside the lists: 7z, rar.  Every name of a "
          "file counts, and every level of archives.");
static const struct assay_option block_names =
    TEXTS("block_names",
          "Name patterns to block, as Antigen's file filters: *.mp3>5MB, "
          "<out>salaries*.xls*, invoice??.pdf.  <in> or <out> first is one "
          "direction; = > < >= <= with KB, MB or GB last is the size.");
static const struct assay_option block_types = TEXTS(
    "block_types", "Declared media types to block: video/*, application/hta.");
static const struct assay_option block_detected =
    TEXTS("block_detected",
          "Types to block that are told by the content, so that renaming does "
          "not help: application/x-dosexec.  assay scan --objects shows them.");
static const struct assay_option allow_extensions =
    TEXTS("allow_extensions",
          "Extensions that level 2 does not speak about.  Level 1 still does.");
static const struct assay_option allow_names =
    TEXTS("allow_names", "Name patterns that level 2 does not speak about.");
static const struct assay_option allow_types =
    TEXTS("allow_types",
          "Media types, declared or detected, that level 2 does not speak "
          "about.");
static const struct assay_option except_extensions =
    TEXTS("except_extensions",
          "Extensions to take out of all lists, level 1 too (Outlook's "
          "Level1Remove): mdb, url.  Their content is still looked at.");
static const struct assay_option except_types =
    TEXTS("except_types",
          "Media types, declared or detected, to take out of all lists: "
          "application/x-iso9660-image.");
static const struct assay_option max_size = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_SIZE,
    .name = "max_size",
    .default_text = "0",
    .help = "Larger attachments, and members of archives, are told as "
            "attachment.size; 0: no bound.  For one kind of file use "
            "block_names: *.avi>20MB."};
static const struct assay_option level2 =
    TELLING("level2", "policy",
            "How level 2 is told, as attachment.level2: off, or as a finding "
            "of kind info, policy or suspicious.  Its confidence is 40, so "
            "that a policy can tell it from level 1 (100).");
static const struct assay_option macros =
    TELLING("macros", "policy",
            "How documents with macros are told, as attachment.macro.  As "
            "policy it advises a tag, since many offices send them to each "
            "other; suspicious treats them as a heuristic detection.");
static const struct assay_option encrypted =
    TELLING("encrypted_archives", "info",
            "How archives and documents with encrypted content are told, as "
            "attachment.encrypted_archive.  The content is told as encrypted "
            "anyway, which has a policy of its own.");
static const struct assay_option archived =
    TELLING("archived", "policy",
            "How a blocked file inside an archive is told, as "
            "attachment.archived_block.  info lets source code archives pass.");
static const struct assay_option deceptive =
    TELLING("deceptive_names", "suspicious",
            "How names that show one thing and are another are told, as "
            "attachment.deceptive_name: a right-to-left override, "
            "invoice.pdf.exe, a long gap before .exe.");

const struct assay_option *const attachment_options[] = {&block_lists,
                                                         &level2_lists,
                                                         &macro_lists,
                                                         &block_extensions,
                                                         &block_names,
                                                         &block_types,
                                                         &block_detected,
                                                         &allow_extensions,
                                                         &allow_names,
                                                         &allow_types,
                                                         &except_extensions,
                                                         &except_types,
                                                         &max_size,
                                                         &level2,
                                                         &macros,
                                                         &encrypted,
                                                         &archived,
                                                         &deceptive,
                                                         NULL};

/* Which option fills which place of the rules. */
static const struct {
    const struct assay_option *option;
    struct rules_entry entry;
} entry_options[] = {
    {&block_extensions, {.kind = RULE_EXT, .level = LEVEL_BLOCK}},
    {&block_names, {.kind = RULE_NAME, .level = LEVEL_BLOCK}},
    {&block_types, {.kind = RULE_TYPE, .level = LEVEL_BLOCK}},
    {&block_detected, {.kind = RULE_DETECTED, .level = LEVEL_BLOCK}},
    {&allow_extensions, {.kind = RULE_EXT, .level = LEVEL_ALLOW}},
    {&allow_names, {.kind = RULE_NAME, .level = LEVEL_ALLOW}},
    {&allow_types, {.kind = RULE_TYPE, .level = LEVEL_ALLOW}},
    {&allow_types, {.kind = RULE_DETECTED, .level = LEVEL_ALLOW}},
    {&except_extensions, {.kind = RULE_EXT, .is_except = true}},
    {&except_types, {.kind = RULE_TYPE, .is_except = true}},
    {&except_types, {.kind = RULE_DETECTED, .is_except = true}},
};

static const struct {
    const struct assay_option *option;
    enum rule_level level;
} list_options[] = {{&block_lists, LEVEL_BLOCK},
                    {&level2_lists, LEVEL_SAVE},
                    {&macro_lists, LEVEL_MACRO}};

static bool read_entries(struct attachment *self,
                         const struct assay_options *options, size_t which,
                         char *err)
{
    const char *name = entry_options[which].option->name;
    struct rules_entry entry = entry_options[which].entry;
    struct assay_str value;
    char why[RULES_ERROR];

    entry.source = name;
    for (uint32_t i = 0;
         self->host->option_text(options, name, i, &value) == ASSAY_RC_OK;
         i++) {
        if (!rules_add(&self->rules, &entry, value, why)) {
            snprintf(err, RULES_ERROR, "%s: %.400s", name, why);
            return false;
        }
    }
    return true;
}

static bool read_lists(struct attachment *self,
                       const struct assay_options *options, size_t which,
                       char *err)
{
    const char *name = list_options[which].option->name;
    struct assay_str path;
    char why[RULES_ERROR] = "needs more memory than there is";

    for (uint32_t i = 0;
         self->host->option_text(options, name, i, &path) == ASSAY_RC_OK; i++) {
        char *copy = strndup(path.p, path.n);
        bool is_read =
            copy != NULL &&
            rules_read(&self->rules, list_options[which].level, copy, why);
        free(copy);
        if (!is_read) {
            snprintf(err, RULES_ERROR, "%s: %.400s", name, why);
            return false;
        }
    }
    return true;
}

static enum telling telling_of(const struct attachment *self,
                               const struct assay_options *options,
                               const struct assay_option *option)
{
    int64_t value = TELL_OFF;

    self->host->option_int(options, option->name, &value);
    return (enum telling)value;
}

bool attachment_configure(struct attachment *self,
                          const struct assay_options *options, char *err)
{
    int64_t size = 0;

    /* Options first: an entry that stands in both is explained by the option. */
    for (size_t i = 0; i < sizeof(entry_options) / sizeof(entry_options[0]);
         i++) {
        if (!read_entries(self, options, i, err))
            return false;
    }
    for (size_t i = 0; i < sizeof(list_options) / sizeof(list_options[0]);
         i++) {
        if (!read_lists(self, options, i, err))
            return false;
    }
    self->host->option_int(options, max_size.name, &size);
    self->max_size = (uint64_t)size;
    self->level2 = telling_of(self, options, &level2);
    self->macros = telling_of(self, options, &macros);
    self->encrypted = telling_of(self, options, &encrypted);
    self->archived = telling_of(self, options, &archived);
    self->deceptive = telling_of(self, options, &deceptive);
    return true;
}
