/* SPDX-License-Identifier: MIT */
#include "html.h"

#include "html_entity.h"
#include "html_tag.h"
#include "utf8.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    BUFFER = 4096,
    MAX_HIDDEN_DEPTH = 1000
};

/* The reader. */
struct html {
    const char *p;
    const char *end;
    html_text_fn text;
    void *user;
    struct html_facts *facts;
    char buffer[BUFFER];
    size_t n;
    uint32_t last;       /* last character written, 0: none */
    bool has_background; /* a colour or picture: white text may be seen */
    char hidden_name[TAG_NAME]; /* of the element that hides, "" for none */
    unsigned hidden_depth;
};

static void flush(struct html *html)
{
    if (html->n > 0)
        html->text(html->user, html->buffer, html->n);
    html->n = 0;
}

static void put(struct html *html, uint32_t c)
{
    bool is_blank = c <= ' ' || c == 0xA0;

    if (html->hidden_depth > 0) {
        html->facts->hidden += !is_blank;
        return;
    }
    if (html->n + UTF8_MAX > BUFFER)
        flush(html);
    html->n += utf8_put(html->buffer + html->n, c);
    html->last = c;
    html->facts->visible += !is_blank;
}

static bool tag_hides(const struct html *html, const struct tag *tag)
{
    const char *p;
    size_t n;

    if (tag_attribute(tag, "style", &p, &n) && tag_style_hides(p, n))
        return true;
    return !html->has_background && strcmp(tag->name, "font") == 0 &&
           tag_attribute(tag, "color", &p, &n) && tag_is_white(p, n);
}

static void note_background(struct html *html, const struct tag *tag)
{
    const char *p;
    size_t n;

    if ((tag_attribute(tag, "bgcolor", &p, &n) && !tag_is_white(p, n)) ||
        tag_attribute(tag, "background", &p, &n))
        html->has_background = true;
    if (tag_attribute(tag, "style", &p, &n) && memmem(p, n, "background", 10))
        html->has_background = true;
}

static void note_font(struct html *html, const struct tag *tag)
{
    const char *p;
    size_t n;

    if (!tag_attribute(tag, "size", &p, &n) || n == 0)
        return;
    bool is_more = p[0] == '+';
    char digit = p[is_more && n > 1 ? 1 : 0];
    html->facts->big_fonts +=
        is_more ? digit >= '2' && digit <= '9' : digit >= '5' && digit <= '9';
}

/* Inside an element that hides: only its own end ends that. */
static void track_hidden(struct html *html, const struct tag *tag)
{
    if (strcmp(tag->name, html->hidden_name) != 0)
        return;
    if (tag->is_end)
        html->hidden_depth--;
    else if (html->hidden_depth < MAX_HIDDEN_DEPTH)
        html->hidden_depth++;
}

static void open_tag(struct html *html, const struct tag *tag)
{
    note_background(html, tag);
    html->facts->images += strcmp(tag->name, "img") == 0;
    html->facts->forms += strcmp(tag->name, "form") == 0;
    html->facts->scripts += strcmp(tag->name, "script") == 0;
    if (strcmp(tag->name, "font") == 0)
        note_font(html, tag);
    if (!tag_is_void(tag) && tag_hides(html, tag)) {
        memcpy(html->hidden_name, tag->name, TAG_NAME);
        html->hidden_depth = 1;
    }
}

/* <style> and <script> hold no text; up to their end tag. */
static void skip_raw(struct html *html, const char *name)
{
    size_t n = strlen(name);

    while (html->p < html->end) {
        const char *less = memchr(html->p, '<', (size_t)(html->end - html->p));
        html->p = less == NULL ? html->end : less + 1;
        size_t left = (size_t)(html->end - html->p);
        if (left > n && html->p[0] == '/' &&
            strncasecmp(html->p + 1, name, n) == 0) {
            html->p--;
            return;
        }
    }
}

static void take_tag(struct html *html, const struct tag *tag)
{
    if (html->hidden_depth > 0) {
        track_hidden(html, tag);
        return;
    }
    if (!tag_is_inline(tag))
        put(html, ' ');
    if (tag->is_end)
        return;
    open_tag(html, tag);
    if (strcmp(tag->name, "style") == 0 || strcmp(tag->name, "script") == 0 ||
        strcmp(tag->name, "title") == 0)
        skip_raw(html, tag->name);
}

static bool is_word_at(const struct html *html)
{
    return html->p < html->end && isalnum((unsigned char)*html->p);
}

/* <!-- ... -->, <!DOCTYPE>, <?xml ?>; html->p is at '<'. */
static void skip_declaration(struct html *html)
{
    size_t left = (size_t)(html->end - html->p);
    bool is_comment = left >= 4 && memcmp(html->p, "<!--", 4) == 0;
    const char *close = is_comment ? memmem(html->p + 4, left - 4, "-->", 3)
                                   : memchr(html->p, '>', left);

    if (close == NULL)
        html->p = html->end;
    else
        html->p = close + (is_comment ? 3 : 1);
    bool was_word = html->last < 0x80 && isalnum((int)html->last) != 0;
    html->facts->split_words += is_comment && was_word && is_word_at(html);
}

static void step(struct html *html)
{
    struct tag tag;

    if (*html->p == '&') {
        put(html, html_entity(&html->p, html->end));
    } else if (*html->p != '<') {
        put(html, utf8_next(&html->p, html->end));
    } else if (html->p + 1 < html->end && strchr("!?", html->p[1]) != NULL) {
        skip_declaration(html);
    } else if (tag_read(&html->p, html->end, &tag)) {
        take_tag(html, &tag);
    } else {
        html->p++;
        put(html, '<');
    }
}

void html_read(const char *p, size_t n, html_text_fn text, void *user,
               struct html_facts *facts)
{
    struct html html;

    /* Not all of it: the buffer needs no zeros. */
    html.p = p;
    html.end = p + n;
    html.text = text;
    html.user = user;
    html.facts = facts;
    html.n = 0;
    html.last = 0;
    html.has_background = false;
    html.hidden_name[0] = '\0';
    html.hidden_depth = 0;
    while (html.p < html.end)
        step(&html);
    flush(&html);
}
