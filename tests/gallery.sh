#!/bin/sh
# The gallery: a page for every entry of its list, well-formed, whole, and with words for who cannot
# see the figures.
set -u
LC_ALL=C.UTF-8
export LC_ALL

srcdir=${top_srcdir:-.} builddir=${top_builddir:-build}
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-gallery-test-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

n_checks=0 n_failures=0

# check SENTENCE COMMAND...: what it prints are the faults that it found.
check()
{
    sentence=$1
    shift
    n_checks=$((n_checks + 1))
    if "$@" >"$work/faults" 2>&1; then
        sed -n "s/^SKIP: /SKIP: $sentence: /p" "$work/faults"
        return
    fi
    n_failures=$((n_failures + 1))
    echo "FAIL: $sentence"
    sed 's/^/    /' "$work/faults"
}

page=$work/gallery/index.html

shows_every_entry()
{
    listed=$(grep -c '^## ' "$srcdir/samples/gallery.md")
    shown=$(grep -c -e '^<img ' -e '^<pre class="terminal">' "$page")
    echo "$listed entries, $shown figures"
    [ "$listed" -eq "$shown" ] && [ "$listed" -gt 0 ]
}

is_well_formed()
{
    command -v xmllint >/dev/null 2>&1 || {
        echo "SKIP: no xmllint"
        return
    }
    xmllint --noout --nonet "$page"
}

needs_no_other_file()
{
    ! grep -n -e '<img' "$page" | grep -v -e 'src="data:image/svg+xml;base64,' || return
    ! grep -n -e '<link' -e '<script' -e '@import' "$page"
}

has_words_for_every_figure()
{
    ! grep -n -o '<img alt="[^"]\{0,20\}"' "$page"
}

if "$builddir/multimax-analyze" --version | grep -q '^cairo'; then
    check 'the commands of the gallery run' sh "$srcdir/samples/gallery.sh" "$work/gallery"
    check 'the gallery shows every entry' shows_every_entry
    check 'the gallery is well-formed' is_well_formed
    check 'the gallery needs no other file' needs_no_other_file
    check 'every figure of the gallery has words beside it' has_words_for_every_figure
else
    n_checks=1
    echo "SKIP: gallery: built without cairo"
fi

echo "Running suite(s): gallery"
echo "$((100 * (n_checks - n_failures) / n_checks))%: Checks: $n_checks, Failures: $n_failures, Errors: 0"
[ "$n_failures" -eq 0 ]
