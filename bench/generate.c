/* generate DTYPE ROWS LENGTH SIGMA: an NPY file of normal logits, or with DTYPE csv a text of six
 * decimals, on standard output.  The same arguments, the same bytes. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
 */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double uniform(uint64_t *state)
{
    return ((double)(next(state) >> 11) + 0.5) * 0x1p-53;
}

/* Box and Muller: two normal numbers from two uniform ones. */
static void fill(double *values, size_t n, double sigma, uint64_t *state)
{
    for (size_t i = 0; i + 1 < n + 1; i += 2) {
        double radius = sigma * sqrt(-2 * log(uniform(state)));
        double angle = 6.283185307179586 * uniform(state);
        values[i] = radius * cos(angle);
        if (i + 1 < n)
            values[i + 1] = radius * sin(angle);
    }
}

/* Normal numbers of float16, rounded towards 0; tiny ones become 0. */
static uint16_t half_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    return (uint16_t)(magnitude < 0x38800000u ? sign : sign | ((magnitude - 0x38000000u) >> 13));
}

static void write_header(const char *dtype, long rows, long length)
{
    char header[128];
    int n = snprintf(header, sizeof header,
                     "{'descr': '<%s', 'fortran_order': False, 'shape': (%ld, %ld), }", dtype, rows,
                     length);
    while ((10 + n + 1) % 64 != 0)
        header[n++] = ' ';
    header[n++] = '\n';
    fwrite("\x93NUMPY\x01\x00", 1, 8, stdout);
    putchar(n);
    putchar(0);
    fwrite(header, 1, (size_t)n, stdout);
}

static void write_row(const char *dtype, const double *values, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        float single = (float)values[j];
        uint16_t half = half_of(single);
        if (strcmp(dtype, "csv") == 0)
            printf("%.6f%c", values[j], j + 1 < n ? ',' : '\n');
        else if (strcmp(dtype, "f8") == 0)
            fwrite(&values[j], sizeof values[j], 1, stdout);
        else if (strcmp(dtype, "f4") == 0)
            fwrite(&single, sizeof single, 1, stdout);
        else
            fwrite(&half, sizeof half, 1, stdout);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("usage: generate csv|f2|f4|f8 ROWS LENGTH SIGMA\n", stderr);
        return 2;
    }
    const char *dtype = argv[1];
    long rows = atol(argv[2]), length = atol(argv[3]);
    double sigma = atof(argv[4]);
    double *values = rows > 0 && length > 0 ? malloc((size_t)length * sizeof *values) : NULL;
    uint64_t state = 1;
    if (!values)
        return 1;
    if (strcmp(dtype, "csv") != 0)
        write_header(dtype, rows, length);
    for (long i = 0; i < rows; i++) {
        fill(values, (size_t)length, sigma, &state);
        write_row(dtype, values, (size_t)length);
    }
    free(values);
    return fflush(stdout) == 0 ? 0 : 1;
}
