/* Makes an .npy file from text, for tests of the command line.
 *
 * usage: npy-from-text DESCR SHAPE [fortran] < NUMBERS > FILE.npy
 *
 * DESCR is <f4, >f4, <f8 or >f8; SHAPE as NumPy prints it: "()", "(3,)", "(2, 3)".  NUMBERS are
 * written in the order in which they come. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_number(double value, const char *descr)
{
    unsigned char bytes[8];
    size_t size = descr[2] == '4' ? 4 : 8;
    uint64_t bits = 0;
    if (size == 4) {
        float narrow = (float)value;
        uint32_t bits32;
        memcpy(&bits32, &narrow, sizeof bits32);
        bits = bits32;
    } else {
        memcpy(&bits, &value, sizeof bits);
    }
    for (size_t i = 0; i < size; i++)
        bytes[descr[0] == '<' ? i : size - 1 - i] = (unsigned char)(bits >> 8 * i);
    fwrite(bytes, 1, size, stdout);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: npy-from-text DESCR SHAPE [fortran] < NUMBERS > FILE.npy\n", stderr);
        return 2;
    }
    char header[256];
    int length =
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
                 argv[1], argc > 3 ? "True" : "False", argv[2]);
    if (length < 0 || length > 200)
        return 2;
    while ((10 + length + 1) % 64 != 0)
        header[length++] = ' ';
    header[length++] = '\n';
    fwrite("\x93NUMPY\x01\x00", 1, 8, stdout);
    putchar(length & 0xff);
    putchar(length >> 8);
    fwrite(header, 1, (size_t)length, stdout);
    char word[64];
    while (scanf("%63s", word) == 1)
        write_number(strtod(word, NULL), argv[1]);
    return fflush(stdout) == 0 ? 0 : 1;
}
