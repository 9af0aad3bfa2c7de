/* base: the ground that every room stands on.
 * In: bytes, counts, text.  Out: statuses with messages, checked memory, numbers to and from text,
 * output files.  Called by every room; includes nothing of ours but the public header. */
#ifndef MMAX_BASE_H
#define MMAX_BASE_H

#include <multimax.h>

#include <stdint.h>
#include <stdio.h>

/* ---- status ---------------------------------------------------------------------------------- */

/* Writes the message to ERROR (may be NULL) and returns STATUS. */
#if defined __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
mmax_status
mmax_fail(mmax_error *error, mmax_status status, const char *format, ...);

/* The same for a lack of memory while doing WHAT: "reading a.npy". */
mmax_status mmax_fail_memory(mmax_error *error, const char *what);

/* ---- memory ---------------------------------------------------------------------------------- */

/* a * b in *PRODUCT; false on overflow, then *PRODUCT is untouched. */
bool mmax_multiply(size_t a, size_t b, size_t *product);

/* Room for n elements of SIZE bytes, uninitialised; NULL on overflow or lack of memory.  n = 0
 * gives a pointer that can be freed. */
void *mmax_alloc_array(size_t n, size_t size);

/* The same, all bits zero. */
void *mmax_alloc_zeroed(size_t n, size_t size);

/* As realloc: on failure returns NULL and leaves OLD as it was. */
void *mmax_resize_array(void *old, size_t n, size_t size);

/* A copy of a string; NULL on lack of memory. */
char *mmax_copy_text(const char *text);

/* ---- numbers and text ------------------------------------------------------------------------ */

enum { MMAX_NUMBER_SIZE = 32 };

/* Writes the shortest decimal that reads back to VALUE (of those the nearest), as JSON has it and
 * never with a locale's comma: "0.1", "12345", "0.00001", "1e-6", "1.5e20", "-0"; "nan", "inf" and
 * "-inf" for what JSON lacks.  Plain notation for 1e-5 <= |decimal| < 1e17, scientific elsewhere.
 * Returns the length; a 0 follows. */
size_t mmax_number_write(double value, char text[MMAX_NUMBER_SIZE]);

/* The same for a float32: the shortest decimal that reads back to the same float32. */
size_t mmax_number_write_float(float value, char text[MMAX_NUMBER_SIZE]);

/* Reads the whole of text[0..length), of any length, as strtod in the C locale does: decimal and
 * hexadecimal numbers, inf, infinity, nan, nan(...); a leading sign.  False, *VALUE untouched, if
 * anything else is left over, if there is white space, or if it is empty.  Overflow gives an
 * infinity, underflow the nearest subnormal or 0.  The rounding mode must be the usual one. */
bool mmax_number_read(const char *text, size_t length, double *value);

/* Reads up to n decimal numbers, each as mmax_number_read does, from the beginning of
 * text[0..length): spaces, the number and the delimiter, which is no space and occurs in no number.
 * Ends before what is written in another way, overflows, has no delimiter after it or is longer
 * than MMAX_NUMBERS_LENGTH.  Returns how many were read, and in *N_BYTES how far. */
enum { MMAX_NUMBERS_LENGTH = 1024 };
size_t mmax_numbers_read(const char *text, size_t length, char delimiter, double *values, size_t n,
                         size_t *n_bytes);

/* A shape of at most MMAX_MAX_DIMS axes as NumPy writes it: "()", "(3,)", "(2, 3)". */
enum { MMAX_SHAPE_SIZE = MMAX_MAX_DIMS * 22 + 4 };
void mmax_shape_write(const size_t *shape, size_t n_dims, char text[MMAX_SHAPE_SIZE]);

/* The number of bytes of the UTF-8 character at text[0..length); 0 if it is not valid. */
size_t mmax_utf8_length(const char *text, size_t length);

/* The place of WORD among WORDS; n_words if it is none of them, with an MMAX_EUSAGE in ERROR that
 * suggests the nearest or lists them all: "invalid WHAT 'WORD': expected a, b or c". */
size_t mmax_find_word(const char *what, const char *word, const char *const *words, size_t n_words,
                      mmax_error *error);

/* The columns of a terminal that TEXT takes: 0 for what is drawn over the character before it, 2
 * for East Asian wide characters and emoji, 1 for others and for each byte that is not UTF-8.
 * Sequences that a terminal may draw as one are counted in their parts, and controls as 1. */
size_t mmax_display_width(const char *text);

/* The length in bytes of the longest beginning of TEXT, of whole characters with all that is drawn
 * over them, that takes at most WIDTH columns; how many it takes in *USED. */
size_t mmax_display_prefix(const char *text, size_t width, size_t *used);

/* ---- output files ---------------------------------------------------------------------------- */

/* A file that is whole or absent: written beside its name and renamed by mmax_output_commit.
 * Standard output, devices and pipes are written directly.  Errors are latched: writes after the
 * first failure do nothing, and commit reports it. */
typedef struct mmax_output mmax_output;

/* Opens FILE, or standard output for "-".  Once CANCEL is raised, by a handler of signals, nothing
 * waits any more for a pipe's reader or for room in it, and nothing is committed: MMAX_ECANCELED.
 *
 * cancel  as in mmax_plan_set_cancel; may be NULL */
mmax_status mmax_output_open(const char *file, const volatile sig_atomic_t *cancel,
                             mmax_output **output, mmax_error *error);

void mmax_output_write(mmax_output *output, const void *bytes, size_t n_bytes);
void mmax_output_text(mmax_output *output, const char *text);

#if defined __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void mmax_output_format(mmax_output *output, const char *format, ...);

/* Writes a number as mmax_number_write does. */
void mmax_output_number(mmax_output *output, double value);

/* The same as the format %zu, several times as fast. */
void mmax_output_count(mmax_output *output, size_t count);

/* Sends on what was written, where a reader may be waiting for it: not to a file of its own, which
 * nobody sees before it is whole. */
void mmax_output_flush(mmax_output *output);

/* Overwrites bytes already written, at OFFSET from the start.  Only where mmax_output_can_patch. */
bool mmax_output_can_patch(const mmax_output *output);
void mmax_output_patch(mmax_output *output, size_t offset, const void *bytes, size_t n_bytes);

/* The latched error, MMAX_OK if none; for writers that want to stop early. */
mmax_status mmax_output_status(const mmax_output *output, mmax_error *error);

/* Flushes and renames.  MMAX_EPIPE when the reader went away, MMAX_EIO else. */
mmax_status mmax_output_commit(mmax_output *output, mmax_error *error);

/* Closes; what was not committed vanishes. */
void mmax_output_free(mmax_output *output);

#endif
