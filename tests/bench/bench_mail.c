/* SPDX-License-Identifier: MIT */
/*
 * What core/mail costs beside GMime alone, on a folder of mails, in one run.
 *
 *     bench_mail FOLDER [RUNS]
 *
 * Prints microseconds of processor time a mail, median of RUNS (default 5): GMime parse and decode in
 * memory, then message_new and message_free (which parse, decode, detect types and
 * collect names and fields), then their ratio.
 */
#include "mail/message.h"

#include <gmime/gmime.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MAX_RUNS = 99
};

/* Processor time: what others do on the machine must not count. */
static uint64_t processor_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Every regular file below `folder` that may be a mail. */
static void load(const char *folder, GPtrArray *mails)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        char *text = NULL;
        gsize n = 0;
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            load(path, mails);
        else if (!g_str_has_suffix(name, ".json") &&
                 !g_str_has_suffix(name, ".js") &&
                 g_file_get_contents(path, &text, &n, NULL))
            g_ptr_array_add(mails, g_bytes_new_take(text, n));
    }
    if (dir != NULL)
        g_dir_close(dir);
}

static void decode_part(GMimeObject *parent, GMimeObject *part, void *data)
{
    (void)parent;
    (void)data;
    if (!GMIME_IS_PART(part))
        return;
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
    if (content == NULL)
        return;
    GMimeStream *to = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, to);
    g_object_unref(to);
}

static void gmime_alone(GBytes *mail)
{
    gsize n = 0;
    const uint8_t *p = g_bytes_get_data(mail, &n);
    GByteArray view = {.len = (unsigned)n};
    memcpy(&view.data, &p, sizeof p); /* only read */
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(&view);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (message != NULL) {
        g_mime_message_foreach(message, decode_part, NULL);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
}

static void core_mail(GBytes *mail)
{
    static struct session *session;
    static struct limits limits;
    if (session == NULL) {
        session = session_new();
        limits_default(&limits);
    }
    message_free(message_new(mail, session, &limits));
}

static double run(const GPtrArray *mails, void (*work)(GBytes *))
{
    uint64_t begin = processor_ns();
    for (unsigned i = 0; i < mails->len; i++)
        work(g_ptr_array_index(mails, i));
    return (double)(processor_ns() - begin) / 1000.0 / mails->len;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    if (argc < 2 || runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: bench_mail FOLDER [RUNS 1..%d]\n", MAX_RUNS);
        return 2;
    }
    GPtrArray *mails =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    load(argv[1], mails);
    if (mails->len == 0) {
        fprintf(stderr, "bench_mail: %s: no mails\n", argv[1]);
        return 2;
    }
    g_mime_init();
    run(mails, gmime_alone);
    run(mails, core_mail);
    double gmime[MAX_RUNS];
    double core[MAX_RUNS];
    for (int i = 0; i < runs; i++) {
        gmime[i] = run(mails, gmime_alone);
        core[i] = run(mails, core_mail);
    }
    qsort(gmime, (size_t)runs, sizeof *gmime, by_value);
    qsort(core, (size_t)runs, sizeof *core, by_value);
    double g = gmime[runs / 2];
    double c = core[runs / 2];
    printf("mails %u, runs %d, median us a mail: gmime %.1f, core/mail %.1f, "
           "ratio %.2f\n",
           mails->len, runs, g, c, c / g);
    g_ptr_array_unref(mails);
    return 0;
}
