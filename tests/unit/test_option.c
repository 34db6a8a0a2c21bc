/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/option.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <string.h>

#define OPTION(option_name, option_type, ...)                                  \
    {                                                                          \
        .struct_size = sizeof(struct assay_option), .type = (option_type),     \
        .name = (option_name), .help = "Helps.", __VA_ARGS__                   \
    }

static const char *const colours[] = {"red", "green", "blue", NULL};

static const struct assay_option flag =
    OPTION("flag", ASSAY_OPTION_BOOL, .default_text = "yes");
static const struct assay_option count = OPTION(
    "count", ASSAY_OPTION_INT, .default_text = "64", .min = -5, .max = 4096);
static const struct assay_option any_number =
    OPTION("any_number", ASSAY_OPTION_INT);
static const struct assay_option size =
    OPTION("max_file_size", ASSAY_OPTION_SIZE, .default_text = "25 MiB",
           .min = 1024, .max = INT64_C(4) << 30);
static const struct assay_option wait =
    OPTION("wait", ASSAY_OPTION_DURATION, .default_text = "30 s", .min = 0,
           .max = 600000);
static const struct assay_option text = OPTION("text", ASSAY_OPTION_TEXT);
static const struct assay_option colour = OPTION(
    "colour", ASSAY_OPTION_CHOICE, .default_text = "green", .choices = colours);
static const struct assay_option file =
    OPTION("data", ASSAY_OPTION_PATH, .default_text = "sigs/x");
static const struct assay_option secret = OPTION("secret", ASSAY_OPTION_SECRET);
static const struct assay_option names =
    OPTION("names", ASSAY_OPTION_TEXT, .flags = ASSAY_OPTION_LIST,
           .default_text = "a, b");
static const struct assay_option sizes =
    OPTION("sizes", ASSAY_OPTION_SIZE, .flags = ASSAY_OPTION_LIST);

static const struct assay_option *const table[] = {
    &flag,   &count, &any_number, &size,  &wait,  &text,
    &colour, &file,  &secret,     &names, &sizes, NULL,
};

/* Reads a section [plugin clamav] that begins on line 11 of plugins.conf. */
static bool read_set(const char *settings, const char *const *ignore,
                     struct option_set **set, struct conf **conf,
                     GError **error)
{
    g_autofree char *all =
        g_strconcat("\n\n\n\n\n\n\n\n\n\n[plugin clamav]\n", settings, NULL);
    *conf = NULL;
    CU_ASSERT_FATAL(
        conf_parse(all, strlen(all), "plugins.conf", "/etc/x", conf, error));
    return option_set_new(table, *conf, conf_find(*conf, "plugin", "clamav"),
                          ignore, set, error);
}

static void defaults_hold_where_nothing_is_set(void)
{
    struct option_set *set = NULL;
    CU_ASSERT_FATAL(option_set_new(table, NULL, NULL, NULL, &set, NULL));
    CU_ASSERT_EQUAL(option_int(set, "flag"), 1);
    CU_ASSERT_EQUAL(option_int(set, "count"), 64);
    CU_ASSERT_EQUAL(option_int(set, "max_file_size"), 25 * 1024 * 1024);
    CU_ASSERT_EQUAL(option_int(set, "wait"), 30000);
    CU_ASSERT_EQUAL(option_int(set, "colour"), 1);
    CU_ASSERT_EQUAL(option_int(set, "any_number"), 0);
    CU_ASSERT_EQUAL(option_count(set, "any_number"), 0);
    CU_ASSERT_PTR_NULL(option_text(set, "any_number", 0));
    CU_ASSERT_STRING_EQUAL(option_text(set, "wait", 0), "30 s");
    CU_ASSERT_PTR_NULL(option_text(set, "wait", 1));
    CU_ASSERT_EQUAL(option_count(set, "names"), 2);
    CU_ASSERT_STRING_EQUAL(option_text(set, "names", 1), "b");
    CU_ASSERT_PTR_NULL(option_text(set, "names", 2));
    CU_ASSERT_EQUAL(option_line(set, "names"), 0);
    CU_ASSERT(option_has(set, "names"));
    CU_ASSERT(!option_has(set, "name"));
    option_set_free(set);
}

static void settings_override_defaults_and_know_their_line(void)
{
    struct option_set *set = NULL;
    struct conf *conf = NULL;
    CU_ASSERT_FATAL(read_set("flag = no\nnames =\n  x, \"y, z\"\n"
                             "sizes = 1 KiB, 2 k\ntext = \"\"\n",
                             NULL, &set, &conf, NULL));
    CU_ASSERT_EQUAL(option_int(set, "flag"), 0);
    CU_ASSERT_EQUAL(option_line(set, "flag"), 12);
    CU_ASSERT_EQUAL(option_line(set, "names"), 13);
    CU_ASSERT_EQUAL(option_line(set, "wait"), 0);
    CU_ASSERT_EQUAL(option_count(set, "names"), 2);
    CU_ASSERT_STRING_EQUAL(option_text(set, "names", 1), "y, z");
    CU_ASSERT_EQUAL(option_int(set, "sizes"), 1024);
    CU_ASSERT_STRING_EQUAL(option_text(set, "sizes", 1), "2 k");
    CU_ASSERT_EQUAL(option_count(set, "text"), 1);
    CU_ASSERT_STRING_EQUAL(option_text(set, "text", 0), "");
    const struct conf_section *section = conf->sections->pdata[0];
    for (unsigned i = 0; i < section->entries->len; i++)
        CU_ASSERT(((struct conf_entry *)section->entries->pdata[i])->used);
    option_set_free(set);
    conf_free(conf);
}

static void an_empty_setting_switches_a_default_off(void)
{
    struct option_set *set = NULL;
    struct conf *conf = NULL;
    CU_ASSERT_FATAL(read_set("data =\nnames =\n", NULL, &set, &conf, NULL));
    CU_ASSERT_EQUAL(option_count(set, "data"), 0);
    CU_ASSERT_EQUAL(option_count(set, "names"), 0);
    option_set_free(set);
    conf_free(conf);
}

static void paths_start_at_the_folder_of_the_file(void)
{
    static const char *const paths[][2] = {
        {"data = a/b\n", "/etc/x/a/b"},
        {"data = ../y\n", "/etc/y"},
        {"data = /abs\n", "/abs"},
        {"", "/etc/x/sigs/x"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        struct option_set *set = NULL;
        struct conf *conf = NULL;
        CU_ASSERT_FATAL(read_set(paths[i][0], NULL, &set, &conf, NULL));
        CU_ASSERT_STRING_EQUAL(option_text(set, "data", 0), paths[i][1]);
        option_set_free(set);
        conf_free(conf);
    }
}

static void a_secret_is_the_first_line_of_its_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("assay-option-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "key", NULL);
    g_autofree char *setting = g_strconcat("secret = ", path, "\n", NULL);
    CU_ASSERT_FATAL(
        g_file_set_contents(path, "s3cret word\r\nmore\n", -1, NULL));
    struct option_set *set = NULL;
    struct conf *conf = NULL;
    CU_ASSERT_FATAL(read_set(setting, NULL, &set, &conf, NULL));
    CU_ASSERT_STRING_EQUAL(option_text(set, "secret", 0), "s3cret word");
    option_set_free(set);
    conf_free(conf);

    GError *error = NULL;
    CU_ASSERT_FATAL(g_file_set_contents(path, "\n", -1, NULL));
    CU_ASSERT(!read_set(setting, NULL, &set, &conf, &error));
    CU_ASSERT(g_str_has_suffix(
        error->message, "key: is empty; it must hold the secret as its first "
                        "line"));
    g_clear_error(&error);
    conf_free(conf);
    g_unlink(path);
    CU_ASSERT(!read_set(setting, NULL, &set, &conf, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "[clamav] secret: /"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "No such file or directory"));
    g_clear_error(&error);
    conf_free(conf);
    g_rmdir(dir);
}

/* One setting on line 12 and what is said about it. */
static const struct {
    const char *setting;
    const char *message; /* after "plugins.conf:12: [clamav] " */
} wrong[] = {
    {"max_file_size = abc",
     "max_file_size: \"abc\" is not a size from 1 KiB to 4 GiB"},
    {"max_fil_size = 1 MiB",
     "max_fil_size: no such option; nearest is max_file_size"},
    {"zzzzzz = 1", "zzzzzz: no such option"},
    {"fille = 1", "fille: no such option; nearest is file"},
    {"max_file_size = 5 GiB",
     "max_file_size: \"5 GiB\" is not a size from 1 KiB to 4 GiB"},
    {"max_file_size = 1 MB",
     "max_file_size: \"1 MB\" is not a size from 1 KiB to 4 GiB; units are "
     "B, KiB, MiB, GiB and TiB"},
    {"max_file_size = -1 KiB",
     "max_file_size: \"-1 KiB\" is not a size from 1 KiB to 4 GiB"},
    {"max_file_size = 9223372036854775807 KiB",
     "max_file_size: \"9223372036854775807 KiB\" is not a size from 1 KiB to "
     "4 GiB"},
    {"max_file_size = 1.5 MiB",
     "max_file_size: \"1.5 MiB\" is not a size from 1 KiB to 4 GiB; units are "
     "B, KiB, MiB, GiB and TiB"},
    {"max_file_size =", "max_file_size: \"\" is not a size from 1 KiB to 4 "
                        "GiB"},
    {"wait = 5",
     "wait: \"5\" is not a duration from 0 to 10 min; a unit is missing: ms, "
     "s, min, h or d"},
    {"wait = 5 m",
     "wait: \"5 m\" is not a duration from 0 to 10 min; units are ms, s, min, "
     "h and d"},
    {"wait = 11 min", "wait: \"11 min\" is not a duration from 0 to 10 min"},
    {"count = 4097", "count: \"4097\" is not a whole number from -5 to 4096"},
    {"count = -6", "count: \"-6\" is not a whole number from -5 to 4096"},
    {"count = 1 KiB", "count: \"1 KiB\" is not a whole number from -5 to "
                      "4096"},
    {"count = 0x10", "count: \"0x10\" is not a whole number from -5 to 4096"},
    {"any_number = 99999999999999999999",
     "any_number: \"99999999999999999999\" is not a whole number"},
    {"flag = true", "flag: \"true\" is not yes or no"},
    {"flag = YES", "flag: \"YES\" is not yes or no"},
    {"colour = gren", "colour: \"gren\" is not one of red, green, blue; "
                      "nearest is green"},
    {"colour = 1", "colour: \"1\" is not one of red, green, blue"},
    {"colour =", "colour: \"\" is not one of red, green, blue"},
    {"names = a,,b", "names: \"\" is not a text"},
    {"sizes = 1, x", "sizes: \"x\" is not a size"},
    {"text = \xc3\xa4\n"
     "flag = 2\n"
     "count = x",
     NULL}, /* the first wrong one in file order: line 13 */
};

static void a_wrong_setting_is_told_with_line_value_and_what_is_right(void)
{
    static const char *const ignore[] = {"file", "optional", NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct option_set *set = NULL;
        struct conf *conf = NULL;
        GError *error = NULL;
        CU_ASSERT_FALSE_FATAL(
            read_set(wrong[i].setting, ignore, &set, &conf, &error));
        CU_ASSERT_PTR_NULL(set);
        CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONF));
        g_autofree char *want =
            wrong[i].message != NULL
                ? g_strconcat("plugins.conf:12: [clamav] ", wrong[i].message,
                              NULL)
                : g_strdup("plugins.conf:13: [clamav] flag: \"2\" is not yes "
                           "or no");
        CU_ASSERT_STRING_EQUAL(error->message, want);
        if (strcmp(error->message, want) != 0)
            fprintf(stderr, "got  %s\nwant %s\n", error->message, want);
        g_error_free(error);
        conf_free(conf);
    }
}

static void keys_that_somebody_else_reads_are_left_alone(void)
{
    static const char *const ignore[] = {"file", "optional", NULL};
    struct option_set *set = NULL;
    struct conf *conf = NULL;
    CU_ASSERT_FATAL(read_set("file = x.so\noptional = no\ncount = 1\n", ignore,
                             &set, &conf, NULL));
    const struct conf_section *section = conf->sections->pdata[0];
    CU_ASSERT(!((struct conf_entry *)section->entries->pdata[0])->used);
    CU_ASSERT(!option_has(set, "file"));
    option_set_free(set);
    conf_free(conf);
}

static void numbers_are_read_in_every_unit(void)
{
    static const struct {
        const struct assay_option *option;
        const char *setting;
        int64_t want;
        const char *shown;
    } units[] = {
        {&size, "2048", 2048, "2 KiB"},
        {&size, "2048 B", 2048, "2 KiB"},
        {&size, "1025", 1025, "1025 B"},
        {&size, "64KiB", 65536, "64 KiB"},
        {&size, "64 kib", 65536, "64 KiB"},
        {&size, "64 k", 65536, "64 KiB"},
        {&size, "3M", 3 << 20, "3 MiB"},
        {&size, "1 G", 1 << 30, "1 GiB"},
        {&size, "1536 KiB", 1536 << 10, "1536 KiB"},
        {&wait, "0", 0, "0"},
        {&wait, "250 ms", 250, "250 ms"},
        {&wait, "90 s", 90000, "90 s"},
        {&wait, "120 s", 120000, "2 min"},
        {&wait, "10min", 600000, "10 min"},
        {&count, "-5", -5, "-5"},
        {&count, "0064", 64, "64"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        const char *name = units[i].option->name;
        g_autofree char *setting =
            g_strdup_printf("%s = %s\n", name, units[i].setting);
        struct option_set *set = NULL;
        struct conf *conf = NULL;
        CU_ASSERT_FATAL(read_set(setting, NULL, &set, &conf, NULL));
        CU_ASSERT_EQUAL(option_int(set, name), units[i].want);
        g_autofree char *shown =
            option_value_show(units[i].option, option_text(set, name, 0));
        CU_ASSERT_STRING_EQUAL(shown, units[i].shown);
        option_set_free(set);
        conf_free(conf);
    }
}

static void values_and_ranges_are_shown_for_people(void)
{
    static const struct {
        const struct assay_option *option;
        const char *text;
        const char *shown;
        const char *range;
    } shows[] = {
        {&flag, "no", "no", "yes, no"},
        {&count, "64", "64", "-5..4096"},
        {&any_number, NULL, "none", ""},
        {&size, "25600 KiB", "25 MiB", "1 KiB..4 GiB"},
        {&wait, "60000 ms", "1 min", "0..10 min"},
        {&text, "a\nb", "a\\x0Ab", ""},
        {&colour, "red", "red", "red, green, blue"},
        {&file, "sigs/x", "sigs/x", ""},
        {&secret, "hush", "(secret)", ""},
        {&sizes, "1024,2048 , 3", "1 KiB, 2 KiB, 3 B", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(shows); i++) {
        g_autofree char *shown =
            option_value_show(shows[i].option, shows[i].text);
        g_autofree char *range = option_range_show(shows[i].option);
        CU_ASSERT_STRING_EQUAL(shown, shows[i].shown);
        CU_ASSERT_STRING_EQUAL(range, shows[i].range);
    }
}

static void the_nearest_name_is_found_and_only_a_near_one(void)
{
    static const char *const known[] = {"max_file_size", "max_files", "block",
                                        "prior", NULL};
    static const char *const near[][2] = {
        {"max_fil_size", "max_file_size"},
        {"maxfilesize", "max_file_size"},
        {"MAX_FILES", "max_files"},
        {"max_flies", "max_files"}, /* neighbours swapped: one edit */
        {"blcok", "block"},
        {"blocks", "block"},
        {"piror", "prior"},
        {"x", NULL},
        {"", NULL},
        {"quarantine", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(near); i++) {
        const char *got = option_nearest(near[i][0], known);
        CU_ASSERT_PTR_EQUAL((got == NULL), (near[i][1] == NULL));
        if (got != NULL && near[i][1] != NULL)
            CU_ASSERT_STRING_EQUAL(got, near[i][1]);
    }
    g_autofree char *longer = g_strnfill(5000, 'x');
    CU_ASSERT_PTR_NULL(option_nearest(longer, known));
}

static void a_table_that_is_badly_made_is_refused(void)
{
    static const char *const no_choice[] = {NULL};
    static const char *const empty_choice[] = {"a", "", NULL};
    struct assay_option bad = count;
    const struct assay_option *const one[] = {&bad, NULL};
    const struct assay_option *const twice[] = {&count, &bad, NULL};
    CU_ASSERT(option_table_check(table, NULL));
    CU_ASSERT(option_table_check(NULL, NULL));
    CU_ASSERT(option_table_check(one, NULL));
    CU_ASSERT(!option_table_check(twice, NULL));
#define REFUSED(field, value, says)                                            \
    do {                                                                       \
        GError *error = NULL;                                                  \
        bad = count;                                                           \
        bad.field = (value);                                                   \
        CU_ASSERT_FALSE_FATAL(option_table_check(one, &error));                \
        CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_PLUGIN));      \
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, says));                  \
        g_error_free(error);                                                   \
    } while (0)
    REFUSED(struct_size, 8, "struct_size is too small");
    REFUSED(name, NULL, "its name is not [a-z0-9_]+");
    REFUSED(name, "", "its name is not [a-z0-9_]+");
    REFUSED(name, "Count", "its name is not [a-z0-9_]+");
    REFUSED(name, "a-b", "its name is not [a-z0-9_]+");
    REFUSED(type, 0, "unknown type");
    REFUSED(type, 99, "unknown type");
    REFUSED(flags, 2, "unknown flags");
    REFUSED(reserved0, 1, "unknown flags");
    REFUSED(min, 5000, "its range is empty");
    REFUSED(help, NULL, "no help text");
    REFUSED(help, "", "no help text");
    REFUSED(default_text, "5000", "\"5000\" is not a whole number from -5");
    REFUSED(default_text, "\xff", "default is not UTF-8");
    REFUSED(type, ASSAY_OPTION_SIZE, "below 0");
    REFUSED(type, ASSAY_OPTION_CHOICE, "a CHOICE needs choices");
#undef REFUSED
    bad = colour;
    bad.choices = no_choice;
    CU_ASSERT(!option_table_check(one, NULL));
    bad.choices = empty_choice;
    CU_ASSERT(!option_table_check(one, NULL));
    bad.choices = colours;
    bad.default_text = "black";
    CU_ASSERT(!option_table_check(one, NULL));
    bad.default_text = "red, blue";
    CU_ASSERT(!option_table_check(one, NULL));
    bad.flags = ASSAY_OPTION_LIST;
    CU_ASSERT(option_table_check(one, NULL));
}

static void a_table_without_an_end_is_refused(void)
{
    struct assay_option many[300];
    char option_names[300][8];
    const struct assay_option *all[301] = {NULL};
    for (unsigned i = 0; i < 300; i++) {
        many[i] = count;
        g_snprintf(option_names[i], sizeof option_names[i], "o%u", i);
        many[i].name = option_names[i];
        all[i] = &many[i];
    }
    CU_ASSERT(!option_table_check(all, NULL));
    all[256] = NULL;
    CU_ASSERT(option_table_check(all, NULL));
}

static void documentation_names_value_range_and_help(void)
{
    static const struct assay_option long_help = {
        .struct_size = sizeof(struct assay_option),
        .type = ASSAY_OPTION_SIZE,
        .name = "max",
        .default_text = "1024",
        .max = 4096,
        .help = "What it does, in so many words that the line of a terminal "
                "is too short for it. .Dd \\fB",
    };
    static const struct assay_option *const both[] = {&long_help, &names, NULL};
    g_autoptr(GString) to = g_string_new(NULL);
    option_docs(to, both);
    CU_ASSERT_STRING_EQUAL(
        to->str,
        "max = 1 KiB\n"
        "    (size 0..4 KiB) What it does, in so many words that the line of a "
        "terminal\n"
        "    is too short for it. .Dd \\fB\n"
        "names = a, b\n"
        "    (list: text) Helps.\n");
    g_string_truncate(to, 0);
    option_docs_mdoc(to, both);
    CU_ASSERT_STRING_EQUAL(
        to->str,
        ".Bl -tag -width Ds\n"
        ".It Cm max No \\(eq \"\\&1 KiB\"\n"
        "(size 0..4 KiB)\n"
        "What it does, in so many words that the line of a terminal is too "
        "short for\n"
        "it.\n"
        "\\&.Dd \\efB\n"
        ".It Cm names No \\(eq \"\\&a, b\"\n"
        "(list: text)\n"
        "Helps.\n"
        ".El\n");
    g_string_truncate(to, 0);
    option_docs_markdown(to, both);
    CU_ASSERT(g_str_has_suffix(to->str, "- `names = a, b` (list: text)  \n"
                                        "  Helps.\n"));
}

UNIT_MAIN("option", UNIT(defaults_hold_where_nothing_is_set),
          UNIT(settings_override_defaults_and_know_their_line),
          UNIT(an_empty_setting_switches_a_default_off),
          UNIT(paths_start_at_the_folder_of_the_file),
          UNIT(a_secret_is_the_first_line_of_its_file),
          UNIT(a_wrong_setting_is_told_with_line_value_and_what_is_right),
          UNIT(keys_that_somebody_else_reads_are_left_alone),
          UNIT(numbers_are_read_in_every_unit),
          UNIT(values_and_ranges_are_shown_for_people),
          UNIT(the_nearest_name_is_found_and_only_a_near_one),
          UNIT(a_table_that_is_badly_made_is_refused),
          UNIT(a_table_without_an_end_is_refused),
          UNIT(documentation_names_value_range_and_help))
