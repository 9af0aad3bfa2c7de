/* What libchafa does for figures in terminals, and what is done in a build without it.
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

/* The pixels of a picture that the width of a character is made of; twice as many its height. */
size_t mmax_blocks_detail(void);

/* Fills cells of such a picture with the blocks and colours that show it best: of libchafa's
 * choice, or in a build without it half blocks. */
void mmax_blocks_fill(mmax_cells *cells, const mmax_picture *picture);

/* "chafa 1.12.4"; NULL in a build without it. */
const char *mmax_chafa_version(void);

#endif
