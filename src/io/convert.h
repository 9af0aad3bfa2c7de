/* Element types: their names, and their conversion to and from float64. */
#ifndef MMAX_IO_CONVERT_H
#define MMAX_IO_CONVERT_H

#include "io/io.h"

/* One line of the table of element types that are read.  Another type is another line. */
typedef struct mmax_dtype_info {
    const char *code;         /* "f4": as NPY headers have it after the byte order */
    const char *name;         /* "float32": NumPy takes it in place of the code */
    const char *canonical[2]; /* "<f4", ">f4"; NumPy has no code for bfloat16 */
    size_t size;              /* bytes of an element */
    mmax_element element;     /* the type that holds its values when they are written */
    void (*to_double)(const unsigned char *bytes, size_t n, bool is_swapped, double *values);
    /* NULL where float32 does not hold them all */
    void (*to_single)(const unsigned char *bytes, size_t n, bool is_swapped, float *values);
} mmax_dtype_info;

/* An element type in a byte order. */
typedef struct mmax_dtype {
    const mmax_dtype_info *info;
    bool is_swapped;    /* its byte order is not the machine's */
    const char *name;   /* as NumPy writes it: "<f4" */
    const char *stored; /* NULL, or what the file says where it does not name the type: "|V2" */
} mmax_dtype;

/* Finds the type, float, integer or boolean, that an NPY header names, "<f4", or says why FILE
 * cannot be read: MMAX_EUNSUPPORTED.  Two raw bytes are bfloat16: NumPy has no code for it, so that
 * is what the ml_dtypes package writes. */
mmax_status mmax_dtype_parse(const char *file, const char *text, size_t length, mmax_dtype *dtype,
                             mmax_error *error);

/* Whether it is a floating-point type: logits are hardly of another. */
bool mmax_dtype_is_float(const mmax_dtype *dtype);

/* Converts n elements, at any alignment.  Exact, but for integers of more than 53 bits, which are
 * rounded; a boolean is 0 or 1. */
void mmax_dtype_to_double(const mmax_dtype *dtype, const unsigned char *bytes, size_t n,
                          double *values);

/* The same as float32, for types of which it holds every value. */
void mmax_dtype_to_single(const mmax_dtype *dtype, const unsigned char *bytes, size_t n,
                          float *values);

/* Whether elements are float32, or float64, in the machine's byte order. */
bool mmax_dtype_is_single(const mmax_dtype *dtype);
bool mmax_dtype_is_double(const mmax_dtype *dtype);

/* IEEE 754 binary16. */
double mmax_half_to_double(uint16_t half);

/* To nearest, ties to even, in one rounding (through float32 it would be two); what rounds beyond
 * 65504 is infinite. */
uint16_t mmax_half_from_double(double value);

/* The size of an element, and n values written as little-endian elements. */
size_t mmax_element_size(mmax_element element);
void mmax_element_from_double(mmax_element element, const double *values, size_t n,
                              unsigned char *bytes);

/* The shortest decimal that reads back to the same float16, which VALUE is one of. */
size_t mmax_number_write_half(double value, char text[MMAX_NUMBER_SIZE]);

#endif
