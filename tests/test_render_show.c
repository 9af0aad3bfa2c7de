/* Figures as the characters of a terminal. */
#include "render/terminal_chafa.h"
#include "test_render.h"

#include <stdlib.h>
#include <string.h>

static const mmax_terminal pipe_of_80 = {0}, ascii = {.is_ascii = true},
                           in_256 = {.colors = MMAX_COLORS_256},
                           in_true_color = {.colors = MMAX_COLORS_TRUE};

/* Two rows of two weights, under softmax and sparsemax: 0.5 0.5, and 1 0 or nearly. */
static const double two_rows[] = {0, 0, 9, 0};

static struct mmax_plan two_maps(void)
{
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 2;
    return plan;
}

/* What is shown of a figure; to be freed. */
static char *shown(const mmax_result *result, mmax_figure_kind kind, const mmax_terminal *terminal,
                   mmax_theme theme)
{
    char file[256];
    mmax_error error;
    const mmax_figure_options options = {.theme = theme};
    snprintf(file, sizeof file, "%s/shown", testing_folder());
    if (mmax_show_figure(result, kind, file, terminal, &options, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    size_t n_bytes;
    return testing_read_file(file, &n_bytes);
}

static char *shown_two_rows(const mmax_terminal *terminal)
{
    static const size_t shape[] = {2, 2};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, two_rows, NULL);
    char *text = shown(&result, MMAX_FIGURE_HEATMAP, terminal, MMAX_THEME_DARK);
    free_figure_result(&result);
    return text;
}

/* The columns of the widest line; no escape sequences may be there. */
static size_t widest_line(const char *text)
{
    size_t widest = 0;
    while (*text) {
        char line[1024];
        size_t length = strcspn(text, "\n");
        ck_assert_uint_lt(length, sizeof line);
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        size_t width = mmax_display_width(line);
        widest = width > widest ? width : widest;
        text += length + 1;
    }
    return widest;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *c = text; (c = strstr(c, what)); c += strlen(what))
        n++;
    return n;
}

#define FULL   "\xe2\x96\x88"
#define MEDIUM "\xe2\x96\x92"

START_TEST(a_pipe_gets_shades_and_words_and_no_escape_sequence)
{
    char *text = shown_two_rows(&pipe_of_80);
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_nonnull(strstr(text, "demo.npy\n"));
    ck_assert_ptr_nonnull(strstr(text, "softmax"));
    ck_assert_ptr_nonnull(strstr(text, "sparsemax"));
    ck_assert_ptr_nonnull(strstr(text, "key (column)"));
    ck_assert_ptr_nonnull(strstr(text, "One colour scale from 0 to 1"));
    /* Rows of one half, then one and zero; as many for either map. */
    ck_assert_ptr_nonnull(strstr(text, MEDIUM MEDIUM MEDIUM MEDIUM "  " MEDIUM));
    ck_assert_ptr_nonnull(strstr(text, FULL FULL FULL FULL "   "));
    ck_assert_uint_eq(count(text, " \n"), 0);
    free(text);
}
END_TEST

START_TEST(cells_of_a_heatmap_are_equally_large)
{
    static const size_t shape[] = {3, 3};
    static const double diagonal[] = {99, 0, 0, 0, 99, 0, 0, 0, 99};
    struct mmax_plan plan = two_maps();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, diagonal, NULL);
    char *text = shown(&result, MMAX_FIGURE_HEATMAP, &pipe_of_80, MMAX_THEME_DARK);
    size_t n_lines = 0, length = 0;
    /* Every line that crosses a panel has one run of full shades, but for the colour bar's two. */
    for (char *line = text; *line; line = strchr(line, '\n') + 1) {
        size_t run = 0;
        char *first = strstr(line, FULL);
        while (first && first < strchr(line, '\n') && strncmp(first, FULL, 3) == 0) {
            first += 3;
            run++;
        }
        if (run <= 2)
            continue;
        ck_assert(length == 0 || run == length);
        length = run;
        n_lines++;
    }
    ck_assert_uint_gt(n_lines, 0);
    ck_assert_uint_eq(2 * n_lines, 3 * length); /* a character is twice as high as wide */
    free(text);
    free_figure_result(&result);
}
END_TEST

START_TEST(without_utf_8_shades_are_ascii)
{
    char *text = shown_two_rows(&ascii);
    ck_assert_ptr_nonnull(strstr(text, "@@@@"));
    for (const char *c = text; *c && strncmp(c, "  One colour", 12) != 0; c++)
        ck_assert_int_lt((unsigned char)*c, 0x80);
    free(text);
}
END_TEST

START_TEST(without_utf_8_colours_are_those_of_blanks)
{
    const mmax_terminal terminal = {.colors = MMAX_COLORS_TRUE, .is_ascii = true};
    char *text = shown_two_rows(&terminal);
    ck_assert_ptr_nonnull(strstr(text, "\033[48;2;33;145;140m")); /* as below */
    ck_assert_ptr_nonnull(strstr(text, "\033[48;2;253;231;37m"));
    ck_assert_ptr_null(strstr(text, "\xe2\x96"));
    free(text);
}
END_TEST

START_TEST(colours_are_24_bits_or_the_nearest_of_256_and_end_with_each_line)
{
    char *text = shown_two_rows(&in_true_color);
    size_t n_lines = count(text, "\n");
    ck_assert_uint_eq(count(text, "\033[0m\n"), n_lines);
    /* viridis at one half and at one; van der Walt and Smith, 2015 */
    ck_assert_ptr_nonnull(strstr(text, ";2;33;145;140m"));
    ck_assert_ptr_nonnull(strstr(text, ";2;253;231;37m"));
    ck_assert_ptr_nonnull(strstr(text, "\033[48;2;24;26;30m")); /* the paper */
    ck_assert_ptr_null(strstr(text, ";5;"));
    free(text);
    text = shown_two_rows(&in_256);
    ck_assert_uint_eq(count(text, "\033[0m\n"), n_lines);
    ck_assert_ptr_null(strstr(text, ";2;"));
    ck_assert_ptr_nonnull(strstr(text, "\033[48;5;234m")); /* 28, 28, 28 */
    ck_assert_ptr_nonnull(strstr(text, ";5;30m"));         /* 0, 135, 135 */
    free(text);
}
END_TEST

START_TEST(a_figure_is_no_wider_than_the_terminal)
{
    static const size_t shape[] = {30, 40}, widths[] = {40, 60, 79, 80, 81, 100, 101, 120, 200};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    double *logits = mmax_alloc_zeroed(30 * 40, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (mmax_figure_kind kind = 0; kind <= MMAX_FIGURE_SIMPLEX; kind++) {
            const mmax_terminal terminal = {.columns = widths[i]};
            if (widths[i] < 60 && kind == MMAX_FIGURE_HEATMAP)
                continue;
            char *text = shown(&result, kind, &terminal, MMAX_THEME_DARK);
            ck_assert_uint_le(widest_line(text), widths[i]);
            free(text);
        }
    free_figure_result(&result);
    free(logits);
}
END_TEST

START_TEST(a_terminal_that_is_too_narrow_is_told)
{
    static const size_t shape[] = {5, 3};
    static const double logits[15] = {0};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    const mmax_terminal narrow = {.columns = 9};
    mmax_error error;
    ck_assert_int_eq(
        mmax_show_figure(&result, MMAX_FIGURE_SIMPLEX, "/nowhere/a", &narrow, NULL, &error),
        MMAX_EUSAGE);
    ck_assert_str_eq(error.message,
                     "a terminal of 9 columns leaves no room for this figure; make it wider");
    ck_assert_int_eq(
        mmax_show_figure(&result, MMAX_FIGURE_SIMPLEX, "/nowhere/a", &pipe_of_80, NULL, &error),
        MMAX_EIO);
    free_figure_result(&result);
}
END_TEST

START_TEST(markers_of_a_simplex_are_glyphs_and_those_of_one_place_stand_side_by_side)
{
    /* Sparsemax, entmax and evsoftmax give all the weight to one; softmax and multimax nearly. */
    static const size_t shape[] = {1, 3};
    static const double logits[] = {30, 0, 0};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    static const char *const glyphs[] = {"\xe2\x97\x8f", "\xe2\x98\x86", "\xe2\x96\xbd",
                                         "\xe2\x96\xa1", "\xe2\x96\xb3"};
    char *text = shown(&result, MMAX_FIGURE_SIMPLEX, &pipe_of_80, MMAX_THEME_DARK);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(count(text, glyphs[i]), 2); /* and in the legend */
    free(text);
    text = shown(&result, MMAX_FIGURE_SIMPLEX, &ascii, MMAX_THEME_DARK);
    ck_assert_ptr_nonnull(strstr(text, "o  softmax"));
    ck_assert_ptr_nonnull(strstr(text, "v  entmax:1.5"));
    free(text);
    free_figure_result(&result);
}
END_TEST

START_TEST(labels_keep_their_width_and_do_no_harm_to_a_terminal)
{
    static const size_t shape[] = {2, 2};
    const char *const labels[] = {"\xe7\x8c\xab"
                                  "e\xcc\x81",
                                  "\033[2J\xff"};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, two_rows, labels);
    char *text = shown(&result, MMAX_FIGURE_HEATMAP, &pipe_of_80, MMAX_THEME_DARK);
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_nonnull(strstr(text, labels[0]));
    ck_assert_ptr_nonnull(strstr(text, "\\x1b[2J\\xff"));
    ck_assert_uint_le(widest_line(text), 80);
    free(text);
    free_figure_result(&result);
}
END_TEST

START_TEST(the_environment_tells_which_terminals_show_pixels)
{
    static char kitty[] = "TERM=xterm-kitty", mlterm[] = "TERM=mlterm",
                iterm[] = "TERM_PROGRAM=iTerm.app", plain[] = "TERM=xterm-256color",
                tmux[] = "TERM=tmux-256color";
    char *const of_kitty[] = {kitty, NULL}, *const of_mlterm[] = {mlterm, NULL},
                *const of_iterm[] = {plain, iterm, NULL}, *const of_tmux[] = {tmux, NULL};
    bool has_chafa = mmax_chafa_version() != NULL;
    ck_assert_int_eq(mmax_chafa_protocol(of_kitty), has_chafa ? MMAX_KITTY : MMAX_NO_PIXELS);
    ck_assert_int_eq(mmax_chafa_protocol(of_mlterm), has_chafa ? MMAX_SIXEL : MMAX_NO_PIXELS);
    ck_assert_int_eq(mmax_chafa_protocol(of_iterm), has_chafa ? MMAX_ITERM2 : MMAX_NO_PIXELS);
    ck_assert_int_eq(mmax_chafa_protocol(of_tmux), MMAX_NO_PIXELS);
    mmax_terminal terminal = in_true_color;
    terminal.environment = of_mlterm;
    char *text = shown_two_rows(&terminal);
    ck_assert(!has_chafa || strncmp(text, "\033P", 2) == 0);
    free(text);
    terminal.colors = MMAX_COLORS_NONE; /* NO_COLOR is no pixels, too */
    text = shown_two_rows(&terminal);
    ck_assert_ptr_null(strchr(text, '\033'));
    free(text);
}
END_TEST

TCase *render_show_tests(void)
{
    TCase *tests = tcase_create("show");
    tcase_add_test(tests, a_pipe_gets_shades_and_words_and_no_escape_sequence);
    tcase_add_test(tests, cells_of_a_heatmap_are_equally_large);
    tcase_add_test(tests, without_utf_8_shades_are_ascii);
    tcase_add_test(tests, without_utf_8_colours_are_those_of_blanks);
    tcase_add_test(tests, colours_are_24_bits_or_the_nearest_of_256_and_end_with_each_line);
    tcase_add_test(tests, a_figure_is_no_wider_than_the_terminal);
    tcase_add_test(tests, a_terminal_that_is_too_narrow_is_told);
    tcase_add_test(tests,
                   markers_of_a_simplex_are_glyphs_and_those_of_one_place_stand_side_by_side);
    tcase_add_test(tests, labels_keep_their_width_and_do_no_harm_to_a_terminal);
    tcase_add_test(tests, the_environment_tells_which_terminals_show_pixels);
    return tests;
}
