/* Figures in a terminal: drawn as for a file, on a page of characters. */
#include "render/figure.h"
#include "render/terminal_chafa.h"

#include <assert.h>
#include <stdlib.h>

/* Every character is as wide as any other of its kind. */
static double width_in_cells(const void *context, const char *text, double size, bool is_bold)
{
    (void)context;
    (void)size;
    (void)is_bold;
    return MMAX_CELL_WIDTH * (double)mmax_display_width(text);
}

/* One try, on a page of WIDTH points; of 0, as wide as the content asks. */
static mmax_status draw(const mmax_result *result, mmax_figure_kind kind, double width,
                        const mmax_figure_options *options, mmax_picture *picture,
                        mmax_error *error)
{
    mmax_figure figure = {.result = result, .picture = picture};
    mmax_figure_options own = *options;
    own.width = width * 96 / 72;
    own.height = 0;
    own.size_in_mm = false;
    figure.pixels = picture->pixel > 0 ? 1 / picture->pixel : picture->dpi / 72;
    if (picture->keeps_words)
        figure.measure.width = width_in_cells;
    return mmax_figure_draw(&figure, kind, &own, error);
}

static mmax_status draw_to_fit(const mmax_result *result, mmax_figure_kind kind,
                               const mmax_figure_options *options, const mmax_terminal *terminal,
                               mmax_picture *picture, mmax_error *error)
{
    mmax_status status = draw(result, kind, 0, options, picture, error);
    if (status == MMAX_OK || !picture->is_too_wide)
        return status;
    mmax_picture_clear(picture);
    status = draw(result, kind, picture->max_width, options, picture, error);
    if (status != MMAX_EUSAGE)
        return status;
    return mmax_fail(error, MMAX_EUSAGE,
                     "a terminal of %zu columns leaves no room for this figure; make it wider",
                     terminal->columns);
}

static mmax_status print_cells(const mmax_picture *picture, const mmax_terminal *terminal,
                               mmax_rgb paper, mmax_output *output, mmax_error *error)
{
    mmax_cells cells;
    mmax_status status = mmax_cells_new(picture, terminal, paper, &cells, error);
    if (status != MMAX_OK)
        return status;
    mmax_cells_add_words(&cells, picture, terminal, paper);
    mmax_cells_print(&cells, terminal, output);
    mmax_cells_free(&cells);
    return MMAX_OK;
}

static size_t round_up(size_t n, size_t step)
{
    return (n + step - 1) / step * step;
}

/* Adds paper at the right and below, up to whole cells. */
static mmax_status pad(mmax_picture *picture, size_t cell_width, size_t cell_height, mmax_rgb paper,
                       mmax_error *error)
{
    size_t width = round_up(picture->width, cell_width);
    size_t height = round_up(picture->height, cell_height);
    mmax_rgb *pixels = mmax_alloc_array(width * height, sizeof *pixels);
    if (!pixels)
        return mmax_fail_memory(error, "showing a figure");
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            pixels[y * width + x] = x < picture->width && y < picture->height
                                        ? picture->pixels[y * picture->width + x]
                                        : paper;
    free(picture->pixels);
    picture->pixels = pixels;
    picture->width = width;
    picture->height = height;
    return MMAX_OK;
}

/* How a terminal is drawn for: what the caller leaves open is filled in. */
typedef struct display {
    mmax_terminal terminal;
    mmax_pixel_protocol protocol;
} display;

static display display_of(const mmax_terminal *terminal)
{
    display to = {.terminal = *terminal};
    if (to.terminal.columns == 0)
        to.terminal.columns = 80;
    if (to.terminal.cell_width == 0 || to.terminal.cell_height == 0) {
        to.terminal.cell_width = 10;
        to.terminal.cell_height = 20;
    }
    if (terminal->environment && terminal->colors != MMAX_COLORS_NONE)
        to.protocol = mmax_chafa_protocol(terminal->environment);
    if (to.protocol == MMAX_NO_PIXELS) {
        to.terminal.cell_width = mmax_cells_detail(terminal);
        to.terminal.cell_height = 2 * to.terminal.cell_width;
    }
    return to;
}

static mmax_picture picture_for(const display *to)
{
    /* A hair less than the columns: rounding up to pixels is not to take one more. */
    mmax_picture picture = {.dpi = 72 * (double)to->terminal.cell_width / MMAX_CELL_WIDTH,
                            .max_width = MMAX_CELL_WIDTH * (double)to->terminal.columns - 0.001};
    if (to->protocol == MMAX_NO_PIXELS) {
        picture.keeps_words = true;
        /* Shades and blanks are a whole character high, blocks also a half. */
        bool is_whole = to->terminal.colors == MMAX_COLORS_NONE || to->terminal.is_ascii;
        picture.pixel = is_whole ? MMAX_CELL_HEIGHT : MMAX_CELL_WIDTH;
        picture.least_line = to->terminal.cell_width > 1 ? MMAX_CELL_WIDTH / 2 : MMAX_CELL_WIDTH;
    }
    return picture;
}

static mmax_status print(mmax_picture *picture, const display *to, mmax_rgb paper, const char *file,
                         const volatile sig_atomic_t *cancel, mmax_error *error)
{
    mmax_output *output = NULL;
    mmax_status status =
        pad(picture, to->terminal.cell_width, to->terminal.cell_height, paper, error);
    if (status == MMAX_OK)
        status = mmax_output_open(file, cancel, &output, error);
    if (status == MMAX_OK && to->protocol == MMAX_NO_PIXELS)
        status = print_cells(picture, &to->terminal, paper, output, error);
    else if (status == MMAX_OK)
        status = mmax_chafa_print(picture, &to->terminal, to->protocol, output, error);
    if (status == MMAX_OK)
        status = mmax_output_commit(output, error);
    mmax_output_free(output);
    return status;
}

mmax_status mmax_show_figure(const mmax_result *result, mmax_figure_kind kind, const char *file,
                             const mmax_terminal *terminal, const mmax_figure_options *options,
                             mmax_error *error)
{
    assert(kind < MMAX_FIGURES);
    display to = display_of(terminal);
    mmax_picture picture = picture_for(&to);
    mmax_figure_options look = options ? *options : (mmax_figure_options){0};
    /* Shades are of light on dark: only so nothing is drawn where there is nothing. */
    if (terminal->colors == MMAX_COLORS_NONE)
        look.theme = MMAX_THEME_DARK;
    mmax_status status = draw_to_fit(result, kind, &look, &to.terminal, &picture, error);
    if (status == MMAX_OK)
        status =
            print(&picture, &to, mmax_theme_inks(look.theme)->paper, file, result->cancel, error);
    mmax_picture_clear(&picture);
    return status;
}
