/* SPDX-License-Identifier: MIT */
#include "store/state.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/pack.h"
#include "base/write.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    FILE_MAX = 16 * 1024 * 1024,
    TEXT_MAX = 4096
};

static const char magic[8] = "ASSAYS1\n";

static const char *const names[] = {
    [STATE_HELD] = "held",         [STATE_RELEASING] = "releasing",
    [STATE_UNKNOWN] = "unknown",   [STATE_RELEASED] = "released",
    [STATE_REFUSED] = "refused",   [STATE_LOST] = "lost",
    [STATE_DELETING] = "deleting",
};
static const char *const rcpt_names[] = {
    [STATE_RCPT_HELD] = "held",
    [STATE_RCPT_ACCEPTED] = "accepted",
    [STATE_RCPT_REFUSED] = "refused",
    [STATE_RCPT_UNKNOWN] = "unknown",
};

const char *state_name(enum state_now now)
{
    return names[now];
}

bool state_by_name(const char *name, enum state_now *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum state_now)i;
            return true;
        }
    return false;
}

const char *state_rcpt_name(enum state_rcpt_now now)
{
    return rcpt_names[now];
}

static void rcpt_free(void *p)
{
    struct state_rcpt *rcpt = p;
    g_free(rcpt->answer);
    g_free(rcpt);
}

static void step_free(void *p)
{
    struct state_step *step = p;
    g_free(step->text);
    g_free(step);
}

static void init(struct state *state, unsigned rcpt_n)
{
    *state = (struct state){
        .rcpts = g_ptr_array_new_with_free_func(rcpt_free),
        .steps = g_ptr_array_new_with_free_func(step_free),
    };
    for (unsigned i = 0; i < rcpt_n; i++)
        g_ptr_array_add(state->rcpts, g_new0(struct state_rcpt, 1));
}

void state_clear(struct state *state)
{
    g_clear_pointer(&state->rcpts, g_ptr_array_unref);
    g_clear_pointer(&state->steps, g_ptr_array_unref);
    *state = (struct state){0};
}

void state_add_step(struct state *state, const struct state_step *step)
{
    struct state_step *copy = g_new(struct state_step, 1);
    *copy = *step;
    copy->text = g_strndup(step->text != NULL ? step->text : "", TEXT_MAX);
    g_ptr_array_add(state->steps, copy);
    if (state->steps->len > STATE_STEPS_MAX)
        g_ptr_array_remove_range(state->steps, 0,
                                 state->steps->len - STATE_STEPS_MAX);
    state->now = step->now;
}

const char *state_answer(const struct state *state)
{
    if (state->steps == NULL || state->steps->len == 0)
        return "";
    const struct state_step *last = state->steps->pdata[state->steps->len - 1];
    return last->text;
}

void state_set_unknown(struct state *state, unsigned rcpt_n, const char *why)
{
    const struct state_step step = {.now = STATE_UNKNOWN,
                                    .text = g_strdup(why)};
    init(state, rcpt_n);
    for (unsigned i = 0; i < rcpt_n; i++) {
        struct state_rcpt *rcpt = state->rcpts->pdata[i];
        rcpt->now = STATE_RCPT_UNKNOWN;
    }
    state_add_step(state, &step);
    g_free(step.text);
}

bool state_recover(struct state *state, int64_t now_s)
{
    char before[] = "a release was broken off before the mail server had it";
    char after[] = "a release was broken off before the mail server's answer "
                   "came";
    if (state->now != STATE_RELEASING)
        return false;
    const struct state_step step = {
        .time_s = now_s,
        .now = state->is_committing ? STATE_UNKNOWN : STATE_HELD,
        .text = state->is_committing ? after : before,
    };
    state->is_committing = false;
    state_add_step(state, &step);
    return true;
}

/* --- as bytes --------------------------------------------------------------------- */

static void pack(const struct state *state, GByteArray *bytes)
{
    struct packer to;
    packer_grow(&to, bytes, FILE_MAX);
    pack_raw(&to, magic, sizeof magic);
    pack_u32(&to, (uint32_t)state->now);
    pack_bool(&to, state->is_committing);
    pack_u32(&to, state->rcpts->len);
    for (unsigned i = 0; i < state->rcpts->len; i++) {
        const struct state_rcpt *rcpt = state->rcpts->pdata[i];
        pack_u32(&to, (uint32_t)rcpt->now);
        pack_text(&to, rcpt->answer);
    }
    pack_u32(&to, state->steps->len);
    for (unsigned i = 0; i < state->steps->len; i++) {
        const struct state_step *step = state->steps->pdata[i];
        pack_i64(&to, step->time_s);
        pack_u32(&to, step->uid);
        pack_bool(&to, step->is_anyway);
        pack_bool(&to, step->is_again);
        pack_u32(&to, (uint32_t)step->now);
        pack_text(&to, step->text);
    }
}

static uint32_t unpack_enum(struct unpacker *from, uint32_t max)
{
    uint32_t value = unpack_u32(from);
    if (value > max) {
        unpack_refuse(from);
        return 0;
    }
    return value;
}

static void unpack_steps(struct unpacker *from, struct state *state)
{
    for (uint32_t n = unpack_count(from, STATE_STEPS_MAX, 18);
         n > 0 && !from->is_bad; n--) {
        struct state_step *step = g_new0(struct state_step, 1);
        step->time_s = unpack_i64(from);
        step->uid = unpack_u32(from);
        step->is_anyway = unpack_bool(from);
        step->is_again = unpack_bool(from);
        step->now = (enum state_now)unpack_enum(from, STATE_REFUSED);
        step->text = unpack_string(from, TEXT_MAX);
        g_ptr_array_add(state->steps, step);
    }
}

bool state_unpack(const void *p, size_t n, unsigned rcpt_n, struct state *out)
{
    struct unpacker from;
    struct state state;
    uint8_t digest[DIGEST_SIZE];
    if (n < DIGEST_SIZE)
        return false;
    digest_sha256(p, n - DIGEST_SIZE, digest);
    if (memcmp((const uint8_t *)p + n - DIGEST_SIZE, digest, DIGEST_SIZE) != 0)
        return false;
    init(&state, rcpt_n);
    unpacker_init(&from, p, n - DIGEST_SIZE);
    const uint8_t *mark = unpack_raw(&from, sizeof magic);
    if (mark == NULL || memcmp(mark, magic, sizeof magic) != 0)
        unpack_refuse(&from);
    state.now = (enum state_now)unpack_enum(&from, STATE_REFUSED);
    state.is_committing = unpack_bool(&from);
    if (unpack_count(&from, rcpt_n, 8) != rcpt_n)
        unpack_refuse(&from);
    for (unsigned i = 0; i < rcpt_n && !from.is_bad; i++) {
        struct state_rcpt *rcpt = state.rcpts->pdata[i];
        rcpt->now = (enum state_rcpt_now)unpack_enum(&from, STATE_RCPT_UNKNOWN);
        rcpt->answer = unpack_text(&from, TEXT_MAX);
    }
    unpack_steps(&from, &state);
    if (!unpack_end(&from)) {
        state_clear(&state);
        return false;
    }
    *out = state;
    return true;
}

/* --- the file --------------------------------------------------------------------- */

static bool read_file(int fd, GByteArray *to)
{
    uint8_t buffer[16384];
    ssize_t got = 0;
    while (to->len <= FILE_MAX && (got = read(fd, buffer, sizeof buffer)) > 0)
        g_byte_array_append(to, buffer, (unsigned)got);
    return got == 0 && to->len <= FILE_MAX;
}

bool state_read(const struct place *place, const char *id, unsigned rcpt_n,
                struct state *out, GError **error)
{
    int fd = place_open_file(place, id, PLACE_STATE);
    if (fd < 0 && errno == ENOENT) {
        init(out, rcpt_n);
        return true;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    bool is_read = fd >= 0 && read_file(fd, bytes);
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (is_read && state_unpack(bytes->data, bytes->len, rcpt_n, out))
        return true;
    g_autofree char *path = place_path(place, id, PLACE_STATE);
    if (is_read)
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_DATA,
            "%s: damaged: whether the message was released is not known", path);
    else
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s: it cannot be read: %s", path, g_strerror(why));
    return false;
}

static bool write_bytes(int fd, const void *self)
{
    const GByteArray *bytes = self;
    return write_all(fd, bytes->data, bytes->len);
}

bool state_write(struct place *place, const char *id, const struct state *state,
                 GError **error)
{
    uint8_t digest[DIGEST_SIZE];
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    pack(state, bytes);
    digest_sha256(bytes->data, bytes->len, digest);
    g_byte_array_append(bytes, digest, sizeof digest);
    const struct place_content content = {write_bytes, bytes};
    return place_put(place, id, PLACE_STATE, &content, error);
}
