/* SPDX-License-Identifier: MIT */
/*
 * What libclamav costs alone: no core, no plugin, one thread.
 *
 *     bench_clamav parts|whole DATABASE SCRATCH < LIST-OF-FILES
 *
 * parts: GMime takes each mail apart, every decoded leaf is scanned.  whole: the raw
 * mail is scanned.  Files are read first; bounds are those of Assay's defaults, the
 * cache is off.  Prints mails, contents scanned, GMime's and libclamav's processor
 * time in microseconds a mail, and findings, separated by blanks.
 */
#include <clamav.h>
#include <gmime/gmime.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PATH_SIZE = 4096
};

/* One engine and what it has done. */
struct bench {
    struct cl_engine *engine;
    struct cl_scan_options options;
    double clamav_s;
    double gmime_s;
    unsigned long scans;
    unsigned long found;
};

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool open_engine(struct bench *bench, const char *database,
                        const char *scratch)
{
    unsigned count = 0;
    cl_init(CL_INIT_DEFAULT);
    bench->engine = cl_engine_new();
    cl_engine_set_num(bench->engine, CL_ENGINE_DISABLE_CACHE, 1);
    cl_engine_set_num(bench->engine, CL_ENGINE_MAX_SCANSIZE, 128 << 20);
    cl_engine_set_num(bench->engine, CL_ENGINE_MAX_FILESIZE, 64 << 20);
    cl_engine_set_str(bench->engine, CL_ENGINE_TMPDIR, scratch);
    bench->options.general =
        CL_SCAN_GENERAL_ALLMATCHES | CL_SCAN_GENERAL_HEURISTICS;
    bench->options.parse = UINT32_MAX;
    bench->options.heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX |
                               CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
                               CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
    return cl_load(database, bench->engine, &count, CL_DB_STDOPT) ==
               CL_SUCCESS &&
           cl_engine_compile(bench->engine) == CL_SUCCESS;
}

static void scan(struct bench *bench, const void *p, size_t n)
{
    const char *name = NULL;
    unsigned long blocks = 0;
    double start = processor_s();
    cl_fmap_t *map = n == 0 ? NULL : cl_fmap_open_memory(p, n);
    if (map == NULL)
        return;
    if (cl_scanmap_callback(map, NULL, &name, &blocks, bench->engine,
                            &bench->options, NULL) == CL_VIRUS)
        bench->found++;
    cl_fmap_close(map);
    bench->scans++;
    bench->clamav_s += processor_s() - start;
}

/* Keeps the decoded bytes of one leaf in `to`, a GPtrArray of GByteArray. */
static void decode(GMimeObject *parent, GMimeObject *part, void *to)
{
    (void)parent;
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *inner =
            g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (inner != NULL)
            g_mime_message_foreach(inner, decode, to);
        return;
    }
    GMimeDataWrapper *content =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
    if (content == NULL)
        return;
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    g_ptr_array_add(to, bytes);
}

static void drop_bytes(gpointer bytes)
{
    g_byte_array_unref(bytes);
}

static void scan_parts(struct bench *bench, const char *p, size_t n)
{
    double start = processor_s();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(p, n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *mail = g_mime_parser_construct_message(parser, NULL);
    GPtrArray *leaves = g_ptr_array_new_with_free_func(drop_bytes);
    if (mail != NULL)
        g_mime_message_foreach(mail, decode, leaves);
    bench->gmime_s += processor_s() - start;
    for (unsigned i = 0; i < leaves->len; i++) {
        const GByteArray *leaf = g_ptr_array_index(leaves, i);
        scan(bench, leaf->data, leaf->len);
    }
    start = processor_s();
    g_ptr_array_unref(leaves);
    g_clear_object(&mail);
    g_object_unref(parser);
    g_object_unref(stream);
    bench->gmime_s += processor_s() - start;
}

int main(int argc, char **argv)
{
    static char path[PATH_SIZE];
    struct bench bench = {0};
    unsigned long mails = 0;
    if (argc != 4 ||
        (strcmp(argv[1], "parts") != 0 && strcmp(argv[1], "whole") != 0)) {
        fprintf(stderr,
                "usage: bench_clamav parts|whole DATABASE SCRATCH < LIST\n");
        return 2;
    }
    g_mime_init();
    if (!open_engine(&bench, argv[2], argv[3])) {
        fprintf(stderr, "bench_clamav: %s: no usable signatures\n", argv[2]);
        return 2;
    }
    while (fgets(path, sizeof path, stdin) != NULL) {
        char *bytes = NULL;
        gsize n = 0;
        path[strcspn(path, "\n")] = '\0';
        if (!g_file_get_contents(path, &bytes, &n, NULL))
            continue;
        mails++;
        if (argv[1][0] == 'p')
            scan_parts(&bench, bytes, n);
        else
            scan(&bench, bytes, n);
        g_free(bytes);
    }
    cl_engine_free(bench.engine);
    if (mails == 0)
        return 2;
    printf("%lu %lu %.1f %.1f %lu\n", mails, bench.scans,
           bench.gmime_s * 1e6 / (double)mails,
           bench.clamav_s * 1e6 / (double)mails, bench.found);
    return 0;
}
