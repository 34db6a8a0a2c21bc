/* SPDX-License-Identifier: MIT */
/*
 * A file name as any client may come to read it.
 *
 * What a mail calls a file is not what lands on a disk: Windows drops trailing dots
 * and blanks and cuts at the colon of a stream, C programs cut at NUL, screens hide
 * what lies behind a right-to-left override.  So a name is brought to one canonical
 * text (folded, without what cannot be seen), and from that every extension is
 * given that some client would act on.
 *
 * Sources: Microsoft, "Naming Files, Paths, and Namespaces" (characters that are
 * not allowed, trailing blanks and dots, streams); Unicode UAX 9 (bidi), UAX 44
 * (Default_Ignorable_Code_Point); RFC 3490 3.1 (dots).
 */
#ifndef ATTACHMENT_NAME_H
#define ATTACHMENT_NAME_H

#include "fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NAME_HEAD = 800, /* of a longer name so many bytes are read at its start, */
    NAME_TAIL = 800, /* and so many at its end */
    NAME_TEXT = (NAME_HEAD + NAME_TAIL) * 3, /* a bad byte becomes three */
    NAME_EXT = 32                            /* a longer extension is none */
};

/* What was noticed: a name that shows one thing and is another. */
enum {
    NAME_OVERRIDE = 1u << 0,  /* U+202D, U+202E: no honest name needs them */
    NAME_BIDI = 1u << 1,      /* embeddings, isolates */
    NAME_INVISIBLE = 1u << 2, /* zero width, controls, in the extension */
    NAME_FORM = 1u << 3,      /* its dot or letters only become ASCII */
    NAME_BLANKS = 1u << 4,    /* a long gap that pushes the end out of sight */
    NAME_TRAILING = 1u << 5,  /* dots or blanks at the end */
    NAME_NUL = 1u << 6,
    NAME_STREAM = 1u << 7,   /* "a.exe::$DATA" */
    NAME_ILLEGAL = 1u << 8,  /* characters Windows cannot store */
    NAME_LONG = 1u << 9,     /* over 255 characters: may be cut anywhere */
    NAME_CLASS_ID = 1u << 10 /* ends in .{GUID}: opened as that class */
};

/*
 * One name.  Plain memory, no allocation; about 5 KiB, lives on a stack.
 */
struct name {
    char text[NAME_TEXT + 1]; /* canonical UTF-8, NUL-terminated; '/' between
                                   path parts, ':' before a stream or a cut */
    size_t n;
    size_t base;     /* where the last path part starts */
    uint32_t tricks; /* NAME_* */
    /* Private: where the last long gap ended, behind which character something
     * was unseen or a form (1: the first); characters of the last part. */
    size_t gap_end;
    size_t unseen_at;
    size_t form_at;
    uint32_t chars;
    uint32_t gap;
};

/* One extension, as it stands in name.text. */
struct name_ext {
    const char *p; /* without the dot, blanks trimmed */
    size_t n;
    size_t dot;  /* index in text of its dot */
    size_t next; /* private: where name_next_ext goes on */
};

/* Reads any bytes: UTF-8 or not, NUL or not, of any length. */
void name_read(struct name *name, locale_t locale, const char *p, size_t n);

/* Every extension that counts, the usual one first.  Start with a zeroed `ext`. */
bool name_next_ext(const struct name *name, struct name_ext *ext);

/* Does what stands before `ext` end like a document, picture or archive
 * ("invoice.pdf.exe")? */
bool name_has_decoy(const struct name *name, const struct name_ext *ext);

/* The first of `tricks` in words, for people: "a right-to-left override". */
const char *name_trick(uint32_t tricks);

#endif
