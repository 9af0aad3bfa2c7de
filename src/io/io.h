/* io: files become blocks of rows, and rows become files.
 * In: a path, standard input or memory.  Out: an mmax_source that hands out logits as float64, row
 * by row in C order, in bounded memory; an NPY or text file of weights.  Called by analyze. */
#ifndef MMAX_IO_H
#define MMAX_IO_H

#include "base/base.h"

/* Reads up to max_rows further rows.
 *
 * logits  (max_rows, row_length)  written
 * n_rows                          rows read; 0 only at the end of the input
 *
 * Values are those of the file, exactly; NaN and infinities pass through.  After a failure the
 * source can only be freed. */
mmax_status mmax_source_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                             mmax_error *error);

/* Whether every value is a float32 and the source hands them out as such; and the same rows read as
 * float32. */
bool mmax_source_has_singles(const mmax_source *source);
mmax_status mmax_source_read_singles(mmax_source *source, size_t max_rows, float *logits,
                                     size_t *n_rows, mmax_error *error);

/* The first row of the last block. */
size_t mmax_source_first_row(const mmax_source *source);

/* Whether the source tells of the rows of any block before the last one as it tells of those of the
 * last.  A text does not: its places and labels are those of one block. */
bool mmax_source_can_read_ahead(const mmax_source *source);

#define MMAX_WHOLE_ROW SIZE_MAX

/* Writes where an entry of the last block, or with MMAX_WHOLE_ROW where a row of it lies:
 * "a.csv:17:4" (line and column of the text), or "a.npy: group 0.3, row 2, column 5".  block_row
 * counts from the first row of the last block. */
void mmax_source_place(const mmax_source *source, size_t block_row, size_t column, char *place,
                       size_t size);

/* Writes the number that an infinite entry of the last block stands for in its text, "1e400", and
 * returns true; false if it is no number that overflowed, or not the first of its row that is NaN
 * or +inf. */
bool mmax_source_overflow(const mmax_source *source, size_t block_row, size_t column, char *text,
                          size_t size);

/* The label of a row of the last block, UTF-8 or whatever bytes the file has; NULL if it has none.
 */
const char *mmax_source_row_label(const mmax_source *source, size_t block_row);

/* Distance from 1 to the next number of the arithmetic that the input deserves: 2^-52 for float64
 * and text, 2^-23 for float32, float16 and bfloat16 (which float32 holds exactly). */
double mmax_source_epsilon(const mmax_source *source);

/* Splits the index of a row into its leading indices: index (n_dims - 1,) in C order. */
void mmax_unravel(const mmax_input *input, size_t row, size_t index[MMAX_MAX_DIMS]);

/* Rows in a group: shape[n_dims - 2], or 1 for rank below 2. */
size_t mmax_group_rows(const mmax_input *input);

/* ---- masks ----------------------------------------------------------------------------------- */

/* An array that broadcasts to an input as NumPy has it: aligned at their last axes, each of its
 * axes is 1 or as long as the input's. */
typedef struct mmax_mask mmax_mask;

/* Opens a mask, in any format that is read, and reads it once to find its faults.  Booleans,
 * integers, and floats that are nothing but 0 and 1 with a 1 among them are boolean: 0 masks.
 * Others are additive.
 *
 * file    as in mmax_source_open; a name, not "-"
 * cancel  as there; may be NULL
 * input   of the source; kept until mmax_mask_free
 *
 * MMAX_EDOMAIN for a shape that does not broadcast, for NaN and +inf, and for integers other than 0
 * and 1; MMAX_EUNSUPPORTED for a pipe of more entries than are kept.  Memory: 16 MiB at most, and a
 * row.  Larger masks are read again where their rows repeat; in text and Fortran order from the
 * beginning. */
mmax_status mmax_mask_open(const char *file, const volatile sig_atomic_t *cancel,
                           const mmax_input *input, mmax_mask **mask, mmax_error *error);
void mmax_mask_free(mmax_mask *mask);

/* What is to be added to a row of the input: (row_length,), finite or -inf, until the next call.
 * Rows may be asked for in any order; ascending is fastest. */
mmax_status mmax_mask_row(mmax_mask *mask, size_t row, const double **addends, mmax_error *error);

/* At the end of the input, when the number of its rows is known: MMAX_EDOMAIN if the mask does not
 * broadcast to it after all. */
mmax_status mmax_mask_finish(const mmax_mask *mask, mmax_error *error);

/* ---- writers --------------------------------------------------------------------------------- */

typedef enum mmax_array_format { MMAX_ARRAY_NPY, MMAX_ARRAY_CSV, MMAX_ARRAY_TSV } mmax_array_format;
typedef enum mmax_element { MMAX_FLOAT16, MMAX_FLOAT32, MMAX_FLOAT64 } mmax_element;

/* The element type of an input's dtype: "<f2", ">f2" is MMAX_FLOAT16; bfloat16, which NumPy cannot
 * read, float32; what is not a float, float64. */
mmax_element mmax_element_of(const char *dtype);

typedef struct mmax_array_writer mmax_array_writer;

/* Begins an array of the input's shape on FILE ("-" is standard output), rows along the last axis.
 * NPY is little-endian, version 1.0, C order.  If the number of rows is not known yet, NPY on
 * standard output is kept in a temporary file until it is.
 *
 * cancel  as in mmax_output_open; may be NULL */
mmax_status mmax_array_writer_open(const char *file, const volatile sig_atomic_t *cancel,
                                   mmax_array_format format, mmax_element element,
                                   const mmax_input *input, mmax_array_writer **writer,
                                   mmax_error *error);

/* rows (n_rows, row_length).  float64 is rounded to the element type, to nearest, ties to even.
 * Text: a NaN is an empty cell; float16 and float32 get their own shortest decimals. */
mmax_status mmax_array_writer_rows(mmax_array_writer *writer, const double *rows, size_t n_rows,
                                   mmax_error *error);

/* Completes the header with the input's final shape and puts the file in its place. */
mmax_status mmax_array_writer_commit(mmax_array_writer *writer, const mmax_input *input,
                                     mmax_error *error);
void mmax_array_writer_free(mmax_array_writer *writer);

#endif
