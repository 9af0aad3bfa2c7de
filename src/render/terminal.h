/* terminal: a picture as the characters of a terminal.
 * In: pixels, words, markers.  Out: lines of text in an output.  Called by show.c. */
#ifndef MMAX_RENDER_TERMINAL_H
#define MMAX_RENDER_TERMINAL_H

#include "render/picture.h"

/* A character's place in points: lines of the smallest text of figures are one below the other, and
 * a half of it is square. */
#define MMAX_CELL_HEIGHT 8.75
#define MMAX_CELL_WIDTH  (MMAX_CELL_HEIGHT / 2)

/* One place.  Bytes of a wide character are in the first of its two. */
typedef struct mmax_cell {
    char text[16]; /* UTF-8; "" after a wide character */
    mmax_rgb ink, paper;
    bool is_bold;
    bool has_word; /* what is there is no part of the picture */
} mmax_cell;

typedef struct mmax_cells {
    size_t rows, columns;
    mmax_cell *cells; /* (rows, columns) */
} mmax_cells;

bool mmax_same_color(mmax_rgb a, mmax_rgb b);

/* The pixels of a picture that the width of a cell is made of; twice as many its height. */
size_t mmax_cells_detail(const mmax_terminal *terminal);

/* Cells that show the pixels of a picture, which is whole cells of that detail: by blocks in
 * colours, or without any by shades that are the denser the lighter the pixels are against PAPER.
 * MMAX_ENOMEM. */
mmax_status mmax_cells_new(const mmax_picture *picture, const mmax_terminal *terminal,
                           mmax_rgb paper, mmax_cells *cells, mmax_error *error);
void mmax_cells_free(mmax_cells *cells);

/* Puts the words and markers of a picture over its pixels; a marker in the colour of the paper is
 * none. */
void mmax_cells_add_words(mmax_cells *cells, const mmax_picture *picture,
                          const mmax_terminal *terminal, mmax_rgb paper);

/* Writes them, a line for each row. */
void mmax_cells_print(const mmax_cells *cells, const mmax_terminal *terminal, mmax_output *output);

#endif
