/* SPDX-License-Identifier: MIT */
/*
 * Classes: told by the configuration alone, and what of it a host opens.
 */
#include "host/class.h"
#include "host/section.h"
#include "hosting.h"
#include "unit.h"

#include <string.h>

/* Classes and their sections as "CLASS: NAME NAME\n". */
static const char *classes_of(const char *text)
{
    static char shown[1024];
    struct conf *conf = NULL;
    struct limits limits;
    GError *error = NULL;
    GPtrArray *classes = NULL;
    shown[0] = '\0';
    limits_default(&limits);
    if (conf_parse(text, strlen(text), "plugins.conf", "/", &conf, &error) &&
        host_classes(&(struct host_how){.conf = conf, .limits = &limits},
                     &classes, &error)) {
        for (unsigned i = 0; i < classes->len; i++) {
            const struct host_class *class = classes->pdata[i];
            g_strlcat(shown, class->name, sizeof shown);
            for (unsigned k = 0; k < class->sections->len; k++) {
                const struct wanted *w = class->sections->pdata[k];
                g_strlcat(shown, k == 0 ? ": " : " ", sizeof shown);
                g_strlcat(shown, w->name, sizeof shown);
            }
            g_strlcat(shown, "\n", sizeof shown);
        }
        g_ptr_array_unref(classes);
    } else {
        g_strlcpy(shown, error->message, sizeof shown);
        g_error_free(error);
    }
    conf_free(conf);
    return shown;
}

static void classes_are_told_without_a_file(void)
{
    CU_ASSERT_STRING_EQUAL(classes_of(""), "main\n");
    CU_ASSERT_STRING_EQUAL(
        classes_of("[plugin b]\nfile = /none/b.so\n"
                   "[plugin a]\nfile = /none/a.so\nclass = main\n"
                   "[plugin c]\nfile = /none/c.so\nclass = net\n"
                   "[plugin d]\nfile = /none/d.so\nclass = net\n"
                   "[plugin e]\nfile = /none/e.so\nenabled = no\n"),
        "main: a\nb: b\nnet: c d\n");
}

static void a_class_that_is_no_name_is_refused(void)
{
    CU_ASSERT_STRING_EQUAL(
        classes_of("[plugin a]\nfile = /none/a.so\nclass = a b\n"),
        "plugins.conf:1: [plugin a] class: \"a b\" is not a name of 1 to 64 "
        "letters, digits and ._-, such as \"class = main\"");
    CU_ASSERT(!class_is_name(""));
    CU_ASSERT(!class_is_name("."));
    CU_ASSERT(!class_is_name("../x"));
    CU_ASSERT(class_is_name("x86_64.net-1"));
}

static void too_many_classes_are_refused(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < CLASSES_MAX; i++)
        g_string_append_printf(text, "[plugin p%d]\nfile = /none/p.so\n", i);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(classes_of(text->str), "make 65 classes, at most 64"));
}

static void only_what_our_build_put_there_is_in_tree(void)
{
    static const struct {
        const char *path;
        bool is_in_tree;
    } files[] = {
        {"/lib/plugins/spam.so", true}, {"/lib/plugins/archive.so", true},
        {"/lib/plugins/spa.so", false}, {"/lib/plugins/.so", false},
        {"/lib/plugins/spam", false},   {"/lib/plugins/deeper/spam.so", false},
        {"/tmp/spam.so", false},        {"/lib/plugins/archive spam.so", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        CU_ASSERT_EQUAL(
            class_is_in_tree(files[i].path, "/lib/plugins", "archive spam"),
            files[i].is_in_tree);
}

static void a_host_opens_only_its_class(void)
{
    struct hosting *h = hosting_open_how(
        "[plugin right]\nfile = @/right.so\nclass = one\n"
        /* Looked at, it would be refused. */
        "[plugin other]\nfile = @/crash_load.so\nclass = two\n",
        (struct host_how){.class_name = "one"});
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->host);
    CU_ASSERT_EQUAL(h->host->refusals->len, 0);
    CU_ASSERT_EQUAL_FATAL(h->host->instances->len, 1);
    const struct instance *instance = h->host->instances->pdata[0];
    CU_ASSERT_STRING_EQUAL(instance->class_name, "one");
    hosting_free(h);
}

static void a_plugin_with_a_network_is_refused_in_main(void)
{
    struct hosting *h =
        hosting_open("[plugin net]\nfile = @/network.so\nclass = main\n");
    CU_ASSERT_STRING_EQUAL(
        hosting_refusal(h),
        "network.so: org.example.test: it says ASSAY_FLAG_NETWORK, and no "
        "plugin of class main has a network: write \"class = net\" in its "
        "section");
    hosting_free(h);
    h = hosting_open("[plugin net]\nfile = @/network.so\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->host);
    CU_ASSERT_EQUAL(h->host->refusals->len, 0);
    hosting_free(h);
}

static int32_t nothing(void *self, struct task *task)
{
    (void)self;
    (void)task;
    return ASSAY_RC_OK;
}

static const char *order_of(const struct hosting *h)
{
    static char shown[256];
    shown[0] = '\0';
    for (size_t i = 0; h->host != NULL && i < h->host->scanner_n; i++) {
        g_strlcat(shown, h->host->scanners[i]->name, sizeof shown);
        g_strlcat(shown, " ", sizeof shown);
    }
    return shown;
}

static void scanners_of_other_classes_stand_where_their_sections_do(void)
{
    const struct scanner b = {.name = g_intern_string("b"), .handle = nothing};
    const struct scanner *const foreign[] = {&b};
    struct hosting *h = hosting_open_how(
        "[plugin a]\nfile = @/right.so\nclass = one\n"
        "[plugin b]\nfile = @/right.so\nclass = two\n"
        "[plugin c]\nfile = @/right.so\nclass = one\n",
        (struct host_how){
            .class_name = "one", .foreign = foreign, .foreign_n = 1});
    CU_ASSERT_STRING_EQUAL(order_of(h), "a b c ");
    CU_ASSERT_EQUAL(h->host->instances->len, 2);
    hosting_free(h);
}

static void a_provider_in_another_class_comes_first(void)
{
    /* cycle_a reads what cycle_b provides, and the reverse. */
    static const char *const provides[] = {"b.fact", NULL};
    static const char *const reads[] = {"a.fact", NULL};
    struct scanner b = {
        .name = g_intern_string("b"), .provides = provides, .handle = nothing};
    const struct scanner *const foreign[] = {&b};
    static const char conf[] = "[plugin a]\nfile = @/cycle_a.so\nclass = one\n"
                               "[plugin b]\nfile = @/right.so\nclass = two\n";
    const struct host_how how = {
        .class_name = "one", .foreign = foreign, .foreign_n = 1};
    struct hosting *h = hosting_open_how(conf, how);
    CU_ASSERT_STRING_EQUAL(order_of(h), "b a ");
    hosting_free(h);
    b.reads = reads;
    h = hosting_open_how(conf, how);
    CU_ASSERT_PTR_NULL_FATAL(h->host);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(h->error->message, "the facts go round in a circle"));
    hosting_free(h);
}

UNIT_MAIN("class", UNIT(classes_are_told_without_a_file),
          UNIT(a_class_that_is_no_name_is_refused),
          UNIT(too_many_classes_are_refused),
          UNIT(only_what_our_build_put_there_is_in_tree),
          UNIT(a_host_opens_only_its_class),
          UNIT(a_plugin_with_a_network_is_refused_in_main),
          UNIT(scanners_of_other_classes_stand_where_their_sections_do),
          UNIT(a_provider_in_another_class_comes_first))
