/* Terminals in a build without libchafa: half blocks only. */
#include "render/terminal_chafa.h"

#include <assert.h>

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

size_t mmax_chafa_detail(void)
{
    return 1;
}

void mmax_chafa_fill(mmax_cells *cells, const mmax_picture *picture)
{
    (void)cells;
    (void)picture;
    assert(!"half blocks are filled where they are made");
}

const char *mmax_chafa_version(void)
{
    return NULL;
}
