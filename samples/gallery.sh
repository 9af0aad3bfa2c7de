#!/bin/sh
# Runs the commands of gallery.md and puts what they draw on one page, index.html, which needs no other
# file.  An entry of that list is a heading, what to see, and one command; a figure is the file of the
# command that ends in .svg, or else what it prints.
#
# usage: gallery.sh FOLDER     with top_srcdir and top_builddir in the environment
set -eu
LC_ALL=C.UTF-8
COLUMNS=110
export LC_ALL COLUMNS
srcdir=$(cd "${top_srcdir:-.}" && pwd)
builddir=$(cd "${top_builddir:-build}" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-gallery-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

mkdir "$work/bin" "$work/samples" "$work/build"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$builddir/multimax-analyze" >"$work/bin/multimax-analyze"
chmod +x "$work/bin/multimax-analyze"
PATH=$work/bin:$PATH
for sample in "$srcdir"/samples/* "$builddir"/samples/*; do
    if [ -f "$sample" ]; then ln -sf "$sample" "$work/samples/"; fi
done
ln -s ../samples "$work/build/samples"

# One folder's worth of files an entry: N.title, N.words, N.command.
awk -v into="$work" '
    /^## / { n++; print substr($0, 4) > (into "/" n ".title"); inside = 0; next }
    /^```/ { inside = !inside; next }
    !n { next }
    inside && /^\$ / { print substr($0, 3) > (into "/" n ".command"); next }
    inside && /^> / { print substr($0, 3) > (into "/" n ".command"); next }
    !inside { print > (into "/" n ".words") }
    END { print n + 0 > (into "/entries") }' "$srcdir/samples/gallery.md"

escape()
{
    sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e 's/"/\&quot;/g'
}

# The figure of entry $1, whose command has been run.
show_figure()
{
    figure=$(grep -o '[a-z0-9-]*\.svg' "$work/$1.command" | head -n 1) || true
    if [ -z "$figure" ]; then
        printf '<pre class="terminal">'
        escape <"$work/$1.printed"
        printf '</pre>\n'
        return
    fi
    words=$(sed -n 's:.*<desc[^>]*>\(.*\)</desc>.*:\1:p' "$work/$figure" | head -n 1)
    printf '<img alt="%s" src="data:image/svg+xml;base64,' "$words"
    base64 <"$work/$figure" | tr -d '\n'
    printf '" />\n'
}

show_entry()
{
    (cd "$work" && sh -c "$(cat "$1.command")" >"$1.printed")
    printf '<section>\n<h2>%s</h2>\n<p>' "$(escape <"$work/$1.title")"
    escape <"$work/$1.words" | sed '/^$/d'
    printf '</p>\n'
    show_figure "$1"
    printf '<pre class="command">'
    escape <"$work/$1.command" | sed -e '1s/^/$ /' -e '2,$s/^/\&gt; /'
    printf '</pre>\n</section>\n'
}

{
    cat <<'END'
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width" />
<title>multimax-analyze: gallery</title>
<style>
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; color: #1e1e1e; }
section { margin: 3rem 0; }
img { max-width: 100%; border: 1px solid #d6d6d6; }
pre { overflow-x: auto; padding: 0.75rem; font-size: 0.85rem; line-height: 1.4; background: #f2f2f2; }
pre.terminal { font-family: "DejaVu Sans Mono", monospace; line-height: 1.2; color: #e8e8e8; background: #181a1e; }
</style>
</head>
<body>
<h1>multimax-analyze: gallery</h1>
<p>Every kind of figure, from the samples, with the command that draws it.</p>
END
    i=0
    while [ "$i" -lt "$(cat "$work/entries")" ]; do
        i=$((i + 1))
        show_entry "$i"
    done
    echo '</body>'
    echo '</html>'
} >"$work/index.html"
cp "$work"/*.svg "$work/index.html" "$folder/"
