#!/bin/sh
# Runs the console blocks of Markdown files and compares what they show with what happens.
#
#     ```console
#     $ multimax-analyze --fromat=json
#     2: multimax-analyze: unrecognized option '--fromat'; did you mean '--format'?
#     2: Try 'multimax-analyze --help' for more information.
#     [2]
#     ```
#
# "$ " begins a command and "> " continues it; then come its standard output, its standard error with
# "2: " before each line, and "[STATUS]" unless it is 0.  A line "..." stands for any lines.  The
# commands of one file run one after the other in one fresh folder, in which samples/ and
# build/samples/ are to be found; a block "```console skip-unless COMMAND" is skipped where COMMAND
# fails.
#
# usage: console.sh FILE.md...     with top_srcdir and top_builddir in the environment
set -u
srcdir=$(cd "${top_srcdir:-.}" && pwd) || exit 99
builddir=$(cd "${top_builddir:-.}" && pwd) || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-console.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# MULTIMAX_RUNNER: what runs the programs, "valgrind -q"; by libtool, as they may be its scripts.
runner=
if [ -n "${MULTIMAX_RUNNER:-}" ]; then
    runner="$builddir/libtool --mode=execute $MULTIMAX_RUNNER"
fi
mkdir "$work/bin"
for program in multimax-analyze tests/npy-from-text tests/npy-compare tests/npz-pack; do
    if [ -x "$builddir/$program" ]; then
        printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$runner" "$builddir/$program" \
            >"$work/bin/${program##*/}"
        chmod +x "$work/bin/${program##*/}"
    fi
done
# failing-system RULES COMMAND...: tests/failing-system.c has the rules.
shim=$builddir/tests/.libs/failing-system.so
if [ -f "$shim" ]; then
    cat >"$work/bin/failing-system" <<END
#!/bin/sh
FAILING_SYSTEM=\$1 FAILING_SYSTEM_UNDER=\$(pwd -P) LD_PRELOAD='$shim'
export FAILING_SYSTEM FAILING_SYSTEM_UNDER LD_PRELOAD
shift
exec "\$@"
END
    chmod +x "$work/bin/failing-system"
fi
PATH=$work/bin:$PATH
LC_ALL=C.UTF-8
TERM=dumb
# Where real attention files are, if anywhere: as tests/testing.c has it.
MULTIMAX_SHARED=${MULTIMAX_SHARED:-$srcdir/../shared}
export PATH LC_ALL TERM MULTIMAX_SHARED
unset NO_COLOR COLUMNS

# Splits the console blocks of a file into steps: N.command, N.expected, N.line, N.skip-unless.
split_file() {
    awk -v into="$2" '
        function begin_step() {
            step++
            print NR > (into "/" step ".line")
            printf "" > (into "/" step ".expected")
            if (condition != "") print condition > (into "/" step ".condition")
        }
        /^```console/ { inside = 1; condition = ""
            if ($2 == "skip-unless") { condition = $0; sub(/^```console skip-unless /, "", condition) }
            next }
        /^```/ { inside = 0; next }
        !inside { next }
        /^\$ / { begin_step(); print substr($0, 3) > (into "/" step ".command"); open = 1; next }
        open && /^> / { print substr($0, 3) > (into "/" step ".command"); next }
        step { open = 0; print > (into "/" step ".expected") }
        END { print step + 0 > (into "/steps") }' "$1"
}

# Whether the lines of a file match a pattern whose "..." lines stand for any lines.
matches() {
    awk '
        FNR == NR { pattern[++n] = $0; next }
        { line[++m] = $0 }
        END {
            # The classic wildcard walk: on a mismatch go back to the last "..." and let it eat more.
            i = j = 1; star = 0
            while (j <= m) {
                if (i <= n && pattern[i] == "...") { star = i++; mark = j }
                else if (i <= n && pattern[i] == line[j]) { i++; j++ }
                else if (star) { i = star + 1; j = ++mark }
                else exit 1
            }
            while (i <= n && pattern[i] == "...") i++
            exit i <= n
        }' "$1" "$2"
}

run_step() {
    sh "$1.command" >"$1.out" 2>"$1.err" </dev/null
    step_status=$?
    cat "$1.out" >"$1.actual"
    sed 's/^/2: /' "$1.err" >>"$1.actual"
    if [ "$step_status" -ne 0 ]; then
        echo "[$step_status]" >>"$1.actual"
    fi
}

passed=0 failed=0 skipped=0
for file in "$@"; do
    name=${file#"$srcdir"/}
    steps=$work/steps
    rm -rf "$steps" "$work/here"
    mkdir "$steps" "$work/here" "$work/here/samples"
    for sample in "$srcdir"/samples/* "$builddir"/samples/*; do
        if [ -f "$sample" ]; then ln -sf "$sample" "$work/here/samples/"; fi
    done
    # As in the source tree, where the generated ones lie in build/samples.
    mkdir "$work/here/build" && ln -s ../samples "$work/here/build/samples"
    split_file "$file" "$steps" || exit 99
    n_steps=$(cat "$steps/steps")
    i=0
    while [ "$i" -lt "$n_steps" ]; do
        i=$((i + 1))
        step=$steps/$i
        title="$name:$(cat "$step.line"): $(head -n 1 "$step.command")"
        if [ -f "$step.condition" ] &&
            ! (cd "$work/here" && sh "$step.condition") >/dev/null 2>&1 </dev/null; then
            printf 'SKIP: %s\n' "$title"
            skipped=$((skipped + 1))
            continue
        fi
        (cd "$work/here" && run_step "$step") || exit 99
        if matches "$step.expected" "$step.actual"; then
            printf 'PASS: %s\n' "$title"
            passed=$((passed + 1))
        else
            printf 'FAIL: %s\n' "$title"
            diff -u "$step.expected" "$step.actual" | sed -e 1,2d
            failed=$((failed + 1))
        fi
    done
done
checks=$((passed + failed + skipped))
if [ "$checks" -eq 0 ]; then
    echo "no console block in $*" >&2
    exit 1
fi
echo "$((100 * (checks - failed) / checks))%: Checks: $checks, Failures: $failed, Errors: 0"
[ "$failed" -eq 0 ]
