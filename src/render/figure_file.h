/* The names of figure files.  In: "a.png", "svg:-".  Out: kind and path. */
#ifndef MMAX_FIGURE_FILE_H
#define MMAX_FIGURE_FILE_H

#include "base/base.h"

typedef enum mmax_file_kind { MMAX_FILE_PNG, MMAX_FILE_SVG, MMAX_FILE_PDF } mmax_file_kind;

typedef struct mmax_figure_file {
    mmax_file_kind kind;
    const char *path;                    /* "-" for standard output */
    const volatile sig_atomic_t *cancel; /* as in mmax_output_open */
} mmax_figure_file;

/* Reads a name; PATH points into it.  MMAX_EUSAGE for a name of no kind. */
mmax_status mmax_figure_file_parse(const char *name, mmax_figure_file *file, mmax_error *error);

#endif
