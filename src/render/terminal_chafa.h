/* What libchafa does for figures in terminals, where there is one; else nothing is found.
 * Called by show.c and terminal.c. */
#ifndef MMAX_TERMINAL_CHAFA_H
#define MMAX_TERMINAL_CHAFA_H

#include "render/terminal.h"

/* How a terminal shows pixels as they are. */
typedef enum mmax_pixel_protocol {
    MMAX_NO_PIXELS,
    MMAX_KITTY,
    MMAX_SIXEL,
    MMAX_ITERM2
} mmax_pixel_protocol;

/* The best one that the terminal of this environment is known for. */
mmax_pixel_protocol mmax_chafa_protocol(char *const *environment);

/* Writes a picture, which is whole cells of the terminal, as the protocol has it, on lines of its
 * own.  MMAX_EUNSUPPORTED in a build without libchafa. */
mmax_status mmax_chafa_print(const mmax_picture *picture, const mmax_terminal *terminal,
                             mmax_pixel_protocol protocol, mmax_output *output, mmax_error *error);

/* How many pixels of a picture, each way, libchafa makes the character of a cell's width from; 1 in
 * a build without it, whose half blocks are pixels. */
size_t mmax_chafa_detail(void);

/* Fills cells of such a picture with the characters and colours that show it best. */
void mmax_chafa_fill(mmax_cells *cells, const mmax_picture *picture);

/* "chafa 1.12.4"; NULL in a build without it. */
const char *mmax_chafa_version(void);

#endif
