/* Files of tokens.  There is a label for each line, and a terminal can be given each. */
#include "fuzz.h"

#include "io/tokens.h"

#include <stdlib.h>
#include <string.h>

static size_t count_lines(fuzz_input input)
{
    bool has_mark = input.n >= 3 && memcmp(input.bytes, "\xef\xbb\xbf", 3) == 0;
    size_t n = 0, at = has_mark ? 3 : 0;
    for (size_t i = at; i < input.n; i++)
        n += input.bytes[i] == '\n' || i + 1 == input.n;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    bool as_pipe = fuzz_choose(&input, 2) == 1 && fuzz_pipe(input);
    char *path = fuzz_file("tokens", input);
    mmax_tokens *tokens;
    mmax_error error;
    mmax_status status = mmax_tokens_read(as_pipe ? "-" : path, NULL, &tokens, &error);
    if (status == MMAX_OK) {
        REQUIRE(tokens->n == count_lines(input));
        for (size_t i = 0; i < tokens->n; i++)
            REQUIRE(fuzz_is_harmless(tokens->labels[i], strlen(tokens->labels[i]), ""));
        mmax_tokens_free(tokens);
    } else {
        fuzz_check_error(status, &error);
    }
    free(path);
    return 0;
}
