/* What the fuzz targets share: the engine's entry, properties, choices, files.
 *
 * A target is a file of its own with one LLVMFuzzerTestOneInput.  It is linked with libFuzzer, with
 * AFL++ or with replay.c, which runs files. */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/base.h"

/* Runs one input; returns 0.  A property that does not hold aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(property) ((property) ? (void)0 : fuzz_fail(#property, __FILE__, __LINE__))

_Noreturn void fuzz_fail(const char *property, const char *file, int line);

/* What is left of an input. */
typedef struct fuzz_input {
    const uint8_t *bytes;
    size_t n;
} fuzz_input;

/* The next byte, modulo n: which of n choices to take; 0 at the end of the input. */
size_t fuzz_choose(fuzz_input *input, size_t n);

/* What comes before the next MARK, or all that is left; goes past both. */
fuzz_input fuzz_part(fuzz_input *input, const char *mark);

/* What is left as a string that ends at its first 0; to be freed. */
char *fuzz_text(fuzz_input input);

/* The folder of this process, made in TMPDIR at the first call and removed at its end: the only
 * place where anything is written.  TMPDIR names it from then on. */
const char *fuzz_folder(void);

/* Writes a file there, and returns its path, to be freed. */
char *fuzz_file(const char *name, fuzz_input input);

/* Removes all files from there, and counts them. */
size_t fuzz_empty_folder(void);

/* Makes standard input a pipe that yields the bytes; false if a pipe has not that much room. */
bool fuzz_pipe(fuzz_input input);

/* Whether text is UTF-8 without anything that controls a terminal but what is in ALLOWED. */
bool fuzz_is_harmless(const char *text, size_t n, const char *allowed);

/* What every failure has: a status that is no success, and words for it. */
void fuzz_check_error(mmax_status status, const mmax_error *error);

#endif
