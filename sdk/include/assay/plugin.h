/* SPDX-License-Identifier: MIT */
/*
 * The Assay vendor ABI, version 1 (draft): all that a scanner plugin needs.
 *
 * A plugin is a shared object that exports ONE function, assay_plugin_v1().  It
 * returns static data that says who the plugin is, what it wants to see and
 * which functions the host may call.  All services of the host come through the
 * table `struct assay_host`, so a plugin has no undefined symbol of the host.
 *
 * The life of a plugin instance
 *
 *     assay_plugin_v1()      pure, may be called often, also only to list
 *       create               [load] configuration read, signatures loaded
 *         start              [scan] in each worker process, after the fork
 *           handle           [scan] once for each task: a stage of a message
 *           handle ...
 *         stop               [scan]
 *       destroy              [load] never while a task is being handled
 *
 * What handle() may say
 *
 *   The RETURN VALUE says how the call went: ASSAY_RC_OK (done), NOT_APPLICABLE
 *   (did not look), PENDING (an answer is missing, see `want`) or an error.
 *   What was FOUND is told by report(), any number of times, before returning.
 *   A plugin advises; policy acts.  "Did not look" and "could not look" never
 *   count as clean.
 *
 * What a plugin says that is not as this header says (an object of another task, an
 * unknown status, a child left open, an unknown return code) is not believed: the
 * host function answers INVAL or STATE, and the object gets a finding `failed` in the
 * plugin's name that tells which rule was broken.
 *
 * Threads: a worker runs one task at a time.  The host never enters an instance
 * from two threads and never calls the plugin from inside a host function.
 *     [load]  in the process that loads signatures, before any mail
 *     [scan]  in a worker, on its only thread
 *     [task]  host functions: only during handle(), on its thread, with that task;
 *             else STATE
 *     [any]   at any time, on any thread of the plugin
 *
 * Memory: nothing is freed by the side that did not allocate it.  What the host
 * lends (strings, content, answers) is valid until handle() returns.  What a
 * plugin hands to a host function is copied before that function returns.
 * What a descriptor points to lives as long as the process: plugins are never
 * unloaded.
 *
 * Bytes that come from mail are `struct assay_str`: pointer and length, may hold
 * NUL and invalid UTF-8, are never terminated.  Names in descriptors and options
 * are NUL-terminated UTF-8.
 *
 * Growth: structures begin with struct_size, set by whoever fills them to
 * sizeof; fields are only appended; zero in a new field means "as before".
 * Numbers are never reused.  No structure has implicit padding.  Unknown fields
 * and optional flags are ignored, unknown required flags are refused; a request
 * (assay_child, assay_edit, assay_question) with an unknown field that is not zero is
 * INVAL, so that nothing that was asked for is dropped silently.
 *
 * File: owned by root or by the user who runs Assay, writable by nobody else,
 * replaced by rename, never in place.  It is tried out in a throw-away process first:
 * what prints, exits, crashes or starts threads while it is loaded is refused.
 *
 * Language: C99 or later, C++11 or later, 64-bit little-endian ELF.  Exceptions,
 * longjmp and panics must not cross into the host.  A plugin does not fork, exec,
 * exit, change directory, locale, umask, signals or environment, or print.
 */
#ifndef ASSAY_PLUGIN_H
#define ASSAY_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ASSAY_ABI_MAJOR 1
#define ASSAY_ABI_MINOR 0
#define ASSAY_MAGIC     0x31595341u /* "ASY1" */

/* The one exported function is marked with this. */
#define ASSAY_EXPORT __attribute__((visibility("default")))

/* Does table `t` (with struct_size) reach as far as member `m`, and is it set? */
#define ASSAY_HAS(t, m)                                                        \
    ((t)->struct_size >=                                                       \
         (uint32_t)((const char *)(&(t)->m + 1) - (const char *)(t)) &&        \
     (t)->m != NULL)

/*
 * Return codes.  Zero and above are not errors; an unknown code, positive or
 * negative, counts as INTERNAL: it never reads as success.
 */
enum {
    ASSAY_RC_OK = 0,
    ASSAY_RC_PENDING = 1,        /* handle: waits for answers, see `want` */
    ASSAY_RC_NOT_APPLICABLE = 2, /* handle: did not look; never means clean */
    ASSAY_RC_SKIP = 3, /* child_begin: the host does not need this one */
    ASSAY_RC_STOP = 4, /* child_begin: no more children; return OK */
    ASSAY_RC_INTERNAL = -1,
    ASSAY_RC_NOMEM = -2,
    ASSAY_RC_INVAL = -3,    /* an argument is not as this header says */
    ASSAY_RC_NOTSUP = -4,   /* this host or this plugin cannot do it */
    ASSAY_RC_NOTFOUND = -5, /* normal for every attribute, fact and option */
    ASSAY_RC_TIMEOUT = -6,
    ASSAY_RC_CANCELLED = -7,
    /* A bound of the message was reached; the host has noted which: return OK
     * without more work. */
    ASSAY_RC_LIMIT = -8,
    ASSAY_RC_IO = -9,
    ASSAY_RC_FORMAT = -10,   /* damaged or not what it claims to be */
    ASSAY_RC_STATE = -11,    /* not allowed in this stage, or for this object */
    ASSAY_RC_DATABASE = -12, /* signatures missing or unusable */
    ASSAY_RC_LICENCE = -13,
    ASSAY_RC_DENIED = -14
};

/*
 * Stages: when a plugin is asked.  A descriptor's `stages` has the bits
 * ASSAY_STAGE_BIT(stage).  A stage may run on another worker than the one
 * before: what must survive between stages is a fact, never instance state.
 */
enum {
    ASSAY_STAGE_CONNECT = 1, /* client address known */
    ASSAY_STAGE_HELO = 2,
    ASSAY_STAGE_MAIL = 3, /* reverse-path known */
    ASSAY_STAGE_RCPT = 4, /* once for each recipient: task->rcpt */
    /* Header of the message known; object = message, of which only the header
     * fields can be read yet: its body has not arrived. */
    ASSAY_STAGE_HEADERS = 5,
    ASSAY_STAGE_OBJECT = 6, /* once for each object that `wants` matches */
    ASSAY_STAGE_MESSAGE = 7 /* all objects done; object = message */
};

#define ASSAY_STAGE_BIT(stage) ((uint64_t)1 << (stage))

/* Bytes lent or given; p may be NULL only where n is 0. */
struct assay_str {
    const char *p;
    uint64_t n;
};

/*
 * Room for an error text, owned by the host.  The plugin writes at most `cap`
 * bytes with a terminating NUL: one line of UTF-8 that says what is wrong and
 * what would be right.
 */
struct assay_buf {
    char *p;
    uint64_t cap; /* at least 512 */
};

/* An object of the message; opaque, lent until handle() returns. */
struct assay_object;
/* A child being written; opaque, ends with child_commit or child_abort. */
struct assay_writer;
/* The options of one instance; opaque, lent until create() returns. */
struct assay_options;

/*
 * What kind of thing an object is: attribute ASSAY_ATTR_KIND.
 */
enum {
    ASSAY_OBJECT_MESSAGE = 1, /* raw RFC 5322 bytes: the root, a nested mail */
    ASSAY_OBJECT_PART = 2,    /* a MIME entity, decoded */
    ASSAY_OBJECT_MEMBER = 3,  /* of an archive, or a decompressed stream */
    ASSAY_OBJECT_DERIVED = 4  /* made from the parent: text of a document */
};

/* Object flags: attribute ASSAY_ATTR_FLAGS, and struct assay_child.flags. */
#define ASSAY_OBJECT_ENCRYPTED ((uint64_t)1 << 0) /* no readable content */
#define ASSAY_OBJECT_DAMAGED   ((uint64_t)1 << 1) /* checksum or syntax wrong */
#define ASSAY_OBJECT_TRUNCATED ((uint64_t)1 << 2) /* content ends too early */
/* Its name is absolute, or leaves its folder. */
#define ASSAY_OBJECT_NAME_UNSAFE ((uint64_t)1 << 3)
#define ASSAY_OBJECT_CONTAINER   ((uint64_t)1 << 4) /* has, may have children */
#define ASSAY_OBJECT_TEXT        ((uint64_t)1 << 5) /* text() has something */
/* It has a name, or disposition attachment. */
#define ASSAY_OBJECT_ATTACHMENT ((uint64_t)1 << 6)
/* An entry without content by nature: a folder, a link, a device. */
#define ASSAY_OBJECT_DIRECTORY ((uint64_t)1 << 7)

/*
 * Attributes.  Any of them may answer NOTFOUND, always.  [i] takes an index
 * from 0 until NOTFOUND; (s) is read with attr_str, (n) with attr_u64.
 * Object attributes take an object; session ones take NULL.
 */
enum {
    /* session */
    ASSAY_ATTR_CLIENT_IP = 1,   /* (s) "192.0.2.1", "2001:db8::1" */
    ASSAY_ATTR_CLIENT_NAME = 2, /* (s) verified name of the client */
    ASSAY_ATTR_CLIENT_PORT = 3, /* (n) */
    ASSAY_ATTR_LOCAL_IP = 4,    /* (s) address the client connected to */
    ASSAY_ATTR_LOCAL_PORT = 5,  /* (n) */
    ASSAY_ATTR_HELO = 6,        /* (s) */
    ASSAY_ATTR_TLS_VERSION = 7, /* (s) "TLSv1.3" */
    ASSAY_ATTR_TLS_CIPHER = 8,  /* (s) */
    ASSAY_ATTR_AUTH_USER = 9,   /* (s) authenticated identity */
    ASSAY_ATTR_QUEUE_ID = 10,   /* (s) the MTA's */
    ASSAY_ATTR_MAIL_FROM = 11,  /* (s) without <>; empty for the null sender */
    ASSAY_ATTR_RCPT = 12,       /* (s)[i] without <> */
    ASSAY_ATTR_DIRECTION = 13,  /* (n) ASSAY_DIRECTION_* */
    ASSAY_ATTR_TRUSTED = 14,    /* (n) 1: authenticated, or a trusted network */
    /* (n) Unix time of this scan, seconds; the same in all its tasks and when it
     * is replayed. */
    ASSAY_ATTR_NOW = 15,
    /* object */
    ASSAY_ATTR_ID = 32,       /* (n) 0 is the message; order of appearance */
    ASSAY_ATTR_KIND = 33,     /* (n) ASSAY_OBJECT_MESSAGE ... */
    ASSAY_ATTR_FLAGS = 34,    /* (n) ASSAY_OBJECT_* bits */
    ASSAY_ATTR_SIZE = 35,     /* (n) bytes of content */
    ASSAY_ATTR_DEPTH = 36,    /* (n) containers around it; 0 is the message */
    ASSAY_ATTR_PATH = 37,     /* (s) "2.1!invoice.zip!a.exe", for people */
    ASSAY_ATTR_NAME = 38,     /* (s)[i] every name it was given, UTF-8 */
    ASSAY_ATTR_NAME_RAW = 39, /* (s)[i] the same as it stood, undecoded */
    ASSAY_ATTR_TYPE_DECLARED = 40, /* (s) "application/pdf", lower case */
    ASSAY_ATTR_TYPE_DETECTED = 41, /* (s) from the content itself */
    ASSAY_ATTR_CHARSET = 42,       /* (s) declared */
    ASSAY_ATTR_DISPOSITION = 43,   /* (s) "attachment", "inline" */
    ASSAY_ATTR_ENCODING = 44,      /* (s) Content-Transfer-Encoding */
    ASSAY_ATTR_CONTENT_ID = 45,    /* (s) */
    ASSAY_ATTR_SHA256 = 46, /* (s) 32 bytes, computed when first asked for */
    /* (n) A bit for each reading of the message in which the object exists; all
     * bits: in every reading. */
    ASSAY_ATTR_READINGS = 47,
    ASSAY_ATTR_PACKED_SIZE = 48, /* (n) as the container tells it */
    ASSAY_ATTR_TOLD_SIZE = 49,   /* (n) as the container tells it */
    ASSAY_ATTR_METHOD = 50,      /* (s) "deflate", "AES-256", for people */
    ASSAY_ATTR_MTIME = 51 /* (n) Unix seconds, as the container tells it */
};

enum {
    ASSAY_DIRECTION_IN = 1,
    ASSAY_DIRECTION_OUT = 2
};

/* What a plugin may say about an object: struct assay_finding.status. */
enum {
    ASSAY_STATUS_CLEAN = 1,   /* looked at all of it, nothing found */
    ASSAY_STATUS_TRUSTED = 2, /* known good, will not change with signatures */
    ASSAY_STATUS_FOUND = 3,   /* see kind and name */
    ASSAY_STATUS_UNSCANNABLE = 4 /* could not look at all of it, see reason */
};

/*
 * Kinds of findings, for ASSAY_STATUS_FOUND.  The kinds `encrypted`, `partial`
 * and `failed` exist too, but only the host makes them, from UNSCANNABLE and
 * from errors.
 */
enum {
    ASSAY_KIND_INFO = 1,    /* worth telling, changes nothing */
    ASSAY_KIND_ANOMALY = 2, /* broken or ambiguous in a way that hides things */
    ASSAY_KIND_SPAM = 3,    /* evidence: log_odds_milli */
    ASSAY_KIND_POLICY = 4,  /* the site's rules: attachments, senders, lists */
    ASSAY_KIND_SPOOF = 5,   /* claims to be somebody else */
    ASSAY_KIND_PHISHING = 6,
    ASSAY_KIND_SUSPICIOUS = 7, /* heuristic, potentially unwanted */
    ASSAY_KIND_MALWARE = 8,
    ASSAY_KIND_ENCRYPTED = 9, /* host only */
    ASSAY_KIND_PARTIAL = 10,  /* host only */
    ASSAY_KIND_FAILED = 11    /* host only */
};

/* Why something could not be looked at, for ASSAY_STATUS_UNSCANNABLE. */
enum {
    ASSAY_REASON_ENCRYPTED = 1,
    ASSAY_REASON_DAMAGED = 2,
    ASSAY_REASON_TRUNCATED = 3,
    ASSAY_REASON_UNSUPPORTED = 4, /* a format or method it cannot read */
    ASSAY_REASON_MULTIVOLUME = 5, /* other volumes are missing */
    ASSAY_REASON_LIMIT_SIZE = 6,
    ASSAY_REASON_LIMIT_COUNT = 7,
    ASSAY_REASON_LIMIT_DEPTH = 8,
    ASSAY_REASON_LIMIT_RATIO = 9,
    ASSAY_REASON_LIMIT_TIME = 10,
    ASSAY_REASON_LIMIT_BYTES = 11 /* unpacked bytes of the whole message */
};

/* Advice: what the plugin would do.  Policy decides. */
enum {
    ASSAY_ACTION_NONE = 0,
    ASSAY_ACTION_ACCEPT = 1,
    ASSAY_ACTION_TAG = 2,
    ASSAY_ACTION_JUNK = 3,
    ASSAY_ACTION_STRIP = 4,
    ASSAY_ACTION_REDIRECT = 5,
    ASSAY_ACTION_QUARANTINE = 6,
    ASSAY_ACTION_DEFER = 7,
    ASSAY_ACTION_REJECT = 8,
    ASSAY_ACTION_DISCARD = 9
};

/* struct assay_finding.rcpt: for whom the finding holds. */
#define ASSAY_RCPT_ALL 0u
#define ASSAY_RCPT(i)  ((uint32_t)(i) + 1u) /* recipient i, counted from 0 */

/*
 * One statement about one object (or, with object NULL, about the session or
 * the message).  Copied by report() before it returns.
 */
struct assay_finding {
    uint32_t struct_size;
    uint32_t status;     /* ASSAY_STATUS_*; an unknown one is refused: INVAL */
    uint32_t kind;       /* ASSAY_KIND_* for FOUND, else 0 */
    uint32_t reason;     /* ASSAY_REASON_* for UNSCANNABLE, else 0 */
    uint32_t confidence; /* 1..100 percent; 0: not said, counts as 100 */
    /* Natural logarithm x 1000, + is spam, -30000..30000; only for kind SPAM.
     * Evidence adds up. */
    int32_t log_odds_milli;
    uint32_t advice;     /* ASSAY_ACTION_* */
    uint32_t rcpt;       /* ASSAY_RCPT_ALL or ASSAY_RCPT(i) */
    uint32_t delay_ms;   /* tar pit: the reply should wait so long; 0: not */
    uint32_t reply_code; /* 400..599 with DEFER or REJECT, 0: host's own */
    /* "Eicar-Test-Signature": <= 255 bytes, UTF-8, no control characters; may be
     * empty for CLEAN. */
    struct assay_str name;
    struct assay_str text; /* one sentence, <= 1024 bytes, may be empty */
    /* "5.7.1 ...": printable ASCII, <= 240 bytes, may be empty. */
    struct assay_str reply_text;
};

/*
 * A child object: what an unpacker knows about a member when it begins.
 */
struct assay_child {
    uint32_t struct_size;
    uint32_t kind; /* ASSAY_OBJECT_MEMBER or ASSAY_OBJECT_DERIVED */
    /* ASSAY_OBJECT_* bits, of these: ENCRYPTED, DAMAGED, TRUNCATED, NAME_UNSAFE,
     * DIRECTORY. */
    uint64_t flags;
    /* As it stands in the container, never used as a path; may be empty. */
    struct assay_str name;
    struct assay_str charset; /* of name, if known; empty: guess */
    struct assay_str type;    /* declared media type, may be empty */
    struct assay_str method;  /* packing or cipher, for people, may be empty */
    uint64_t packed_size;     /* as told, 0: not told */
    uint64_t told_size;       /* unpacked, as told, 0: not told */
    int64_t mtime;            /* Unix seconds, 0: not told */
};

/*
 * Questions and answers: want().  The answer is lent until handle() returns.
 */
enum {
    /* key: a name; type: the RR type's number (16 is TXT). */
    ASSAY_WANT_DNS = 1,
    /* key: "table:key"; type 0.  Directories, user lists, counters, reputation,
     * as the host is configured. */
    ASSAY_WANT_LOOKUP = 2
};

enum {
    ASSAY_ANSWER_DATA = 1,
    ASSAY_ANSWER_NODATA = 2,   /* the name exists, this type does not */
    ASSAY_ANSWER_NXDOMAIN = 3, /* or: the table has no such key */
    ASSAY_ANSWER_SERVFAIL = 4,
    ASSAY_ANSWER_REFUSED = 5,
    ASSAY_ANSWER_TIMEOUT = 6,
    ASSAY_ANSWER_BOGUS = 7, /* DNSSEC says forged */
    /* Not asked: the task's wishes are used up, or the host has nobody to ask. */
    ASSAY_ANSWER_BLOCKED = 8
};

#define ASSAY_ANSWER_AD (1u << 0) /* authenticated by DNSSEC */

/* A question.  The plugin's; copied by want(). */
struct assay_question {
    uint32_t struct_size;
    uint32_t kind; /* ASSAY_WANT_* */
    uint32_t type;
    uint32_t reserved0;   /* 0 */
    struct assay_str key; /* DNS: without final dot, at most 253 bytes */
};

/* One record of an answer.  The host's, lent until handle() returns. */
struct assay_record {
    uint32_t struct_size;
    uint32_t type;
    uint32_t ttl_s;
    uint32_t preference; /* MX only */
    /* A, AAAA: 4 or 16 bytes; TXT: all strings joined; MX, PTR, CNAME, NS: the
     * name; lookup: the value. */
    struct assay_str data;
};

/* An answer.  The host's, lent until handle() returns; only DATA has records. */
struct assay_answer {
    uint32_t struct_size;
    uint32_t state; /* ASSAY_ANSWER_* */
    uint32_t flags; /* ASSAY_ANSWER_AD */
    uint32_t ttl_s; /* the smallest of its records' */
    uint32_t count;
    uint32_t reserved0;
    const struct assay_record *const *records; /* `count` of them */
};

/*
 * Proposals to change the message: edit().  The verdict decides whether they are
 * carried out, the front carries them out.  A plugin needs ASSAY_FLAG_EDITS.
 */
enum {
    ASSAY_EDIT_HEADER_ADD = 1,    /* name, value; appended */
    ASSAY_EDIT_HEADER_INSERT = 2, /* name, value; before field `index` */
    ASSAY_EDIT_HEADER_CHANGE = 3, /* occurrence `index` (from 0) of name */
    ASSAY_EDIT_HEADER_DELETE = 4, /* occurrence `index` (from 0) of name */
    ASSAY_EDIT_RCPT_ADD = 5,      /* value: address */
    ASSAY_EDIT_RCPT_DELETE = 6,   /* value: address */
    ASSAY_EDIT_SENDER = 7,        /* value: address */
    ASSAY_EDIT_REPLACE = 8 /* raw bytes offset..offset+length become value */
};

/* One proposal.  The plugin's; copied by edit(). */
struct assay_edit {
    uint32_t struct_size;
    uint32_t kind; /* ASSAY_EDIT_*; an unknown one is refused: INVAL */
    uint32_t index;
    uint32_t reserved0;
    uint64_t offset; /* REPLACE: against the raw message, both inside it */
    uint64_t length;
    struct assay_str name; /* header field name, RFC 5322 3.6.8 */
    /* No bare CR or LF in a header; folds as CRLF + blank. */
    struct assay_str value;
};

/*
 * One task: one question to one instance.  Lent until handle() returns; all host
 * functions marked [task] take it back.
 */
struct assay_task {
    uint32_t struct_size;
    uint32_t stage; /* ASSAY_STAGE_* */
    uint32_t round; /* 0 at first; grows when a PENDING task is run again */
    uint32_t rcpt;  /* ASSAY_RCPT(i) in stage RCPT, else ASSAY_RCPT_ALL */
    uint64_t id;    /* unique in the life of the instance */
    uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0: none */
    /* OBJECT: the object; HEADERS, MESSAGE: the message; else NULL. */
    const struct assay_object *object;
};

/* Log levels.  The host adds time, plugin and message, escapes and truncates. */
enum {
    ASSAY_LOG_DEBUG = 1,
    ASSAY_LOG_INFO = 2,
    ASSAY_LOG_WARNING = 3,
    ASSAY_LOG_ERROR = 4
};

/*
 * The host's services.  The pointer given to create() stays valid until
 * destroy() has returned.  Test members that a newer minor brought with
 * ASSAY_HAS.  All functions return ASSAY_RC_*; on an error `out` is untouched.
 */
struct assay_host {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    const char *name; /* "assay" */
    const char *version;
    /* An extension's table, or NULL.  Ids are "name/revision". [any] */
    const void *(*get_ext)(const struct assay_host *host, const char *id);
    /* One finished line of UTF-8; task may be NULL outside of handle(). [any] */
    void (*log)(const struct assay_host *host, const struct assay_task *task,
                uint32_t level, struct assay_str line);

    /* --- options, only during create(), on its thread; else STATE. [load] --- */
    /* Value `index` (from 0) of an option as text, as it was written but for PATH
     * (absolute) and SECRET (the secret); NOTFOUND past the last.  Lent until
     * create() returns. */
    int32_t (*option_text)(const struct assay_options *options,
                           const char *name, uint32_t index,
                           struct assay_str *out);
    /* BOOL 0/1, INT, SIZE in bytes, DURATION in ms, CHOICE by its position; INVAL
     * for other types and lists, NOTFOUND where it is not set and has no default. */
    int32_t (*option_int)(const struct assay_options *options, const char *name,
                          int64_t *out);

    /* --- time. [task] --- */
    /* Nanoseconds left, 0 when the deadline has passed. */
    uint64_t (*remaining_ns)(const struct assay_task *task);
    /* 1: return CANCELLED soon.  Cheap; poll it at least every 50 ms. */
    uint32_t (*cancelled)(const struct assay_task *task);

    /* --- what is to be looked at. [task] --- */
    /* Any attribute may answer NOTFOUND.  A stage is told what the mail path knows
     * by then, also where a message is scanned afterwards: no recipients in stage
     * MAIL, no size in stage HEADERS. */
    int32_t (*attr_str)(const struct assay_task *task,
                        const struct assay_object *object, uint32_t attr,
                        uint32_t index, struct assay_str *out);
    int32_t (*attr_u64)(const struct assay_task *task,
                        const struct assay_object *object, uint32_t attr,
                        uint32_t index, uint64_t *out);
    /* The content: contiguous, read-only, immutable; p is never NULL.  A
     * multipart and an encrypted member have 0 bytes.  Content and text answer
     * STATE before stage OBJECT: the body has not arrived. */
    int32_t (*content)(const struct assay_task *task,
                       const struct assay_object *object,
                       struct assay_str *out);
    /* The same as a descriptor for libraries that want one: read-only, use
     * pread; do not close, dup or lseek it. */
    int32_t (*content_fd)(const struct assay_task *task,
                          const struct assay_object *object, int32_t *fd);
    /* A text object's content as valid UTF-8 (charset converted, invalid bytes
     * replaced by U+FFFD); NOTFOUND where ASSAY_OBJECT_TEXT is not set. */
    int32_t (*text)(const struct assay_task *task,
                    const struct assay_object *object, struct assay_str *out);
    /* Header field `index` (from 0, in order) of a message or a MIME part.
     * `value` is the raw value with its folds, without the final line end. */
    int32_t (*header)(const struct assay_task *task,
                      const struct assay_object *object, uint32_t index,
                      struct assay_str *name, struct assay_str *value);
    /* Occurrence `index` (from 0) of field `name` (case ignored), unfolded, with
     * RFC 2047 words decoded to UTF-8. */
    int32_t (*header_text)(const struct assay_task *task,
                           const struct assay_object *object, const char *name,
                           uint32_t index, struct assay_str *value);
    /* The tree: object `id` of this message, and the parent of one. */
    int32_t (*object_by_id)(const struct assay_task *task, uint64_t id,
                            const struct assay_object **out);
    int32_t (*parent)(const struct assay_task *task,
                      const struct assay_object *object,
                      const struct assay_object **out);

    /* --- what was found. [task] --- */
    /* object: the task's object, one of its descendants, or NULL for the
     * message or session as a whole; MESSAGE stage: any object of the message.
     * Others are refused with STATE.  Texts are cut to their size and made clean:
     * control characters and invalid UTF-8 are escaped. */
    int32_t (*report)(const struct assay_task *task,
                      const struct assay_object *object,
                      const struct assay_finding *finding);
    /* "While I looked at this object I looked at content with this SHA-256
     * (32 bytes) too": this instance is not asked again about descendants that
     * hold it.  Counts only when handle() returns OK. */
    int32_t (*seen)(const struct assay_task *task, const uint8_t *sha256);
    /* Proposes a change; INVAL where it is not well made. */
    int32_t (*edit)(const struct assay_task *task,
                    const struct assay_edit *edit);

    /* --- facts: named values for plugins that run later. [task] --- */
    /* Key: "vendor.name", [a-z0-9._-], <= 64 bytes, listed in `provides`.
     * Value: UTF-8, <= 4096 bytes; setting it again replaces it. */
    int32_t (*fact_set)(const struct assay_task *task, const char *key,
                        struct assay_str value);
    /* A fact listed in `reads`, or NOTFOUND. */
    int32_t (*fact_get)(const struct assay_task *task, const char *key,
                        struct assay_str *out);

    /* --- answers from outside. [task] --- */
    /* OK with the answer, or PENDING: ask for all that will surely be needed,
     * then return PENDING from handle().  The host drops what this run reported,
     * gets all answers and calls handle() again with the same task.  Before it
     * has its answers handle() must do nothing outside of its task.  Bounded: a
     * bound reached reads as ASSAY_ANSWER_BLOCKED, never as an endless loop.  A key
     * that cannot be asked (too long, control characters, blanks in a DNS name) is
     * INVAL, and breaks no rule: keys are often made of mail. */
    int32_t (*want)(const struct assay_task *task,
                    const struct assay_question *question,
                    const struct assay_answer **out);
    /* Adds n to a counter kept by the host; applied once, when the task has
     * finished, never on a replay or a retry.  name as fact keys, key free. */
    int32_t (*count)(const struct assay_task *task, const char *name,
                     struct assay_str key, int64_t n);

    /* --- children: what an unpacker finds inside. [task] --- */
    /* Needs ASSAY_FLAG_CHILDREN.  SKIP: not needed, go on with the next one.
     * STOP: return OK.  LIMIT: as STOP.  One writer at a time. */
    int32_t (*child_begin)(const struct assay_task *task,
                           const struct assay_child *child,
                           struct assay_writer **out);
    /* LIMIT the moment a bound of the message is crossed: end this child; whether
     * another one may begin is told by the next child_begin.  What was written so
     * far is kept as TRUNCATED, whether it is committed or aborted. */
    int32_t (*child_write)(struct assay_writer *writer, const void *p,
                           uint64_t n);
    /* Another name that the same member has (a second directory entry). */
    int32_t (*child_name)(struct assay_writer *writer, struct assay_str name,
                          struct assay_str charset);
    /* Adds to the flags given to child_begin (DAMAGED, TRUNCATED ...). */
    int32_t (*child_flags)(struct assay_writer *writer, uint64_t flags);
    /* The child is the host's now: it will be shown to all plugins.  `out` may
     * be NULL; it serves to report about the child.  Until handle() has returned
     * the child has no ASSAY_ATTR_PATH. */
    int32_t (*child_commit)(struct assay_writer *writer,
                            const struct assay_object **out);
    void (*child_abort)(struct assay_writer *writer);
    /* A child that is a stored range of the task's object: no copy. */
    int32_t (*child_range)(const struct assay_task *task,
                           const struct assay_child *child, uint64_t offset,
                           uint64_t length, const struct assay_object **out);
};

/*
 * Extension "assay.net/1": connections for a plugin that needs the network.
 *
 * A worker is shut in before start(), and no plugin in it can make a connection.  The
 * host connects for it, to the addresses that the administrator has written after
 * `net` in the section [class NAME] of the plugin's class, and to no others:
 *
 *     [class cloud]                        [plugin cloud]
 *     net = cloud.example:443, /run/e.sock file = cloud.so
 *                                          class = cloud
 *
 * A plugin with ASSAY_FLAG_NETWORK gets this table from get_ext; for others it is NULL,
 * and a plugin that cannot do without names it in requires_ext.
 *
 * Each address is one connection in each worker, and is handed out once; one that
 * needs two of them is written twice.  A connection is not made anew while a worker
 * lives: when it breaks, answer IO from handle(); the next worker has a new one.
 */
struct assay_net {
    uint32_t struct_size;
    uint32_t reserved0; /* 0 */
    /* Only during start(), on its thread; else STATE.  A connected stream socket,
     * blocking, close-on-exec, to `address` as it is written after `net`.  It is lent
     * until stop() has returned: use it, do not close it.  DENIED: the address is not
     * there.  IO: nobody answers at it.  STATE: it was handed out already.  A host
     * without isolation connects here and now, which may take 10 seconds. [scan] */
    int32_t (*connected)(const struct assay_host *host, const char *address,
                         int32_t *fd);
    /* Only during start().  Address `index` (from 0) as it is written; NOTFOUND past
     * the last.  Lent until start() returns. [scan] */
    int32_t (*address)(const struct assay_host *host, uint32_t index,
                       struct assay_str *out);
};

/*
 * Options: what an administrator may set in the plugin's section of
 * plugins.conf.  The host parses, checks and documents them; create() reads
 * them with option_text and option_int.
 */
enum {
    ASSAY_OPTION_BOOL = 1, /* yes, no */
    ASSAY_OPTION_INT = 2,
    ASSAY_OPTION_SIZE = 3,     /* bytes: "64 KiB", "25 MiB" */
    ASSAY_OPTION_DURATION = 4, /* milliseconds: "30 s", "5 min" */
    ASSAY_OPTION_TEXT = 5,
    ASSAY_OPTION_CHOICE = 6, /* one of `choices` */
    ASSAY_OPTION_PATH = 7,   /* a file or folder; relative: to plugins.conf */
    ASSAY_OPTION_SECRET = 8  /* a path whose first line is the secret */
};

#define ASSAY_OPTION_LIST (1u << 0) /* comma-separated, zero or more values */

/* One option.  Static data of the plugin. */
struct assay_option {
    uint32_t struct_size;
    uint32_t type;            /* ASSAY_OPTION_* */
    uint32_t flags;           /* ASSAY_OPTION_LIST */
    uint32_t reserved0;       /* 0 */
    const char *name;         /* [a-z0-9_]+ */
    const char *default_text; /* as it would stand in the file; NULL: none */
    int64_t min;              /* INT, SIZE, DURATION; min == max: no range */
    int64_t max;
    const char *const *choices; /* CHOICE: NULL-terminated */
    /* One or two sentences: what it does, when to change it. */
    const char *help;
};

/*
 * Which objects a plugin is shown in stage OBJECT.  All conditions must hold;
 * a zeroed one (or a NULL `wants`) is every object.
 */
#define ASSAY_WANTS_LEAF      (1u << 0) /* objects that are not containers */
#define ASSAY_WANTS_CONTAINER (1u << 1) /* LEAF and CONTAINER both 0: both */
/* Also the raw message itself; without it only what is inside is shown. */
#define ASSAY_WANTS_MESSAGE (1u << 2)
#define ASSAY_WANTS_EMPTY   (1u << 3) /* also objects of 0 bytes */

/* What an object must be like.  Static data of the plugin. */
struct assay_wants {
    uint32_t struct_size;
    uint32_t flags;
    uint64_t min_size; /* bytes */
    /* Bytes, 0: no limit.  A larger object is told as partial in this plugin's
     * name. */
    uint64_t max_size;
    /* Detected or declared types, NULL-terminated: "application/zip", "text/" +
     * "*"; NULL: all. */
    const char *const *types;
};

/* The database finds test files only: what it calls clean has not been looked at for
 * anything real.  A mail server's host takes its engine for failed. */
#define ASSAY_STAMP_TEST_ONLY (1u << 0)

/*
 * What an instance's answers depend on, beside content: constant for the life of
 * the instance.  New signatures are a new instance.
 */
struct assay_stamp {
    uint32_t struct_size;
    uint32_t flags;        /* ASSAY_STAMP_* */
    char engine[64];       /* engine's version, NUL-terminated */
    char database[64];     /* database's version, NUL-terminated */
    int64_t database_time; /* Unix seconds of the newest database, 0: unknown */
    uint64_t signatures;   /* how many, 0: unknown or none */
    uint8_t database_digest[32]; /* zero: none; then `database` must tell */
};

/* How and where an instance is created. */
enum {
    ASSAY_MODE_SCAN = 1, /* to be used */
    /* Validate options only: load nothing big; destroy follows. */
    ASSAY_MODE_CHECK = 2
};

/* What create() is given.  The host's, lent until create() returns. */
struct assay_create {
    uint32_t struct_size;
    uint32_t mode;        /* ASSAY_MODE_* */
    const char *instance; /* name of its section in plugins.conf */
    /* For create() itself: writable, private, empty, on tmpfs where there is
     * one.  Workers have their own, see start.  NULL unless ASSAY_FLAG_SCRATCH. */
    const char *scratch_dir;
    const char *state_dir; /* writable, kept; NULL unless ASSAY_FLAG_STATE */
    /* The host's own bounds for a whole message, for an engine that unpacks by
     * itself. */
    uint64_t max_depth;
    uint64_t max_objects;
    uint64_t max_bytes;
    uint64_t max_object_bytes; /* no object is larger */
    uint64_t max_time_ms;      /* per message */
    const struct assay_options *options;
};

/* What start() is given: one worker process begins.  The host's, lent until start()
 * returns; scratch_dir until stop() has returned. */
struct assay_start {
    uint32_t struct_size;
    uint32_t reserved0; /* 0 */
    /* As create->scratch_dir, but this worker's own: what two workers write never
     * meets.  Removed after stop(), also when the worker died. */
    const char *scratch_dir;
};

/*
 * Plugin flags.  A host refuses a plugin whose flags_required it does not know.
 */
/* create() may run before the fork and its memory be shared by all workers; it
 * leaves no thread behind.  Without it create() runs in every worker, before
 * start(), and before the fork only in mode CHECK. */
#define ASSAY_FLAG_FORK_SHARED ((uint64_t)1 << 0)
#define ASSAY_FLAG_THREADS     ((uint64_t)1 << 1) /* start() starts threads */
#define ASSAY_FLAG_NETWORK     ((uint64_t)1 << 2) /* see assay_net; own class */
#define ASSAY_FLAG_CHILDREN    ((uint64_t)1 << 3) /* an unpacker */
/* Reports a status for every object it is shown, or says NOT_APPLICABLE: silence
 * is `failed`. */
#define ASSAY_FLAG_ANSWERS_ALL ((uint64_t)1 << 4)
/* In stage OBJECT its answer is a function of content and stamp, and may be
 * remembered ... */
#define ASSAY_FLAG_STAMPED ((uint64_t)1 << 5)
/* ... of content, stamp, names and types. */
#define ASSAY_FLAG_STAMP_NAMES ((uint64_t)1 << 6)
/* A malware engine: takes part in consensus. */
#define ASSAY_FLAG_MALWARE ((uint64_t)1 << 7)
#define ASSAY_FLAG_SCRATCH ((uint64_t)1 << 8)  /* wants a scratch_dir */
#define ASSAY_FLAG_STATE   ((uint64_t)1 << 9)  /* wants create->state_dir */
#define ASSAY_FLAG_EDITS   ((uint64_t)1 << 10) /* proposes edits */

/*
 * The descriptor of a plugin: static const data.  Functions marked (opt) and
 * pointers marked (opt) may be NULL.
 */
struct assay_plugin {
    uint32_t struct_size;
    uint32_t min_stack_kib; /* stack that handle() needs; 0: 1024 */
    const char *id;         /* reverse DNS, [a-z0-9.-], <= 127, never changes */
    const char *name;       /* for people */
    const char *vendor;
    const char *version;             /* free text */
    const char *licence;             /* SPDX identifier, or "proprietary" */
    const char *url;                 /* (opt) */
    uint64_t stages;                 /* ASSAY_STAGE_BIT(...), at least one */
    uint64_t flags_required;         /* the host must know all of them */
    uint64_t flags_optional;         /* unknown ones are ignored */
    const struct assay_wants *wants; /* (opt) */
    /* (opt) Facts, NULL-terminated.  It runs after all that provide what it
     * reads; a cycle is refused. */
    const char *const *reads;
    const char *const *provides;     /* (opt) the same of what it sets */
    const char *const *requires_ext; /* (opt) host extensions */
    const struct assay_option *const *options; /* (opt) NULL-terminated */
    /* [load] On failure `*inst` is untouched and `err` says why. */
    int32_t (*create)(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err);
    /* [load] Frees what create() made. */
    void (*destroy)(void *inst);
    /* [scan] See the top of this file. */
    int32_t (*handle)(void *inst, const struct assay_task *task);
    /* (opt) [scan] Threads, sockets, scratch folder, random state of one worker. */
    int32_t (*start)(void *inst, const struct assay_start *start,
                     struct assay_buf *err);
    /* (opt) [scan] */
    void (*stop)(void *inst);
    /* (opt) [load] Fills `out`, whose struct_size the host has set. */
    int32_t (*stamp)(void *inst, struct assay_stamp *out);
    /* (opt) [scan] Proves that the instance finds what it must (its own EICAR)
     * and leaves clean what is clean.  Runs in a worker before it sees mail. */
    int32_t (*self_test)(void *inst, struct assay_buf *err);
    /* (opt) [any] The plugin's own extensions. */
    const void *(*get_ext)(const char *id);
};

/*
 * What the exported function returns.
 */
struct assay_module {
    uint32_t struct_size;
    uint32_t magic;          /* ASSAY_MAGIC */
    uint16_t abi_major;      /* ASSAY_ABI_MAJOR */
    uint16_t abi_minor;      /* ASSAY_ABI_MINOR: built with */
    uint16_t min_host_minor; /* works with hosts from this minor on */
    uint16_t reserved0;      /* 0 */
    uint32_t plugin_count;   /* 1..64 */
    uint32_t reserved1;      /* 0 */
    const struct assay_plugin *const *plugins; /* pointers: sizes may differ */
};

/* The exported function.  [any] Pure: no allocation, no I/O, the same pointer
 * each time. */
ASSAY_EXPORT const struct assay_module *assay_plugin_v1(void);

#ifdef __cplusplus
}
#endif

/* The layout is part of the promise. */
#if defined(__cplusplus)
#define ASSAY_SIZE_IS(type, size) static_assert(sizeof(type) == (size), #type)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define ASSAY_SIZE_IS(type, size) _Static_assert(sizeof(type) == (size), #type)
#else
#define ASSAY_SIZE_IS(type, size) struct assay_size_is_asserted
#endif
ASSAY_SIZE_IS(struct assay_str, 16);
ASSAY_SIZE_IS(struct assay_buf, 16);
ASSAY_SIZE_IS(struct assay_finding, 88);
ASSAY_SIZE_IS(struct assay_child, 104);
ASSAY_SIZE_IS(struct assay_question, 32);
ASSAY_SIZE_IS(struct assay_record, 32);
ASSAY_SIZE_IS(struct assay_answer, 32);
ASSAY_SIZE_IS(struct assay_edit, 64);
ASSAY_SIZE_IS(struct assay_task, 40);
ASSAY_SIZE_IS(struct assay_host, 256);
ASSAY_SIZE_IS(struct assay_net, 24);
ASSAY_SIZE_IS(struct assay_option, 64);
ASSAY_SIZE_IS(struct assay_wants, 32);
ASSAY_SIZE_IS(struct assay_stamp, 184);
ASSAY_SIZE_IS(struct assay_create, 80);
ASSAY_SIZE_IS(struct assay_start, 16);
ASSAY_SIZE_IS(struct assay_plugin, 184);
ASSAY_SIZE_IS(struct assay_module, 32);

#endif
