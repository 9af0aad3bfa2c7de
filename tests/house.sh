#!/bin/sh
# The house: which room includes which, what the library exports, what the manual tells.  Each check
# is a function; what it prints are the faults that it found, and it found none if it prints
# nothing.
set -u
LC_ALL=C
export LC_ALL

: "${top_srcdir:=.}" "${top_builddir:=build}"
program=$top_builddir/multimax-analyze
manual=$top_srcdir/man/multimax-analyze.1
public_header=$top_srcdir/src/api/multimax.h
work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-house-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

n_checks=0
n_failures=0

check()
{
    n_checks=$((n_checks + 1))
    if "$1" >"$work/faults" 2>&1 && [ ! -s "$work/faults" ]; then
        return
    fi
    if grep -q '^SKIP: ' "$work/faults"; then
        sed "s/^SKIP: /SKIP: $1: /" "$work/faults"
        return
    fi
    n_failures=$((n_failures + 1))
    echo "FAIL: $1"
    sed 's/^/    /' "$work/faults"
}

# ---- rooms ---------------------------------------------------------------------------------------

# The rooms whose headers a room may include besides its own.
may_include()
{
    case $1 in
    base) echo "" ;;
    io | kernels | stats) echo "base" ;;
    map | metrics) echo "base kernels" ;;
    analyze) echo "base io kernels map metrics stats" ;;
    report | render) echo "base analyze" ;;
    *) echo "" ;;
    esac
}

# The headers from outside that a file may include: a pattern of extended grep, matched whole.
may_include_from_outside()
{
    # Arithmetic knows no files, threads or locale.
    pure='(assert|ctype|float|limits|math|stdarg|stdbool|stddef|stdint|stdio|stdlib|string)\.h'
    posix='(errno|fcntl|getopt|langinfo|locale|poll|search|signal|strings|termios|time|unistd|wchar)\.h'
    system="$pure|$posix|sys/[a-z]+\.h"
    case $1 in
    src/kernels/lanes/lanes.h) echo "$pure|immintrin\.h|arm_neon\.h" ;;
    src/kernels/* | src/map/* | src/metrics/*) echo "$pure" ;;
    src/render/canvas*) echo "$system|cairo(-pdf|-svg)?\.h|pango/pango[a-z-]*\.h|png\.h" ;;
    src/render/terminal_chafa.c) echo "$system|chafa\.h" ;;
    src/io/archive.c) echo "$system|archive(_entry)?\.h" ;;
    src/io/gzip.c) echo "$system|zlib\.h" ;;
    src/io/parameters_json.c | src/io/safetensors.c) echo "$system|jansson\.h" ;;
    src/io/key_block.c) echo "$system|gsl/gsl_cblas\.h" ;;
    src/analyze/pool.c) echo "$system|pthread\.h|sched\.h" ;;
    src/stats/*) echo "$system|gsl/gsl_[a-z_]+\.h" ;;
    src/api/build_info.c) echo "$system|archive\.h|gsl/gsl_version\.h|jansson\.h|zlib\.h" ;;
    *) echo "$system" ;;
    esac
}

sources()
{
    find "$top_srcdir/src" -name '*.[ch]' | sort
}

a_room_includes_only_the_rooms_below_it()
{
    for file in $(sources); do
        name=${file#"$top_srcdir/"}
        room=${name#src/}
        room=${room%%/*}
        [ "$room" != api ] || continue
        sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$file" | while read -r header; do
            other=${header%%/*}
            if [ "$room" = cli ]; then
                # The command line lives off the public header; its own parts lie beside it.
                [ -f "$(dirname "$file")/$header" ] || echo "$name includes \"$header\""
            elif [ "$other" != "$room" ]; then
                case " $(may_include "$room") " in
                *" $other "*) ;;
                *) echo "$name includes \"$header\"; $room may include: $room $(may_include "$room")" ;;
                esac
            fi
        done
    done
}

a_room_includes_only_the_libraries_that_are_its_own()
{
    for file in $(sources); do
        name=${file#"$top_srcdir/"}
        pattern=$(may_include_from_outside "$name")
        sed -n 's/^ *# *include *<\([^>]*\)>.*/\1/p' "$file" | while read -r header; do
            [ "$header" != multimax.h ] || continue
            echo "$header" | grep -Eqx "$pattern" || echo "$name includes <$header>"
        done
    done
}

no_file_of_the_program_is_longer_than_500_lines()
{
    # The public header is one file, however much the library offers.
    sources | grep -v "^$public_header\$" | while read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le 500 ] || echo "${file#"$top_srcdir/"}: $lines lines"
    done
}

every_room_says_what_comes_in_what_goes_out_and_who_calls()
{
    for header in "$top_srcdir"/src/*/*.h; do
        room=$(basename "$(dirname "$header")")
        [ "$(basename "$header")" = "$room.h" ] || continue
        for word in 'In:' 'Out:' 'Called by'; do
            head -n 8 "$header" | tr '\n' ' ' | grep -q "$word" ||
                echo "${header#"$top_srcdir/"} does not open with '$word'"
        done
    done
}

# ---- library -------------------------------------------------------------------------------------

the_library_exports_what_its_header_declares()
{
    command -v nm >/dev/null 2>&1 || {
        echo "SKIP: no nm"
        return
    }
    library=$top_builddir/.libs/libmultimax.so
    [ -f "$library" ] || {
        echo "SKIP: no $library"
        return
    }
    # Each declaration on one line, then the word before its first parenthesis.
    sed -e 's:/\*.*\*/::' "$public_header" | tr '\n' ' ' | tr ';' '\n' |
        sed -n 's/.*MMAX_API [^(]*[ *]\([a-z0-9_]*\)(.*/\1/p' | sort >"$work/declared"
    # Names with a leading underscore, and gcov's mangle_path, belong to the compiler's instruments.
    nm -D --defined-only "$library" | awk '{ print $NF }' | grep -v -e '^_' -e '^mangle_path$' |
        sort >"$work/exported"
    diff "$work/declared" "$work/exported" |
        sed -n -e 's/^< \(.*\)/declared but not exported: \1/p' -e 's/^> \(.*\)/exported but not declared: \1/p'
}

# ---- hardening -----------------------------------------------------------------------------------

# What configure found out, as the makefile has it.
configured()
{
    sed -n "s/^$1 = *//p" "$top_builddir/Makefile"
}

# elf FILE: what readelf tells of it, on lines of its own.
elf()
{
    readelf -hldsW "$1" 2>/dev/null
}

what_is_built_is_hardened_as_configured()
{
    [ -n "$(configured MMAX_HARDENING_CFLAGS)" ] || {
        echo "SKIP: built without"
        return
    }
    command -v readelf >/dev/null 2>&1 || {
        echo "SKIP: no readelf"
        return
    }
    for file in multimax-analyze libmultimax.so; do
        elf "$top_builddir/.libs/$file" >"$work/elf"
        [ -s "$work/elf" ] || echo "no .libs/$file"
        grep -q 'Type: *DYN' "$work/elf" || echo "$file is not position-independent"
        for property in LDFLAGS:relro:GNU_RELRO LDFLAGS:now:'FLAGS.*NOW' \
            LDFLAGS:noexecstack:'GNU_STACK.* RW  ' CFLAGS:stack-protector:__stack_chk_fail; do
            flag=${property#*:}
            case $(configured "MMAX_HARDENING_${property%%:*}") in
            *"${flag%%:*}"*) grep -q "${flag#*:}" "$work/elf" || echo "$file: no ${flag%%:*}" ;;
            esac
        done
    done
    # The C library's checks are in what calls snprintf, if the C library has any.
    if ldd "$top_builddir/.libs/libmultimax.so" 2>/dev/null | grep -q 'libc\.so\.6'; then
        case $(configured MMAX_HARDENING_CFLAGS) in
        *_FORTIFY_SOURCE*) grep -q '__[a-z]*printf_chk' "$work/elf" || echo "no _FORTIFY_SOURCE" ;;
        esac
    fi
}

# What the sanitizers bring along is theirs.
nothing_starts_programs_or_opens_connections()
{
    command -v nm >/dev/null 2>&1 || {
        echo "SKIP: no nm"
        return
    }
    find "$top_builddir/src" -name '*.o' >"$work/objects"
    [ -s "$work/objects" ] || echo "no objects in $top_builddir/src"
    # shellcheck disable=SC2046 # one name a line
    nm -u $(cat "$work/objects") | awk 'NF { print $NF }' | sort -u >"$work/wanted"
    grep -qx malloc "$work/wanted" || echo "nm does not say what the objects want"
    grep -Ex -e 'system|popen|exec[lv].*|fexecve|posix_spawn.*|v?fork|wordexp|dlm?open' \
        -e 'socket|connect|bind|listen|getaddrinfo|gethostby.*|curl_.*' "$work/wanted" |
        sed 's/^/called: /'
}

# ---- manual --------------------------------------------------------------------------------------

the_manual_and_the_help_name_the_same_options()
{
    "$program" --help | grep -o -e '--[a-z][a-z-]*' | sort -u >"$work/helped"
    [ -s "$work/helped" ] || echo "--help names no option"
    awk '{ for (i = 1; i < NF; i++) if ($i == "Fl" && $(i + 1) ~ /^-[a-z]/) print "-" $(i + 1) }' \
        "$manual" | sort -u >"$work/told"
    diff "$work/helped" "$work/told" |
        sed -n -e 's/^< \(.*\)/in --help but not in the manual: \1/p' -e 's/^> \(.*\)/in the manual but not in --help: \1/p'
}

the_manual_and_the_help_have_one_order()
{
    "$program" --help |
        sed -n -e 's/^      \(--[a-z][a-z-]*\).*/\1/p' -e 's/^  -., \(--[a-z][a-z-]*\).*/\1/p' >"$work/helped"
    [ -s "$work/helped" ] || echo "--help names no option"
    awk '/^\.Sh / { inside = $2 == "OPTIONS" }
        inside && $1 == ".It" {
            for (i = 2; i < NF; i++) if ($i == "Fl" && $(i + 1) ~ /^-/) print "-" $(i + 1)
        }' \
        "$manual" >"$work/told"
    diff "$work/helped" "$work/told" |
        sed -n -e 's/^< \(.*\)/elsewhere in --help: \1/p' -e 's/^> \(.*\)/elsewhere in the manual: \1/p'
}

# manual_lists LIST_OPTION: the first words of what the program lists are words of the manual.
manual_lists()
{
    "$program" "$1" | awk '/^[a-z]/ { sub(/[: ].*/, ""); print }' >"$work/listed"
    [ -s "$work/listed" ] || echo "$1 lists nothing"
    while read -r word; do
        grep -qw -e "$word" "$manual" || echo "not in the manual: $word"
    done <"$work/listed"
}

the_manual_tells_of_every_map()
{
    manual_lists --list-maps
}

the_manual_tells_of_every_metric()
{
    manual_lists --list-metrics
}

the_manual_tells_of_every_colormap()
{
    manual_lists --list-colormaps
}

the_manual_is_clean()
{
    if command -v mandoc >/dev/null 2>&1; then
        mandoc -T lint -W warning "$top_srcdir"/man/*.[15]
    elif command -v groff >/dev/null 2>&1; then
        { groff -ww -mdoc -T utf8 "$top_srcdir"/man/*.[15] >/dev/null; } 2>&1
    else
        echo "SKIP: neither mandoc nor groff"
    fi
}

# ---- papers and versions -------------------------------------------------------------------------

the_version_is_the_same_everywhere()
{
    version=$(sed -n 's/^AC_INIT(\[[^]]*\], *\[\([^]]*\)\].*/\1/p' "$top_srcdir/configure.ac")
    [ -n "$version" ] || echo "configure.ac: no version"
    head -n 5 "$top_srcdir/NEWS" | grep -qw -F -e "$version" || echo "NEWS does not begin with $version"
    grep -qx -e "version: \"*$version\"*" "$top_srcdir/CITATION.cff" ||
        echo "CITATION.cff is not of $version"
    "$program" --version | head -n 1 | grep -qw -F -e "$version" || echo "--version does not say $version"
}

# A paper is cited by its first author and its year, on one line or on two.
every_paper_of_the_bibliography_is_cited_in_the_source()
{
    sources | xargs cat | tr -s '\n *' ' ' >"$work/source"
    sed -n 's/^\[\([A-Z][A-Za-z]*\) \([0-9]*\)\].*/\1 \2/p' "$top_srcdir/BIBLIOGRAPHY" >"$work/papers"
    [ -s "$work/papers" ] || echo "BIBLIOGRAPHY names no paper"
    while read -r author year; do
        grep -Eq "$author.{0,200}$year" "$work/source" || echo "not cited: $author $year"
    done <"$work/papers"
}

check a_room_includes_only_the_rooms_below_it
check a_room_includes_only_the_libraries_that_are_its_own
check no_file_of_the_program_is_longer_than_500_lines
check every_room_says_what_comes_in_what_goes_out_and_who_calls
check the_library_exports_what_its_header_declares
check what_is_built_is_hardened_as_configured
check nothing_starts_programs_or_opens_connections
check the_manual_and_the_help_name_the_same_options
check the_manual_and_the_help_have_one_order
check the_manual_tells_of_every_map
check the_manual_tells_of_every_metric
check the_manual_tells_of_every_colormap
check the_manual_is_clean
check the_version_is_the_same_everywhere
check every_paper_of_the_bibliography_is_cited_in_the_source

echo "Running suite(s): house"
echo "$((100 * (n_checks - n_failures) / n_checks))%: Checks: $n_checks, Failures: $n_failures, Errors: 0"
[ "$n_failures" -eq 0 ]
