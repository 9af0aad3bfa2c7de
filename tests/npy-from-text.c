/* Makes an .npy file from text, for tests of the command line.
 *
 * usage: npy-from-text DESCR SHAPE [fortran] < NUMBERS > FILE.npy
 *
 * DESCR is <f4, >f4, <f8 or >f8, an integer such as <i8 or |u1, |b1, or <f2, and <V2 or |V2 for
 * bfloat16 (of numbers that they hold exactly); SHAPE as NumPy prints it: "()", "(3,)", "(2, 3)".
 * NUMBERS are written in the order in which they come. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bits_of(double value, char kind, size_t size)
{
    uint64_t bits = 0;
    if (kind == 'i' || kind == 'u' || kind == 'b')
        return (uint64_t)(int64_t)value;
    if (kind == 'f' && size == 8) {
        memcpy(&bits, &value, sizeof bits);
        return bits;
    }
    float narrow = (float)value;
    uint32_t bits32;
    memcpy(&bits32, &narrow, sizeof bits32);
    if (kind == 'f' && size == 2) /* normal numbers and 0: the exponent's bias is 15, not 127 */
        return value == 0 ? 0
                          : (bits32 >> 16 & 0x8000u) | ((bits32 >> 13 & 0x3ffffu) - (112u << 10));
    return kind == 'V' ? bits32 >> 16 : bits32;
}

static void write_number(double value, const char *descr)
{
    unsigned char bytes[8];
    size_t size = (size_t)(descr[2] - '0');
    uint64_t bits = bits_of(value, descr[1], size);
    for (size_t i = 0; i < size; i++)
        bytes[descr[0] == '>' ? size - 1 - i : i] = (unsigned char)(bits >> 8 * i);
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
