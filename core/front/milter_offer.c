/* SPDX-License-Identifier: MIT */
#include "front/milter_offer.h"

#include "base/error.h"

uint32_t milter_offer_no_reply(enum milter_command command)
{
    switch (command) {
    case MILTER_CONNECT:
        return MILTER_NR_CONNECT;
    case MILTER_HELO:
        return MILTER_NR_HELO;
    case MILTER_MAIL:
        return MILTER_NR_MAIL;
    case MILTER_RCPT:
        return MILTER_NR_RCPT;
    case MILTER_DATA:
        return MILTER_NR_DATA;
    case MILTER_UNKNOWN:
        return MILTER_NR_UNKNOWN;
    case MILTER_HEADER:
        return MILTER_NR_HEADER;
    case MILTER_EOH:
        return MILTER_NR_EOH;
    case MILTER_BODY:
        return MILTER_NR_BODY;
    case MILTER_ABORT:
    case MILTER_END:
    case MILTER_MACROS:
    case MILTER_NEGOTIATE:
    case MILTER_QUIT:
    case MILTER_QUIT_NC:
        return 0;
    }
    g_assert_not_reached();
}

/* Of what nobody here answers. */
static uint32_t unanswered(const struct milter_options *options)
{
    static const struct {
        enum milter_stage stage;
        enum milter_command command;
    } asked[] = {
        {MILTER_STAGE_CONNECT, MILTER_CONNECT},
        {MILTER_STAGE_HELO, MILTER_HELO},
        {MILTER_STAGE_MAIL, MILTER_MAIL},
        {MILTER_STAGE_RCPT, MILTER_RCPT},
        {MILTER_STAGE_EOH, MILTER_EOH},
    };

    uint32_t bits = MILTER_NR_HEADER | MILTER_NR_DATA | MILTER_NR_UNKNOWN;
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        if (!(options->asks & MILTER_STAGE_BIT(asked[i].stage)))
            bits |= milter_offer_no_reply(asked[i].command);
    if (!options->skips_body)
        bits |= MILTER_NR_BODY;
    return bits;
}

bool milter_offer_agree(const struct milter_offer *offered,
                        const struct milter_options *options,
                        struct milter_offer *agreed, GError **error)
{
    if (offered->version < MILTER_VERSION ||
        !(offered->protocol & MILTER_LEADING_SPACE)) {
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_PEER,
            "the MTA offers milter version %u, protocol 0x%x: version 6 "
            "with HDR_LEADSPC (0x100000) is needed: Sendmail 8.14, "
            "Postfix 2.6 with milter_protocol = 6",
            offered->version, offered->protocol);
        return false;
    }
    uint32_t wanted = MILTER_NO_UNKNOWN | MILTER_NO_DATA |
                      MILTER_LEADING_SPACE | unanswered(options);
    uint32_t protocol = wanted & offered->protocol;
    /* What is not sent needs no word on how it is answered. */
    if (protocol & MILTER_NO_UNKNOWN)
        protocol &= ~(uint32_t)MILTER_NR_UNKNOWN;
    if (protocol & MILTER_NO_DATA)
        protocol &= ~(uint32_t)MILTER_NR_DATA;
    /* Only an answer can say skip. */
    if (!(protocol & MILTER_NR_BODY))
        protocol |= MILTER_CAN_SKIP & offered->protocol;
    *agreed = (struct milter_offer){
        .version = MILTER_VERSION,
        .actions =
            (options->actions | MILTER_MAY_SET_MACROS) & offered->actions,
        .protocol = protocol,
    };
    return true;
}
