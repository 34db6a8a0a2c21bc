/* SPDX-License-Identifier: MIT */
#include "pool/guest.h"

#include "base/pack.h"
#include "pool/guest_message.h"
#include "scan/one.h"

#include <string.h>

struct guest {
    const struct scan_plan *plan;
    struct guest_message known; /* the message of the last task */
};

struct guest *guest_new(const struct scan_plan *plan)
{
    struct guest *guest = g_new0(struct guest, 1);
    guest->plan = plan;
    return guest;
}

void guest_free(struct guest *guest)
{
    if (guest == NULL)
        return;
    guest_message_clear(&guest->known);
    g_free(guest);
}

static void refuse(GByteArray *to, const char *why)
{
    struct packer answer;
    packer_grow(&answer, to, GUEST_WHY_MAX + 16);
    pack_u8(&answer, GUEST_REFUSED);
    pack_bytes(&answer, why, strnlen(why, GUEST_WHY_MAX));
}

static bool find_scanner(const struct scan_plan *plan, const char *name,
                         size_t *index)
{
    size_t i = 0;
    while (i < plan->scanner_n && strcmp(plan->scanners[i]->name, name) != 0)
        i++;
    *index = i;
    return i < plan->scanner_n;
}

/* NULL, or why the task was not run. */
static const char *run(struct guest *guest, const struct guest_view *view,
                       struct one *one, size_t log_n, struct packer *answer)
{
    size_t index;
    if (!find_scanner(guest->plan, one->scanner, &index))
        return "was asked for a plugin that it does not have";
    const char *rule =
        guest_message_read(&guest->known, guest->plan, view, log_n);
    if (rule != NULL)
        return rule;
    pack_u8(answer, GUEST_TAPE);
    if (!one_run(one, guest->plan, index, guest->known.message, answer))
        return "was asked about an object or a recipient that is not there";
    if (answer->is_full)
        return "has more to answer than there is room for";
    return NULL;
}

void guest_run(struct guest *guest, const struct guest_view *view,
               const void *question, size_t n, GByteArray *to)
{
    struct unpacker from;
    struct packer answer;
    struct one one = {0};
    unsigned before = to->len;
    unpacker_init(&from, question, n);
    packer_grow(&answer, to, view->answer_max);
    uint64_t log_n = unpack_u64(&from);
    const char *why = "was asked a question that is not well made";
    if (one_unpack(&from, &one) && unpack_end(&from))
        why = run(guest, view, &one, log_n, &answer);
    one_clear(&one);
    if (why != NULL) {
        g_byte_array_set_size(to, before);
        refuse(to, why);
    } else if (guest->known.is_short) {
        g_byte_array_set_size(to, before);
        packer_grow(&answer, to, view->answer_max);
        pack_u8(&answer, GUEST_NEEDS);
    }
    guest->known.is_short = false;
}
