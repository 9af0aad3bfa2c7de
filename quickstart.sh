#!/bin/sh
# From a fresh clone to a first picture: installs what is missing (Debian and Ubuntu), builds in
# build/, analyses the bundled samples.  Safe to run again.
#
#   CONFIGURE_FLAGS   passed to ./configure, e.g. CONFIGURE_FLAGS='--without-cairo'
#   CC, CFLAGS        as ./configure takes them
#   JOBS              compilations at once; default: the processors of this machine
set -eu

cd "$(dirname "$0")"
log=build/quickstart.log

say()
{
    printf '==> %s\n' "$*"
}

fail()
{
    printf 'quickstart.sh: %s\n' "$*" >&2
    exit 1
}

# run WHAT COMMAND...: quietly; on failure the end of the log and where the rest is.
run()
{
    what=$1
    shift
    printf '\n$ %s\n' "$*" >>"$log"
    "$@" >>"$log" 2>&1 || {
        tail -n 25 "$log" >&2
        fail "$what failed; the whole log is in $log"
    }
}

# ---- what the build needs ------------------------------------------------------------------------

wants_figures()
{
    case " ${CONFIGURE_FLAGS-} " in
    *" --without-cairo "* | *" --with-cairo=no "*) return 1 ;;
    esac
}

have_compiler()
{
    if [ -n "${CC-}" ]; then
        # CC may carry options: its first word is the program.
        command -v "${CC%% *}"
    else
        command -v gcc || command -v cc || command -v clang
    fi >/dev/null
}

# A compiler without its C library's headers is found by compiling.
have_headers()
{
    printf '#include <math.h>\n#include <stdio.h>\nint main(void) { return 0; }\n' |
        ${CC:-$(command -v gcc || command -v cc || command -v clang)} -E -x c - >/dev/null 2>&1
}

have_font()
{
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts /Library/Fonts "${HOME:-/}/.fonts" \
        "${HOME:-/}/.local/share/fonts" -name '*.[ot]t[fc]' 2>/dev/null | head -n 1)" ]
}

# needs PACKAGE COMMAND: adds the package to $missing unless the command succeeds.
needs()
{
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

# Sets $missing to Debian's names of what is not there.  The tools themselves are asked, not dpkg:
# whatever a person installed in another way counts.
look()
{
    missing=
    if have_compiler; then
        needs libc6-dev have_headers
    else
        missing=" gcc libc6-dev"
    fi
    needs make command -v make
    needs autoconf command -v autoconf
    needs automake command -v automake
    command -v glibtoolize >/dev/null 2>&1 || needs libtool command -v libtoolize
    needs pkg-config command -v pkg-config
    needs libgsl-dev pkg-config --exists 'gsl >= 2.5'
    needs libarchive-dev pkg-config --exists 'libarchive >= 3.4'
    needs zlib1g-dev pkg-config --exists 'zlib >= 1.2.8'
    needs libjansson-dev pkg-config --exists 'jansson >= 2.9'
    needs check pkg-config --exists 'check >= 0.10'
    if wants_figures; then
        needs libcairo2-dev pkg-config --exists 'cairo >= 1.16'
        needs libpango1.0-dev pkg-config --exists 'pangocairo >= 1.44'
        needs libpng-dev pkg-config --exists 'libpng >= 1.6'
        needs fonts-dejavu-core have_font
    fi
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        run "$@"
    elif command -v sudo >/dev/null 2>&1; then
        what=$1
        shift
        run "$what" sudo "$@"
    else
        fail "not root and no sudo here; run as root: apt-get install$missing"
    fi
}

install_with_apt()
{
    say "installing$missing (apt-get, log in $log)"
    as_root "apt-get update" apt-get -q update
    # The names are words to be split.
    # shellcheck disable=SC2086
    as_root "apt-get install" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install $missing
    look
    [ -z "$missing" ] || fail "still missing after apt-get install:$missing (see $log)"
}

name_packages()
{
    cat >&2 <<END
quickstart.sh: some of what the build needs is not here (by Debian's names:$missing)
and this is not Debian or Ubuntu.  Install it, then run this again:

  Fedora    sudo dnf install gcc make autoconf automake libtool pkgconf-pkg-config gsl-devel \\
                libarchive-devel zlib-devel jansson-devel \\
                cairo-devel pango-devel libpng-devel check-devel dejavu-sans-fonts
  Arch      sudo pacman -S --needed base-devel gsl libarchive zlib jansson cairo pango libpng \\
                check ttf-dejavu
  Homebrew  brew install autoconf automake libtool pkg-config gsl libarchive zlib jansson \\
                cairo pango libpng check
END
    exit 1
}

# ---- the steps -----------------------------------------------------------------------------------

mkdir -p build
: >"$log"

look
if [ -z "$missing" ]; then
    say "dependencies: all here"
elif command -v apt-get >/dev/null 2>&1; then
    install_with_apt
else
    name_packages
fi

# Once these are there, make itself renews them when their sources change.
if [ ! -f configure ] || [ ! -f Makefile.in ]; then
    say "./bootstrap"
    run "./bootstrap" ./bootstrap
fi

# Configure again only for other flags than last time.
flags_file=build/.quickstart-flags
if [ ! -f build/Makefile ] || {
    [ -n "${CONFIGURE_FLAGS+set}" ] && [ "$CONFIGURE_FLAGS" != "$(cat "$flags_file" 2>/dev/null)" ]
}; then
    say "configure${CONFIGURE_FLAGS:+ $CONFIGURE_FLAGS} (in build/)"
    configure_build()
    {
        # The flags are words to be split.
        # shellcheck disable=SC2086
        (cd build && ../configure ${CONFIGURE_FLAGS-})
    }
    run "configure" configure_build
    printf '%s\n' "${CONFIGURE_FLAGS-}" >"$flags_file"
fi

jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
say "make (in build/)"
run "make" make -C build -j "$jobs"

say "make demo"
make -C build --no-print-directory -s demo || fail "make demo failed"

cat <<'END'

The program is build/multimax-analyze.  Next:
  make -C build check            runs the tests
  build/multimax-analyze --help
  make -C build install          (as root, or after configure --prefix=...)
END
