/* SPDX-License-Identifier: MIT */
#include "base/conf.h"
#include "base/error.h"
#include "unit.h"

#include <glib/gstdio.h>

#include <string.h>

static struct conf *parse(const char *text)
{
    struct conf *conf = NULL;
    GError *error = NULL;
    if (!conf_parse(text, strlen(text), "a.conf", "/etc/x", &conf, &error)) {
        CU_FAIL("refused");
        fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
    }
    return conf;
}

static struct conf_entry *entry(struct conf *conf, unsigned section,
                                unsigned index)
{
    struct conf_section *s = conf->sections->pdata[section];
    return s->entries->pdata[index];
}

static void sections_and_settings_remember_where_they_stood(void)
{
    struct conf *conf = parse("# head\n\n[limits]\nmax_depth = 17\n"
                              "[ plugin   clamav ]  # a comment\n"
                              "  # indented comment\nfile=x.so\n"
                              "[policy boss]\n");
    CU_ASSERT_EQUAL_FATAL(conf->sections->len, 3);
    struct conf_section *limits = conf_find(conf, "limits", NULL);
    struct conf_section *clamav = conf_find(conf, "plugin", "clamav");
    struct conf_section *boss = conf_find(conf, "policy", "boss");
    CU_ASSERT_PTR_EQUAL(limits, conf->sections->pdata[0]);
    CU_ASSERT_PTR_EQUAL(clamav, conf->sections->pdata[1]);
    CU_ASSERT_PTR_EQUAL(boss, conf->sections->pdata[2]);
    CU_ASSERT_PTR_NULL(limits->name);
    CU_ASSERT_EQUAL(limits->line, 3);
    CU_ASSERT_STRING_EQUAL(limits->label, "limits");
    CU_ASSERT_STRING_EQUAL(clamav->label, "clamav");
    CU_ASSERT_STRING_EQUAL(boss->label, "policy boss");
    CU_ASSERT_EQUAL(entry(conf, 0, 0)->line, 4);
    CU_ASSERT_STRING_EQUAL(entry(conf, 0, 0)->key, "max_depth");
    CU_ASSERT_STRING_EQUAL(entry(conf, 0, 0)->value, "17");
    CU_ASSERT_EQUAL(entry(conf, 1, 0)->line, 7);
    CU_ASSERT_STRING_EQUAL(entry(conf, 1, 0)->value, "x.so");
    CU_ASSERT_EQUAL(boss->entries->len, 0);
    CU_ASSERT_STRING_EQUAL(conf->dir, "/etc/x");
    CU_ASSERT_PTR_NULL(conf_find(conf, "plugin", NULL));
    CU_ASSERT_PTR_NULL(conf_find(conf, "plugin", "spam"));
    conf_free(conf);
}

/* What stands after "k =" and what becomes of it. */
static const struct {
    const char *text;
    const char *raw;
    const char *value;
} values[] = {
    {" a b  ", "a b", "a b"},
    {"", "", ""},
    {" # only a comment", "", ""},
    {"a#b", "a#b", "a#b"},
    {"a # b", "a", "a"},
    {"a\t#b", "a", "a"},
    {"a=b=c", "a=b=c", "a=b=c"},
    {"\r", "", ""},
    {" x \r", "x", "x"},
    {" \" a # b \" # c", "\" a # b \"", " a # b "},
    {"\"say \\\"hi\\\" \\\\ \\d\"", "\"say \\\"hi\\\" \\\\ \\d\"",
     "say \"hi\" \\ \\d"},
    {"\"\"", "\"\"", ""},
    {"it is 5\" wide", "it is 5\" wide", "it is 5\" wide"},
    {"a,\n  b,\n\tc # d\n", "a, b, c", "a, b, c"},
    {"\n a\n b", "a b", "a b"},
    {"a\n  # comment between\n  b", "a b", "a b"},
    {"a\n# comment in column 1\n  b", "a b", "a b"},
    {"\"a, b\", \"c\" , d", "\"a, b\", \"c\", d", "\"a, b\", \"c\", d"},
    {"w=5,\n  v=3", "w=5, v=3", "w=5, v=3"},
    {"x\n  \"a = b\"", "x \"a = b\"", "x \"a = b\""},
    {"Gr\u00fc\u00dfe", "Gr\u00fc\u00dfe", "Gr\u00fc\u00dfe"},
};

static void values_are_trimmed_unquoted_and_continued(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = g_strconcat("[s]\nk =", values[i].text, NULL);
        struct conf *conf = parse(text);
        if (conf == NULL)
            continue;
        CU_ASSERT_STRING_EQUAL(entry(conf, 0, 0)->raw, values[i].raw);
        CU_ASSERT_STRING_EQUAL(entry(conf, 0, 0)->value, values[i].value);
        conf_free(conf);
    }
}

static void items_are_split_at_commas_outside_quotes(void)
{
    static const struct {
        const char *raw;
        const char *joined; /* by | */
    } table[] = {
        {"", ""},
        {"a", "a"},
        {"a, b ,c", "a|b|c"},
        {"a,", "a"},
        {"a,,b", "a||b"},
        {"\"a, b\", c", "a, b|c"},
        {"\" x \"", " x "},
        {"\"a\\\"b\",c", "a\"b|c"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GPtrArray) items = conf_items(table[i].raw);
        unsigned n = items->len;
        g_ptr_array_add(items, NULL);
        g_autofree char *joined = g_strjoinv("|", (char **)items->pdata);
        CU_ASSERT_STRING_EQUAL(joined, table[i].joined);
        CU_ASSERT(n > 0 || *table[i].raw == '\0');
    }
}

static const struct {
    const char *text;
    const char *message; /* its start */
} wrong[] = {
    {"a = 1\n", "a.conf:1: a stands before the first section"},
    {"[s]\nfoo\n", "a.conf:2: \"foo\" is neither \"key = value\" nor"},
    {"[s]\n= 3\n", "a.conf:2: \"= 3\": what stands before \"=\""},
    {"[s]\na b = 3\n", "a.conf:2: \"a b = 3\": what stands before \"=\""},
    {"[s\n", "a.conf:1: \"[s\" is not a section"},
    {"[s] x\n", "a.conf:1: \"[s] x\" is not a section"},
    {"[s]#x\n", "a.conf:1: \"[s]#x\" is not a section"},
    {"[]\n", "a.conf:1: \"[]\": a section has a kind"},
    {"[a b c]\n", "a.conf:1: \"[a b c]\": a section has a kind and at most"},
    {"[a/b]\n", "a.conf:1: \"[a/b]\": a section has a kind"},
    {"[s]\n[t]\n\n[s]\n", "a.conf:4: section [s] is already on line 1"},
    {"[p x]\n[p y]\n[p  x]\n", "a.conf:3: section [p x] is already on"},
    {"[s]\na = 1\nb = 2\na = 3\n", "a.conf:4: [s] a: already set on line 2"},
    {"[s]\n  a = 1\n", "a.conf:2: \"a = 1\" is indented, which continues the "
                       "value above, and there is none"},
    {"[s]\na = 1\n  b = 2\n", "a.conf:3: \"b = 2\" is indented, which "
                              "continues a: a setting starts in column 1"},
    {"[s]\na = 1\n [t]\n", "a.conf:3: \"[t]\" is indented, which continues a"},
    {"[s]\na = 1\n\n  2\n", "a.conf:4: \"2\" is indented"},
    {"[s]\na = \"x\n", "a.conf:2: [s] a: a quote is not closed on its line"},
    {"[s]\na = \"x\" y\n", "a.conf:2: [s] a: text follows a closing quote"},
    {"[s]\na = \"x\"#y\n", "a.conf:2: [s] a: text follows a closing quote"},
    {"[s]\na = b, \"x\" y\n", "a.conf:2: [s] a: text follows a closing"},
    {"[s]\na = b\xff\n", "a.conf:2: byte 6 is not UTF-8"},
    {"[s]\n# \xc3\n", "a.conf:2: byte 3 is not UTF-8"},
    {"[s]\n\x1b[2Jx\n", "a.conf:2: \"\\x1B[2Jx\" is neither"},
};

static void what_is_wrong_is_refused_with_file_and_line(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct conf *conf = NULL;
        GError *error = NULL;
        bool is_read = conf_parse(wrong[i].text, strlen(wrong[i].text),
                                  "a.conf", "/", &conf, &error);
        CU_ASSERT_FALSE_FATAL(is_read);
        CU_ASSERT_PTR_NULL(conf);
        CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONF));
        CU_ASSERT(g_str_has_prefix(error->message, wrong[i].message));
        if (!g_str_has_prefix(error->message, wrong[i].message))
            fprintf(stderr, "got  %s\nwant %s\n", error->message,
                    wrong[i].message);
        g_error_free(error);
    }
}

static void nul_is_refused(void)
{
    static const char text[] = "[s]\na = 1\0\n";
    struct conf *conf = NULL;
    GError *error = NULL;
    CU_ASSERT(!conf_parse(text, sizeof text - 1, "a.conf", "/", &conf, &error));
    CU_ASSERT_STRING_EQUAL(
        error->message, "a.conf:2: byte 6 is NUL: the file must be UTF-8 text");
    g_error_free(error);
}

static void a_byte_order_mark_is_skipped(void)
{
    struct conf *conf = parse("\xef\xbb\xbf[s]\na = 1\n");
    CU_ASSERT_PTR_NOT_NULL(conf_find(conf, "s", NULL));
    conf_free(conf);
}

static void a_hundred_thousand_settings_are_read_in_linear_time(void)
{
    GString *text = g_string_new("[s]\n");
    for (unsigned i = 0; i < 100000; i++)
        g_string_append_printf(text, "k%u =\n", i);
    struct conf *conf = parse(text->str);
    CU_ASSERT_EQUAL(
        ((struct conf_section *)conf->sections->pdata[0])->entries->len,
        100000);
    conf_free(conf);
    g_string_free(text, TRUE);
}

static void a_file_is_read_and_its_folder_remembered(void)
{
    g_autofree char *dir = g_dir_make_tmp("assay-conf-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "p.conf", NULL);
    CU_ASSERT_FATAL(g_file_set_contents(path, "[s]\na = 1", -1, NULL));
    struct conf *conf = NULL;
    CU_ASSERT_FATAL(conf_read(path, &conf, NULL));
    CU_ASSERT_STRING_EQUAL(conf->path, path);
    CU_ASSERT_STRING_EQUAL(conf->dir, dir);
    conf_free(conf);

    g_autofree char *big = g_strnfill(1024 * 1024 + 1, '\n');
    CU_ASSERT_FATAL(g_file_set_contents(path, big, 1024 * 1024 + 1, NULL));
    GError *error = NULL;
    CU_ASSERT(!conf_read(path, &conf, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "larger than 1 MiB"));
    g_clear_error(&error);
    CU_ASSERT_FATAL(g_file_set_contents(path, big, 1024 * 1024, NULL));
    CU_ASSERT(conf_read(path, &conf, NULL));
    conf_free(conf);
    g_unlink(path);
    g_rmdir(dir);
}

static void a_file_that_cannot_be_read_is_named(void)
{
    struct conf *conf = NULL;
    GError *error = NULL;
    CU_ASSERT(!conf_read("/nonexistent/p.conf", &conf, &error));
    CU_ASSERT(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
    CU_ASSERT_STRING_EQUAL(
        error->message,
        "/nonexistent/p.conf: cannot be read: No such file or directory");
    g_clear_error(&error);
    CU_ASSERT(!conf_read("/", &conf, &error));
    CU_ASSERT_STRING_EQUAL(error->message, "/: cannot be read: Is a directory");
    g_error_free(error);
    CU_ASSERT_PTR_NULL(conf);
}

UNIT_MAIN("conf", UNIT(sections_and_settings_remember_where_they_stood),
          UNIT(values_are_trimmed_unquoted_and_continued),
          UNIT(items_are_split_at_commas_outside_quotes),
          UNIT(what_is_wrong_is_refused_with_file_and_line),
          UNIT(nul_is_refused), UNIT(a_byte_order_mark_is_skipped),
          UNIT(a_hundred_thousand_settings_are_read_in_linear_time),
          UNIT(a_file_is_read_and_its_folder_remembered),
          UNIT(a_file_that_cannot_be_read_is_named))
