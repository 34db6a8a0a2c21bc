#!/bin/sh
# SPDX-License-Identifier: MIT
# Archives of every kind, made here: opened completely, or the reason told.
set -eu
assay=$ASSAY_BUILD/assay
attach=$(dirname "$0")/../attach.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C.UTF-8
printf '[plugin archive]\nfile = archive.so\n' >"$tmp/plugins.conf"
mkdir "$tmp/in" "$tmp/in/dir" "$tmp/out" "$tmp/mails"
cd "$tmp/in"
echo 'a text' >a.txt
head -c 150000 /dev/urandom >dir/b.bin
echo 'ein Umlaut' >dir/ä.txt
cd - >/dev/null

fail() {
    echo "archives.sh: $*" >&2
    exit 1
}

mail() { # FILE: as an attachment
    sh "$attach" "${1##*/}" "$1" >"$tmp/mails/${1##*/}.eml"
}

scan() { # all mails at once; $tmp/answers has one object a line
    "$assay" scan --config "$tmp/plugins.conf" --json --objects "$tmp/mails" \
        >"$tmp/answers" || [ $? -le 2 ] || fail "assay scan ended with $?"
    rm "$tmp"/mails/*
}

# must FILE JQ-CONDITION: holds for that file's answer
must() {
    jq -es --arg f "/$1.eml" "map(select(.file | endswith(\$f))) |
        length == 1 and (.[0] | $2)" "$tmp/answers" >/dev/null ||
        fail "$1: not so: $2 in $(grep -F "/$1.eml" "$tmp/answers" | head -c 700)"
}

# finding KIND NAME [PATH]: a jq condition
finding() {
    echo "(.findings | any(.kind == \"$1\" and .name == \"$2\"${3:+ and .object == \"$3\"}))"
}
digest() { sha256sum "$1" | cut -d' ' -f1; }
holds() { echo "any(.tree[]; .sha256 == \"$(digest "$1")\")"; }
whole="$(holds "$tmp/in/a.txt") and $(holds "$tmp/in/dir/b.bin") and $(holds "$tmp/in/dir/ä.txt")"

# --- every format that bsdtar writes, every filter round a tar
make() { # NAME BSDTAR-OPTION...
    name=$1
    shift
    (cd "$tmp/in" && bsdtar -cf "$tmp/out/$name" "$@" a.txt dir)
    mail "$tmp/out/$name"
    names="$names $name"
}
names=
make a.zip --format zip
make stored.zip --format zip --options zip:compression=store
make a.7z --format 7zip
make ppmd.7z --format 7zip --options 7zip:compression=ppmd
make ustar.tar --format ustar
make pax.tar --format pax
make gnu.tar --format gnutar
make odc.cpio --format cpio
make newc.cpio --format newc
make bin.cpio --format bin
make a.iso --format iso9660
make a.xar --format xar
make a.tgz --gzip
make a.tar.bz2 --bzip2
make a.tar.xz --xz
make a.tar.lzma --lzma
make a.tlz --lzip
make a.tar.zst --zstd
make a.tar.lz4 --lz4
make a.tar.Z --compress
make a.tgz.uu --gzip --uuencode
make a.tgz.b64 --gzip --b64encode
xz -c "$tmp/out/a.tgz" >"$tmp/out/twice.tgz.xz"
mail "$tmp/out/twice.tgz.xz"
names="$names twice.tgz.xz"
if command -v 7zr >/dev/null; then
    (cd "$tmp/in" && 7zr a -bd -mx9 "$tmp/out/mx9.7z" a.txt dir >/dev/null)
    mail "$tmp/out/mx9.7z"
    names="$names mx9.7z"
fi
(cd "$tmp/in" && bsdtar -cf "$tmp/out/a.warc" --format warc a.txt)
mail "$tmp/out/a.warc"
scan
for n in $names; do
    must "$n" ".kind == \"clean\" and $whole"
done
must a.warc ".kind == \"clean\" and $(holds "$tmp/in/a.txt")"
for n in a.zip a.7z a.iso gnu.tar newc.cpio; do # names survive, as UTF-8
    must "$n" 'any(.tree[]; .names | any(endswith("dir/ä.txt")))'
done
must a.tgz 'any(.tree[]; .path == "2!a.tar")'
formats=$(echo "$names a.warc" | wc -w)

# --- hidden behind something else
cat "$assay" "$tmp/out/a.zip" >"$tmp/out/sfx-zip"
cat "$assay" "$tmp/out/a.7z" >"$tmp/out/sfx-7z"
{
    printf 'GIF89a'
    head -c 3000 /dev/urandom
    cat "$tmp/out/a.zip"
    printf '\r\n'
} >"$tmp/out/picture.gif"
cat "$tmp/out/stored.zip" "$tmp/out/a.zip" >"$tmp/out/two.zip"
for n in sfx-zip sfx-7z picture.gif two.zip; do
    mail "$tmp/out/$n"
done
{
    printf 'Subject: text\n\nbegin the day well\nbegin 644 no such thing\nas this.\n\n'
    bsdtar -cf - --gzip --uuencode -C "$tmp/in" a.txt | sed 's/^begin 644 -/begin 644 one.tgz/'
    printf '\nmore text, and\n'
    bsdtar -cf - --gzip --b64encode -C "$tmp/in" dir/b.bin |
        sed 's/^begin-base64 644 -/begin-base64 644 two.tgz/;s/$/\r/'
    printf 'the end\n'
} >"$tmp/mails/text.eml"
scan
for n in sfx-zip sfx-7z picture.gif two.zip; do
    must "$n" "$whole"
done
must two.zip "$(finding anomaly archive.zip_disagrees 2)"
must text ".kind == \"clean\" and $(holds "$tmp/in/a.txt") and $(holds "$tmp/in/dir/b.bin") and
    ([.tree[].path] | contains([\"1!one.tgz!one.tar!a.txt\", \"1!two.tgz!two.tar!dir/b.bin\"]))"

# --- what cannot be looked at, and why
(cd "$tmp/in" && zip -q -P secret "$tmp/out/encrypted.zip" a.txt dir/b.bin &&
    zip -q "$tmp/out/encrypted.zip" "dir/ä.txt" &&
    zip -q -s 64k -r "$tmp/out/split.zip" .)
half() { head -c "$(($(wc -c <"$1") / 2))" "$1" >"$tmp/out/half.${1##*/}"; }
for n in a.zip a.7z a.tgz ustar.tar a.tar.bz2 a.tar.xz newc.cpio; do
    half "$tmp/out/$n"
    mail "$tmp/out/half.$n"
done
# One wrong byte in the middle of stored data.
n=$(wc -c <"$tmp/out/stored.zip")
{
    head -c $((n / 2)) "$tmp/out/stored.zip"
    printf 'wrong'
    tail -c +$((n / 2 + 6)) "$tmp/out/stored.zip"
} >"$tmp/out/crc.zip"
echo 'no archive at all' >"$tmp/out/fake.rar"
: >"$tmp/out/empty.zip"
bsdtar -cPf "$tmp/out/slip.tar" -C "$tmp/in" -s ',^,../../,' a.txt
bsdtar -cPf "$tmp/out/absolute.tar" -C "$tmp/in" -s ',^,/etc/,' a.txt
ln -s ../../etc "$tmp/in/dir/link"
bsdtar -cf "$tmp/out/link.tar" -C "$tmp/in" dir/link
rm "$tmp/in/dir/link"
for n in encrypted.zip split.zip split.z01 crc.zip fake.rar empty.zip slip.tar absolute.tar link.tar; do
    mail "$tmp/out/$n"
done
sh "$attach" letter.txt "$tmp/in/a.txt" application/zip >"$tmp/mails/declared.eml"
sh "$attach" letter.txt "$tmp/in/a.txt" >"$tmp/mails/letter.eml"
scan
for n in a.tgz ustar.tar a.tar.bz2 a.tar.xz newc.cpio a.zip; do
    must "half.$n" "$(finding partial archive.truncated)"
done
must half.a.7z '.kind == "partial"'
must half.ustar.tar "$(holds "$tmp/in/a.txt") and any(.tree[]; .flags | index(\"truncated\"))"
must crc.zip "$(finding partial archive.damaged) and $(holds "$tmp/in/a.txt") and any(.tree[]; .flags | index(\"damaged\"))"
must encrypted.zip "$(finding encrypted archive.encrypted '2!a.txt') and
    $(finding encrypted archive.encrypted '2!dir/b.bin') and $(holds "$tmp/in/dir/ä.txt") and
    all(.tree[] | select(.path == \"2!a.txt\"); .size == 0 and (.flags | index(\"encrypted\")))"
must split.zip "$(finding partial archive.multivolume)"
must split.z01 '.kind == "partial"'
must fake.rar "$(finding partial archive.damaged 2)"
must empty.zip "$(finding partial archive.damaged 2)"
must declared "$(finding partial archive.damaged 2)"
must letter '.kind == "clean"'
must slip.tar "$(finding anomaly archive.path_traversal '2!../../a.txt') and any(.tree[]; .flags | index(\"name_unsafe\"))"
must absolute.tar "$(finding anomaly archive.path_traversal '2!/etc/a.txt')"
must link.tar "$(finding anomaly archive.path_traversal '2!dir/link')"

# --- a gzip head's own name, a tar behind a tar's end, a format that nothing reads
gzip -c "$tmp/in/a.txt" >"$tmp/out/named.gz"
(cd "$tmp/in" && bsdtar -cf "$tmp/out/a.tar" a.txt && bsdtar -cf "$tmp/out/b.tar" dir)
cat "$tmp/out/a.tar" "$tmp/out/b.tar" >"$tmp/out/two.tar"
printf 'MSWIM\0\0\0\320\0\0\0' >"$tmp/out/image.dat"
for n in named.gz two.tar image.dat; do
    mail "$tmp/out/$n"
done
scan
must named.gz 'any(.tree[]; .names == ["named", "a.txt"])'
must two.tar "$whole"
must image.dat "$(finding partial archive.unsupported)"

# --- nested
(cd "$tmp/in" && zip -q "$tmp/out/1.zip" a.txt)
i=1
while [ $i -lt 20 ]; do
    (cd "$tmp/out" && zip -q $((i + 1)).zip $i.zip)
    i=$((i + 1))
done
mail "$tmp/out/16.zip"
mail "$tmp/out/20.zip"
scan
must 16.zip ".kind == \"clean\" and $(holds "$tmp/in/a.txt")"
must 20.zip "$(finding partial depth)"
echo "  archives: $formats formats opened completely, names and reasons told"
