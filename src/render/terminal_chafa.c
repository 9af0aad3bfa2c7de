#include "render/terminal_chafa.h"

#include <chafa.h>
#include <string.h>

enum { DETAIL = 8 };

size_t mmax_blocks_detail(void)
{
    return DETAIL;
}

const char *mmax_chafa_version(void)
{
    return "chafa " G_STRINGIFY(CHAFA_MAJOR_VERSION) "." G_STRINGIFY(
        CHAFA_MINOR_VERSION) "." G_STRINGIFY(CHAFA_MICRO_VERSION);
}

/* To be unreferenced.  libchafa reads the variables and changes none. */
static ChafaTermInfo *detect(char *const *environment)
{
    ChafaTermDb *known = chafa_term_db_new();
    ChafaTermInfo *terminal = chafa_term_db_detect(known, (gchar **)(uintptr_t)environment);
    chafa_term_db_unref(known);
    return terminal;
}

mmax_pixel_protocol mmax_chafa_protocol(char *const *environment)
{
    static const struct {
        ChafaTermSeq sequence;
        mmax_pixel_protocol protocol;
    } protocols[] = {
        {CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1, MMAX_KITTY},
        {CHAFA_TERM_SEQ_BEGIN_SIXELS, MMAX_SIXEL},
        {CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE, MMAX_ITERM2},
    };
    mmax_pixel_protocol found = MMAX_NO_PIXELS;
    ChafaTermInfo *terminal = detect(environment);
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols && found == MMAX_NO_PIXELS; i++)
        if (chafa_term_info_have_seq(terminal, protocols[i].sequence))
            found = protocols[i].protocol;
    chafa_term_info_unref(terminal);
    return found;
}

/* With four bytes a pixel: lines of three would have to be multiples of four all the same.  glib
 * ends the program where there is no memory for them. */
static void draw_pixels(ChafaCanvas *canvas, const mmax_picture *picture)
{
    size_t n = picture->width * picture->height;
    guint8 *bytes = g_malloc_n(n, 4);
    for (size_t i = 0; i < n; i++) {
        mmax_rgb pixel = picture->pixels[i];
        const guint8 four[] = {pixel.red, pixel.green, pixel.blue, 255};
        memcpy(bytes + 4 * i, four, sizeof four);
    }
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED, bytes,
                                 (gint)picture->width, (gint)picture->height,
                                 (gint)(4 * picture->width));
    g_free(bytes);
}

/* A canvas of so many cells, with the picture on it. */
static ChafaCanvas *canvas_of(const mmax_picture *picture, size_t columns, size_t rows,
                              ChafaPixelMode mode)
{
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    ChafaSymbolMap *symbols = chafa_symbol_map_new();
    chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID |
                                              CHAFA_SYMBOL_TAG_HALF | CHAFA_SYMBOL_TAG_QUAD);
    chafa_canvas_config_set_symbol_map(config, symbols);
    chafa_canvas_config_set_geometry(config, (gint)columns, (gint)rows);
    chafa_canvas_config_set_cell_geometry(config, (gint)(picture->width / columns),
                                          (gint)(picture->height / rows));
    chafa_canvas_config_set_canvas_mode(config, CHAFA_CANVAS_MODE_TRUECOLOR);
    chafa_canvas_config_set_pixel_mode(config, mode);
    chafa_canvas_config_set_preprocessing_enabled(config, FALSE);
    chafa_canvas_config_set_work_factor(config, 1);
    ChafaCanvas *canvas = chafa_canvas_new(config);
    chafa_symbol_map_unref(symbols);
    chafa_canvas_config_unref(config);
    draw_pixels(canvas, picture);
    return canvas;
}

mmax_status mmax_chafa_print(const mmax_picture *picture, const mmax_terminal *terminal,
                             mmax_pixel_protocol protocol, mmax_output *output, mmax_error *error)
{
    (void)error;
    ChafaPixelMode mode = protocol == MMAX_KITTY   ? CHAFA_PIXEL_MODE_KITTY
                          : protocol == MMAX_SIXEL ? CHAFA_PIXEL_MODE_SIXELS
                                                   : CHAFA_PIXEL_MODE_ITERM2;
    ChafaCanvas *canvas = canvas_of(picture, picture->width / terminal->cell_width,
                                    picture->height / terminal->cell_height, mode);
    ChafaTermInfo *info = detect(terminal->environment);
    GString *text = chafa_canvas_print(canvas, info);
    mmax_output_write(output, text->str, text->len);
    mmax_output_text(output, "\n");
    g_string_free(text, TRUE);
    chafa_term_info_unref(info);
    chafa_canvas_unref(canvas);
    return MMAX_OK;
}

static mmax_rgb color_of(gint packed)
{
    return (mmax_rgb){(uint8_t)(packed >> 16 & 255), (uint8_t)(packed >> 8 & 255),
                      (uint8_t)(packed & 255)};
}

void mmax_blocks_fill(mmax_cells *cells, const mmax_picture *picture)
{
    ChafaCanvas *canvas = canvas_of(picture, cells->columns, cells->rows, CHAFA_PIXEL_MODE_SYMBOLS);
    for (size_t i = 0; i < cells->rows * cells->columns; i++) {
        gint x = (gint)(i % cells->columns), y = (gint)(i / cells->columns), ink, paper;
        mmax_cell *cell = &cells->cells[i];
        gint n = g_unichar_to_utf8(chafa_canvas_get_char_at(canvas, x, y), cell->text);
        cell->text[n] = '\0';
        chafa_canvas_get_raw_colors_at(canvas, x, y, &ink, &paper);
        cell->ink = color_of(ink);
        cell->paper = color_of(paper);
    }
    chafa_canvas_unref(canvas);
}
