/* A figure that goes to no file: its pixels, and its words and markers, which a terminal shows as
 * characters.  Filled by a canvas, read by show.c. */
#ifndef MMAX_PICTURE_H
#define MMAX_PICTURE_H

#include "render/canvas.h"

/* A text or, without one, a marker of a figure. */
typedef struct mmax_picture_word {
    char *text;
    mmax_marker marker;
    mmax_point place; /* points */
    mmax_words words; /* of a marker, its colour alone */
} mmax_picture_word;

typedef struct mmax_picture {
    double dpi;
    double max_width;  /* points: a wider page is refused, with IS_TOO_WIDE */
    bool keeps_words;  /* beside the pixels, not in them */
    double pixel;      /* points: what a terminal can tell apart, where that is coarse; else 0 */
    double least_line; /* points: thinner lines are drawn as thick, but for hairlines */
    bool is_too_wide;
    size_t width, height;
    mmax_rgb *pixels; /* (height, width) */
    mmax_picture_word *words;
    size_t n_words, words_room;
} mmax_picture;

/* Frees what a picture holds. */
void mmax_picture_clear(mmax_picture *picture);

/* Appends a word; copies its text, which may be NULL.  False on lack of memory. */
bool mmax_picture_add(mmax_picture *picture, const mmax_picture_word *word);

/* Opens a canvas that draws into PICTURE, which is kept.  MMAX_EUSAGE for a page that is too wide.
 */
mmax_status mmax_canvas_open_picture(mmax_picture *picture, double width, double height,
                                     mmax_theme theme, mmax_ruler *ruler, mmax_canvas **canvas,
                                     mmax_error *error);

#endif
