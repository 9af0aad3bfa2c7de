/* Figures as files: what lies in their pixels, texts and notes. */
#include "render/canvas_backend.h"
#include "render/figure.h"
#include "render/heatmap_layout.h"
#include "render/simplex_layout.h"
#include "test_render.h"
#include "test_render_pixels.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const mmax_figure_options plain = {.title = "a title",
                                          .command = "multimax-analyze --heatmap=<x> a.npy"};

/* A name in the test's folder, to be freed. */
static char *path_of(const char *name)
{
    size_t size = strlen(testing_folder()) + strlen(name) + 2;
    char *path = mmax_alloc_array(size, 1);
    ck_assert_ptr_nonnull(path);
    snprintf(path, size, "%s/%s", testing_folder(), name);
    return path;
}

/* Draws and reads back; to be freed. */
static char *drawn(const mmax_result *result, const char *name, bool as_heatmap, size_t *n_bytes)
{
    char *path = path_of(name);
    mmax_error error;
    mmax_status status = as_heatmap
                             ? mmax_draw_figure(result, MMAX_FIGURE_HEATMAP, path, &plain, &error)
                             : mmax_draw_figure(result, MMAX_FIGURE_SIMPLEX, path, &plain, &error);
    if (status != MMAX_OK)
        ck_abort_msg("%s: %s", name, error.message);
    char *bytes = testing_read_file(path, n_bytes);
    free(path);
    return bytes;
}

static bool holds(const char *bytes, size_t n_bytes, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= n_bytes; i++)
        if (memcmp(bytes + i, text, length) == 0)
            return true;
    return false;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

pixels read_png(const char *bytes, size_t n_bytes)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    ck_assert(png_image_begin_read_from_memory(&image, bytes, n_bytes));
    image.format = PNG_FORMAT_RGB;
    pixels read = {image.width, image.height, malloc(PNG_IMAGE_SIZE(image))};
    ck_assert_ptr_nonnull(read.at);
    ck_assert(png_image_finish_read(&image, NULL, read.at, 0, NULL));
    return read;
}

/* Bytes of a PNG as they are written. */
typedef struct written {
    size_t n;
    char bytes[1 << 16];
} written;

static void write_bytes(void *context, const void *bytes, size_t n_bytes)
{
    written *to = context;
    ck_assert(to->n + n_bytes <= sizeof to->bytes);
    memcpy(to->bytes + to->n, bytes, n_bytes);
    to->n += n_bytes;
}

/* A picture of so many colours, each twice, written and read back; returns the colour type of its
 * header (PNG 1.2, 4.1.1: 2 is RGB, 3 has a palette). */
static int written_color_type(size_t n_colors)
{
    static written to;
    to.n = 0;
    size_t n = 2 * n_colors;
    mmax_rgb *colors = mmax_alloc_array(n, sizeof *colors);
    ck_assert_ptr_nonnull(colors);
    for (size_t i = 0; i < n; i++)
        colors[i] = (mmax_rgb){(uint8_t)(i % n_colors), (uint8_t)(i % n_colors >> 8), 77};
    const mmax_png png = {
        .width = n_colors, .height = 2, .pixels = colors, .write = write_bytes, .context = &to};
    ck_assert(mmax_png_write(&png));
    pixels image = read_png(to.bytes, to.n);
    ck_assert_uint_eq(image.width, n_colors);
    ck_assert_int_eq(memcmp(image.at, colors, n * sizeof *colors), 0);
    free(image.at);
    free(colors);
    return to.bytes[25];
}

START_TEST(up_to_256_colours_are_a_palette_and_more_are_not)
{
    ck_assert_int_eq(written_color_type(1), 3);
    ck_assert_int_eq(written_color_type(256), 3);
    ck_assert_int_eq(written_color_type(257), 2);
    ck_assert_int_eq(written_color_type(3000), 2);
}
END_TEST

mmax_rgb pixel_at(const pixels *image, double x, double y)
{
    size_t column = (size_t)(2 * x), row = (size_t)(2 * y);
    ck_assert(column < image->width && row < image->height);
    return image->at[row * image->width + column];
}

bool same_color(mmax_rgb a, mmax_rgb b)
{
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

bool is_grey(mmax_rgb a)
{
    return a.red == a.green && a.green == a.blue && a.red >= 150;
}

/* The layout that mmax_draw_heatmap makes of these data. */
static mmax_heatmap_layout *layout_of(const mmax_result *result, const char *masked)
{
    mmax_ruler *ruler;
    ck_assert_int_eq(mmax_ruler_new(&ruler, NULL), MMAX_OK);
    mmax_measure measure = {mmax_ruler_width, ruler};
    mmax_heatmap_words words = {.title = plain.title, .masked = masked};
    char labels[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    for (size_t i = 0; i < result->n_maps; i++) {
        mmax_map_label(&result->maps[i], labels[i]);
        words.pictures[i] = labels[i];
    }
    for (size_t i = 0; i < MMAX_HEATMAP_PANELS; i++)
        words.groups[i] = "";
    mmax_heatmap_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    ck_assert_int_eq(
        mmax_heatmap_lay_out(result->heatmap, &words, &plain, 2, &measure, layout, NULL), MMAX_OK);
    mmax_ruler_free(ruler);
    return layout;
}

START_TEST(every_cell_has_its_weights_colour_and_masked_ones_are_grey)
{
    enum { N = 6 };
    static const size_t shape[] = {N, N};
    double logits[N * N];
    testing_random random = {11};
    for (size_t i = 0; i < (size_t)N * N; i++) /* causal */
        logits[i] = i % N > i / N ? (double)-INFINITY : 2 * testing_normal(&random);
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    mmax_heatmap_layout *layout = layout_of(&result, "masked");
    size_t n_bytes;
    char *bytes = drawn(&result, "cells.png", true, &n_bytes);
    pixels image = read_png(bytes, n_bytes);
    ck_assert_uint_eq(image.width, (size_t)ceil(2 * layout->width));
    for (size_t i = 0; i < 5 * (size_t)N * N; i++) {
        mmax_rectangle panel = layout->panels[0][i / (N * N)];
        double x = panel.x + ((double)(i % N) + 0.5) * panel.width / N;
        double y = panel.y + ((double)(i / N % N) + 0.5) * panel.height / N;
        float weight = result.heatmap->cells[i];
        mmax_rgb color = pixel_at(&image, x, y);
        if (isnan(weight))
            ck_assert(is_grey(color));
        else
            ck_assert(
                same_color(color, mmax_colormap_at(MMAX_VIRIDIS, (double)weight))); /* 0 to 1 */
    }
    free(image.at);
    free(bytes);
    free(layout);
    free_figure_result(&result);
}
END_TEST

START_TEST(an_isolated_weight_of_a_million_is_seen)
{
    enum { N = 1000 };
    static const size_t shape[] = {N, N};
    double *logits = mmax_alloc_zeroed((size_t)N * N, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    logits[637 * N + 411] = 1000;
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    mmax_heatmap_layout *layout = layout_of(&result, NULL);
    size_t n_bytes;
    char *bytes = drawn(&result, "isolated.png", true, &n_bytes);
    pixels image = read_png(bytes, n_bytes);
    mmax_rectangle panel = layout->panels[0][0];
    double entry = panel.width / (double)(layout->cells_wide * layout->entry_columns);
    double cell = entry * (double)layout->entry_columns;
    double x = panel.x + (floor(411 * entry / cell) + 0.5) * cell;
    double y = panel.y + (floor(637 * entry / cell) + 0.5) * cell;
    ck_assert(same_color(pixel_at(&image, x, y), mmax_colormap_at(MMAX_VIRIDIS, 1)));
    free(image.at);
    free(bytes);
    free(layout);
    free(logits);
    free_figure_result(&result);
}
END_TEST

static mmax_simplex_layout *simplex_layout_of(const mmax_result *result)
{
    mmax_ruler *ruler;
    ck_assert_int_eq(mmax_ruler_new(&ruler, NULL), MMAX_OK);
    mmax_measure measure = {mmax_ruler_width, ruler};
    /* The caption's length moves nothing above it. */
    mmax_simplex_words words = {
        .title = plain.title, .caption = "", .corners = {"entry 1", "entry 2", "entry 3"}};
    char label[MMAX_SPEC_SIZE];
    mmax_map_label(&result->maps[0], label);
    words.maps[0] = label;
    mmax_simplex_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    ck_assert_int_eq(mmax_simplex_lay_out(result->simplex, &words, &plain, &measure, layout, NULL),
                     MMAX_OK);
    mmax_ruler_free(ruler);
    return layout;
}

START_TEST(softmax_points_lie_in_the_corners_and_in_the_middle)
{
    static const size_t shape[] = {4, 3};
    static const double logits[] = {99, 0, 0, 0, 99, 0, 0, 0, 99, 1, 1, 1};
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    mmax_simplex_layout *layout = simplex_layout_of(&result);
    size_t n_bytes;
    char *bytes = drawn(&result, "corners.png", false, &n_bytes);
    pixels image = read_png(bytes, n_bytes);
    mmax_point middle = {layout->corners[2].x, layout->corners[0].y - layout->side / sqrt(12)};
    const mmax_point places[] = {layout->corners[0], layout->corners[1], layout->corners[2],
                                 middle};
    for (size_t i = 0; i < 4; i++)
        ck_assert(same_color(pixel_at(&image, places[i].x, places[i].y),
                             mmax_ink_of(mmax_theme_inks(MMAX_THEME_LIGHT), MMAX_BLACK)));
    free(image.at);
    free(bytes);
    free(layout);
    free_figure_result(&result);
}
END_TEST

/* The outline of the coloured marker about X along the row of pixels at Y. */
static void marker_extent(const pixels *image, mmax_rgb color, double x, double y, double *left,
                          double *right)
{
    *left = *right = -1;
    size_t row = (size_t)(2 * y);
    for (size_t i = (size_t)(2 * (x - 9)); i < (size_t)(2 * (x + 9)); i++)
        if (same_color(image->at[row * image->width + i], color)) {
            *left = *left < 0 ? (double)i / 2 : *left;
            *right = (double)(i + 1) / 2;
        }
}

START_TEST(multimax_points_lie_where_the_papers_figure_has_them)
{
    static const double second[] = {0.5, 0.372, 0.221, 0.101, 0.010};
    for (size_t k = 0; k < 5; k++) {
        static const size_t shape[] = {1, 3};
        const double logits[] = {10, 10 - 2 * (double)k, -1};
        struct mmax_plan plan = figure_plan();
        plan.maps[0] = plan.maps[4];
        plan.n_maps = 1;
        mmax_input input = figure_input(2, shape);
        mmax_result result = figure_result(&plan, &input, logits, NULL);
        mmax_simplex_layout *layout = simplex_layout_of(&result);
        size_t n_bytes;
        char *bytes = drawn(&result, "multimax.png", false, &n_bytes);
        pixels image = read_png(bytes, n_bytes);
        /* Just above the base of the triangle that points up, which lies half its radius below the
         * point; the marker is symmetric about the point. */
        double x = layout->corners[0].x + second[k] * layout->side, left, right;
        double y = layout->corners[0].y + 5.8 / 2;
        marker_extent(&image, mmax_ink_of(mmax_theme_inks(MMAX_THEME_LIGHT), MMAX_VERMILLION), x, y,
                      &left, &right);
        ck_assert(left >= 0);
        ck_assert_double_eq_tol((left + right) / 2, x, 0.005 * layout->side);
        ck_assert(right - left > 6);
        free(image.at);
        free(bytes);
        free(layout);
        free_figure_result(&result);
    }
}
END_TEST

/* ---- texts and notes ------------------------------------------------------------------------- */

static mmax_result labelled_result(const char *const *labels)
{
    static const size_t shape[] = {2, 2, 3};
    static const double logits[] = {1, 2, 3, 3, 2, 1, 0, 1, 0, -HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(3, shape);
    input.column_labels = labels;
    return figure_result(&plan, &input, logits, NULL);
}

START_TEST(words_stay_words_in_svg)
{
    static const char *const labels[] = {"<a&b>", "\"c\"", "d"};
    static const char *const heatmap[] = {
        "<title>a title</title>",
        "<desc>Heatmaps of attention weights, 5 maps across",
        "<metadata>multimax-analyze --heatmap=&lt;x&gt; a.npy</metadata>",
        ">&lt;a&amp;b&gt;</text>",
        ">&quot;c&quot;</text>",
        ">softmax</text>",
        ">sparsemax</text>",
        ">entmax:1.5</text>",
        ">evsoftmax</text>",
        ">query (row)</text>",
        ">key (column)</text>",
        ">attention weight</text>",
        ">masked</text>",
        ">1</text>",
        "groups (leading indices) down"};
    static const char *const simplex[] = {">&lt;a&amp;b&gt;</text>",
                                          ">softmax temperature t</text>",
                                          ">sparsemax</text>",
                                          ">0.8</text>",
                                          ">100</text>",
                                          "Left out: 1 row with one of the three masked."};
    mmax_result result = labelled_result(labels);
    size_t n_bytes;
    char *bytes = drawn(&result, "words.svg", true, &n_bytes);
    for (size_t i = 0; i < sizeof heatmap / sizeof *heatmap; i++)
        if (!holds(bytes, n_bytes, heatmap[i]))
            ck_abort_msg("no '%s' in the heatmap", heatmap[i]);
    free(bytes);
    bytes = drawn(&result, "words.svg", false, &n_bytes);
    for (size_t i = 0; i < sizeof simplex / sizeof *simplex; i++)
        if (!holds(bytes, n_bytes, simplex[i]))
            ck_abort_msg("no '%s' in the simplex", simplex[i]);
    free(bytes);
    free_figure_result(&result);
}
END_TEST

START_TEST(a_panel_is_one_image_in_svg)
{
    mmax_result result = labelled_result(NULL);
    size_t n_bytes, n_images = 0;
    char *bytes = drawn(&result, "images.svg", true, &n_bytes);
    for (const char *at = bytes; (at = strstr(at, "<image ")) != NULL; at++)
        n_images++;
    ck_assert_uint_eq(n_images, 2 * 5 + 1); /* and the bar */
    free(bytes);
    free_figure_result(&result);
}
END_TEST

START_TEST(the_notes_of_a_png_tell_its_resolution_title_and_command)
{
    mmax_result result = labelled_result(NULL);
    size_t n_bytes;
    char *bytes = drawn(&result, "notes.png", true, &n_bytes);
    ck_assert(holds(bytes, n_bytes, "pHYs"));
    ck_assert(holds(bytes, n_bytes, "a title"));
    ck_assert(holds(bytes, n_bytes, plain.command));
    ck_assert(!holds(bytes, n_bytes, "tIME"));
    free(bytes);
    free_figure_result(&result);
}
END_TEST

START_TEST(a_pdf_tells_its_title_and_no_date)
{
    mmax_result result = labelled_result(NULL);
    size_t n_bytes;
    char *bytes = drawn(&result, "notes.pdf", true, &n_bytes);
    ck_assert_int_eq(memcmp(bytes, "%PDF-", 5), 0);
    ck_assert(holds(bytes, n_bytes, "a title"));
    ck_assert(!holds(bytes, n_bytes, "CreationDate"));
    free(bytes);
    free_figure_result(&result);
}
END_TEST

START_TEST(the_same_figure_has_the_same_bytes)
{
    static const char *const kinds[] = {"same.png", "same.svg", "same.pdf"};
    mmax_result result = labelled_result(NULL);
    for (size_t i = 0; i < 6; i++) {
        size_t n_first, n_second;
        char *first = drawn(&result, kinds[i / 2], i % 2, &n_first);
        char *second = drawn(&result, kinds[i / 2], i % 2, &n_second);
        ck_assert_uint_eq(n_first, n_second);
        ck_assert_int_eq(memcmp(first, second, n_first), 0);
        free(first);
        free(second);
    }
    free_figure_result(&result);
}
END_TEST

START_TEST(a_figure_goes_to_standard_output)
{
    mmax_result result = labelled_result(NULL);
    const char *path = testing_text_file("stdout", "");
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    mmax_status status = mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, "svg:-", NULL, NULL);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    fclose(file);
    ck_assert_int_eq(status, MMAX_OK);
    size_t n_bytes;
    char *bytes = testing_read_file(path, &n_bytes);
    /* Without a title the input's name is one, without its folders. */
    ck_assert(holds(bytes, n_bytes, "<title>demo.npy</title>"));
    ck_assert(holds(bytes, n_bytes, "</svg>\n"));
    free(bytes);
    free_figure_result(&result);
}
END_TEST

TCase *render_file_tests(void)
{
    TCase *tests = tcase_create("files");
    tcase_add_test(tests, every_cell_has_its_weights_colour_and_masked_ones_are_grey);
    tcase_add_test(tests, up_to_256_colours_are_a_palette_and_more_are_not);
    tcase_add_test(tests, an_isolated_weight_of_a_million_is_seen);
    tcase_add_test(tests, softmax_points_lie_in_the_corners_and_in_the_middle);
    tcase_add_test(tests, multimax_points_lie_where_the_papers_figure_has_them);
    tcase_add_test(tests, words_stay_words_in_svg);
    tcase_add_test(tests, a_panel_is_one_image_in_svg);
    tcase_add_test(tests, the_notes_of_a_png_tell_its_resolution_title_and_command);
    tcase_add_test(tests, a_pdf_tells_its_title_and_no_date);
    tcase_add_test(tests, the_same_figure_has_the_same_bytes);
    tcase_add_test(tests, a_figure_goes_to_standard_output);
    return tests;
}
