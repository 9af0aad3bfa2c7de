#!/bin/sh
# Adds up what test programs counted, one line, from the harness's logs of them or from all those of
# a build directory:
#
#     tests/summary.sh LOG... | BUILD_DIR...     ->     412 passed, 0 failed, 3 skipped
#
# A program that counts prints, as Check does, "...: Checks: N, Failures: N, Errors: N", and "SKIP:
# name: why" for each check that could not run.  A program without such a line counts as one check
# with the harness's verdict.  Ends with status 1 if anything failed or nothing ran.
set -eu

for argument in "$@"; do
    if [ -d "$argument" ]; then
        find "$argument" -name '*.trs' ! -path '*/build-*' | sort | sed 's/trs$/log/'
    else
        echo "$argument"
    fi
done | while read -r log; do
    printf 'program %s\n' "$(sed -n 's/^:test-result: //p' "${log%.log}.trs" 2>/dev/null | head -n 1)"
    cat "$log"
    echo
done | awk '
    function close_program() {
        if (verdict == "")
            return
        if (counted) {
            skipped_here = skips < checks - bad ? skips : checks - bad
            passed += checks - bad - skipped_here
            skipped += skipped_here
            # The checks passed, but the program did not, for instance for a leak at its end.
            failed += bad == 0 && verdict == "FAIL" ? 1 : bad
        } else if (verdict == "PASS" || verdict == "XFAIL")
            passed++
        else if (verdict == "SKIP")
            skipped++
        else
            failed++
    }
    $1 == "program" && $2 ~ /^[A-Z]+$/ && NF == 2 { close_program(); verdict = $2; counted = checks = bad = skips = 0; next }
    /^SKIP: / { skips++ }
    /Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+/ {
        line = $0
        sub(/.*Checks: /, "", line)
        split(line, number, /[^0-9]+/)
        checks += number[1]
        bad += number[2] + number[3]
        counted = 1
    }
    END {
        close_program()
        printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
        exit failed > 0 || passed == 0
    }'
