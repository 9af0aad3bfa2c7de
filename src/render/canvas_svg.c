/* SVG is written by hand, not by cairo, whose SVG turns every letter into an outline: here words
 * stay words, that can be searched, edited and read aloud. */
#include "render/canvas_backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Text between tags or quotes. */
static void write_escaped(mmax_output *output, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "&<>\"");
        mmax_output_write(output, text, n);
        text += n;
        n = *text != '\0';
        if (*text == '&') {
            mmax_output_text(output, "&amp;");
        } else if (*text == '<') {
            mmax_output_text(output, "&lt;");
        } else if (*text == '>') {
            mmax_output_text(output, "&gt;");
        } else if (*text == '"') {
            mmax_output_text(output, "&quot;");
        }
        text += n;
    }
}

/* To a thousandth of a point, in as few digits as that takes. */
static void write_number(mmax_output *output, double value)
{
    double rounded = round(value * 1000) / 1000;
    mmax_output_number(output, rounded == 0 ? 0 : rounded);
}

static void write_attribute(mmax_output *output, const char *name, double value)
{
    mmax_output_format(output, " %s=\"", name);
    write_number(output, value);
    mmax_output_text(output, "\"");
}

static void write_point(mmax_output *output, char command, mmax_point point)
{
    mmax_output_write(output, &command, 1);
    write_number(output, point.x);
    mmax_output_text(output, " ");
    write_number(output, point.y);
}

static void write_color(mmax_output *output, const char *name, bool is_painted, mmax_rgb color)
{
    if (is_painted)
        mmax_output_format(output, " %s=\"#%02x%02x%02x\"", name, color.red, color.green,
                           color.blue);
    else
        mmax_output_format(output, " %s=\"none\"", name);
}

static void write_dash(mmax_output *output, mmax_dash dash)
{
    size_t n;
    const double *lengths = mmax_dash_lengths(dash, &n);
    if (n == 0)
        return;
    mmax_output_text(output, " stroke-dasharray=\"");
    for (size_t i = 0; i < n; i++) {
        mmax_output_text(output, i > 0 ? " " : "");
        write_number(output, lengths[i]);
    }
    mmax_output_text(output, "\"");
}

static void write_paint(mmax_output *output, const mmax_paint *paint)
{
    write_color(output, "fill", paint->is_filled, paint->fill);
    if (paint->is_outlined) {
        write_color(output, "stroke", true, paint->outline);
        write_attribute(output, "stroke-width", paint->line_width);
        write_dash(output, paint->dash);
    }
    if (paint->opacity < 1)
        write_attribute(output, "opacity", paint->opacity);
    mmax_output_text(output, "/>\n");
}

static void draw_path(mmax_canvas *canvas, const mmax_point *points, size_t n, bool is_closed,
                      const mmax_paint *paint)
{
    mmax_output *output = canvas->output;
    mmax_output_text(output, "<path d=\"");
    for (size_t i = 0; i < n; i++)
        write_point(output, i == 0 ? 'M' : 'L', points[i]);
    mmax_output_text(output, is_closed ? "Z\"" : "\"");
    write_paint(output, paint);
}

static void draw_circle(mmax_canvas *canvas, mmax_point center, double radius,
                        const mmax_paint *paint)
{
    mmax_output *output = canvas->output;
    mmax_output_text(output, "<circle");
    write_attribute(output, "cx", center.x);
    write_attribute(output, "cy", center.y);
    write_attribute(output, "r", radius);
    write_paint(output, paint);
}

static void draw_lines(mmax_canvas *canvas, const mmax_point *ends, size_t n_lines,
                       const mmax_paint *paint)
{
    mmax_output *output = canvas->output;
    mmax_output_text(output, "<path d=\"");
    for (size_t i = 0; i < 2 * n_lines; i++)
        write_point(output, i % 2 ? 'L' : 'M', ends[i]);
    mmax_output_text(output, "\"");
    write_paint(output, paint);
}

/* Anchored as it was laid out, so that a viewer with other fonts moves no end that matters. */
static void draw_text(mmax_canvas *canvas, const mmax_set_text *text)
{
    mmax_output *output = canvas->output;
    const mmax_words *words = text->words;
    mmax_output_text(output, "<text");
    if (words->degrees != 0) {
        mmax_output_text(output, " transform=\"translate(");
        write_number(output, text->place.x);
        mmax_output_text(output, " ");
        write_number(output, text->place.y);
        mmax_output_text(output, ") rotate(");
        write_number(output, words->degrees);
        mmax_output_text(output, ")\"");
        write_attribute(output, "y", text->baseline);
    } else {
        write_attribute(output, "x", text->place.x);
        write_attribute(output, "y", text->place.y + text->baseline);
    }
    write_attribute(output, "font-size", words->size);
    if (words->is_bold)
        mmax_output_text(output, " font-weight=\"bold\"");
    if (words->anchor_x > 0)
        mmax_output_format(output, " text-anchor=\"%s\"", words->anchor_x < 1 ? "middle" : "end");
    write_color(output, "fill", true, words->color);
    mmax_output_text(output, ">");
    write_escaped(output, text->text);
    mmax_output_text(output, "</text>\n");
}

/* ---- images ---------------------------------------------------------------------------------- */

/* Writes bytes as they come in base64 (RFC 4648), three by three. */
typedef struct base64 {
    mmax_output *output;
    size_t n_waiting;
    unsigned char waiting[3];
} base64;

static void write_three(base64 *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = to->waiting;
    char four[4] = {digits[b[0] >> 2], digits[(b[0] & 3) << 4 | b[1] >> 4],
                    digits[(b[1] & 15) << 2 | b[2] >> 6], digits[b[2] & 63]};
    for (size_t i = to->n_waiting + 1; i < 4; i++)
        four[i] = '=';
    mmax_output_write(to->output, four, 4);
    memset(to->waiting, 0, 3);
    to->n_waiting = 0;
}

static void write_base64(void *context, const void *bytes, size_t n_bytes)
{
    base64 *to = context;
    for (size_t i = 0; i < n_bytes; i++) {
        to->waiting[to->n_waiting++] = ((const unsigned char *)bytes)[i];
        if (to->n_waiting == 3)
            write_three(to);
    }
}

static void draw_image(mmax_canvas *canvas, mmax_rectangle rectangle, const mmax_rgb *cells,
                       size_t width, size_t height)
{
    mmax_output *output = canvas->output;
    mmax_output_text(output, "<image");
    write_attribute(output, "x", rectangle.x);
    write_attribute(output, "y", rectangle.y);
    write_attribute(output, "width", rectangle.width);
    write_attribute(output, "height", rectangle.height);
    mmax_output_text(output, " preserveAspectRatio=\"none\" image-rendering=\"optimizeSpeed\""
                             " style=\"image-rendering:pixelated\""
                             " xlink:href=\"data:image/png;base64,");
    base64 encoder = {.output = output};
    mmax_png png = {.width = width,
                    .height = height,
                    .pixels = cells,
                    .write = write_base64,
                    .context = &encoder};
    if (!mmax_png_write(&png))
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while writing an SVG figure");
    if (encoder.n_waiting > 0)
        write_three(&encoder);
    mmax_output_text(output, "\"/>\n");
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_note(mmax_output *output, const char *element, const char *text)
{
    if (!text)
        return;
    mmax_output_format(output, "<%s>", element);
    write_escaped(output, text);
    mmax_output_format(output, "</%s>\n", element);
}

static void finish(mmax_canvas *canvas)
{
    mmax_output_text(canvas->output, "</svg>\n");
}

static void free_nothing(mmax_canvas *canvas)
{
    (void)canvas;
}

static const mmax_backend backend = {
    .path = draw_path,
    .circle = draw_circle,
    .lines = draw_lines,
    .text = draw_text,
    .image = draw_image,
    .finish = finish,
    .free = free_nothing,
};

mmax_canvas *mmax_canvas_svg(void)
{
    mmax_canvas *self = mmax_alloc_zeroed(1, sizeof *self);
    if (self)
        self->backend = &backend;
    return self;
}

void mmax_canvas_svg_begin(mmax_canvas *canvas)
{
    mmax_output *output = canvas->output;
    mmax_output_text(output, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<svg xmlns=\"http://www.w3.org/2000/svg\""
                             " xmlns:xlink=\"http://www.w3.org/1999/xlink\" role=\"img\"");
    mmax_output_text(output, " width=\"");
    write_number(output, canvas->width);
    mmax_output_text(output, "pt\" height=\"");
    write_number(output, canvas->height);
    mmax_output_text(output, "pt\" viewBox=\"0 0 ");
    write_number(output, canvas->width);
    mmax_output_text(output, " ");
    write_number(output, canvas->height);
    mmax_output_text(output, "\" font-family=\"DejaVu Sans, Verdana, sans-serif\">\n");
    write_note(output, "title", canvas->title);
    write_note(output, "desc", canvas->description);
    write_note(output, "metadata", canvas->command);
    mmax_output_text(output, "<rect width=\"100%\" height=\"100%\"");
    write_color(output, "fill", true, canvas->inks->paper);
    mmax_output_text(output, "/>\n");
}
