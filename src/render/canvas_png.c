#include "render/canvas_backend.h"

#include <math.h>
#include <png.h>
#include <string.h>

_Static_assert(sizeof(mmax_rgb) == 3, "pixels are handed to libpng as they are");

static void write_bytes(png_structp writer, png_bytep bytes, size_t n_bytes)
{
    const mmax_png *png = png_get_io_ptr(writer);
    png->write(png->context, bytes, n_bytes);
}

static void flush_nothing(png_structp writer)
{
    (void)writer;
}

/* In place of libpng's own, which prints. */
static void jump_out(png_structp writer, png_const_charp message)
{
    (void)message;
    png_longjmp(writer, 1);
}

static void ignore_warning(png_structp writer, png_const_charp message)
{
    (void)writer;
    (void)message;
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* tEXt is Latin-1: what is more than ASCII goes into iTXt.  libpng takes pointers to characters
 * that it does not change. */
static void add_note(png_structp writer, png_infop info, const char *key, const char *text)
{
    if (!text)
        return;
    png_text note = {
        .compression = is_ascii(text) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
        .key = (png_charp)(uintptr_t)key,
        .text = (png_charp)(uintptr_t)text,
    };
    png_set_text(writer, info, &note, 1);
}

static void write_all(png_structp writer, png_infop info, const mmax_png *png)
{
    png_set_write_fn(writer, (void *)(uintptr_t)png, write_bytes, flush_nothing);
    png_set_IHDR(writer, info, (png_uint_32)png->width, (png_uint_32)png->height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (png->dpi > 0) {
        png_uint_32 per_meter = (png_uint_32)lround(png->dpi / 0.0254);
        png_set_pHYs(writer, info, per_meter, per_meter, PNG_RESOLUTION_METER);
    }
    add_note(writer, info, "Title", png->title);
    add_note(writer, info, "Description", png->description);
    add_note(writer, info, "Comment", png->command);
    png_write_info(writer, info);
    for (size_t y = 0; y < png->height; y++)
        png_write_row(writer, (png_const_bytep)(png->pixels + y * png->width));
    png_write_end(writer, info);
}

bool mmax_png_write(const mmax_png *png)
{
    png_structp writer =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, jump_out, ignore_warning);
    if (!writer)
        return false;
    png_infop info = png_create_info_struct(writer);
    /* libpng's errors jump here; of what can fail only memory is left, as outputs latch theirs. */
    if (!info || setjmp(png_jmpbuf(writer))) {
        png_destroy_write_struct(&writer, info ? &info : NULL);
        return false;
    }
    write_all(writer, info, png);
    png_destroy_write_struct(&writer, &info);
    return true;
}
