/* layout: where everything lies, as numbers, before anything is drawn.
 * In: a result's data and a way to measure text.  Out: rectangles, ticks and lines of words in
 * points from the top left corner.  Called by the figures; knows nothing of the canvas. */
#ifndef MMAX_LAYOUT_H
#define MMAX_LAYOUT_H

#include "base/base.h"

typedef struct mmax_point {
    double x, y;
} mmax_point;

typedef struct mmax_rectangle {
    double x, y, width, height;
} mmax_rectangle;

/* ---- text ------------------------------------------------------------------------------------ */

/* The width of a line of text in points. */
typedef double mmax_measure_text(const void *context, const char *text, double size, bool is_bold);

typedef struct mmax_measure {
    mmax_measure_text *width;
    const void *context;
} mmax_measure;

enum { MMAX_LINE_SIZE = 256, MMAX_MAX_LINES = 8 };

/* Lines of words, one below the other. */
typedef struct mmax_lines {
    size_t n;
    char text[MMAX_MAX_LINES][MMAX_LINE_SIZE];
} mmax_lines;

/* The text sizes of all figures; none is below 7 points, which is what journals ask for. */
#define MMAX_TITLE_SIZE   9.0
#define MMAX_HEADING_SIZE 8.0
#define MMAX_LABEL_SIZE   7.5
#define MMAX_TICK_SIZE    7.0

/* Appends to the text in BUFFER, of SIZE bytes; what does not fit is cut off. */
#if defined __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
void
mmax_append(char *buffer, size_t size, const char *format, ...);

/* Appends a number in three digits. */
void mmax_append_rounded(char *buffer, size_t size, double value);

/* Appends COUNT of TOTAL > 0 in per cent, to a tenth: "12.5 %"; "< 0.1 %" and "> 99.9 %" where that
 * would not tell it from none and all. */
void mmax_append_percent(char *buffer, size_t size, size_t count, size_t total);

/* The height of a line of text of a size. */
double mmax_line_height(double size);

/* Copies TEXT, escaped by mmax_quote, and cuts it to WIDTH with an ellipsis. */
void mmax_elide(const mmax_measure *measure, const char *text, double size, bool is_bold,
                double width, char elided[MMAX_LINE_SIZE]);

/* Breaks TEXT into at most MAX_LINES lines of at most WIDTH, after a character of BREAKS (a space
 * is swallowed); the last line is elided. */
void mmax_wrap(const mmax_measure *measure, const char *text, double size, bool is_bold,
               double width, const char *breaks, size_t max_lines, mmax_lines *lines);

/* ---- ticks ----------------------------------------------------------------------------------- */

enum { MMAX_MAX_TICKS = 64 };

/* Labelled places along an axis. */
typedef struct mmax_ticks {
    size_t n;
    double place[MMAX_MAX_TICKS]; /* points from the axis' start */
    char text[MMAX_MAX_TICKS][MMAX_LINE_SIZE];
    double widest; /* of the texts */
} mmax_ticks;

/* Ticks at the middles of every so many of N cells, labelled by their index, from 0, or by LABELS,
 * elided to MAX_WIDTH, where these are not NULL.
 *
 * cell  the length of one cell along the axis
 * gap   two ticks are at least that far apart */
void mmax_index_ticks(const mmax_measure *measure, size_t n, double cell, double gap,
                      const char *const *labels, double max_width, mmax_ticks *ticks);

/* Adds a tick at a place of its own; one too many is left out. */
void mmax_add_tick(const mmax_measure *measure, double place, const char *text, mmax_ticks *ticks);

/* Nice values from 0 to TOP > 0, ascending, about N of them; returns how many. */
size_t mmax_round_values(double top, size_t n, double values[MMAX_MAX_TICKS]);

/* 10 to that power, and X to N_DIGITS significant digits, as printed in few digits. */
double mmax_power_of_ten(int exponent);
double mmax_round_digits(double x, int n_digits);

/* Ticks at nice values from 0 to TOP along LENGTH, about N of them. */
void mmax_value_ticks(const mmax_measure *measure, double top, double length, size_t n,
                      mmax_ticks *ticks);

/* The same from LOW to HIGH, which is larger. */
void mmax_range_ticks(const mmax_measure *measure, double low, double high, double length, size_t n,
                      mmax_ticks *ticks);

/* Ticks along a logarithmic scale from LOW > 0 to HIGH at powers of ten, as many as stand GAP apart
 * and have GAP between their words if these lie along the axis; within two decades at 2 and 5 times
 * such powers, too.  Powers beyond 0.001 and 1000 are written with raised exponents. */
void mmax_log_ticks(const mmax_measure *measure, double low, double high, double length, double gap,
                    bool are_along, mmax_ticks *ticks);

/* The end of a scale from 0 that holds LARGEST: 1 where that is more than one half, else the next
 * nice value; 1 for 0 and NaN. */
double mmax_nice_top(double largest);

/* ---- pixels -------------------------------------------------------------------------------- */

/* The smallest power of two by which N cells are pooled to at most so many pixels. */
size_t mmax_pool_for(size_t n_cells, double n_pixels);

/* How many cells N are then. */
size_t mmax_pooled(size_t n, size_t pool);

/* ---- page ------------------------------------------------------------------------------------ */

/* The size that the options ask for, in points; 0 where they leave it to the content. */
void mmax_page_size(const mmax_figure_options *options, double *width, double *height);

#endif
