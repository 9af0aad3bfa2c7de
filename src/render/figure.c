#include "render/figure.h"

#include <assert.h>
#include <string.h>

bool mmax_can_draw(void)
{
    return true;
}

mmax_status mmax_figure_open(const mmax_figure *figure, double width, double height,
                             const char *description, mmax_canvas **canvas, mmax_error *error)
{
    if (figure->picture)
        return mmax_canvas_open_picture(figure->picture, width, height, figure->options.theme,
                                        figure->ruler, canvas, error);
    const mmax_canvas_notes notes = {figure->title, description, figure->options.command};
    return mmax_canvas_open(&figure->file, width, height, figure->options.dpi,
                            figure->options.theme, &notes, figure->ruler, canvas, error);
}

mmax_words mmax_plain_words(double size, mmax_rgb color, double anchor_x, double anchor_y)
{
    return (mmax_words){.size = size, .color = color, .anchor_x = anchor_x, .anchor_y = anchor_y};
}

void mmax_draw_lines(mmax_canvas *canvas, mmax_rectangle place, const mmax_lines *lines,
                     const mmax_words *words)
{
    double height = mmax_line_height(words->size);
    double x = place.x + words->anchor_x * place.width;
    for (size_t i = 0; i < lines->n; i++)
        mmax_canvas_text(canvas, (mmax_point){x, place.y + ((double)i + 0.5) * height},
                         lines->text[i], words);
}

/* A file's name without its folders, which are nobody else's business. */
static const char *name_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash && slash[1] != '\0' ? slash + 1 : file;
    return strcmp(name, "-") == 0 ? "standard input" : name;
}

static void default_title(const mmax_input *input, char title[MMAX_LINE_SIZE])
{
    const char *name = name_of(input->file);
    if (input->keys)
        snprintf(title, MMAX_LINE_SIZE, "%s x %s", name, name_of(input->keys));
    else if (input->array)
        snprintf(title, MMAX_LINE_SIZE, "%s: %s", name, input->array);
    else
        snprintf(title, MMAX_LINE_SIZE, "%s", name);
}

static mmax_status check_options(const mmax_figure_options *options, mmax_error *error)
{
    const double largest = 1e6;
    if (!(options->width >= 0 && options->width <= largest) ||
        !(options->height >= 0 && options->height <= largest))
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid size of a figure: expected a width and a height between 0 (as "
                         "the content asks) and %.0f",
                         largest);
    if (!(options->dpi >= 10 && options->dpi <= 2400))
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid resolution of a figure: expected 10 to 2400 dots per inch");
    return MMAX_OK;
}

static mmax_status (*const drawers[MMAX_FIGURES])(const mmax_figure *figure, mmax_error *error) = {
    [MMAX_FIGURE_HEATMAP] = mmax_figure_heatmap,
    [MMAX_FIGURE_SIMPLEX] = mmax_figure_simplex,
    [MMAX_FIGURE_TRADEOFF] = mmax_figure_tradeoff,
    [MMAX_FIGURE_CURVE] = mmax_figure_curve,
    [MMAX_FIGURE_DISTRIBUTION] = mmax_figure_distribution,
    [MMAX_FIGURE_ROWS] = mmax_figure_rows,
    [MMAX_FIGURE_LAYERS] = mmax_figure_layers,
};

/* Fills in what the options leave open. */
static mmax_status begin_figure(mmax_figure *figure, const mmax_figure_options *options,
                                mmax_error *error)
{
    if (options)
        figure->options = *options;
    if (figure->options.dpi == 0)
        figure->options.dpi = 144;
    mmax_status status = check_options(&figure->options, error);
    if (status != MMAX_OK)
        return status;
    if (figure->options.title)
        mmax_quote(figure->options.title, strlen(figure->options.title), figure->title,
                   sizeof figure->title);
    else
        default_title(&figure->result->input, figure->title);
    /* What is printed shows 300 cells a inch; finer ones would be averaged away by printer or
     * viewer, where pooling keeps the largest. */
    if (!figure->picture)
        figure->pixels = (figure->file.kind == MMAX_FILE_PNG ? figure->options.dpi : 300) / 72;
    return mmax_ruler_new(&figure->ruler, error);
}

mmax_status mmax_figure_draw(mmax_figure *figure, mmax_figure_kind kind,
                             const mmax_figure_options *options, mmax_error *error)
{
    mmax_status status = mmax_result_check_figure(figure->result, kind, error);
    if (status == MMAX_OK)
        status = begin_figure(figure, options, error);
    if (status != MMAX_OK)
        return status;
    if (!figure->measure.width)
        figure->measure = (mmax_measure){.width = mmax_ruler_width, .context = figure->ruler};
    status = drawers[kind](figure, error);
    mmax_ruler_free(figure->ruler);
    return status;
}

mmax_status mmax_draw_figure(const mmax_result *result, mmax_figure_kind kind, const char *file,
                             const mmax_figure_options *options, mmax_error *error)
{
    assert(kind < MMAX_FIGURES);
    mmax_figure figure = {.result = result};
    mmax_status status = mmax_figure_file_parse(file, &figure.file, error);
    figure.file.cancel = result->cancel;
    return status == MMAX_OK ? mmax_figure_draw(&figure, kind, options, error) : status;
}
