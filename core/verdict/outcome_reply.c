/* SPDX-License-Identifier: MIT */
#include "verdict/outcome_reply.h"

#include <string.h>

enum {
    NAME_MAX_SIZE = 80,
    REASON_MAX_SIZE = 200,
    TEXT_MAX_SIZE = 400, /* with code, 512 is a line (RFC 5321 4.5.3.1.5) */
    TEMPLATE_MAX_SIZE = 240,
};

/* Indexed by ASSAY_KIND_*: "it" is the message. */
static const char *const reasons[] = {
    [0] = "it is not wanted here",
    [ASSAY_KIND_INFO] = "it is not wanted here",
    [ASSAY_KIND_ANOMALY] = "it is not well formed",
    [ASSAY_KIND_SPAM] = "it is rated as spam",
    [ASSAY_KIND_POLICY] = "its content is not allowed here",
    [ASSAY_KIND_SPOOF] = "its sender could not be verified",
    [ASSAY_KIND_PHISHING] = "it looks like phishing",
    [ASSAY_KIND_SUSPICIOUS] = "its content is suspicious",
    [ASSAY_KIND_MALWARE] = "it contains malware",
    [ASSAY_KIND_ENCRYPTED] = "encrypted content in it cannot be scanned",
    [ASSAY_KIND_PARTIAL] = "not all of it can be scanned",
    [ASSAY_KIND_FAILED] = "it could not be scanned",
};

/* What stands in the braces of a text. */
static const char *const words[] = {"reason", "name", "id"};

void outcome_reply_append(GString *to, const char *text, size_t max)
{
    for (size_t i = 0; i < max && text[i] != '\0'; i++)
        g_string_append_c(to, text[i] < ' ' || text[i] > '~' ? '?' : text[i]);
}

/* The word of the braces at `p`, with its size in the text; NULL: none is there. */
static const char *word_at(const char *p, size_t *n)
{
    for (size_t i = 0; p[0] == '{' && i < G_N_ELEMENTS(words); i++) {
        size_t word_n = strlen(words[i]);
        if (strncmp(p + 1, words[i], word_n) == 0 && p[word_n + 1] == '}') {
            *n = word_n + 2;
            return words[i];
        }
    }
    return NULL;
}

bool outcome_reply_check(const char *text, const char **wrong)
{
    *wrong = "is not 1 to 240 characters of printable ASCII";
    if (*text == '\0' || strlen(text) > TEMPLATE_MAX_SIZE)
        return false;
    size_t n = 1;
    for (const char *p = text; *p != '\0'; p += n) {
        n = 1;
        if (*p < ' ' || *p > '~')
            return false;
        if ((*p == '{' && word_at(p, &n) == NULL) || *p == '}') {
            *wrong = "has other braces than {reason}, {name} and {id}";
            return false;
        }
    }
    return true;
}

/* What the braces stand for. */
struct filling {
    const char *reason;
    const char *name;
    const char *id;
};

static char *fill(const char *template, const struct filling *filling)
{
    GString *text = g_string_new(NULL);
    size_t n = 1;
    for (const char *p = template; *p != '\0'; p += n) {
        const char *word = word_at(p, &n);
        if (word == words[0])
            g_string_append(text, filling->reason);
        else if (word == words[1])
            g_string_append(text, filling->name);
        else if (word == words[2])
            g_string_append(text, filling->id);
        else
            g_string_append_len(text, p, (gssize)(n = 1));
    }
    g_string_truncate(text, MIN(text->len, TEXT_MAX_SIZE));
    return g_string_free(text, FALSE);
}

/* Only a failure of ours is one of the mail system; all else is about what was sent. */
static const char *enhanced_for(unsigned code, uint32_t kind)
{
    bool is_ours = kind == ASSAY_KIND_FAILED || kind == ASSAY_KIND_PARTIAL;
    if (code < 500)
        return is_ours ? "4.3.0" : "4.7.1";
    return kind == ASSAY_KIND_ANOMALY ? "5.6.0" : "5.7.1";
}

static void set_own(struct outcome *outcome,
                    const struct outcome_options *options, uint32_t kind,
                    const char *finding, const struct session *session)
{
    bool is_reject = outcome->answer == OUTCOME_REJECT;
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GString) reason = g_string_new(reasons[kind]);
    g_autoptr(GString) id = g_string_new(NULL);
    outcome_reply_append(name, finding, NAME_MAX_SIZE);
    if (options->names_findings && name->len > 0)
        g_string_append_printf(reason, " (%s)", name->str);
    outcome_reply_append(
        id, session->queue_id != NULL ? session->queue_id : "-", NAME_MAX_SIZE);
    const struct filling filling = {reason->str, name->str, id->str};
    outcome->code = is_reject ? options->reject_code : options->defer_code;
    outcome->enhanced = g_strdup(enhanced_for(outcome->code, kind));
    outcome->text =
        fill(is_reject ? options->reject_text : options->defer_text, &filling);
}

/* Length of "5.7.1 " at the beginning of a text for a code of that class, 0: none. */
static size_t enhanced_n(const char *text, unsigned code)
{
    const char *p = text;
    if ((unsigned)(*p - '0') != code / 100)
        return 0;
    p++;
    for (int part = 0; part < 2; part++) {
        if (*p++ != '.')
            return 0;
        size_t digits = strspn(p, "0123456789");
        if (digits == 0 || digits > 3 || (digits > 1 && *p == '0'))
            return 0;
        p += digits;
    }
    return *p == ' ' ? (size_t)(p - text) : 0;
}

/* 421 would close the connection, with mail of others behind this one. */
static unsigned code_of(const struct finding *finding)
{
    return finding->reply_code == 421 ? 451 : finding->reply_code;
}

static bool has_own_reply(const struct outcome *outcome,
                          const struct finding *finding)
{
    unsigned class = outcome->answer == OUTCOME_REJECT ? 5 : 4;
    return finding != NULL && finding->reply_code / 100 == class &&
           finding->reply_text != NULL && finding->reply_text[0] != '\0';
}

static void set_plugins(struct outcome *outcome, const struct because *because)
{
    const char *text = because->finding->reply_text;
    outcome->code = code_of(because->finding);
    size_t n = enhanced_n(text, outcome->code);
    outcome->enhanced =
        n > 0 ? g_strndup(text, n)
              : g_strdup(enhanced_for(outcome->code, because->kind));
    GString *clean = g_string_new(NULL);
    outcome_reply_append(clean, n > 0 ? text + n + 1 : text, TEXT_MAX_SIZE);
    outcome->text = g_string_free(clean, FALSE);
}

void outcome_reply_set(struct outcome *outcome,
                       const struct outcome_options *options,
                       const struct because *because,
                       const struct session *session)
{
    const struct finding *finding = because->finding;
    if (options->takes_plugin_replies && has_own_reply(outcome, finding)) {
        set_plugins(outcome, because);
        return;
    }
    set_own(outcome, options, because->kind,
            finding != NULL && finding->name != NULL ? finding->name : "",
            session);
}
