/* SPDX-License-Identifier: MIT */
#include "pool/tray.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    /* Every worker touches so much of each small room sooner or later: pages are
     * cheaper before there is mail than while it waits. */
    WARM = 16 << 10,
    /* Of a reply: an object with 130 bytes of its own, a path, a name and its raw
     * bytes, and 16 answers about it; a finding with name, text and reply text as long
     * as they may be; facts, counts and edits. */
    OBJECT_NEEDS = 1024 + 16 * 16,
    FINDING_NEEDS = 2560,
    REST_NEEDS = 5 << 20
};

#define MIB            ((uint64_t)1 << 20)
#define HOME_REPLY_MIN (32 * MIB)
#define HOME_REPLY_MAX (96 * MIB)

/* Where each part begins; the last one is the whole. */
struct tray_map {
    size_t requests;
    size_t large_request;
    size_t answer;
    size_t replies;
    size_t large_reply;
    size_t question;
    size_t size;
};

static size_t pages(uint64_t bytes)
{
    return (size_t)((bytes + PAGE - 1) / PAGE * PAGE);
}

/* What the front writes stands together: the worker maps it read-only. */
static struct tray_map lay_out(const struct tray_shape *shape)
{
    struct tray_map at;
    at.requests = pages(sizeof(struct tray_head));
    at.large_request = at.requests + (size_t)shape->slots * TRAY_SMALL_REQUEST;
    at.answer = at.large_request + pages(shape->large_request);
    at.replies = at.answer + pages(shape->answer);
    at.large_reply = at.replies + (size_t)shape->slots * TRAY_SMALL_REPLY;
    at.question = at.large_reply + pages(shape->large_reply);
    at.size = at.question + pages(shape->question);
    return at;
}

void tray_shape_for(uint64_t max_message, uint64_t max_bytes, bool has_guests,
                    uint32_t slots, struct tray_shape *out)
{
    *out = (struct tray_shape){
        .slots = CLAMP(slots, 1, TRAY_SLOTS_MAX),
        /* A journal comes along where a scan waited for answers. */
        .large_request = max_message + 160 * MIB,
        .large_reply = HOME_REPLY_MAX,
    };
    if (has_guests) {
        /* A task carries the content it is about. */
        out->question = max_message + max_bytes + 64 * MIB;
        out->answer = max_bytes + 64 * MIB;
        out->large_request = MAX(out->large_request, out->question);
        out->large_reply = MAX(out->large_reply, out->answer);
    }
}

uint64_t tray_home_reply(const struct limits *limits)
{
    /* Bounded before, so that nothing overflows. */
    uint64_t objects = MIN(limits->max_objects, UINT32_MAX);
    uint64_t findings = MIN(limits->max_findings, UINT32_MAX);
    uint64_t n = objects * OBJECT_NEEDS + findings * FINDING_NEEDS + REST_NEEDS;
    return CLAMP(n, HOME_REPLY_MIN, HOME_REPLY_MAX);
}

static void point(struct tray *tray, uint8_t *map)
{
    struct tray_map at = lay_out(&tray->shape);
    tray->map = map;
    tray->size = at.size;
    tray->head = (struct tray_head *)(void *)map;
    tray->requests = map + at.requests;
    tray->large_request = map + at.large_request;
    tray->answer = map + at.answer;
    tray->replies = map + at.replies;
    tray->large_reply = map + at.large_reply;
    tray->question = map + at.question;
}

static bool fail(GError **error, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "no memory to share with a worker (%s): %s", what,
                g_strerror(errno));
    return false;
}

/* Touches the pages that every small mail uses. */
static void warm(const struct tray *tray, bool may_write)
{
    for (unsigned slot = 0; slot < tray->shape.slots; slot++) {
        size_t size;
        uint8_t *request = tray_request(tray, slot, false, &size);
        uint8_t *reply = tray_reply(tray, slot, false, &size);
        madvise(request, WARM,
                may_write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
        madvise(reply, WARM, MADV_POPULATE_WRITE);
    }
}

bool tray_open(const struct tray_shape *shape, struct tray *out, GError **error)
{
    struct tray tray = {.shape = *shape, .fd = -1};
    size_t size = lay_out(shape).size;
    tray.fd = memfd_create("assay-tray", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (tray.fd < 0)
        return fail(error, "memfd_create");
    void *map = MAP_FAILED;
    if (ftruncate(tray.fd, (off_t)size) == 0 &&
        fcntl(tray.fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, tray.fd, 0);
    if (map == MAP_FAILED) {
        fail(error, "mmap");
        close(tray.fd);
        return false;
    }
    point(&tray, map);
    warm(&tray, true);
    *out = tray;
    return true;
}

bool tray_attach(int fd, const struct tray_shape *shape, struct tray *out,
                 GError **error)
{
    struct tray tray = {.shape = *shape, .fd = -1};
    struct tray_map at = lay_out(shape);
    void *map = mmap(NULL, at.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return fail(error, "mmap");
    point(&tray, map);
    if (mprotect(tray.requests, at.replies - at.requests, PROT_READ) != 0) {
        fail(error, "mprotect");
        munmap(map, at.size);
        return false;
    }
    warm(&tray, false);
    *out = tray;
    return true;
}

bool tray_visit(int fd, const struct tray_shape *shape, struct tray *out,
                GError **error)
{
    struct tray tray = {.shape = *shape, .fd = -1};
    void *map = mmap(NULL, lay_out(shape).size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return fail(error, "mmap");
    point(&tray, map);
    *out = tray;
    return true;
}

int tray_fd_to_read(const struct tray *tray)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", tray->fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

void tray_close(struct tray *tray)
{
    if (tray->map != NULL)
        munmap(tray->map, tray->size);
    if (tray->fd >= 0)
        close(tray->fd);
    *tray = (struct tray){.fd = -1};
}

void tray_reset(struct tray *tray)
{
    memset(tray->head, 0, sizeof *tray->head);
}

static void punch(const struct tray *tray, const uint8_t *from,
                  const uint8_t *to)
{
    if (to > from)
        fallocate(tray->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  from - tray->map, to - from);
}

void tray_punch(struct tray *tray)
{
    punch(tray, tray->large_request, tray->replies);
    punch(tray, tray->large_reply, tray->map + tray->size);
}

uint8_t *tray_request(const struct tray *tray, unsigned slot, bool is_large,
                      size_t *size)
{
    *size = is_large ? (size_t)tray->shape.large_request : TRAY_SMALL_REQUEST;
    return is_large ? tray->large_request
                    : tray->requests + (size_t)slot * TRAY_SMALL_REQUEST;
}

uint8_t *tray_reply(const struct tray *tray, unsigned slot, bool is_large,
                    size_t *size)
{
    *size = is_large ? (size_t)tray->shape.large_reply : TRAY_SMALL_REPLY;
    return is_large ? tray->large_reply
                    : tray->replies + (size_t)slot * TRAY_SMALL_REPLY;
}

uint8_t *tray_arena(const struct tray *tray, size_t *size)
{
    uint64_t room = tray->shape.question;
    *size = room > TRAY_QUESTION ? (size_t)room - TRAY_QUESTION : 0;
    return tray->question + TRAY_QUESTION;
}
