/* SPDX-License-Identifier: MIT */
/*
 * The archive plugin: everything inside archives, compressed streams and uuencoded
 * text, as child objects.
 *
 *   sniff          which archives may be in the content, by its bytes
 *   zip            zips: directory and local headers, both views
 *   reader, drain  all other formats, by libarchive
 *   uu             uuencoded blocks in text
 *   member         children, and what is told about them
 */
#include "member.h"
#include "name.h"
#include "reader.h"
#include "sniff.h"
#include "uu.h"
#include "zip.h"

#include <assay/plugin.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct instance {
    const struct assay_host *host;
    locale_t utf8;        /* so that libarchive turns UTF-16 names into UTF-8 */
    uint64_t max_entries; /* one more than the host takes objects */
    uint64_t max_memory;
};

static int32_t create(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct instance *self = calloc(1, sizeof *self);

    if (self == NULL)
        return ASSAY_RC_NOMEM;
    self->host = host;
    int64_t memory = 0;
    if (host->option_int(create->options, "max_memory", &memory) == ASSAY_RC_OK)
        self->max_memory = (uint64_t)memory;
    self->max_entries = create->max_objects > 0 ? create->max_objects + 1 : 0;
    self->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (self->utf8 == (locale_t)0) {
        static const char text[] =
            "the locale C.UTF-8 is missing (Debian: package libc-bin): names "
            "in 7z, rar and iso archives could not be read";
        if (err->cap >= sizeof text)
            memcpy(err->p, text, sizeof text);
        free(self);
        return ASSAY_RC_IO;
    }
    *inst = self;
    return ASSAY_RC_OK;
}

static void destroy(void *inst)
{
    struct instance *self = inst;

    freelocale(self->utf8);
    free(self);
}

static bool take_block(void *self, const uint8_t *p, size_t n)
{
    return member_write(self, p, n);
}

/* All uuencoded blocks; true when there was one. */
static bool unpack_uu(struct unpack *u)
{
    struct uu_block block;
    bool has_block = false;
    size_t at = 0;

    while (uu_find(u->p, u->n, at, &block) && unpack_goes_on(u)) {
        struct member m;
        has_block = true;
        member_init(&m, (const char *)block.name, block.name_n);
        const char *method = block.is_base64 ? "base64" : "uuencode";
        m.child.method = (struct assay_str){method, strlen(method)};
        if (!member_open(u, &m)) {
            at = block.body;
            continue;
        }
        enum uu_end end = uu_decode(u->p, u->n, &block, take_block, u);
        at = block.after;
        uint64_t flags = end == UU_DONE        ? 0
                         : end == UU_TRUNCATED ? ASSAY_OBJECT_TRUNCATED
                                               : ASSAY_OBJECT_DAMAGED;
        const struct assay_object *child = member_close(u, &m, flags);
        if (child != NULL && end == UU_TRUNCATED)
            unpack_fault(u, child, ASSAY_REASON_TRUNCATED,
                         "the text ends before the uuencoded block does");
        else if (child != NULL && end == UU_DAMAGED)
            unpack_fault(u, child, ASSAY_REASON_DAMAGED,
                         "a line of the uuencoded block is none");
    }
    return has_block;
}

static bool unpack_archives(struct unpack *u, bool is_text)
{
    struct sniffed found[SNIFF_MAX];
    size_t n = sniff(u->p, u->n, is_text, found);
    bool is_archive = false;

    for (size_t i = 0; i < n && i < SNIFF_MAX && unpack_goes_on(u); i++)
        is_archive |= found[i].format == SNIFF_ZIP
                          ? zip_unpack(u, found[i].is_firm)
                          : reader_unpack(u, &found[i]);
    if (n > SNIFF_MAX && !u->is_stopped)
        unpack_fault(u, NULL, ASSAY_REASON_LIMIT_COUNT,
                     "more archives inside than are opened");
    return is_archive || n > SNIFF_MAX;
}

/* Does a name or the declared type promise an archive? */
static bool claims(const struct unpack *u)
{
    const struct assay_object *object = u->task->object;
    struct assay_str text;

    for (uint32_t i = 0; u->host->attr_str(u->task, object, ASSAY_ATTR_NAME, i,
                                           &text) == ASSAY_RC_OK;
         i++)
        if (name_says_archive(text.p, text.n))
            return true;
    return u->host->attr_str(u->task, object, ASSAY_ATTR_TYPE_DECLARED, 0,
                             &text) == ASSAY_RC_OK &&
           name_type_says_archive(text.p, text.n);
}

static bool unpack_all(struct unpack *u)
{
    const uint64_t bereft = ASSAY_OBJECT_ENCRYPTED | ASSAY_OBJECT_DAMAGED |
                            ASSAY_OBJECT_TRUNCATED | ASSAY_OBJECT_DIRECTORY;
    uint64_t flags = 0;

    (void)u->host->attr_u64(u->task, u->task->object, ASSAY_ATTR_FLAGS, 0,
                            &flags);
    if (u->n == 0 && (flags & bereft) != 0)
        return false; /* told by whoever made it */
    bool is_text = (flags & ASSAY_OBJECT_TEXT) != 0;
    bool is_archive = unpack_archives(u, is_text);
    if (is_text || (!is_archive && claims(u)))
        is_archive |= unpack_uu(u);
    if (!is_archive && !u->is_stopped && claims(u)) {
        unpack_fault(u, NULL, ASSAY_REASON_DAMAGED,
                     "its name or type says archive, its content is none that "
                     "can be opened");
        return true;
    }
    return is_archive;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    const struct instance *self = inst;
    struct unpack u = {
        .host = self->host,
        .task = task,
        .max_entries = self->max_entries,
        .max_memory = self->max_memory,
    };
    struct assay_str content;

    if (task->stage != ASSAY_STAGE_OBJECT)
        return ASSAY_RC_NOT_APPLICABLE;
    int32_t rc = self->host->content(task, task->object, &content);
    if (rc != ASSAY_RC_OK)
        return rc;
    u.p = (const uint8_t *)content.p;
    u.n = content.n;
    if (self->host->attr_str(task, task->object, ASSAY_ATTR_NAME, 0, &u.name) !=
        ASSAY_RC_OK)
        u.name = (struct assay_str){"", 0};
    /* Of this thread and until this function returns: the host never sees it. */
    locale_t before = uselocale(self->utf8);
    bool is_archive = unpack_all(&u);
    uselocale(before);
    if (u.is_cancelled)
        return ASSAY_RC_CANCELLED;
    if (!is_archive)
        return ASSAY_RC_NOT_APPLICABLE;
    unpack_finish(&u);
    return ASSAY_RC_OK;
}

/* All objects are shown, not only those with an archive's type: the bytes decide
 * (sniff.h), and looking at them costs less than a list of types could save. */
static const struct assay_wants wants = {
    .struct_size = sizeof(struct assay_wants),
    .flags = ASSAY_WANTS_EMPTY, /* an empty file may be called a.zip */
};

static const struct assay_option max_memory = {
    .struct_size = sizeof(struct assay_option),
    .type = ASSAY_OPTION_SIZE,
    .name = "max_memory",
    .default_text = "128 MiB",
    .min = INT64_C(16) << 20,
    .max = INT64_C(16) << 30,
    .help =
        "Memory that unpacking a rar or 7z may take beside what comes out of "
        "it. An archive made with a larger dictionary is told as "
        "partial(archive.memory); raise it if your users send such.",
};

static const struct assay_option *const options[] = {&max_memory, NULL};

static const struct assay_plugin plugin = {
    .struct_size = sizeof(struct assay_plugin),
    .id = "org.assay.archive",
    .name = "Archives, compressed streams, uuencode",
    .vendor = "Assay",
    .version = "1",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_required = ASSAY_FLAG_CHILDREN,
    .flags_optional = ASSAY_FLAG_FORK_SHARED,
    .wants = &wants,
    .options = options,
    .create = create,
    .destroy = destroy,
    .handle = handle,
};

static const struct assay_plugin *const plugins[] = {&plugin};

static const struct assay_module module = {
    .struct_size = sizeof(struct assay_module),
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
