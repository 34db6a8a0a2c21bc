/* SPDX-License-Identifier: MIT */
/*
 * A card: what must be known of an instance where its plugin is not loaded.
 *
 * A zygote that has opened its class packs a card of each instance; the front reads
 * them to name, order and show plugins, and the workers of "main" make a scanner of
 * each card of another class.
 *
 * A zygote is trusted until its plugins are loaded: cards are read as hostile bytes.
 * Everything is bounded and copied, and what names something (facts, classes) is
 * checked as a descriptor is.
 */
#ifndef HOST_CARD_H
#define HOST_CARD_H

#include "base/pack.h"
#include "host/host.h"
#include "scan/scanner.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * One instance, told.  Owned by whoever made it; all pointers are its own unless
 * they say otherwise, none is NULL unless it says so.
 */
struct card {
    const char *name;       /* of the instance; interned */
    const char *class_name; /* interned */
    char *path;             /* of the shared object */
    bool is_optional;
    char *id; /* of the plugin, reverse DNS */
    char *title;
    char *vendor;
    char *version;
    char *licence;
    uint16_t abi_major; /* that it was built with */
    uint16_t abi_minor;
    uint32_t min_stack_kib; /* 0: it does not say */
    uint64_t stages;        /* ASSAY_STAGE_BIT(...) */
    uint64_t flags;         /* ASSAY_FLAG_*, those that this host knows */
    bool has_wants;         /* false: the next four are zero */
    uint32_t wants_flags;
    uint64_t min_size;
    uint64_t max_size;
    char **types;    /* NULL: all */
    char **reads;    /* NULL: none */
    char **provides; /* NULL: none */
    bool has_stamp;
    struct assay_stamp stamp; /* zeroed where it has none */
};

/* Of an instance that host_open made. */
struct card *card_of(const struct instance *instance);
void card_free(struct card *card);

void card_pack(const struct card *card, struct packer *to);
/* NULL: not well made, and `from` is bad.  Only of somebody who is trusted: its names
 * are kept for ever. */
struct card *card_unpack(struct unpacker *from);

/* Might a descriptor that this host takes have said it? */
bool card_is_sane(const struct card *card);

/* The scanner that the card tells of, without `self` and `handle`; it lends from the
 * card. */
void card_scanner(const struct card *card, struct scanner *out);

/* The same for what could not be used. */
void card_pack_refusal(const struct refusal *refusal, struct packer *to);
struct refusal *card_unpack_refusal(struct unpacker *from);
void refusal_free(struct refusal *refusal);

/* All of a host at once: what a zygote says when it is open. */
void card_pack_host(const struct host *host, struct packer *to);
/* Adds struct card to `cards`, struct refusal to `refusals`.  False: not well made, or
 * of instances or classes that this process has not been configured with
 * (host_classes), and nothing has been added. */
bool card_unpack_host(struct unpacker *from, GPtrArray *cards,
                      GPtrArray *refusals);

#endif
