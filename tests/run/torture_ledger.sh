#!/bin/sh
# SPDX-License-Identifier: MIT
# The count of torture-mail finds what it is there to find: each way in which a mail can
# go wrong, made by hand.
set -eu
cd "$(dirname "$0")/../.."
build=${ASSAY_BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# Numbers of a first hundred by fate, as plan.c deals them; all go to box 0.
fate() { awk -v n="$1" 'BEGIN { k = n * 37 % 100
    print k < 56 ? "clean" : k < 70 ? "malware" : k < 80 ? "spam" : k < 88 ? "block" : "mixed" }'; }
for n in $(seq 99); do
    eval "$(fate "$n")=$n"
done

# put NUMBER BOX FOLDER QUEUE-ID [LINE...]
put() {
    file=$dir/boxes/$2/$3
    mkdir -p "$file"
    {
        printf 'Received: from c (unknown [192.0.2.1])\n\tby mx (Postfix) with ESMTP id %s\n' "$4"
        printf 'X-Torture-Id: %s\n' "$1"
        shift 4
        printf '%s\n' "$@"
        printf '\nText\n'
    } >"$file/$(find "$dir/boxes" -type f | wc -l)"
}
scl='X-Assay-SCL: 1'
begin() {
    rm -rf "$dir/boxes"
    mkdir -p "$dir/boxes"
    # shellcheck disable=SC2154  # by fate
    printf '%s 1 0 250\n' "$clean" "$malware" "$spam" "$mixed" >"$dir/records"
    printf '%s 1 0 550\n' "$block" >>"$dir/records"
    put "$clean" user0 new A "$scl"
    put "$spam" user0 .Junk/new B "$scl"
    put "$mixed" user0 cur C "$scl" 'Subject: [CAUTION] x'
    printf 't%s@example.org %s@example.net\n' "$malware" user0 "$mixed" held0 >"$dir/held"
    echo 'kills=0' >"$dir/sum"
}
# expect STATUS WORDS
expect() {
    status=0
    out=$("$build/torture_ledger" "$dir/records" "$dir/boxes" "$dir/held" "$dir/sum") || status=$?
    line=$(printf '%s\n' "$out" | tail -n 1)
    [ "$status" -eq "$1" ] || { echo "torture_ledger: status $status, not $1: $out" >&2 && exit 1; }
    for word in $2; do
        case " $line " in *" $word "*) ;; *) echo "torture_ledger: no $word in: $out" >&2 && exit 1 ;; esac
    done
}

begin && expect 0 'sent=5 accepted=4 delivered=3 quarantined=2 rejected=1 lost=0 duplicated=0 unscanned_delivered=0 wrong=0'
begin && rm -r "$dir/boxes/user0/new" && expect 1 'lost=1 wrong=0'
begin && put "$clean" user0 new Z "$scl" && expect 1 'lost=0 duplicated=1'
begin && put "$clean" user0 new A "$scl" && expect 0 'duplicated=0 redelivered=1'
begin && sed -i "s/^$clean 1 0/$clean 2 1/" "$dir/records" && put "$clean" user0 new Z "$scl" &&
    expect 0 'duplicated=0 retried=1 deferred=1'
begin && put "$malware" user0 new Z "$scl" && expect 1 'wrong=1'
begin && put "$block" user0 new Z "$scl" && expect 1 'wrong=1'
begin && sed -i "s/^$block 1 0 550/$block 1 0 250/" "$dir/records" && expect 1 'wrong=1'
begin && sed -i "s/^$clean 1 0 250/$clean 1 0 550/" "$dir/records" && expect 1 'wrong=1'
begin && sed -i "s/^$clean 1 0 250/$clean 3 3 0/" "$dir/records" && expect 1 'unsettled=1'
begin && rm -r "$dir/boxes/user0/new" && put "$clean" user0 new A 'X-Other: 1' && expect 1 'unscanned_delivered=1'
begin && rm -r "$dir/boxes/user0/new" &&
    put "$clean" user0 new A "$scl" 'X-Assay-Unscanned: x' && expect 1 'unscanned_delivered=1'
begin && mv "$dir/boxes/user0/.Junk/new" "$dir/boxes/user0/new2" && mkdir -p "$dir/boxes/user0/.Junk/new" &&
    mv "$dir/boxes/user0/new2"/* "$dir/boxes/user0/cur/" && expect 1 'wrong=1 lost=0'
begin && printf 't%s@example.org user0@example.net\n' "$clean" >>"$dir/held" && expect 1 'wrong=1'
begin && : >"$dir/held" && expect 1 'lost=2'
begin && put 77777 user0 new A "$scl" && expect 1 'strange=1'
echo 'torture_ledger: 16 ledgers, right and wrong ones told apart'
