/* Terminals in a build without libchafa: half blocks, which are two pixels each. */
#include "render/terminal_chafa.h"

#include <string.h>

mmax_pixel_protocol mmax_chafa_protocol(char *const *environment)
{
    (void)environment;
    return MMAX_NO_PIXELS;
}

mmax_status mmax_chafa_print(const mmax_picture *picture, const mmax_terminal *terminal,
                             mmax_pixel_protocol protocol, mmax_output *output, mmax_error *error)
{
    (void)picture;
    (void)terminal;
    (void)protocol;
    (void)output;
    return mmax_fail(error, MMAX_EUNSUPPORTED, "this build has no libchafa");
}

size_t mmax_blocks_detail(void)
{
    return 1;
}

void mmax_blocks_fill(mmax_cells *cells, const mmax_picture *picture)
{
    for (size_t i = 0; i < cells->rows * cells->columns; i++) {
        size_t x = i % cells->columns, y = 2 * (i / cells->columns);
        mmax_cell *cell = &cells->cells[i];
        cell->ink = picture->pixels[y * picture->width + x];
        cell->paper = picture->pixels[(y + 1) * picture->width + x];
        strcpy(cell->text, mmax_same_color(cell->ink, cell->paper) ? " " : "\xe2\x96\x80");
    }
}

const char *mmax_chafa_version(void)
{
    return NULL;
}
