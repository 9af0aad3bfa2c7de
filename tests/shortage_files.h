/* Small inputs of every format, for runs that are to be made again and again. */
#ifndef MMAX_SHORTAGE_FILES_H
#define MMAX_SHORTAGE_FILES_H

/* Goes to the folder in/ of the test's own folder and makes there
 *
 *     heads.npy, heads.npy.gz, .zst, .xz, .bz2         (2, 2, 4, 4) of float32
 *     fortran.npy                                      the same in Fortran order, of float64
 *     long.npy                                         (8192, 64)
 *     stored.npz, deflated.npz                         heads, and ids, (4,) of int32
 *     heads.safetensors                                the same
 *     rows.csv, rows.tsv, rows.csv.gz                  four rows with labels and names of columns
 *     queries.npy, keys.npy                            (2, 2, 4, 3)
 *     mask.npy                                         (4, 4) of booleans
 *     tokens.txt                                       four of them
 *     layers.json, layers.npz, layers.safetensors      parameters of MultiMax for two layers
 *     ts.npz, ranges.npz                               the same, side by side
 *
 * and a folder ../out for what is made of them. */
void shortage_make_files(void);

#endif
