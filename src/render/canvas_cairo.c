#include "render/canvas_backend.h"

#include <cairo-pdf.h>
#include <math.h>
#include <stdlib.h>

typedef struct cairo_canvas {
    mmax_canvas head;
    mmax_file_kind kind;
    cairo_surface_t *surface;
    cairo_t *cairo;
} cairo_canvas;

static cairo_canvas *own(mmax_canvas *canvas)
{
    return (cairo_canvas *)canvas;
}

static cairo_t *context_of(mmax_canvas *canvas)
{
    return own(canvas)->cairo;
}

static void set_color(cairo_t *cairo, mmax_rgb color, double opacity)
{
    cairo_set_source_rgba(cairo, color.red / 255.0, color.green / 255.0, color.blue / 255.0,
                          opacity);
}

static const double hairline = 0.5;

/* In a coarse picture a line is as thick as a pixel, or it would be a shadow; hairlines may. */
static double line_width_of(const mmax_canvas *canvas, const mmax_paint *paint)
{
    double least = canvas->picture ? canvas->picture->least_line : 0;
    return paint->line_width > hairline ? fmax(paint->line_width, least) : paint->line_width;
}

/* Paints the current path and forgets it. */
static void paint_path(mmax_canvas *canvas, const mmax_paint *paint)
{
    cairo_t *cairo = context_of(canvas);
    if (paint->is_filled) {
        set_color(cairo, paint->fill, paint->opacity);
        cairo_fill_preserve(cairo);
    }
    if (paint->is_outlined) {
        set_color(cairo, paint->outline, paint->opacity);
        cairo_set_line_width(cairo, line_width_of(canvas, paint));
        size_t n;
        const double *lengths = mmax_dash_lengths(paint->dash, &n);
        cairo_set_dash(cairo, lengths, (int)n, 0);
        cairo_stroke_preserve(cairo);
    }
    cairo_new_path(cairo);
}

static void draw_path(mmax_canvas *canvas, const mmax_point *points, size_t n, bool is_closed,
                      const mmax_paint *paint)
{
    cairo_t *cairo = context_of(canvas);
    mmax_paint unframed = *paint;
    /* What a frame of a coarse picture is around has edges of its own. */
    if (is_closed && paint->line_width <= hairline && canvas->picture && canvas->picture->pixel > 0)
        unframed.is_outlined = false;
    for (size_t i = 0; i < n; i++)
        cairo_line_to(cairo, points[i].x, points[i].y);
    if (is_closed)
        cairo_close_path(cairo);
    paint_path(canvas, &unframed);
}

static void draw_circle(mmax_canvas *canvas, mmax_point center, double radius,
                        const mmax_paint *paint)
{
    cairo_arc(context_of(canvas), center.x, center.y, radius, 0, 2 * 3.14159265358979323846);
    cairo_close_path(context_of(canvas));
    paint_path(canvas, paint);
}

static void draw_lines(mmax_canvas *canvas, const mmax_point *ends, size_t n_lines,
                       const mmax_paint *paint)
{
    cairo_t *cairo = context_of(canvas);
    for (size_t i = 0; i < n_lines; i++) {
        cairo_move_to(cairo, ends[2 * i].x, ends[2 * i].y);
        cairo_line_to(cairo, ends[2 * i + 1].x, ends[2 * i + 1].y);
    }
    paint_path(canvas, paint);
}

static void draw_text(mmax_canvas *canvas, const mmax_set_text *text)
{
    cairo_t *cairo = context_of(canvas);
    cairo_save(cairo);
    cairo_translate(cairo, text->place.x, text->place.y);
    cairo_rotate(cairo, text->words->degrees * 3.14159265358979323846 / 180);
    cairo_move_to(cairo, text->left, text->top);
    set_color(cairo, text->words->color, 1);
    pango_cairo_show_layout(cairo, text->layout);
    cairo_restore(cairo);
    cairo_new_path(cairo);
}

/* The cells as an image of cairo's. */
static cairo_surface_t *image_of(const mmax_rgb *cells, size_t width, size_t height)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS)
        return image;
    cairo_surface_flush(image);
    unsigned char *bytes = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t y = 0; y < height; y++) {
        uint32_t *line = (uint32_t *)(void *)(bytes + y * stride);
        for (size_t x = 0; x < width; x++) {
            mmax_rgb cell = cells[y * width + x];
            line[x] = (uint32_t)cell.red << 16 | (uint32_t)cell.green << 8 | cell.blue;
        }
    }
    cairo_surface_mark_dirty(image);
    return image;
}

/* The edges moved between two of so large pixels, at least one apart. */
static mmax_rectangle on_pixels(mmax_rectangle r, double pixel)
{
    if (pixel == 0)
        return r;
    double x = round(r.x / pixel), y = round(r.y / pixel);
    double right = fmax(round((r.x + r.width) / pixel), x + 1);
    double bottom = fmax(round((r.y + r.height) / pixel), y + 1);
    return (mmax_rectangle){pixel * x, pixel * y, pixel * (right - x), pixel * (bottom - y)};
}

static void draw_image(mmax_canvas *canvas, mmax_rectangle rectangle, const mmax_rgb *cells,
                       size_t width, size_t height)
{
    cairo_surface_t *image = image_of(cells, width, height);
    cairo_t *cairo = context_of(canvas);
    if (canvas->picture)
        rectangle = on_pixels(rectangle, canvas->picture->pixel);
    cairo_save(cairo);
    cairo_rectangle(cairo, rectangle.x, rectangle.y, rectangle.width, rectangle.height);
    cairo_translate(cairo, rectangle.x, rectangle.y);
    cairo_scale(cairo, rectangle.width / (double)width, rectangle.height / (double)height);
    cairo_set_source_surface(cairo, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_fill(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(image);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static cairo_status_t write_bytes(void *context, const unsigned char *bytes, unsigned int n_bytes)
{
    mmax_output_write(context, bytes, n_bytes);
    return CAIRO_STATUS_SUCCESS; /* the output latches its own errors */
}

static void write_png_bytes(void *context, const void *bytes, size_t n_bytes)
{
    mmax_output_write(context, bytes, n_bytes);
}

/* The pixels of an image of cairo's, to be freed; NULL on lack of memory. */
static mmax_rgb *pixels_of(cairo_surface_t *surface, size_t *width, size_t *height)
{
    cairo_surface_flush(surface);
    *width = (size_t)cairo_image_surface_get_width(surface);
    *height = (size_t)cairo_image_surface_get_height(surface);
    mmax_rgb *pixels = mmax_alloc_array(*width * *height, sizeof *pixels);
    const unsigned char *bytes = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; pixels && y < *height; y++) {
        const uint32_t *line = (const uint32_t *)(const void *)(bytes + y * stride);
        for (size_t x = 0; x < *width; x++)
            pixels[y * *width + x] = (mmax_rgb){
                (uint8_t)(line[x] >> 16), (uint8_t)(line[x] >> 8 & 255), (uint8_t)(line[x] & 255)};
    }
    return pixels;
}

static void finish_png(mmax_canvas *canvas)
{
    mmax_png png = {
        .dpi = canvas->dpi,
        .title = canvas->title,
        .description = canvas->description,
        .command = canvas->command,
        .write = write_png_bytes,
        .context = canvas->output,
    };
    mmax_rgb *pixels = pixels_of(own(canvas)->surface, &png.width, &png.height);
    png.pixels = pixels;
    if (!pixels || !mmax_png_write(&png))
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while writing a PNG figure");
    free(pixels);
}

static void finish_picture(mmax_canvas *canvas)
{
    mmax_picture *picture = canvas->picture;
    picture->pixels = pixels_of(own(canvas)->surface, &picture->width, &picture->height);
    if (!picture->pixels)
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while drawing a figure");
}

static void finish(mmax_canvas *canvas)
{
    cairo_canvas *self = own(canvas);
    cairo_status_t status = cairo_status(self->cairo);
    if (status == CAIRO_STATUS_SUCCESS && self->kind == MMAX_FILE_PDF) {
        cairo_show_page(self->cairo);
        cairo_surface_finish(self->surface);
        status = cairo_surface_status(self->surface);
    } else if (status == CAIRO_STATUS_SUCCESS && canvas->picture) {
        finish_picture(canvas);
    } else if (status == CAIRO_STATUS_SUCCESS) {
        finish_png(canvas);
    }
    if (status == CAIRO_STATUS_NO_MEMORY)
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while drawing a figure");
    else if (status != CAIRO_STATUS_SUCCESS)
        mmax_canvas_fail(canvas, MMAX_EIO, cairo_status_to_string(status));
}

static void free_cairo(mmax_canvas *canvas)
{
    cairo_canvas *self = own(canvas);
    if (self->cairo)
        cairo_destroy(self->cairo);
    if (self->surface)
        cairo_surface_destroy(self->surface);
}

static const mmax_backend backend = {
    .path = draw_path,
    .circle = draw_circle,
    .lines = draw_lines,
    .text = draw_text,
    .image = draw_image,
    .finish = finish,
    .free = free_cairo,
};

mmax_canvas *mmax_canvas_cairo(void)
{
    cairo_canvas *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return NULL;
    self->head.backend = &backend;
    return &self->head;
}

static void note(cairo_surface_t *surface, cairo_pdf_metadata_t key, const char *text)
{
    if (text)
        cairo_pdf_surface_set_metadata(surface, key, text);
}

static void paint_paper(cairo_canvas *self)
{
    set_color(self->cairo, self->head.inks->paper, 1);
    cairo_paint(self->cairo);
}

static void begin_pdf(cairo_canvas *self)
{
    const mmax_canvas *head = &self->head;
    self->surface =
        cairo_pdf_surface_create_for_stream(write_bytes, head->output, head->width, head->height);
    /* An empty date is none: the same figure has the same bytes tomorrow. */
    note(self->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    note(self->surface, CAIRO_PDF_METADATA_CREATOR, PACKAGE_STRING);
    note(self->surface, CAIRO_PDF_METADATA_TITLE, head->title);
    note(self->surface, CAIRO_PDF_METADATA_SUBJECT, head->description);
    note(self->surface, CAIRO_PDF_METADATA_KEYWORDS, head->command);
    self->cairo = cairo_create(self->surface);
    /* Light paper is that of the page on which the figure will stand. */
    if (head->inks != mmax_theme_inks(MMAX_THEME_LIGHT))
        paint_paper(self);
}

static void begin_png(cairo_canvas *self)
{
    const mmax_canvas *head = &self->head;
    double scale = head->dpi / 72;
    self->surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)fmax(1, ceil(head->width * scale)),
                                   (int)fmax(1, ceil(head->height * scale)));
    self->cairo = cairo_create(self->surface);
    paint_paper(self);
    cairo_scale(self->cairo, scale, scale);
}

void mmax_canvas_cairo_begin(mmax_canvas *canvas, mmax_file_kind kind)
{
    cairo_canvas *self = own(canvas);
    self->kind = kind;
    if (kind == MMAX_FILE_PDF)
        begin_pdf(self);
    else
        begin_png(self);
    cairo_set_line_cap(self->cairo, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(self->cairo, CAIRO_LINE_JOIN_MITER);
}
