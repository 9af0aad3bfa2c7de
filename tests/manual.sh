#!/bin/sh
# The examples of the manual pages: each line "$ COMMAND", with the lines "> ..." that continue it, is
# run in a fresh folder beside the samples and must end with status 0, whatever it prints.
set -u
LC_ALL=C.UTF-8
export LC_ALL

srcdir=$(cd "${top_srcdir:-.}" && pwd) || exit 99
builddir=$(cd "${top_builddir:-build}" && pwd) || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-manual-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

mkdir "$work/bin" "$work/here"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$builddir/multimax-analyze" >"$work/bin/multimax-analyze"
chmod +x "$work/bin/multimax-analyze"
PATH=$work/bin:$PATH
export PATH
for sample in "$srcdir"/samples/*.csv "$builddir"/samples/*.npy "$builddir"/samples/*.csv; do
    if [ -f "$sample" ]; then ln -sf "$sample" "$work/here/"; fi
done

# One example a line: roff's "\e" is a backslash, and one before a continuation joins the lines.
awk '
    function flush() { if (example != "") print example; example = "" }
    /^\.Sh / { inside = $2 == "EXAMPLES" }
    !inside { next }
    { gsub(/\\e/, "\\"); gsub(/\\-/, "-") }
    /^\$ / { flush(); example = substr($0, 3); next }
    /^> / && example != "" { sub(/\\$/, "", example); example = example substr($0, 3); next }
    { flush() }
    END { flush() }' "$srcdir"/man/*.[15] >"$work/examples"

has_figures=no
if multimax-analyze --version | grep -q '^cairo'; then has_figures=yes; fi

# The first program of an example that is not here, of those that are no part of every system.
missing_tool()
{
    for tool in datamash gnuplot less; do
        case $1 in
        *"| $tool "*) command -v "$tool" >/dev/null 2>&1 || echo "$tool" ;;
        esac
    done | head -n 1
}

n_checks=0 n_failures=0
while read -r example; do
    n_checks=$((n_checks + 1))
    case $has_figures,$example in
    no,*--heatmap=* | no,*--simplex=* | no,*--tradeoff=* | no,*--show=*)
        echo "SKIP: $example: built without cairo"
        continue
        ;;
    esac
    tool=$(missing_tool "$example")
    if [ -n "$tool" ]; then
        echo "SKIP: $example: no $tool"
        continue
    fi
    # The status of a pipe is that of its last program; its first one must not complain either.
    (cd "$work/here" && sh -c "$example") >/dev/null 2>"$work/messages" </dev/null
    status=$?
    if [ "$status" -ne 0 ] || grep -v ': note: ' "$work/messages" >"$work/faults"; then
        n_failures=$((n_failures + 1))
        echo "FAIL: $example: status $status"
        sed 's/^/    /' "$work/messages"
    fi
done <"$work/examples"

if [ "$n_checks" -eq 0 ]; then
    echo "no example in the manual"
    exit 1
fi
echo "Running suite(s): manual"
echo "$((100 * (n_checks - n_failures) / n_checks))%: Checks: $n_checks, Failures: $n_failures, Errors: 0"
[ "$n_failures" -eq 0 ]
