#include "render/tradeoff_layout.h"

#include <math.h>

/* Room for half a marker beyond 0 and 1. */
static const double side = 236, overhang = 0.045;

static mmax_axis share_axis(const char *name)
{
    return (mmax_axis){.kind = MMAX_AXIS_LINEAR,
                       .low = -overhang,
                       .high = 1 + overhang,
                       .is_labelled = true,
                       .name = name};
}

void mmax_tradeoff_plan(const mmax_tradeoff *data, const char *const *maps, mmax_plot *plot)
{
    plot->n_rows = plot->n_columns = 1;
    plot->widths[0] = plot->heights[0] = side;
    plot->panels[0].x = share_axis("multi-modality M");
    plot->panels[0].y = share_axis("sparsity S");
    for (size_t i = 0; i < data->n_maps; i++)
        plot->entries[i] = (mmax_entry){.text = maps[i]};
    plot->n_entries = data->n_maps;
    if (data->n_curves == 0)
        return;
    mmax_entry *of_curves = plot->entries + data->n_maps;
    of_curves[MMAX_TRADEOFF_SOFTMAX] =
        (mmax_entry){.text = "softmax over t", .note = "t from 0.001 (top) to 10000"};
    of_curves[MMAX_TRADEOFF_ENTMAX] =
        (mmax_entry){.text = "entmax over alpha", .note = "alpha from 1 (softmax) to 4"};
    plot->n_entries += MMAX_TRADEOFF_CURVES;
}

mmax_point mmax_tradeoff_place(const mmax_plot *plot, const mmax_tradeoff_point *point)
{
    return mmax_panel_place(&plot->panels[0], point->multimodality, point->sparsity);
}

/* ---- labels ---------------------------------------------------------------------------------- */

/* What every curve goes through, the most telling first. */
static const struct {
    size_t curve;
    double parameter;
    const char *text;
} told[MMAX_TRADEOFF_LABELS] = {
    {MMAX_TRADEOFF_SOFTMAX, 1, "t=1"},        {MMAX_TRADEOFF_ENTMAX, 2, "alpha=2"},
    {MMAX_TRADEOFF_ENTMAX, 1.5, "alpha=1.5"}, {MMAX_TRADEOFF_SOFTMAX, 0.3, "t=0.3"},
    {MMAX_TRADEOFF_SOFTMAX, 3, "t=3"},        {MMAX_TRADEOFF_ENTMAX, 1.25, "alpha=1.25"},
    {MMAX_TRADEOFF_ENTMAX, 4, "alpha=4"},     {MMAX_TRADEOFF_SOFTMAX, 0.1, "t=0.1"},
    {MMAX_TRADEOFF_SOFTMAX, 10, "t=10"},      {MMAX_TRADEOFF_SOFTMAX, 0.03, "t=0.03"},
    {MMAX_TRADEOFF_SOFTMAX, 30, "t=30"},
};

static bool overlap(mmax_rectangle a, mmax_rectangle b)
{
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

static bool is_within(mmax_rectangle inner, mmax_rectangle outer)
{
    return inner.x >= outer.x && inner.y >= outer.y &&
           inner.x + inner.width <= outer.x + outer.width &&
           inner.y + inner.height <= outer.y + outer.height;
}

/* Whether a text keeps clear of the other labels, of the markers and of the frame. */
static bool has_room(const mmax_tradeoff *data, const mmax_plot *plot, mmax_rectangle place,
                     const mmax_tradeoff_label *labels, size_t n_labels)
{
    const double reach = 5; /* of a marker */
    if (!is_within(place, plot->panels[0].area))
        return false;
    for (size_t i = 0; i < n_labels; i++)
        if (overlap(place, labels[i].place))
            return false;
    for (size_t i = 0; i < data->n_maps * data->n_curves; i++) {
        if (isnan(data->markers[i].multimodality) || isnan(data->markers[i].sparsity))
            continue;
        mmax_point marker = mmax_tradeoff_place(plot, &data->markers[i]);
        mmax_rectangle around = {marker.x - reach, marker.y - reach, 2 * reach, 2 * reach};
        if (overlap(place, around))
            return false;
    }
    return true;
}

/* Below softmax's curve, which entmax's is above. */
static mmax_rectangle beside(mmax_point from, bool is_below, double width)
{
    const double gap = 4;
    double height = mmax_line_height(MMAX_TICK_SIZE);
    if (is_below)
        return (mmax_rectangle){from.x - gap - width, from.y + 1, width, height};
    return (mmax_rectangle){from.x + gap, from.y - 1 - height, width, height};
}

static const mmax_tradeoff_point *point_at(const mmax_tradeoff_curve *curve, double parameter)
{
    for (size_t i = 0; i < curve->n; i++)
        if (curve->parameters[i] == parameter)
            return &curve->points[i];
    return NULL;
}

size_t mmax_tradeoff_label_curves(const mmax_tradeoff *data, const mmax_plot *plot,
                                  const mmax_measure *measure, mmax_tradeoff_label *labels)
{
    size_t n = 0;
    for (size_t i = 0; i < MMAX_TRADEOFF_LABELS && data->n_curves == 1; i++) {
        bool is_softmax = told[i].curve == MMAX_TRADEOFF_SOFTMAX;
        const mmax_tradeoff_point *point =
            point_at(is_softmax ? data->softmax : data->entmax, told[i].parameter);
        if (!point)
            continue;
        mmax_tradeoff_label *label = &labels[n];
        double width = measure->width(measure->context, told[i].text, MMAX_TICK_SIZE, false);
        label->curve = told[i].curve;
        label->from = mmax_tradeoff_place(plot, point);
        label->place = beside(label->from, is_softmax, width);
        snprintf(label->text, sizeof label->text, "%s", told[i].text);
        n += has_room(data, plot, label->place, labels, n);
    }
    return n;
}
