/* floor FILE: reads a file of float32 as a program that reads it all must, and adds it up: nothing
 * that looks at every logit is faster. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024, LANES = 16 };

int main(int argc, char **argv)
{
    int file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    float *chunk = malloc(CHUNK);
    float sums[LANES] = {0};
    off_t at = 128; /* behind the header */
    ssize_t n;
    if (file < 0 || !chunk)
        return 1;
    while ((n = pread(file, chunk, CHUNK, at)) > 0) {
        size_t n_values = (size_t)n / sizeof *chunk;
        for (size_t i = 0; i + LANES <= n_values; i += LANES)
            for (size_t j = 0; j < LANES; j++)
                sums[j] += chunk[i + j];
        at += n;
    }
    for (size_t j = 1; j < LANES; j++)
        sums[0] += sums[j];
    printf("%g\n", (double)sums[0]);
    free(chunk);
    close(file);
    return 0;
}
