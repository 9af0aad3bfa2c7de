#!/bin/sh
# The same bytes: whatever may change around a run and must not change what it writes is changed, one
# thing at a time, and every output is compared with that of a first run: reports in every format,
# weights, figures of every kind and suffix, and their numbers.  Each check is one value of one of
# these things; a failure names it and the outputs that differ.
#
# With MULTIMAX_LONG=1 all of them are combined with each other, on more rows and in more figures.
set -u
LC_ALL=C.UTF-8
export LC_ALL
umask 022

: "${top_srcdir:=.}" "${top_builddir:=build}" "${MULTIMAX_LONG:=0}"
builddir=$(cd "$top_builddir" && pwd) || exit 99
program=$builddir/multimax-analyze
blocks=$builddir/tests/analyze-blocks
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-determinism-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# Users' own fonts and settings are none of this test's things.
HOME=$work
export HOME
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME MULTIMAX_ISA NO_COLOR COLUMNS TERM TZ

n_checks=0
n_failures=0

skip()
{
    n_checks=$((n_checks + 1))
    echo "SKIP: $1: $2"
}

# compare WHAT REFERENCE STATUS: what a run of that status left in out/ and messages against the
# files of a folder.
compare()
{
    n_checks=$((n_checks + 1))
    {
        [ "$3" -eq 0 ] || echo "status $3"
        cat "$work/messages"
        diff -rq "$work/$2" "$work/out"
    } >"$work/faults" 2>&1
    if [ -s "$work/faults" ]; then
        n_failures=$((n_failures + 1))
        echo "FAIL: $1"
        sed "s|$work/||g; s/^/    /" "$work/faults"
    fi
}

clear_out()
{
    rm -rf "$work/out" && mkdir "$work/out" || exit 99
}

# ---- inputs --------------------------------------------------------------------------------------

# A folder for each way in which the same values come, as input.npy and text.csv.
groups=3
queries=96
keys=256
if [ "$MULTIMAX_LONG" = 1 ]; then
    queries=1024
fi

# numbers ORDER: element (g, q, k) is a hash of its place, so that either order of them has it.
numbers()
{
    awk -v groups="$groups" -v queries="$queries" -v keys="$keys" -v order="$1" '
        function print_value(g, q, k) {
            i = (g * queries + q) * keys + k
            print ((i * 7919 + 13) % 10007 * (q + 3) % 1009 - 500) / 128
        }
        BEGIN {
            if (order == "C")
                for (g = 0; g < groups; g++) for (q = 0; q < queries; q++) for (k = 0; k < keys; k++)
                    print_value(g, q, k)
            else
                for (k = 0; k < keys; k++) for (q = 0; q < queries; q++) for (g = 0; g < groups; g++)
                    print_value(g, q, k)
        }'
}

make_inputs()
{
    shape="($groups, $queries, $keys)"
    mkdir "$work/file" "$work/fortran" "$work/big-endian" "$work/fifo" "$work/dribble"
    numbers C >"$work/numbers"
    "$builddir/tests/npy-from-text" '<f4' "$shape" <"$work/numbers" >"$work/file/input.npy"
    "$builddir/tests/npy-from-text" '>f4' "$shape" <"$work/numbers" >"$work/big-endian/input.npy"
    numbers F | "$builddir/tests/npy-from-text" '<f4' "$shape" fortran >"$work/fortran/input.npy"
    mkfifo "$work/fifo/input.npy" "$work/dribble/input.npy"
    kinds='file fifo dribble fortran big-endian'
    for tool in gzip zstd xz bzip2 lz4; do
        if [ "$tool" != gzip ] && [ "$MULTIMAX_LONG" != 1 ]; then
            continue
        fi
        if ! command -v "$tool" >/dev/null 2>&1; then
            skip "input=$tool" "no $tool"
        else
            mkdir "$work/$tool"
            "$tool" -c <"$work/file/input.npy" >"$work/$tool/input.npy"
            kinds="$kinds $tool"
        fi
    done
    for kind in $kinds; do
        printf 'query,the,"cat, sat",é\none,1.5,-2.25,3e-3\ntwo,-1,0.125,1234.5678\nthree,0.5,-inf,2\n' \
            >"$work/$kind/text.csv"
    done
}

# run COMMAND...: fills input.npy, if that is a FIFO, for a command.
run()
{
    [ -p input.npy ] || {
        "$@"
        return
    }
    # Pieces of an odd size, so that elements and headers come in parts.
    case $PWD in
    */dribble) dd if=../file/input.npy bs=997 of=input.npy 2>/dev/null & ;;
    *) cat ../file/input.npy >input.npy & ;;
    esac
    feeder=$!
    "$@"
    status=$?
    kill "$feeder" 2>/dev/null
    wait "$feeder" 2>/dev/null
    return "$status"
}

# ---- outputs -------------------------------------------------------------------------------------

formats='table json csv'
figures='heatmap.png simplex.svg distribution.pdf'
if [ "$MULTIMAX_LONG" = 1 ]; then
    formats='table json ndjson csv tsv'
    figures='heatmap.pdf simplex.png rows.svg curve.pdf distribution.svg layers.png tradeoff.svg'
fi
if ! "$program" --version | grep -q '^cairo'; then
    figures=''
fi

# outputs PREFIX...: every output of the inputs in the current folder.
outputs()
{
    drawn=''
    for figure in $figures; do
        drawn="$drawn --${figure%.*}=../out/$figure"
    done
    maps='-m entmax:1.5 -m multimax'
    # shellcheck disable=SC2086 # lists of words
    for format in $formats; do
        run "$@" "$program" -q $maps -f "$format" -o "../out/report.$format" input.npy || return
    done
    # shellcheck disable=SC2086
    run "$@" "$program" -q $maps --per=row -f csv -o ../out/by-row.csv --probs=../out/%m.npy \
        --probs-dtype=f4 ${figures:+--data=../out/%g.csv} $drawn input.npy || return
    "$@" "$program" -q -f json -m sparsemax --probs=../out/text-weights.csv text.csv \
        >../out/text.json
}

# try WHAT KIND PREFIX...: the outputs are those of the first run, the one of a file.
try()
{
    what=$1 kind=$2
    shift 2
    clear_out
    (cd "$work/$kind" && outputs "$@") >"$work/messages" 2>&1
    status=$?
    # The type of the elements is told; nothing else of how they lie in the file is.
    if [ "$kind" = big-endian ]; then
        sed 's/">f4"/"<f4"/' "$work/out/report.json" >"$work/report.json"
        mv "$work/report.json" "$work/out/report.json"
    fi
    compare "$what" reference "$status"
}

make_reference()
{
    clear_out
    (cd "$work/file" && outputs env) || {
        echo "the first run failed"
        exit 1
    }
    mv "$work/out" "$work/reference"
}

# ---- what may change -----------------------------------------------------------------------------

has_locale()
{
    # locale -a spells UTF-8 in its own way.
    locale -a 2>/dev/null | tr '[:upper:]' '[:lower:]' | tr -d - |
        grep -qx "$(echo "$1" | tr '[:upper:]' '[:lower:]' | tr -d -)"
}

# What this machine has of locales and instruction sets; the rest is told as skipped.
find_what_is_here()
{
    locales='' sets=''
    for locale in C POSIX de_DE.UTF-8 tr_TR.UTF-8; do
        if has_locale "$locale"; then
            locales="$locales $locale"
        else
            skip "locale=$locale" "not installed"
        fi
    done
    for set in baseline avx2 avx512 neon; do
        if echo 1,2 | MULTIMAX_ISA=$set "$program" -q -o /dev/null - 2>/dev/null; then
            sets="$sets $set"
        else
            skip "instructions=$set" "not on this processor, or not in this build"
        fi
    done
}

with_umask()
{
    (
        umask "$1"
        shift
        "$@"
    )
}

# Each of them alone.
try_each()
{
    for kind in $kinds; do
        [ "$kind" = file ] || try "input=$kind" "$kind" env
    done
    for set in $sets; do
        try "instructions=$set" file env MULTIMAX_ISA="$set"
    done
    for locale in $locales; do
        try "locale=$locale" file env LC_ALL="$locale" LANGUAGE="${locale%_*}"
    done
    try 'time zone' file env TZ=Asia/Kathmandu
    try 'home and user' file env HOME=/nonexistent USER=nobody LOGNAME=nobody
    try 'terminal' file env TERM=xterm-256color COLORTERM=truecolor COLUMNS=40 LINES=10
    try 'umask' file with_umask 077
    # Of glibc: what is allocated and what was freed is filled with other bytes.
    try 'memory that holds something' file env MALLOC_PERTURB_=85 MALLOC_ARENA_MAX=1
    try 'another run' file env
    try_with 'fixed addresses' setarch "$(uname -m)" -R
    try_with 'one processor' taskset -c 0
}

# try_with WHAT PREFIX...: skipped where the prefix cannot run.
try_with()
{
    what=$1
    shift
    if "$@" true 2>/dev/null; then
        try "$what" file "$@"
    else
        skip "$what" "$1 does not work here"
    fi
}

# All of them with each other.
try_all()
{
    for kind in $kinds; do
        for set in $sets; do
            for locale in $locales; do
                try "input=$kind instructions=$set locale=$locale" "$kind" \
                    env MULTIMAX_ISA="$set" LC_ALL="$locale"
                try "input=$kind instructions=$set locale=$locale, in other surroundings" "$kind" \
                    with_umask 077 env MULTIMAX_ISA="$set" LC_ALL="$locale" TZ=Asia/Kathmandu \
                    HOME=/nonexistent USER=nobody TERM=xterm-256color COLUMNS=40 MALLOC_PERTURB_=85
            done
        done
    done
}

# ---- threads and blocks --------------------------------------------------------------------------

# Through the library, since figures record the command: -j3 there is another command.

# try_blocks PER THREADS BLOCK_ROWS: against what one thread makes of blocks of the usual size.
try_blocks()
{
    clear_out
    # shellcheck disable=SC2086
    (cd "$work/out" && "$blocks" "$2" "$3" "$1" ../file/input.npy $figures) \
        >"$work/messages" 2>&1
    compare "per=$1 threads=$2 rows a block=$3" "blocks-$1" $?
}

make_block_reference()
{
    clear_out
    # shellcheck disable=SC2086
    (cd "$work/out" && "$blocks" 1 0 "$1" ../file/input.npy $figures) || {
        echo "the first run of analyze-blocks failed"
        exit 1
    }
    mv "$work/out" "$work/blocks-$1"
}

try_threads_and_blocks()
{
    for per in group row; do
        make_block_reference "$per"
        if [ "$MULTIMAX_LONG" != 1 ]; then
            for pair in '1 1' '2 7' '3 64' '7 0'; do
                # shellcheck disable=SC2086 # two words
                try_blocks "$per" $pair
            done
            continue
        fi
        for threads in 1 2 3 7; do
            for rows in 0 1 7 64 1000 5000; do
                try_blocks "$per" "$threads" "$rows"
            done
        done
    done
}

# ---- order of files ------------------------------------------------------------------------------

# analyze_folder NAME...: a folder whose files were made in that order, each of values of its own.
analyze_folder()
{
    rm -rf "$work/folder" && mkdir "$work/folder" || exit 99
    clear_out
    for name in "$@"; do
        echo "1,2,$name" >"$work/folder/$name.csv"
    done
    (cd "$work/folder" && "$program" -q -m softmax -f json -o ../out/report.json \
        --probs=../out/%f.csv ./*.csv) >"$work/messages" 2>&1
}

try_orders()
{
    analyze_folder 1 2 3 4 5
    mv "$work/out" "$work/folder-reference"
    analyze_folder 4 2 5 1 3
    compare 'order of files in a folder' folder-reference $?
}

find_what_is_here
make_inputs
make_reference
try_each
try_threads_and_blocks
try_orders
if [ "$MULTIMAX_LONG" = 1 ]; then
    try_all
fi

echo "Running suite(s): determinism"
echo "$((100 * (n_checks - n_failures) / n_checks))%: Checks: $n_checks, Failures: $n_failures, Errors: 0"
[ "$n_failures" -eq 0 ]
