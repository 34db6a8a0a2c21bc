/* SPDX-License-Identifier: MIT */
/*
 * Makes a ClamAV database of random signatures, to be as heavy as a real one.
 *
 *     make_signatures N FOLDER
 *
 * Writes N signatures into FOLDER (made where it is missing): three in four are digests
 * of files (random.hdb, random.hsb) and of sections (random.mdb), the others bodies
 * (random.ndb) of 16 to 64 bytes, mostly for programs, one in ten with a gap.  The same
 * N makes the same files; a body has at least 16 random bytes in a row, so nothing
 * matches by chance.  400,000 of them take libclamav some 130 MB.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    BODY_MIN = 16,
    BODY_MAX = 64,
    PATH_SIZE = 4096,
    SIGNATURES_MAX = 20000000,
    MD5_SIZE = 16,
    SHA256_SIZE = 32,
    SIZE_MASK = 0xfffff /* files of up to 1 MiB */
};

/* Which file types a body is for, as often as real databases have them. */
static const char targets[] = {'1', '1', '1', '1', '1', '0', '0', '2',
                               '3', '7', '1', '1', '0', '3', '2', '4'};

static uint64_t state = 20260601;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void put_hex(FILE *to, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        fprintf(to, "%02x", (unsigned)(draw() & 0xff));
}

static void put_digest(FILE *to, unsigned bytes, unsigned long number)
{
    put_hex(to, bytes);
    fprintf(to, ":%" PRIu64 ":Random.Digest-%lu\n", (draw() & SIZE_MASK) + 1,
            number);
}

static void put_section(FILE *to, unsigned long number)
{
    fprintf(to, "%" PRIu64 ":", (draw() & SIZE_MASK) + 1);
    put_hex(to, MD5_SIZE);
    fprintf(to, ":Random.Section-%lu\n", number);
}

static void put_body(FILE *to, unsigned long number)
{
    unsigned bytes = BODY_MIN + (unsigned)(draw() % (BODY_MAX - BODY_MIN + 1));
    fprintf(to, "Random.Body-%lu:%c:*:", number,
            targets[draw() % sizeof targets]);
    put_hex(to, bytes);
    if (draw() % 10 == 0) {
        fputs("{4-40}", to);
        put_hex(to, BODY_MIN);
    }
    fputc('\n', to);
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        fprintf(stderr, "make_signatures: %s: %s\n", path, strerror(errno));
    return file;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long n = argc == 3 ? strtoul(argv[1], &end, 10) : 0;
    if (n == 0 || n > SIGNATURES_MAX || *end != '\0') {
        fprintf(stderr, "usage: make_signatures N FOLDER (N at most %d)\n",
                SIGNATURES_MAX);
        return 2;
    }
    if (mkdir(argv[2], 0755) != 0 && errno != EEXIST) {
        fprintf(stderr, "make_signatures: %s: %s\n", argv[2], strerror(errno));
        return 2;
    }
    FILE *md5 = open_in(argv[2], "random.hdb");
    FILE *sha256 = open_in(argv[2], "random.hsb");
    FILE *sections = open_in(argv[2], "random.mdb");
    FILE *bodies = open_in(argv[2], "random.ndb");
    if (md5 == NULL || sha256 == NULL || sections == NULL || bodies == NULL)
        return 2;
    for (unsigned long i = 0; i < n; i++)
        if (i % 4 == 0)
            put_body(bodies, i);
        else if (i % 4 == 1)
            put_section(sections, i);
        else if (i % 4 == 2 && i % 8 != 2)
            put_digest(sha256, SHA256_SIZE, i);
        else
            put_digest(md5, MD5_SIZE, i);
    int failed = fclose(md5) | fclose(sha256) | fclose(sections);
    if ((fclose(bodies) | failed) != 0) {
        fprintf(stderr, "make_signatures: %s: %s\n", argv[2], strerror(errno));
        return 2;
    }
    return 0;
}
