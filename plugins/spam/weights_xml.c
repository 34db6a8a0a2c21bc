/* SPDX-License-Identifier: MIT */
#include "weights.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One file being read. */
struct reading {
    XML_Parser parser;
    struct weights *weights;
    bool has_root;
    bool is_bad;
    char why[WEIGHTS_ERROR];
};

/* The name without its namespace, which expat puts before a '|'. */
static const char *local_name(const char *name)
{
    const char *bar = strrchr(name, '|');

    return bar == NULL ? name : bar + 1;
}

static void fail(struct reading *reading, const char *why)
{
    if (reading->is_bad)
        return;
    reading->is_bad = true;
    snprintf(reading->why, sizeof(reading->why), "%s", why);
    XML_StopParser(reading->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(local_name(attributes[i]), name) == 0)
            return attributes[i + 1];
    }
    return "";
}

static void XMLCALL start(void *user, const char *name, const char **attributes)
{
    struct reading *reading = user;
    struct weight weight = {
        .line = (uint32_t)XML_GetCurrentLineNumber(reading->parser)};
    char err[WEIGHTS_ERROR];

    if (strcmp(local_name(name), "CustomWeightEntries") == 0) {
        reading->has_root = true;
        return;
    }
    if (!reading->has_root ||
        strcmp(local_name(name), "CustomWeightEntry") != 0) {
        fail(reading, "is not CustomWeightEntry inside CustomWeightEntries");
        return;
    }
    const char *type = attribute(attributes, "Type");
    const char *change = attribute(attributes, "Change");
    const char *text = attribute(attributes, "Text");
    if (!weight_parse_where(type, strlen(type), &weight.where))
        fail(reading, "Type must be SUBJECT, BODY or BOTH");
    else if (!weight_parse_change(change, strlen(change), &weight))
        fail(reading, "Change must be a number from -9 to +9, MIN or MAX");
    else if (!weights_add(reading->weights, &weight, text, strlen(text), err))
        fail(reading, err);
}

/* No weight file has a document type, and entities are how XML bombs are made. */
static void XMLCALL start_doctype(void *user, const char *name,
                                  const char *system, const char *public_id,
                                  int has_internal)
{
    (void)name;
    (void)system;
    (void)public_id;
    (void)has_internal;
    fail(user, "has a document type; a weight file needs none");
}

bool weights_read_xml(struct weights *weights, const char *p, size_t n,
                      char *err)
{
    struct reading reading = {.weights = weights};

    reading.parser = XML_ParserCreateNS(NULL, '|');
    if (reading.parser == NULL || n > WEIGHTS_FILE) {
        XML_ParserFree(reading.parser);
        snprintf(err, WEIGHTS_ERROR, "needs more memory than there is");
        return false;
    }
    XML_SetUserData(reading.parser, &reading);
    XML_SetStartElementHandler(reading.parser, start);
    XML_SetStartDoctypeDeclHandler(reading.parser, start_doctype);
    bool is_good = XML_Parse(reading.parser, p, (int)n, 1) == XML_STATUS_OK;
    if (!is_good) {
        const char *why =
            reading.is_bad ? reading.why
                           : XML_ErrorString(XML_GetErrorCode(reading.parser));
        snprintf(err, WEIGHTS_ERROR, "%lu: %.400s",
                 (unsigned long)XML_GetCurrentLineNumber(reading.parser), why);
    }
    XML_ParserFree(reading.parser);
    return is_good;
}
