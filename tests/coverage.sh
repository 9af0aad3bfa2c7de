#!/bin/sh
# Line coverage of src/ after the tests ran in a build that was configured with --enable-coverage:
#
#     tests/coverage.sh SOURCE_DIR BUILD_DIR MINIMUM
#
# One line a file and a room, the total last.  Status 1 if the total is under MINIMUM per cent.
set -eu

source_dir=$(cd "$1" && pwd -P)
build_dir=$(cd "$2" && pwd -P)
minimum=$3

work=$(mktemp -d "${TMPDIR:-/tmp}/multimax-coverage-XXXXXX")
trap 'rm -rf "$work"' EXIT

find "$build_dir/src" -name '*.gcno' | sort >"$work/objects"
[ -s "$work/objects" ] || {
    echo "coverage.sh: $build_dir was not configured with --enable-coverage" >&2
    exit 1
}

# Sources are compiled from the build directory: gcov must stand there to find them.
cd "$build_dir"
while read -r object; do
    ${GCOV:-gcov} --no-output --object-file "$object" "$object" 2>/dev/null
done <"$work/objects" >"$work/gcov"

awk -v root="$source_dir/" -v minimum="$minimum" '
    /^File / {
        file = $2
        gsub(/\047/, "", file)
        # As the compiler was told it: absolute, or relative to the build directory.
        sub(/^.*\/src\//, "src/", file)
    }
    # Headers and the system are counted where they are included, not here.
    /^Lines executed:/ && file ~ /^src\/.*\.c$/ {
        split($0, part, /[:% ]+/)
        lines[file] = part[5]
        hit[file] = int(part[3] * part[5] / 100 + 0.5)
        file = ""
    }
    function line(name, hit, all) {
        return sprintf("%-36s %5d of %5d lines %6.1f %%", name, hit, all, all ? 100 * hit / all : 100)
    }
    END {
        for (file in lines) {
            split(file, part, "/")
            room_lines[part[2]] += lines[file]
            room_hit[part[2]] += hit[file]
            all_lines += lines[file]
            all_hit += hit[file]
            print line("  " file, hit[file], lines[file]) | "sort"
        }
        close("sort")
        print ""
        for (room in room_lines)
            print line("src/" room, room_hit[room], room_lines[room]) | "sort"
        close("sort")
        print line("total", all_hit, all_lines)
        if (!(all_hit * 100 >= minimum * all_lines)) {
            printf "coverage is under %d %%\n", minimum
            exit 1
        }
    }' "$work/gcov"
