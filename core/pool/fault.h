/* SPDX-License-Identifier: MIT */
/*
 * A fault: what the admission test found wrong with a plugin.
 */
#ifndef POOL_FAULT_H
#define POOL_FAULT_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_REFUSED,   /* it was not loaded */
    FAULT_DOWN,      /* it did not start in a worker */
    FAULT_SELF_TEST, /* it says itself that it does not work, or died saying so */
    FAULT_CANARY, /* it could not look at a canary, or found what is not there */
    FAULT_BLIND,  /* it does not find what it must */
};

/* One of them.  Owned by whoever made it. */
struct fault {
    enum fault_kind kind;
    const char *plugin; /* interned; "core": nobody's alone */
    char *text;         /* one clean line */
    bool is_optional;   /* Assay may do without that plugin */
};

/* `plugin` NULL: "core". */
struct fault *fault_new(enum fault_kind kind, const char *plugin,
                        const char *text);
void fault_free(void *p);

/* Is there one of the same plugin?  Of core: of the same kind. */
bool fault_is_among(const struct fault *fault, const GPtrArray *faults);
/* "clamav: died in its self-test: ended by SIGSEGV".  Yours. */
char *fault_words(const struct fault *fault);
void fault_log(const struct fault *fault, uint64_t generation);

#endif
