#include "render/figure_file.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *suffix;          /* of a file */
    const char *standard_output; /* its name when the figure goes there */
    mmax_file_kind kind;
} kinds[] = {
    {".png", "png:-", MMAX_FILE_PNG},
    {".svg", "svg:-", MMAX_FILE_SVG},
    {".pdf", "pdf:-", MMAX_FILE_PDF},
};

/* A suffix alone, as in ".png" or "figures/.png", names a hidden file without a kind. */
static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), n = strlen(suffix);
    return length > n && name[length - n - 1] != '/' && strcasecmp(name + length - n, suffix) == 0;
}

mmax_status mmax_figure_file_parse(const char *name, mmax_figure_file *file, mmax_error *error)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool to_stdout = strcmp(name, kinds[i].standard_output) == 0;
        if (!to_stdout && !has_suffix(name, kinds[i].suffix))
            continue;
        *file = (mmax_figure_file){.kind = kinds[i].kind, .path = to_stdout ? "-" : name};
        return MMAX_OK;
    }
    char quoted[256];
    return mmax_fail(error, MMAX_EUSAGE,
                     "invalid figure '%s': expected a name ending in .png, .svg or .pdf, or png:-, "
                     "svg:-, pdf:-",
                     mmax_quote(name, strlen(name), quoted, sizeof quoted));
}

mmax_status mmax_figure_check(const char *file, mmax_error *error)
{
    mmax_figure_file parsed;
    return mmax_figure_file_parse(file, &parsed, error);
}
