#!/bin/sh
# Every target runs what fuzzing begins with and what it has found.
set -u
LC_ALL=C.UTF-8
export LC_ALL

: "${top_srcdir:=.}" "${top_builddir:=build}"
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-replay-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

sh "$top_srcdir/fuzz/seeds.sh" "$work/corpus" || exit 99

n_checks=0
n_failures=0
for corpus in "$work"/corpus/*; do
    target=$(basename "$corpus")
    n_checks=$((n_checks + $(find "$corpus" -type f | wc -l)))
    "$top_builddir/fuzz/$target" "$corpus" >"$work/log" 2>&1 && continue
    n_failures=$((n_failures + 1))
    echo "FAIL: $target"
    tail -n 40 "$work/log" | sed 's/^/    /'
done
echo "Running suite(s): fuzz"
echo "$((100 * (n_checks - n_failures) / n_checks))%: Checks: $n_checks, Failures: $n_failures, Errors: 0"
[ "$n_failures" -eq 0 ]
