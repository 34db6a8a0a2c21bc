/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "mail/field.h"
#include "mail/words.h"
#include "store/inside.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER_MAX = 256 * 1024, /* that is looked through for Subject and From */
    FIELD_MAX = 4096,
    SHOWN_MAX = 1000
};

static struct session *copy_session(const struct quarantine_what *what)
{
    const struct session *from = what->scan->message->session;
    struct session *to = session_new();
    to->client_ip = g_strdup(from->client_ip);
    to->client_name = g_strdup(from->client_name);
    to->helo = g_strdup(from->helo);
    to->mail_from = g_strdup(from->mail_from);
    to->auth_user = g_strdup(from->auth_user);
    to->queue_id = g_strdup(from->queue_id);
    to->local_ip = g_strdup(from->local_ip);
    to->tls_version = g_strdup(from->tls_version);
    to->tls_cipher = g_strdup(from->tls_cipher);
    to->client_port = from->client_port;
    to->local_port = from->local_port;
    to->direction = from->direction;
    to->is_trusted = from->is_trusted;
    for (size_t i = 0; i < what->rcpt_n; i++)
        g_ptr_array_add(to->rcpts, g_strdup(what->rcpts[i]));
    return to;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text == NULL) {
        json_object_set_new(object, key, json_null());
        return;
    }
    g_autofree char *valid = escape_utf8_dup(text, strlen(text));
    json_object_set_new(object, key, json_string(valid));
}

static json_t *finding_json(const struct scan *scan, const struct finding *f)
{
    const GPtrArray *rcpts = scan->message->session->rcpts;
    bool is_for_one = f->rcpt >= 0 && (unsigned)f->rcpt < rcpts->len;
    json_t *object = json_object();
    set_text(object, "plugin", f->plugin);
    set_text(object, "kind", finding_kind_name(f->kind));
    set_text(object, "status", finding_status_name(f->status));
    set_text(object, "name", f->name);
    set_text(object, "object", f->object != NULL ? f->object->path : NULL);
    json_object_set_new(object, "confidence", json_integer(f->confidence));
    json_object_set_new(object, "log_odds", json_integer(f->log_odds_milli));
    set_text(object, "rcpt",
             is_for_one ? rcpts->pdata[(unsigned)f->rcpt] : NULL);
    set_text(object, "text", f->text);
    return object;
}

char *quarantine_findings_json(const struct scan *scan)
{
    json_t *all = json_array();
    for (unsigned i = 0; i < scan->findings->len; i++)
        json_array_append_new(
            all, finding_json(scan, g_ptr_array_index(scan->findings, i)));
    char *text = json_dumps(all, JSON_COMPACT);
    char *copy = g_strdup(text != NULL ? text : "[]");
    free(text);
    json_decref(all);
    return copy;
}

struct quarantine_item *quarantine_item_new(GBytes *raw,
                                            const struct quarantine_what *what)
{
    const struct verdict *verdict = what->verdict;
    const struct finding *decided = verdict->because.finding;
    struct quarantine_item *item = g_new0(struct quarantine_item, 1);
    g_assert(what->action <= ASSAY_ACTION_DISCARD);
    item->raw = g_bytes_ref(raw);
    item->kept = (struct kept){
        .size = g_bytes_get_size(raw),
        .time_s = what->now_s,
        .kind = verdict->kind,
        .action = what->action,
        .scl = verdict->scl,
        .generation = what->generation,
        .because = g_strdup(verdict->because.line),
        .by = g_strdup(decided != NULL ? decided->plugin : NULL),
        .name = g_strdup(decided != NULL ? decided->name : NULL),
        .findings = quarantine_findings_json(what->scan),
        .session = copy_session(what),
    };
    return item;
}

void quarantine_item_free(struct quarantine_item *item)
{
    if (item == NULL)
        return;
    g_bytes_unref(item->raw);
    kept_clear(&item->kept);
    g_free(item);
}

/* --- what needs the message's bytes ----------------------------------------------- */

static char *decode(const struct field *field)
{
    size_t n = 0;
    g_autofree char *decoded =
        words_decode(field->value, MIN(field->value_n, FIELD_MAX), &n);
    g_strstrip(decoded);
    return escape_clean_dup(decoded, strlen(decoded), SHOWN_MAX);
}

/* The first of each. */
static void take_fields(const uint8_t *p, size_t n, struct kept *kept)
{
    struct field_reader reader = {.p = p, .n = MIN(n, HEADER_MAX)};
    struct field field;
    reader.at = field_skip_from_line(p, reader.n);
    for (;;) {
        enum field_line line = field_next(&reader, &field);
        if (line == FIELD_LINE_END || line == FIELD_LINE_EOF)
            return;
        if (line != FIELD_LINE_FIELD)
            continue;
        if (kept->subject == NULL && field_is(&field, "subject"))
            kept->subject = decode(&field);
        else if (kept->from == NULL && field_is(&field, "from"))
            kept->from = decode(&field);
    }
}

void inside_complete(struct quarantine_item *item)
{
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(item->raw, &n);
    if (item->is_complete)
        return;
    digest_sha256(p, n, item->kept.content);
    take_fields(p, n, &item->kept);
    kept_set_id(&item->kept);
    item->is_complete = true;
}
