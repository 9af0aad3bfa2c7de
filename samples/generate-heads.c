/* Writes a small attention block with four known head types, so that a reader of the reports and
 * figures knows what must come out:
 *
 *     generate-heads npy          all heads, NPY, float32, shape (4, 24, 24)
 *     generate-heads csv HEAD     one head, CSV with the tokens as row and column labels
 *
 * The text is a sentence of 12 different tokens, said twice.  Rows are queries, columns keys, and a
 * key after its query is masked (-inf).
 *
 *     head 0  previous-token  each query looks at the token before it
 *     head 1  induction       in the repetition, a query looks at what followed its own token the
 *                             first time and, a little less, at that first time: two modes
 *     head 2  sink            every query parks its attention on the first token
 *     head 3  diffuse         no query prefers anything much
 *
 * Every logit is a small multiple of 1/256, computed in integers: the bytes are the same on every
 * machine, whatever its libm. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_HEADS = 4, N_PERIOD = 12, N_TOKENS = 2 * N_PERIOD, UNIT = 256 };

static const char *const sentence[N_PERIOD] = {"When", "Ada", "and", "Alan", "went", "home",
                                               "the",  "old", "dog", "ran",  "out",  "."};

/* A number in -UNIT .. UNIT that looks random and belongs to (head, query, key): two rounds of
 * multiplying and folding 32 bits, by odd constants of no further meaning. */
static int noise(unsigned head, unsigned query, unsigned key)
{
    uint32_t bits = (head * N_TOKENS + query) * N_TOKENS + key + 1;
    for (int round = 0; round < 2; round++) {
        bits *= 0x9e3779b1u;
        bits ^= bits >> 15;
    }
    return (int)(bits % (2 * UNIT + 1)) - UNIT;
}

/* What a head adds for the key that it looks for, in UNITs. */
static int preference(unsigned head, unsigned query, unsigned key)
{
    unsigned distance = query - key;
    switch (head) {
    case 0:
        return query == 0 || distance == 1 ? 5 : 0;
    case 1:
        if (query < N_PERIOD)
            return key == 0 ? 4 : 0;
        return distance == N_PERIOD - 1 ? 5 : distance == N_PERIOD ? 4 : 0;
    case 2:
        return key == 0 ? 6 : 0;
    default:
        return 0;
    }
}

/* The logit in units of 1/UNIT; key <= query. */
static int logit(unsigned head, unsigned query, unsigned key)
{
    int spread = noise(head, query, key);
    return UNIT * preference(head, query, key) + (head == 3 ? spread / 2 : spread);
}

/* float32, little-endian, whatever this machine's order. */
static void put_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int shift = 0; shift < 32; shift += 8)
        putchar((int)(bits >> shift & 0xff));
}

/* NPY 1.0: magic, version, the length of the header, a Python dictionary padded so that the data
 * start at a multiple of 64 bytes. */
static void write_npy_header(void)
{
    enum { PREFIX = 10, HEADER = 118 };
    char header[HEADER + 1];
    int length = snprintf(header, sizeof header,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d, %d), }",
                          N_HEADS, N_TOKENS, N_TOKENS);
    memset(header + length, ' ', HEADER - (size_t)length);
    header[HEADER - 1] = '\n';
    const unsigned char prefix[PREFIX] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, HEADER, 0};
    fwrite(prefix, 1, PREFIX, stdout);
    fwrite(header, 1, HEADER, stdout);
}

static void write_npy(void)
{
    static const uint32_t minus_infinity_bits = 0xff800000u;
    float minus_infinity;
    memcpy(&minus_infinity, &minus_infinity_bits, sizeof minus_infinity);
    write_npy_header();
    for (unsigned head = 0; head < N_HEADS; head++)
        for (unsigned query = 0; query < N_TOKENS; query++)
            for (unsigned key = 0; key < N_TOKENS; key++)
                put_float(key > query ? minus_infinity : (float)logit(head, query, key) / UNIT);
}

static void write_csv(unsigned head)
{
    for (unsigned key = 0; key < N_TOKENS; key++)
        printf(",%s", sentence[key % N_PERIOD]);
    putchar('\n');
    for (unsigned query = 0; query < N_TOKENS; query++) {
        printf("%s", sentence[query % N_PERIOD]);
        for (unsigned key = 0; key < N_TOKENS; key++)
            if (key > query)
                printf(",-inf");
            else
                /* Below 10, a multiple of 1/256 has at most 9 digits: nothing is rounded. */
                printf(",%.9g", (double)logit(head, query, key) / UNIT);
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "npy") == 0)
        write_npy();
    else if (argc == 3 && strcmp(argv[1], "csv") == 0 && strspn(argv[2], "0123") == 1 &&
             !argv[2][1])
        write_csv((unsigned)(argv[2][0] - '0'));
    else {
        fprintf(stderr, "usage: generate-heads npy | csv HEAD\n");
        return 2;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("generate-heads");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
