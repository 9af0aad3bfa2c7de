/* The words that a heatmap's layout needs of its data: what was drawn, and how. */
#include "render/heatmap_layout.h"

#include <math.h>

enum { SIZE = MMAX_HEATMAP_CAPTION_SIZE };

/* A number as it is told: to three digits. */
static const char *told(double x, char text[MMAX_NUMBER_SIZE])
{
    text[mmax_number_write(mmax_round_digits(x, 3), text)] = '\0';
    return text;
}

static void tell_groups(const mmax_heatmap *data, const mmax_heatmap_words *words,
                        char caption[SIZE])
{
    if (data->n_panels == 0 || words->groups[0][0] == '\0')
        return;
    if (data->are_chosen && data->n_panels < data->n_groups) {
        mmax_append(caption, SIZE, "Maps across, %zu of %zu groups (leading indices) down. ",
                    data->n_panels, data->n_groups);
        return;
    }
    mmax_append(caption, SIZE, "Maps across, groups (leading indices) down");
    if (data->n_panels < data->n_groups)
        mmax_append(caption, SIZE, ": %s to %s, the first %zu of %zu", words->groups[0],
                    words->groups[data->n_panels - 1], data->n_panels, data->n_groups);
    mmax_append(caption, SIZE, ". ");
}

static const char *const kinds[] = {[MMAX_COLORS_LINEAR] = "colour scale",
                                    [MMAX_COLORS_LOG] = "logarithmic colour scale",
                                    [MMAX_COLORS_SQRT] = "colour scale of square roots"};

/* "the maximum", or what the options gave in its place. */
static void tell_top(const mmax_heatmap_scale *scale, const mmax_figure_options *options,
                     char caption[SIZE])
{
    char percent[MMAX_NUMBER_SIZE];
    if (!scale->is_given)
        mmax_append(caption, SIZE, "the maximum");
    else if (options->vmax_is_percentile)
        mmax_append(caption, SIZE, "percentile %s of the cells above 0",
                    told(options->vmax, percent));
    else
        mmax_append(caption, SIZE, "the top");
}

static void tell_own_scales(const mmax_heatmap_scale *scale, const mmax_figure_options *options,
                            char caption[SIZE])
{
    char bottom[MMAX_NUMBER_SIZE];
    mmax_append(caption, SIZE, "Each panel has a %s of its own, up to ", kinds[scale->kind]);
    tell_top(scale, options, caption);
    mmax_append(caption, SIZE, " as told above it");
    if (scale->kind == MMAX_COLORS_LOG)
        mmax_append(caption, SIZE, " and down to %s of that",
                    told(mmax_heatmap_scale_bottom(scale), bottom));
    mmax_append(caption, SIZE, ". ");
}

static void tell_shared_scale(const mmax_heatmap *data, const mmax_heatmap_scale *scale,
                              char caption[SIZE])
{
    char bottom[MMAX_NUMBER_SIZE], top[MMAX_NUMBER_SIZE];
    bool several = (data->n_pictures - data->has_difference) * data->n_panels > 1;
    mmax_append(caption, SIZE, "One %s from %s to %s%s. ", kinds[scale->kind],
                told(mmax_heatmap_scale_bottom(scale), bottom), told(scale->top, top),
                !several               ? ""
                : data->has_difference ? " for all weights"
                                       : " for all panels");
}

static void tell_cells_beyond(const mmax_heatmap_scale *scale, const mmax_figure_options *options,
                              char caption[SIZE])
{
    if (scale->has_more) {
        mmax_append(caption, SIZE, "Weights above ");
        tell_top(scale, options, caption);
        mmax_append(caption, SIZE, " have the last colour. ");
    }
    if (scale->has_less)
        mmax_append(caption, SIZE, "Smaller weights, and 0, have the first colour. ");
}

static void tell_differences(const mmax_heatmap_scale *scale, const mmax_heatmap_words *words,
                             char caption[SIZE])
{
    char top[MMAX_NUMBER_SIZE];
    mmax_append(caption, SIZE, "Differences are %s, ", words->pictures[2]);
    if (scale->is_shared)
        mmax_append(caption, SIZE, "from \xe2\x88\x92%s to %s%s. ", told(scale->top, top), top,
                    scale->has_more ? " and beyond" : "");
    else
        mmax_append(caption, SIZE, "on a linear scale about 0. ");
}

static void tell_cells(const mmax_heatmap *data, const mmax_heatmap_layout *layout,
                       char caption[SIZE])
{
    if (layout->entry_rows > 1 || layout->entry_columns > 1)
        mmax_append(caption, SIZE, "Each cell is the largest of %zu \xc3\x97 %zu weights%s. ",
                    layout->entry_rows, layout->entry_columns,
                    data->has_difference ? ", or their difference of largest magnitude" : "");
    mmax_append(caption, SIZE, "%zu \xc3\x97 %zu weights a panel.", data->n_rows, data->n_columns);
}

void mmax_heatmap_write_caption(const mmax_heatmap *data, const mmax_heatmap_words *words,
                                const mmax_figure_options *options,
                                const mmax_heatmap_layout *layout, char caption[SIZE])
{
    const mmax_heatmap_scale *weights = &layout->bars[0].scale;
    caption[0] = '\0';
    tell_groups(data, words, caption);
    if (weights->is_shared)
        tell_shared_scale(data, weights, caption);
    else
        tell_own_scales(weights, options, caption);
    tell_cells_beyond(weights, options, caption);
    if (data->has_difference)
        tell_differences(&layout->bars[1].scale, words, caption);
    tell_cells(data, layout, caption);
}

void mmax_heatmap_note(const mmax_heatmap *data, const mmax_heatmap_layout *layout, size_t picture,
                       char note[MMAX_LINE_SIZE])
{
    bool is_difference = mmax_heatmap_is_difference(data, picture % data->n_pictures);
    const mmax_heatmap_scale *scale = &layout->bars[is_difference].scale;
    char top[MMAX_NUMBER_SIZE];
    told(scale->tops[picture], top);
    snprintf(note, MMAX_LINE_SIZE, "%s %s%s", scale->is_given ? "top" : "max",
             is_difference ? "\xc2\xb1" : "", top);
}
