/* Compares two .npy files of float32 or float64, for tests of the command line.
 *
 * usage: npy-compare A.npy B.npy TOLERANCE
 *
 * Prints "same" or "different" and the largest absolute difference; status 1 if that is above
 * TOLERANCE, 2 if the files cannot be compared.  Little-endian files in C order only, of as many
 * entries; read by means of its own, so that it is a witness of what the program reads. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct array {
    FILE *file;
    size_t item_size;
} array;

static void give_up(const char *file, const char *what)
{
    fprintf(stderr, "npy-compare: %s: %s\n", file, what);
    exit(2);
}

static array open_array(const char *name)
{
    array opened = {fopen(name, "rb"), 0};
    unsigned char start[10];
    if (!opened.file || fread(start, 1, sizeof start, opened.file) != sizeof start ||
        memcmp(start, "\x93NUMPY\x01", 7) != 0)
        give_up(name, "cannot be read as NPY 1.0");
    char header[UINT16_MAX + 1] = "";
    size_t length = start[8] + 256u * start[9];
    if (fread(header, 1, length, opened.file) != length)
        give_up(name, "ends inside its header");
    if (!strstr(header, "'fortran_order': False"))
        give_up(name, "is not in C order");
    opened.item_size = strstr(header, "'<f4'") ? 4 : strstr(header, "'<f8'") ? 8 : 0;
    if (opened.item_size == 0)
        give_up(name, "is neither '<f4' nor '<f8'");
    return opened;
}

static int read_number(const array *from, double *value)
{
    unsigned char bytes[8];
    if (fread(bytes, 1, from->item_size, from->file) != from->item_size)
        return 0;
    uint64_t bits = 0;
    for (size_t i = 0; i < from->item_size; i++)
        bits |= (uint64_t)bytes[i] << 8 * i;
    if (from->item_size == 8) {
        memcpy(value, &bits, sizeof *value);
    } else {
        uint32_t narrow_bits = (uint32_t)bits;
        float narrow;
        memcpy(&narrow, &narrow_bits, sizeof narrow);
        *value = (double)narrow;
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: npy-compare A.npy B.npy TOLERANCE\n", stderr);
        return 2;
    }
    array a = open_array(argv[1]), b = open_array(argv[2]);
    double largest = 0, x, y;
    for (;;) {
        int has_x = read_number(&a, &x), has_y = read_number(&b, &y);
        if (has_x != has_y)
            give_up(has_x ? argv[2] : argv[1], "has fewer entries than the other");
        if (!has_x)
            break;
        double difference = isnan(x) && isnan(y) ? 0 : fabs(x - y);
        if (!(difference <= largest) && x != y)
            largest = isnan(difference) ? (double)INFINITY : difference;
    }
    int is_same = largest <= strtod(argv[3], NULL);
    printf("%s %g\n", is_same ? "same" : "different", largest);
    fclose(a.file);
    fclose(b.file);
    return is_same ? 0 : 1;
}
