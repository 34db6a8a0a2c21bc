/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "spam.h"
#include "tests.h"
#include "url.h"

#include <ctype.h>
#include <string.h>

enum {
    MAX_PARENTS = 64,
    FEW_CHARS = 200,   /* of text beside a picture */
    MUCH_HIDDEN = 200, /* characters; a newsletter's preview line is shorter */
    SPLIT_WORDS = 3,
    CAPS_LETTERS = 100, /* letters that a text needs to shout */
    CAPS_PERCENT = 40,
    PROSE_PERCENT = 8 /* blanks that prose has at least; uuencode has fewer */
};

static const char gtube[] =
    "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

/* A message's texts while they are read. */
struct reading {
    const struct spam *self;
    const struct assay_task *task;
    struct weights_sum *sum;
    struct body *body;
    uint64_t left;  /* bytes of text that may still be looked at */
    uint64_t chars; /* bytes that are seen */
    uint64_t blanks;
    uint64_t letters;
    uint64_t capitals;
    unsigned parts; /* of the message itself, of any type */
    unsigned plain_parts;
    unsigned html_parts;
    struct html_facts html;
};

static uint64_t number(const struct reading *reading,
                       const struct assay_object *object, uint32_t attr)
{
    uint64_t value = 0;

    reading->self->host->attr_u64(reading->task, object, attr, 0, &value);
    return value;
}

static struct assay_str string(const struct reading *reading,
                               const struct assay_object *object, uint32_t attr)
{
    struct assay_str value = {0};

    reading->self->host->attr_str(reading->task, object, attr, 0, &value);
    return value;
}

static bool is(struct assay_str s, const char *word)
{
    return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

/* In the message itself, not in one that it encloses. */
static bool is_own(const struct reading *reading,
                   const struct assay_object *object)
{
    for (unsigned i = 0; i < MAX_PARENTS; i++) {
        if (reading->self->host->parent(reading->task, object, &object) !=
            ASSAY_RC_OK)
            return false;
        if (number(reading, object, ASSAY_ATTR_KIND) == ASSAY_OBJECT_MESSAGE)
            return number(reading, object, ASSAY_ATTR_ID) == 0;
    }
    return false;
}

/* A piece that is seen: count its letters, look for the site's words. */
static void take_visible(void *user, const char *p, size_t n)
{
    struct reading *reading = user;
    uint64_t blanks = 0;
    uint64_t letters = 0;
    uint64_t capitals = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        blanks += c == ' ';
        capitals += (unsigned char)(c - 'A') < 26;
        letters += (unsigned char)((c | 0x20) - 'a') < 26;
    }
    reading->chars += n;
    reading->blanks += blanks;
    reading->letters += letters;
    reading->capitals += capitals;
    weights_feed(reading->sum, p, n);
}

/* Base64 of what is all ASCII without NUL. */
static bool is_needless_base64(const struct reading *reading,
                               const struct assay_object *object)
{
    struct assay_str content;

    if (!is(string(reading, object, ASSAY_ATTR_ENCODING), "base64") ||
        reading->self->host->content(reading->task, object, &content) !=
            ASSAY_RC_OK)
        return false;
    for (uint64_t i = 0; i < content.n; i++) {
        if ((unsigned char)content.p[i] >= 0x80 || content.p[i] == '\0')
            return false;
    }
    return content.n > 0;
}

static void note_urls(struct reading *reading, struct assay_str text)
{
    uint32_t urls = url_look(text.p, text.n);

    if ((urls & URL_IP) != 0)
        reading->body->found |= TEST_BIT(TEST_URL_IP);
    if ((urls & (URL_NUMBER | URL_ESCAPED | URL_USERINFO)) != 0)
        reading->body->found |= TEST_BIT(TEST_URL_ODD);
    if ((urls & URL_DIGITS) != 0)
        reading->body->found |= TEST_BIT(TEST_URL_DIGITS);
}

/* Whole characters of the text's beginning, as many bytes as are left. */
static struct assay_str bounded(struct reading *reading, struct assay_str text)
{
    if (text.n > reading->left) {
        text.n = reading->left;
        while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xC0) == 0x80)
            text.n--;
    }
    reading->left -= text.n;
    return text;
}

static void read_part(struct reading *reading,
                      const struct assay_object *object, bool is_html)
{
    struct assay_str text;

    if (reading->left == 0 ||
        reading->self->host->text(reading->task, object, &text) != ASSAY_RC_OK)
        return;
    text = bounded(reading, text);
    reading->html_parts += is_html;
    reading->plain_parts += !is_html;
    if (memmem(text.p, text.n, gtube, sizeof(gtube) - 1) != NULL)
        reading->body->has_gtube = true;
    note_urls(reading, text);
    if (is_needless_base64(reading, object))
        reading->body->found |= TEST_BIT(TEST_BASE64_TEXT);
    weights_piece_begin(reading->sum, WEIGHT_BODY);
    if (is_html)
        html_read(text.p, text.n, take_visible, reading, &reading->html);
    else
        take_visible(reading, text.p, text.n);
    weights_piece_end(reading->sum);
}

static void look_at_object(struct reading *reading,
                           const struct assay_object *object)
{
    uint64_t flags = number(reading, object, ASSAY_ATTR_FLAGS);

    uint64_t kind = number(reading, object, ASSAY_ATTR_KIND);

    if ((kind != ASSAY_OBJECT_PART && kind != ASSAY_OBJECT_MESSAGE) ||
        !is_own(reading, object))
        return;
    reading->parts++;
    if (kind != ASSAY_OBJECT_PART || (flags & ASSAY_OBJECT_TEXT) == 0 ||
        (flags & ASSAY_OBJECT_ATTACHMENT) != 0)
        return;
    struct assay_str type = string(reading, object, ASSAY_ATTR_TYPE_DECLARED);
    bool is_html = is(type, "text/html");
    if (is_html || type.n == 0 || is(type, "text/plain"))
        read_part(reading, object, is_html);
}

static bool is_shouting(const struct reading *reading)
{
    return reading->letters > CAPS_LETTERS &&
           reading->capitals * 100 > reading->letters * CAPS_PERCENT &&
           reading->blanks * 100 > reading->chars * PROSE_PERCENT;
}

static uint64_t sum_up(const struct reading *reading)
{
    const struct html_facts *html = &reading->html;
    uint64_t found = 0;

    if (reading->html_parts > 0 && reading->plain_parts == 0)
        found |= TEST_BIT(TEST_HTML_ONLY);
    if (html->images > 0 && html->visible < FEW_CHARS &&
        reading->plain_parts == 0)
        found |= TEST_BIT(TEST_HTML_IMAGE_ONLY);
    if (html->hidden > MUCH_HIDDEN && html->hidden > html->visible / 4)
        found |= TEST_BIT(TEST_HTML_INVISIBLE);
    if (html->split_words >= SPLIT_WORDS)
        found |= TEST_BIT(TEST_HTML_SPLIT_WORDS);
    if (html->big_fonts > 0)
        found |= TEST_BIT(TEST_HTML_BIG_FONT);
    if (html->forms > 0)
        found |= TEST_BIT(TEST_HTML_FORM);
    if (is_shouting(reading))
        found |= TEST_BIT(TEST_BODY_CAPS);
    if (reading->parts == 1)
        found |= TEST_BIT(TEST_SINGLE_PART_MIXED);
    if (reading->html_parts > 0)
        found |= TEST_BIT(TEST_HTML_NO_MIME);
    return found;
}

void body_look(const struct spam *self, const struct assay_task *task,
               struct weights_sum *sum, struct body *body)
{
    struct reading reading = {.self = self,
                              .task = task,
                              .sum = sum,
                              .body = body,
                              .left = self->max_text};
    const struct assay_object *object;

    *body = (struct body){0};
    for (uint64_t id = 1;
         self->host->object_by_id(task, id, &object) == ASSAY_RC_OK; id++)
        look_at_object(&reading, object);
    body->found |= sum_up(&reading);
}
