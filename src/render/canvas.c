#include "render/canvas_backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* ---- words ----------------------------------------------------------------------------------- */

struct mmax_ruler {
    PangoFontMap *fonts;
    PangoLayout *layout;
};

/* The fonts of this ruler alone, unhinted: a text is then as wide on a screen as on paper, and one
 * layout serves every kind of file. */
mmax_status mmax_ruler_new(mmax_ruler **ruler, mmax_error *error)
{
    mmax_ruler *self = mmax_alloc_zeroed(1, sizeof *self);
    cairo_font_options_t *options = cairo_font_options_create();
    if (!self || cairo_font_options_status(options) != CAIRO_STATUS_SUCCESS) {
        cairo_font_options_destroy(options);
        free(self);
        return mmax_fail_memory(error, "preparing a figure's fonts");
    }
    self->fonts = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(self->fonts), 72);
    PangoContext *context = pango_font_map_create_context(self->fonts);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    /* Or the user's language would choose between Chinese and Japanese shapes. */
    pango_context_set_language(context, pango_language_from_string("en"));
    self->layout = pango_layout_new(context);
    pango_layout_set_single_paragraph_mode(self->layout, TRUE);
    g_object_unref(context);
    *ruler = self;
    return MMAX_OK;
}

void mmax_ruler_free(mmax_ruler *ruler)
{
    if (!ruler)
        return;
    g_object_unref(ruler->layout);
    g_object_unref(ruler->fonts);
    free(ruler);
}

/* Puts a clean text into the ruler's layout; returns its extents. */
static PangoRectangle set_text(const mmax_ruler *ruler, const char *text, double size, bool is_bold)
{
    PangoFontDescription *font = pango_font_description_from_string("sans");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(ruler->layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(ruler->layout, text, -1);
    PangoRectangle extents;
    pango_layout_get_extents(ruler->layout, NULL, &extents);
    return extents;
}

double mmax_ruler_width(const void *ruler, const char *text, double size, bool is_bold)
{
    char clean[2 * MMAX_LINE_SIZE];
    mmax_quote(text, strlen(text), clean, sizeof clean);
    return set_text(ruler, clean, size, is_bold).width / (double)PANGO_SCALE;
}

/* Code points that Unicode keeps free of characters for good: U+FDD0 to U+FDEF and the last two of
 * each plane.  TEXT is a character of N bytes. */
static bool is_noncharacter(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    if (n == 3)
        return s[0] == 0xef &&
               ((s[1] == 0xb7 && s[2] >= 0x90 && s[2] <= 0xaf) || (s[1] == 0xbf && s[2] >= 0xbe));
    return n == 4 && (s[1] & 0x0f) == 0x0f && s[2] == 0xbf && s[3] >= 0xbe;
}

/* As mmax_quote, and with U+FFFD for noncharacters: XML lacks some of them, and cairo's PDF all. */
static void clean_text(const char *text, char *clean, size_t size)
{
    mmax_quote(text, strlen(text), clean, size);
    size_t length = strlen(clean), used = 0;
    for (size_t i = 0, n; i < length; i += n) {
        n = mmax_utf8_length(clean + i, length - i);
        bool is_odd = is_noncharacter(clean + i, n);
        memmove(clean + used, is_odd ? "\xef\xbf\xbd" : clean + i, is_odd ? 3 : n);
        used += is_odd ? 3 : n;
    }
    clean[used] = '\0';
}

static void keep_word(mmax_canvas *canvas, const mmax_picture_word *word)
{
    if (!mmax_picture_add(canvas->picture, word))
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while drawing a figure");
}

void mmax_canvas_text(mmax_canvas *canvas, mmax_point place, const char *text,
                      const mmax_words *words)
{
    char clean[2 * MMAX_LINE_SIZE];
    clean_text(text, clean, sizeof clean);
    if (clean[0] == '\0')
        return;
    if (canvas->picture && canvas->picture->keeps_words) {
        keep_word(canvas, &(mmax_picture_word){.text = clean, .place = place, .words = *words});
        return;
    }
    PangoRectangle extents = set_text(canvas->ruler, clean, words->size, words->is_bold);
    mmax_set_text set = {
        .layout = canvas->ruler->layout,
        .text = clean,
        .words = words,
        .place = place,
        .left = -words->anchor_x * extents.width / PANGO_SCALE,
        .top = -words->anchor_y * extents.height / PANGO_SCALE,
    };
    set.baseline = set.top + pango_layout_get_baseline(canvas->ruler->layout) / (double)PANGO_SCALE;
    canvas->backend->text(canvas, &set);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

mmax_paint mmax_paint_fill(mmax_rgb color)
{
    return (mmax_paint){.is_filled = true, .fill = color, .opacity = 1};
}

mmax_paint mmax_paint_outline(mmax_rgb color, double line_width)
{
    return (mmax_paint){
        .is_outlined = true, .outline = color, .line_width = line_width, .opacity = 1};
}

const double *mmax_dash_lengths(mmax_dash dash, size_t *n)
{
    static const struct {
        size_t n;
        double lengths[6];
    } dashes[MMAX_DASHES] = {
        [MMAX_DASH_NONE] = {0, {0}},
        [MMAX_DASH_LONG] = {2, {5, 2}},
        [MMAX_DASH_SHORT] = {2, {2.5, 1.5}},
        [MMAX_DASH_DOT] = {2, {1, 1.5}},
        [MMAX_DASH_LONG_DOT] = {4, {5, 1.5, 1, 1.5}},
        [MMAX_DASH_LONG_DOT_DOT] = {6, {5, 1.5, 1, 1.5, 1, 1.5}},
    };
    *n = dashes[dash].n;
    return dashes[dash].lengths;
}

void mmax_canvas_rectangle(mmax_canvas *canvas, mmax_rectangle r, const mmax_paint *paint)
{
    const mmax_point corners[] = {
        {r.x, r.y}, {r.x + r.width, r.y}, {r.x + r.width, r.y + r.height}, {r.x, r.y + r.height}};
    mmax_canvas_polygon(canvas, corners, 4, paint);
}

void mmax_canvas_polygon(mmax_canvas *canvas, const mmax_point *points, size_t n,
                         const mmax_paint *paint)
{
    canvas->backend->path(canvas, points, n, true, paint);
}

void mmax_canvas_polyline(mmax_canvas *canvas, const mmax_point *points, size_t n,
                          const mmax_paint *paint)
{
    canvas->backend->path(canvas, points, n, false, paint);
}

void mmax_canvas_circle(mmax_canvas *canvas, mmax_point center, double radius,
                        const mmax_paint *paint)
{
    canvas->backend->circle(canvas, center, radius, paint);
}

void mmax_canvas_lines(mmax_canvas *canvas, const mmax_point *ends, size_t n_lines,
                       const mmax_paint *paint)
{
    if (n_lines > 0)
        canvas->backend->lines(canvas, ends, n_lines, paint);
}

/* Markers as polygons: corners at equal angles, the first one clockwise from the top.  A star's
 * inner corners lie where the sides of a pentagram cross. */
static const struct {
    size_t n_corners;
    double first_degrees;
    double inner_radius; /* of every second corner; 1 for convex ones */
} markers[MMAX_MARKERS] = {
    [MMAX_MARKER_CIRCLE] = {0, 0, 1},          [MMAX_MARKER_STAR] = {10, 0, 0.381966},
    [MMAX_MARKER_TRIANGLE_DOWN] = {3, 180, 1}, [MMAX_MARKER_SQUARE] = {4, 45, 1},
    [MMAX_MARKER_TRIANGLE_UP] = {3, 0, 1},     [MMAX_MARKER_DIAMOND] = {4, 0, 1},
    [MMAX_MARKER_PENTAGON] = {5, 0, 1},        [MMAX_MARKER_HEXAGON] = {6, 0, 1},
    [MMAX_MARKER_TRIANGLE_LEFT] = {3, 270, 1}, [MMAX_MARKER_TRIANGLE_RIGHT] = {3, 90, 1},
};

void mmax_canvas_marker(mmax_canvas *canvas, mmax_marker marker, mmax_point center, double radius,
                        const mmax_paint *paint)
{
    size_t n = markers[marker].n_corners;
    if (canvas->picture && canvas->picture->keeps_words) {
        mmax_words words = {.color = paint->is_filled ? paint->fill : paint->outline};
        keep_word(canvas, &(mmax_picture_word){.marker = marker, .place = center, .words = words});
        return;
    }
    if (n == 0) {
        mmax_canvas_circle(canvas, center, radius, paint);
        return;
    }
    mmax_point corners[10];
    for (size_t i = 0; i < n; i++) {
        double angle = pi * (markers[marker].first_degrees / 180 + 2 * (double)i / (double)n);
        double r = i % 2 ? radius * markers[marker].inner_radius : radius;
        corners[i] = (mmax_point){center.x + r * sin(angle), center.y - r * cos(angle)};
    }
    mmax_canvas_polygon(canvas, corners, n, paint);
}

/* The cells, each repeated in x and y. */
static mmax_rgb *repeated(const mmax_rgb *cells, size_t width, size_t height, size_t repeat_x,
                          size_t repeat_y)
{
    size_t wide = width * repeat_x, high = height * repeat_y;
    mmax_rgb *large = mmax_alloc_array(wide * high, sizeof *large);
    for (size_t y = 0; large && y < high; y++)
        for (size_t x = 0; x < wide; x++)
            large[y * wide + x] = cells[y / repeat_y * width + x / repeat_x];
    return large;
}

/* Not every viewer of PDF and SVG heeds that an image is not to be smoothed.  One of a few cells is
 * therefore stored with larger ones: then only the seams can blur. */
void mmax_canvas_image(mmax_canvas *canvas, mmax_rectangle rectangle, const mmax_rgb *cells,
                       size_t width, size_t height)
{
    const size_t enough = 256;
    if (width == 0 || height == 0)
        return;
    size_t repeat_x = canvas->is_vector && width < enough ? enough / width : 1;
    size_t repeat_y = canvas->is_vector && height < enough ? enough / height : 1;
    if (repeat_x == 1 && repeat_y == 1) {
        canvas->backend->image(canvas, rectangle, cells, width, height);
        return;
    }
    mmax_rgb *large = repeated(cells, width, height, repeat_x, repeat_y);
    if (large)
        canvas->backend->image(canvas, rectangle, large, width * repeat_x, height * repeat_y);
    else
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while drawing a figure");
    free(large);
}

/* ---- the whole ------------------------------------------------------------------------------- */

void mmax_canvas_fail(mmax_canvas *canvas, mmax_status status, const char *what)
{
    if (canvas->error.status == MMAX_OK)
        mmax_fail(&canvas->error, status, "%s", what);
}

/* A copy of a note that can stand in any file, NULL for NULL.  False on lack of memory. */
static bool copy_note(const char *note, char **copy)
{
    if (!note)
        return true;
    size_t length = strlen(note), size;
    char *clean = NULL;
    if (mmax_multiply(length + 1, 4, &size))
        clean = mmax_alloc_array(size, 1);
    if (!clean)
        return false;
    clean_text(note, clean, size);
    /* Captions are sentences with a blank behind each. */
    for (size_t end = strlen(clean); end > 0 && clean[end - 1] == ' ';)
        clean[--end] = '\0';
    *copy = clean;
    return true;
}

static bool copy_notes(mmax_canvas *canvas, const mmax_canvas_notes *notes)
{
    return copy_note(notes->title, &canvas->title) &&
           copy_note(notes->description, &canvas->description) &&
           copy_note(notes->command, &canvas->command);
}

/* What every canvas has, but for its output. */
static void fill_head(mmax_canvas *canvas, double width, double height, double dpi,
                      mmax_theme theme, mmax_ruler *ruler)
{
    canvas->width = width;
    canvas->height = height;
    canvas->dpi = dpi;
    canvas->inks = mmax_theme_inks(theme);
    canvas->ruler = ruler;
}

static mmax_status check_size(double width, double height, double dpi, mmax_error *error)
{
    /* cairo's own bound a side; 256 Mi pixels are 1 GiB while they are drawn. */
    const double max_side = 32767, max_pixels = 1 << 28;
    double x = ceil(width * dpi / 72), y = ceil(height * dpi / 72);
    if (x <= max_side && y <= max_side && x * y <= max_pixels)
        return MMAX_OK;
    return mmax_fail(error, MMAX_EUSAGE,
                     "a figure of %.0f x %.0f pixels is too large: at most %.0f a side and %.0f in "
                     "all; give a smaller size or fewer dots per inch",
                     x, y, max_side, max_pixels);
}

mmax_status mmax_canvas_open(const mmax_figure_file *file, double width, double height, double dpi,
                             mmax_theme theme, const mmax_canvas_notes *notes, mmax_ruler *ruler,
                             mmax_canvas **canvas, mmax_error *error)
{
    mmax_status status = check_size(width, height, file->kind == MMAX_FILE_PNG ? dpi : 72, error);
    if (status != MMAX_OK)
        return status;
    mmax_canvas *self = file->kind == MMAX_FILE_SVG ? mmax_canvas_svg() : mmax_canvas_cairo();
    if (!self)
        return mmax_fail_memory(error, "preparing a figure");
    self->is_vector = file->kind != MMAX_FILE_PNG;
    fill_head(self, width, height, dpi, theme, ruler);
    status = copy_notes(self, notes)
                 ? mmax_output_open(file->path, file->cancel, &self->output, error)
                 : mmax_fail_memory(error, "preparing a figure");
    if (status != MMAX_OK) {
        mmax_canvas_free(self);
        return status;
    }
    if (file->kind == MMAX_FILE_SVG)
        mmax_canvas_svg_begin(self);
    else
        mmax_canvas_cairo_begin(self, file->kind);
    *canvas = self;
    return MMAX_OK;
}

mmax_status mmax_canvas_open_picture(mmax_picture *picture, double width, double height,
                                     mmax_theme theme, mmax_ruler *ruler, mmax_canvas **canvas,
                                     mmax_error *error)
{
    picture->is_too_wide = width > picture->max_width;
    if (picture->is_too_wide)
        return mmax_fail(error, MMAX_EUSAGE, "a figure of %.0f points is too wide", width);
    mmax_status status = check_size(width, height, picture->dpi, error);
    if (status != MMAX_OK)
        return status;
    mmax_canvas *self = mmax_canvas_cairo();
    if (!self)
        return mmax_fail_memory(error, "preparing a figure");
    fill_head(self, width, height, picture->dpi, theme, ruler);
    self->picture = picture;
    mmax_canvas_cairo_begin(self, MMAX_FILE_PNG);
    *canvas = self;
    return MMAX_OK;
}

const mmax_inks *mmax_canvas_inks(const mmax_canvas *canvas)
{
    return canvas->inks;
}

mmax_status mmax_canvas_finish(mmax_canvas *canvas, mmax_error *error)
{
    if (canvas->error.status == MMAX_OK)
        canvas->backend->finish(canvas);
    if (canvas->error.status != MMAX_OK)
        return mmax_fail(error, canvas->error.status, "%s", canvas->error.message);
    return canvas->picture ? MMAX_OK : mmax_output_commit(canvas->output, error);
}

void mmax_canvas_free(mmax_canvas *canvas)
{
    if (!canvas)
        return;
    canvas->backend->free(canvas);
    mmax_output_free(canvas->output);
    free(canvas->title);
    free(canvas->description);
    free(canvas->command);
    free(canvas);
}
