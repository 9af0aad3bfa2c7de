/* MultiMax's learned parameters in a file: a set of four ts and four ranges, or one a layer.
 *
 * What a file holds becomes text, as it stands in a SPEC behind "multimax:", so that the parser of
 * SPECs alone knows which parameters are valid. */
#ifndef MMAX_IO_PARAMETERS_H
#define MMAX_IO_PARAMETERS_H

#include "base/base.h"

enum {
    MMAX_SET_SIZE = 384,   /* eight numbers and their names */
    MMAX_MAX_LAYERS = 4096 /* no network is so deep; a file that claims more is another */
};

typedef struct mmax_parameter_sets {
    size_t n;
    char (*sets)[MMAX_SET_SIZE]; /* (n,) "ts=-1/-0.5/0/0,ranges=0/1/0/0", "tb=2,b=eps" */
} mmax_parameter_sets;

/* Reads FILE, a name, not "-":
 * - JSON: {"ts": [4 numbers], "ranges": [4 numbers]}, {"ts": [[4 numbers], ...], "ranges": ...},
 *   {"tb": 2, "b": 0, ...}, or a list of such objects of one set each;
 * - a file of arrays "ts" and "ranges", or "multimax_ts" and "multimax_ranges", behind a prefix or
 *   not: (4,), (layers, 4), or one (4,) a layer, ordered by the number in its name;
 * - ts.npz with ranges.npz beside it, and whatever else has "ts" or "ranges" in its name: of one
 *   array, or one a layer.
 *
 * MMAX_EFORMAT says what the file lacks.  Memory: 4 MiB of JSON, or MMAX_MAX_LAYERS sets. */
mmax_status mmax_parameter_sets_read(const char *file, mmax_parameter_sets *sets,
                                     mmax_error *error);
void mmax_parameter_sets_free(mmax_parameter_sets *sets);

#endif
