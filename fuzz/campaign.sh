#!/bin/sh
# usage: campaign.sh afl|libfuzzer SECONDS TARGET...
#
# Runs fuzz targets of the build in the current folder, one after the other, from the corpus that
# seeds.sh makes.  What is found stays in found/TARGET, the corpus in corpus/TARGET; both are taken
# up again by the next campaign.  Ends with status 1 if anything was found.
set -eu
LC_ALL=C.UTF-8
export LC_ALL

: "${top_srcdir:=..}"
fuzzer=$1 seconds=$2
shift 2
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/multimax-fuzz-XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
leaks="suppressions=$(cd "$top_srcdir" && pwd)/fuzz/leaks.supp:print_suppressions=0"

top_builddir=. sh "$top_srcdir/fuzz/seeds.sh" seeds

# The longest input: beyond it nothing is reached that a shorter one does not reach sooner.
most_bytes()
{
    case $1 in
    select | spec) echo 256 ;;
    tokens) echo 512 ;;
    program | mask) echo 2048 ;;
    *) echo 4096 ;;
    esac
}

# No input of a few kilobytes deserves more memory, or more time.
run_libfuzzer()
{
    LSAN_OPTIONS=$leaks UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=quarantine_size_mb=16 \
        "./fuzz/$1" -max_total_time="$seconds" -max_len="$(most_bytes "$1")" -timeout=20 \
        -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1 \
        -artifact_prefix="found/$1/" -dict="$top_srcdir/fuzz/$1.dict" "corpus/$1" "seeds/$1"
}

# AFL++ sets the sanitizers' options itself: what they find ends in a signal.
run_afl()
{
    AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_AUTORESUME=1 \
        AFL_NO_AFFINITY=1 \
        afl-fuzz -V "$seconds" -m none -t 20000 -G "$(most_bytes "$1")" \
        -x "$top_srcdir/fuzz/$1.dict" -i "seeds/$1" -o "corpus/$1" "./fuzz/$1" || return
    find "corpus/$1" \( -path '*/crashes*' -o -path '*/hangs*' \) -name 'id:*' \
        -exec cp {} "found/$1/" \;
}

status=0
for target in "$@"; do
    mkdir -p "corpus/$target" "found/$target"
    echo "$fuzzer: $target: $seconds s"
    case $fuzzer in
    afl) run_afl "$target" || status=1 ;;
    *) run_libfuzzer "$target" || status=1 ;;
    esac
done
found=$(find found -type f | sort)
[ -z "$found" ] || { printf 'found:\n%s\n' "$found" && status=1; }
exit "$status"
