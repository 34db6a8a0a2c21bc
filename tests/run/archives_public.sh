#!/bin/sh
# SPDX-License-Identifier: MIT
# Archives that others made: libarchive's, Go's, CPython's and yauzl's test data, bombs
# and quines.  Needs ../shared/corpora beside the source tree; says so where it is not.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
corpora=${ASSAY_CORPORA:-$here/../../shared/corpora}
if [ ! -d "$corpora/archive-libarchive" ]; then
    echo "  archives_public: skipped, no $corpora"
    exit 0
fi
assay=$ASSAY_BUILD/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C.UTF-8
# Under the plugin's memory guard an allocation fails, which a sanitizer takes for the
# end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1"
printf '[plugin archive]\nfile = archive.so\n' >"$tmp/plugins.conf"
mkdir "$tmp/mails" "$tmp/raw"
failures=0

fail() {
    echo "archives_public.sh: $*" >&2
    failures=$((failures + 1))
}

mail() { # NAME FILE
    sh "$here/attach.sh" "$1" "$2" >"$tmp/mails/$1.eml"
}

# rows: NAME, KIND, FINDINGS joined by commas, and of every container how many
# children it has and their bytes together, "5:120 2:64"
scan() {
    "$assay" scan --config "$tmp/plugins.conf" --json --objects "$tmp/mails" \
        >"$tmp/answers" 2>"$tmp/err" || [ $? -le 2 ] || fail "assay scan ended with $?"
    grep -v 'WARNING: AddressSanitizer failed to allocate' "$tmp/err" &&
        fail "assay scan says that on standard error"
    rm "$tmp"/mails/*
    jq -r '[(.file | split("/") | last | rtrimstr(".eml")), .kind,
        ([.findings[].name] | unique | join(",") | if . == "" then "-" else . end),
        (.tree | group_by(.parent) | map("\(length):\(map(.size) | add)") | join(" "))]
        | @tsv' "$tmp/answers" | sort >"$tmp/rows"
}

row() { grep "^$1	" "$tmp/rows" | cut -f "$2"; }

# --- libarchive: everything bsdtar can read is opened as far
for f in "$corpora"/archive-libarchive/*.uu; do
    name=${f##*/}
    name=${name%.uu}
    perl -ne 'if ($on) { exit if /^end/; print unpack("u", $_) } elsif (/^begin /) { $on = 1 }' \
        "$f" >"$tmp/raw/$name"
    [ -s "$tmp/raw/$name" ] || cp "$f" "$tmp/raw/$name" # begin-base64
    mail "$name" "$tmp/raw/$name"
done
scan
compare() {
    for f in "$tmp"/raw/*; do
        got=0
        (
            ulimit -v 600000
            exec timeout 1 bsdtar --passphrase wrong -xOvf "$f" >"$tmp/bytes" 2>"$tmp/names"
        ) 2>/dev/null || got=$?
        [ $got -ne 0 ] || printf '%s\t%s:%s\n' "${f##*/}" \
            "$(grep -c '^x ' "$tmp/names")" "$(wc -c <"$tmp/bytes")"
    done | sort >"$tmp/readable"
    join -t '	' "$tmp/readable" "$tmp/rows" | awk -F '\t' '
        $2 == "0:0" { next }               # bsdtar finds nothing in it
        { readable++ }
        index(" " $5 " ", " " $2 " ") { whole++; next }
        { print $1 "\t" $2 "\t" $3 "\t" $4 "\t" $5 }
        END { print whole "\t" readable >"/dev/stderr" }' >"$tmp/rest" 2>"$tmp/count"
    # The rest, each with its reason.
    while IFS='	' read -r name want kind findings have; do
        case $name in
        test_compat_tar_directory_1.tar | test_read_format_gtar_sparse_length.tar.Z)
            why="bsdtar writes no bytes of it" ;;
        test_compat_plexus_archiver_tar.tar | test_read_format_tar_concatenated.tar)
            why="more is opened: tars behind the first one's end" ;;
        *.mtree) why="mtree is a list of files that lie elsewhere" ;;
        *symlink*) why="a link's target counts as its content" ;;
        *) case ,$findings, in
            *,ratio,* | *,object_bytes,* | *,bytes,*) why="stopped by $findings" ;;
            *) why= ;;
            esac ;;
        esac
        [ -n "$why" ] || fail "$name: $want entries and bytes, opened: $have ($kind $findings)"
        printf '      not the same: %-48s %s\n' "$name" "${why:-?}"
    done <"$tmp/rest"
    printf '  libarchive: %s of %s archives that bsdtar reads opened completely\n' \
        "$(cut -f 1 "$tmp/count")" "$(cut -f 2 "$tmp/count")"
}
# bsdtar says the same whatever assay was built with: once is enough.
case $ASSAY_BUILD in
*san*) ;;
*) compare ;;
esac

# told FINDING PATTERN...: every file that matches tells this
told() {
    finding=$1
    shift
    for pattern in "$@"; do
        grep -E "^$pattern	" "$tmp/rows" >"$tmp/matches" || fail "no file is called $pattern"
        while IFS='	' read -r name kind findings have; do
            case ,$findings, in
            *,"$finding",*) ;;
            *) fail "$name: $finding expected, told: $kind $findings" ;;
            esac
        done <"$tmp/matches"
    done
}
told archive.encrypted 'test_encrypted.zip' 'test_option_passphrase.zip' \
    '.*_encryption.*' '.*rar[45].*_encrypted.*' '.*winzip_aes.*' '.*aes256_streaming.zipx'
told archive.multivolume 'test_rar_multivolume.*' '.*rar_multivolume.*' \
    '.*rar5_multiarchive.*part0[1-7].*' '.*cab_multi.*'
told archive.unsupported '.*\.(lzo|lrz|grz)' '.*7zip_zstd.*' '.*xar_doublelink.xar' '.*zip_malformed1.zip'
told archive.truncated 'test_splitted_rar_seek_support_aa' '.*warc_incomplete.warc'
told archive.damaged '.*7zip_malformed[23]?.7z' '.*rar5_invalid_dict_reference.rar' \
    '.*size_exceeds_declared.*' '.*iso_rockridge_ce_loop.*' 'test_read_format_zip.zip'
told archive.memory '.*7zip.*oom.7z'
told archive.path_traversal 'test_leading_slash.tar' 'test_symlink_dotdot.zip'
grep -q '	failed	' "$tmp/rows" && fail "failed: $(grep '	failed	' "$tmp/rows")"

# --- zips, tars and bz2 of others
for f in "$corpora"/archive-zips/yauzl/*/*.zip; do
    group=${f%/*}
    mail "${group##*/} $(basename "$f")" "$f"
done
for f in "$corpora"/archive-zips/go/* "$corpora"/archive-zips/python/*; do
    mail "other ${f##*/}" "$f"
done
scan
bad=$(grep -c '^\(failure\|wrong-entry-sizes\) ' "$tmp/rows")
grep '^\(failure\|wrong-entry-sizes\) [^	]*	clean' "$tmp/rows" >"$tmp/missed" &&
    fail "invalid zips called clean: $(cat "$tmp/missed")"
good=0
while IFS='	' read -r name kind findings have; do
    case $name/$findings in
    *encryption*/archive.encrypted | *bogus-compression-method*/archive.unsupported | \
        *sloppy-filenames*/archive.zip_disagrees | *symlink.zip/archive.path_traversal | */- | */archive.zip_trailer) good=$((good + 1)) ;;
    *) fail "$name is valid, told: $kind $findings" ;;
    esac
done <<EOF
$(grep -E '^success ' "$tmp/rows"; grep -E '^other [^	]*\.zip	' "$tmp/rows")
EOF
for name in 'other pass-random1.bz2' 'other pass-random2.bz2' 'other pass-sawtooth.bz2' \
    'other e.txt.bz2' 'other testtar.tar.xz' 'other exe_with_zip' 'other exe_with_z64' \
    'other gnu.tar' 'other pax.tar' 'other ustar.tar' 'other v7.tar' 'other star.tar'; do
    [ "$(row "$name" 2)" = clean ] || fail "$name: $(row "$name" 2-3)"
done
for name in 'other fail-issue5747.bz2' 'other neg-size.tar' 'other issue10968.tar' \
    'other recursion.tar' 'other writer-big.tar'; do
    [ "$(row "$name" 2)" = partial ] || fail "$name: $(row "$name" 2-3)"
done
echo "  zips: $bad invalid ones told, $good valid ones opened"

# --- bombs and quines, with all plugins: a named limit, 5 s of one processor, 256 MiB
case $ASSAY_BUILD in
*san*) seconds=60 memory=4000000 ;;
*) seconds=5 memory=262144 ;;
esac
head -c 16777216 /dev/zero | gzip -9n >"$tmp/raw/piece"
for i in 1 2 3 4 5 6 7 8; do cat "$tmp/raw/piece" "$tmp/raw/piece" "$tmp/raw/piece" "$tmp/raw/piece"; done \
    >"$tmp/raw/gzip-32x16MiB.gz"
slowest=0 largest=0 bombs=0
bomb() { # FILE LIMITS
    name=${1##*/}
    sh "$here/attach.sh" "$name" "$1" >"$tmp/bomb.eml"
    command time -q -o "$tmp/cost" -f '%U %S %M' \
        "$assay" scan --config "$here/../plugins.conf" --jobs 0 --json "$tmp/bomb.eml" >"$tmp/answers" \
        2>/dev/null || [ $? -le 2 ] || fail "$name: assay scan ended with $?"
    read -r user system m <"$tmp/cost"
    s=$(echo "$user $system" | awk '{ print $1 + $2 }')
    told=$(jq -r '[.findings[] | select(.plugin == "core") | .name] | join(",")' "$tmp/answers")
    echo "$told" | grep -Eqx "($2)(,.*)?" || fail "$name: told \"$told\" instead of $2"
    [ "${s%.*}" -lt $seconds ] || fail "$name took $s s"
    [ "$m" -le $memory ] || fail "$name took $m KiB"
    slowest=$(printf '%s\n%s\n' "$slowest" "$s" | sort -n | tail -n 1)
    [ "$m" -le "$largest" ] || largest=$m
    bombs=$((bombs + 1))
}
limits='ratio|bytes|object_bytes|objects'
for f in zbsm.zip zip-full-overlap-250.zip zip-quoted-overlap-250.zip zip-quoted-overlap-2000.zip \
    flat-1GiB.bz2 flat-1GiB.xz flat-1GiB.lzma gzip-in-gzip.gz bz2-in-gz.gz sparse-8GiB.tar \
    nested-16x4-256MiB.zip; do
    bomb "$corpora/archive-bombs/$f" "$limits"
done
bomb "$tmp/raw/gzip-32x16MiB.gz" "$limits"
for f in "$corpora"/archive-quines/*.zip "$corpora"/archive-bombs/nested-depth-[236]*.zip; do
    bomb "$f" depth
done
echo "  bombs: $bombs stopped by a named limit, at most $slowest s and $((largest / 1024)) MiB with all plugins"

for f in 8 16; do
    mail "nested-depth-$f.zip" "$corpora/archive-bombs/nested-depth-$f.zip"
done
mail many.tar.gz "$corpora/archive-bombs/many-10000-empty-files.tar.gz"
mail 42.zip "$corpora/archive-bombs/42.zip"
for f in "$corpora"/archive-slip/*; do mail "${f##*/}" "$f"; done
mail nasty.zip "$corpora/archive-bombs/nasty.zip"
scan
for n in nested-depth-8.zip nested-depth-16.zip many.tar.gz; do
    [ "$(row $n 2)" = clean ] || fail "$n: $(row $n 2-3)"
done
row many.tar.gz 4 | grep -q '10000:0' || fail "many.tar.gz: $(row many.tar.gz 4)"
told archive.encrypted 42.zip
told archive.path_traversal nasty.zip '.*slip.*'
[ $failures -eq 0 ] || exit 1
