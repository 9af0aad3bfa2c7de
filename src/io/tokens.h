/* Labels of keys and queries: a text with one label a line. */
#ifndef MMAX_IO_TOKENS_H
#define MMAX_IO_TOKENS_H

#include "io/source.h"

/* A token is a word or less, and no model sees 2^24 of them at once: what is beyond is not a file
 * of tokens, or has no end. */
enum {
    MMAX_MAX_TOKENS = 1 << 24,
    MMAX_MAX_TOKEN_BYTES = 64 * 1024,
    MMAX_MAX_TOKENS_BYTES = 1 << 28 /* all labels as they are shown */
};

struct mmax_tokens {
    char *name; /* of the file, for messages */
    size_t n;
    char *text;          /* the labels one after the other, each 0-terminated */
    const char **labels; /* (n,) in TEXT */
};

/* After N_ROWS further rows were read: a text's rows are held against the tokens of its queries as
 * they are counted.  At its end the tokens of the keys turn out to be those of the queries, too,
 * where the text is square. */
mmax_status mmax_tokens_follow(mmax_source *source, size_t n_rows, mmax_error *error);

#endif
