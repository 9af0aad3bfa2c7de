#include "render/terminal_chafa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- pixels ---------------------------------------------------------------------------------- */

bool mmax_same_color(mmax_rgb a, mmax_rgb b)
{
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

/* Rec. 709: 0 to 255. */
static double lightness(mmax_rgb color)
{
    return 0.2126 * color.red + 0.7152 * color.green + 0.0722 * color.blue;
}

static bool has_blocks(const mmax_terminal *terminal)
{
    return terminal->colors != MMAX_COLORS_NONE && !terminal->is_ascii;
}

static const char *const shades[] = {" ", "\xe2\x96\x91", "\xe2\x96\x92", "\xe2\x96\x93",
                                     "\xe2\x96\x88"};
static const char *const ascii_shades[] = {" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"};

/* Of the pixels that a whole character stands for the lighter one: a thin line is not to fade. */
static mmax_rgb lighter(mmax_rgb upper, mmax_rgb lower)
{
    return lightness(upper) > lightness(lower) ? upper : lower;
}

static void show_in_shades(mmax_cell *cell, mmax_rgb color, mmax_rgb paper, bool is_ascii)
{
    double dark = lightness(paper), ink = fmax((lightness(color) - dark) / (255 - dark), 0);
    size_t n =
        is_ascii ? sizeof ascii_shades / sizeof *ascii_shades : sizeof shades / sizeof *shades;
    size_t i = (size_t)(1.15 * ink * (double)n); /* viridis ends at 0.87 of white */
    i = i < n ? i : n - 1;
    strcpy(cell->text, is_ascii ? ascii_shades[i] : shades[i]);
}

static void show_as_blank(mmax_cell *cell, mmax_rgb color)
{
    cell->paper = cell->ink = color;
    strcpy(cell->text, " ");
}

size_t mmax_cells_detail(const mmax_terminal *terminal)
{
    return has_blocks(terminal) ? mmax_blocks_detail() : 1;
}

mmax_status mmax_cells_new(const mmax_picture *picture, const mmax_terminal *terminal,
                           mmax_rgb paper, mmax_cells *cells, mmax_error *error)
{
    size_t detail = mmax_cells_detail(terminal);
    size_t columns = picture->width / detail, rows = picture->height / detail / 2;
    mmax_cell *self = mmax_alloc_zeroed(rows * columns, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "showing a figure");
    *cells = (mmax_cells){rows, columns, self};
    if (has_blocks(terminal)) {
        mmax_blocks_fill(cells, picture);
        return MMAX_OK;
    }
    for (size_t i = 0; i < rows * columns; i++) {
        const mmax_rgb *upper = &picture->pixels[i / columns * 2 * columns + i % columns];
        mmax_rgb color = lighter(upper[0], upper[columns]);
        if (terminal->colors == MMAX_COLORS_NONE)
            show_in_shades(&self[i], color, paper, terminal->is_ascii);
        else
            show_as_blank(&self[i], color);
    }
    return MMAX_OK;
}

void mmax_cells_free(mmax_cells *cells)
{
    free(cells->cells);
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Puts a character of some columns into its cells; what leaves the page is left out. */
static void put(mmax_cells *cells, double row, double column, const char *bytes, size_t n_bytes,
                size_t n_columns, const mmax_words *words)
{
    double end = column + (double)n_columns;
    if (row < 0 || row >= (double)cells->rows || column < 0 || end > (double)cells->columns)
        return;
    mmax_cell *cell = &cells->cells[(size_t)row * cells->columns + (size_t)column];
    if (n_bytes >= sizeof cell->text) /* more accents than fit */
        n_bytes = mmax_utf8_length(bytes, n_bytes);
    for (size_t i = 0; i < n_columns; i++) {
        cell[i].text[0] = '\0';
        cell[i].ink = words->color;
        cell[i].is_bold = words->is_bold;
        cell[i].has_word = true;
    }
    memcpy(cell->text, bytes, n_bytes);
    cell->text[n_bytes] = '\0';
}

/* The character at TEXT with what is drawn over it: its bytes, and how many columns it takes. */
static size_t next_character(const char *text, size_t *n_columns)
{
    size_t n_bytes = mmax_display_prefix(text, 1, n_columns);
    return *n_columns == 0 ? mmax_display_prefix(text, 2, n_columns) : n_bytes;
}

/* How much of a text to put.  A terminal turns no letters: what is turned goes down, twice as long
 * as the page has room for, and the last words have to go where that is too much. */
static size_t length_to_put(const mmax_picture_word *word)
{
    size_t length = strlen(word->text);
    if (word->words.degrees == 0)
        return length;
    size_t most = 3 * length / 4;
    for (size_t i = most; i > 0; i--)
        if (word->text[i] == ' ')
            return i;
    return length;
}

/* From its place rightwards, or down where it is turned. */
static void put_text(mmax_cells *cells, const mmax_picture_word *word)
{
    const mmax_words *words = &word->words;
    bool is_turned = words->degrees != 0;
    double x = word->place.x / MMAX_CELL_WIDTH, y = word->place.y / MMAX_CELL_HEIGHT;
    char text[2 * MMAX_LINE_SIZE];
    snprintf(text, sizeof text, "%.*s", (int)length_to_put(word), word->text);
    double length = (double)mmax_display_width(text);
    /* Turned to read upwards, what would be its right end is its top. */
    double column = is_turned ? floor(x) : floor(x - words->anchor_x * length + 0.5);
    double row = is_turned ? floor(y - (1 - words->anchor_x) * length + 0.5)
                           : floor(y + 0.5 - words->anchor_y + 1e-6);
    size_t n_columns = 0;
    for (const char *c = text; *c;) {
        size_t n_bytes = next_character(c, &n_columns);
        put(cells, row, column, c, n_bytes, n_columns, words);
        *(is_turned ? &row : &column) += is_turned ? 1 : (double)n_columns;
        c += n_bytes;
    }
}

static const char *const glyphs[MMAX_MARKERS] = {
    [MMAX_MARKER_CIRCLE] = "\xe2\x97\x8f",        [MMAX_MARKER_STAR] = "\xe2\x98\x86",
    [MMAX_MARKER_TRIANGLE_DOWN] = "\xe2\x96\xbd", [MMAX_MARKER_SQUARE] = "\xe2\x96\xa1",
    [MMAX_MARKER_TRIANGLE_UP] = "\xe2\x96\xb3",   [MMAX_MARKER_DIAMOND] = "\xe2\x97\x87",
    [MMAX_MARKER_PENTAGON] = "\xe2\xac\xa0",      [MMAX_MARKER_HEXAGON] = "\xe2\xac\xa1",
    [MMAX_MARKER_TRIANGLE_LEFT] = "\xe2\x97\x81", [MMAX_MARKER_TRIANGLE_RIGHT] = "\xe2\x96\xb7",
};
static const char ascii_glyphs[MMAX_MARKERS + 1] = "o*v#^+56<>";

/* Markers that share a place stand side by side, as far as there is room for two more. */
static void put_marker(mmax_cells *cells, const mmax_picture_word *word, bool is_ascii)
{
    static const int sides[] = {0, 1, -1, 2, -2};
    char glyph[4] = {ascii_glyphs[word->marker]};
    if (!is_ascii)
        strcpy(glyph, glyphs[word->marker]);
    double row = floor(word->place.y / MMAX_CELL_HEIGHT);
    double middle = floor(word->place.x / MMAX_CELL_WIDTH);
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        double column = middle + sides[i];
        if (row < 0 || row >= (double)cells->rows || column < 0 || column >= (double)cells->columns)
            continue;
        const mmax_cell *cell = &cells->cells[(size_t)row * cells->columns + (size_t)column];
        if (cell->has_word && strcmp(cell->text, glyph) == 0)
            return;
        if (cell->has_word)
            continue;
        put(cells, row, column, glyph, strlen(glyph), 1, &word->words);
        return;
    }
}

void mmax_cells_add_words(mmax_cells *cells, const mmax_picture *picture,
                          const mmax_terminal *terminal, mmax_rgb paper)
{
    for (size_t i = 0; i < picture->n_words; i++) {
        const mmax_picture_word *word = &picture->words[i];
        if (word->text)
            put_text(cells, word);
        else if (!mmax_same_color(word->words.color, paper))
            put_marker(cells, word, terminal->is_ascii);
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* The nearest of the 6 x 6 x 6 cube and the 24 greys that terminals of 256 colours share. */
static unsigned index_of(mmax_rgb color)
{
    const int steps[] = {0, 95, 135, 175, 215, 255};
    const int parts[] = {color.red, color.green, color.blue};
    int nearest[3], far = 0;
    for (int i = 0; i < 3; i++) {
        nearest[i] = 0;
        for (int k = 1; k < 6; k++)
            if (abs(parts[i] - steps[k]) < abs(parts[i] - steps[nearest[i]]))
                nearest[i] = k;
        far += abs(parts[i] - steps[nearest[i]]);
    }
    int grey = ((int)lightness(color) - 8 + 5) / 10, grey_far = 0;
    grey = grey < 0 ? 0 : grey > 23 ? 23 : grey;
    for (int i = 0; i < 3; i++)
        grey_far += abs(parts[i] - (8 + 10 * grey));
    return (unsigned)(grey_far < far ? 232 + grey
                                     : 16 + 36 * nearest[0] + 6 * nearest[1] + nearest[2]);
}

static void set_color(mmax_output *output, const mmax_terminal *terminal, bool is_paper,
                      mmax_rgb color)
{
    unsigned what = is_paper ? 48 : 38;
    if (terminal->colors == MMAX_COLORS_TRUE)
        mmax_output_format(output, "\033[%u;2;%u;%u;%um", what, color.red, color.green, color.blue);
    else
        mmax_output_format(output, "\033[%u;5;%um", what, index_of(color));
}

static void print_in_colors(const mmax_cell *cells, size_t n, const mmax_terminal *terminal,
                            mmax_output *output)
{
    const mmax_cell *last = NULL;
    for (size_t i = 0; i < n; i++) {
        const mmax_cell *cell = &cells[i];
        if (!last || cell->is_bold != last->is_bold)
            mmax_output_text(output, cell->is_bold ? "\033[1m" : "\033[22m");
        if (!last || !mmax_same_color(cell->paper, last->paper))
            set_color(output, terminal, true, cell->paper);
        if (!last || !mmax_same_color(cell->ink, last->ink))
            set_color(output, terminal, false, cell->ink);
        mmax_output_text(output, cell->text);
        last = cell;
    }
    mmax_output_text(output, "\033[0m");
}

static void print_plain(const mmax_cell *cells, size_t n, mmax_output *output)
{
    while (n > 0 && strcmp(cells[n - 1].text, " ") == 0)
        n--;
    for (size_t i = 0; i < n; i++)
        mmax_output_text(output, cells[i].text);
}

void mmax_cells_print(const mmax_cells *cells, const mmax_terminal *terminal, mmax_output *output)
{
    for (size_t row = 0; row < cells->rows; row++) {
        const mmax_cell *line = cells->cells + row * cells->columns;
        if (terminal->colors == MMAX_COLORS_NONE)
            print_plain(line, cells->columns, output);
        else
            print_in_colors(line, cells->columns, terminal, output);
        mmax_output_text(output, "\n");
    }
}
