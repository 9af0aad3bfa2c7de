#include "render/rows_layout.h"

#include <math.h>
#include <string.h>

static const double gap = 0.15, /* of a cell, on both sides of its bar */
    least_bar = 0.8;            /* points: a tiny weight is not none */

/* ---- the order of entries -------------------------------------------------------------------- */

/* The largest logits first; of equal ones the first entries. */
static void sort_by_logit(const mmax_shown_row *row, size_t *order)
{
    for (size_t i = 0; i < row->n; i++) {
        size_t place = i;
        for (; place > 0 && row->logits[order[place - 1]] < row->logits[i]; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
}

void mmax_row_axis_fill(const mmax_shown_row *row, bool by_logit, mmax_row_axis *axis)
{
    axis->n = row->n;
    for (size_t i = 0; i < row->n; i++)
        axis->order[i] = i;
    if (by_logit)
        sort_by_logit(row, axis->order);
    for (size_t i = 0; i < row->n; i++) {
        size_t entry = axis->order[i];
        if (row->labels[entry])
            snprintf(axis->texts[i], MMAX_LINE_SIZE, "%s", row->labels[entry]);
        else
            snprintf(axis->texts[i], MMAX_LINE_SIZE, "%zu", row->entries[entry]);
        axis->labels[i] = axis->texts[i];
    }
    if (row->n_others == 0)
        return;
    axis->order[axis->n] = row->n;
    snprintf(axis->texts[axis->n], MMAX_LINE_SIZE, "%zu others", row->n_others);
    axis->labels[axis->n] = axis->texts[axis->n];
    axis->n++;
}

/* ---- panels ---------------------------------------------------------------------------------- */

size_t mmax_rows_panels(const mmax_shown_rows *rows)
{
    return rows->n > 0 ? rows->n * (1 + rows->n_maps) : 1;
}

size_t mmax_rows_logits(const mmax_shown_rows *rows, size_t row)
{
    return row * (1 + rows->n_maps);
}

size_t mmax_rows_weights(const mmax_shown_rows *rows, size_t row, size_t map)
{
    return mmax_rows_logits(rows, row) + 1 + map;
}

/* All logits of a row and its threshold. */
static mmax_axis axis_of_logits(const mmax_shown_row *row)
{
    double low = row->epsilon, high = row->epsilon;
    for (size_t i = 0; i < row->n; i++)
        if (isfinite(row->logits[i])) {
            low = fmin(low, row->logits[i]);
            high = fmax(high, row->logits[i]);
        }
    return mmax_axis_around(low, high);
}

/* One scale for all weights, so that bars can be compared. */
static double largest_weight(const mmax_shown_rows *rows)
{
    double largest = 0;
    for (size_t row = 0; row < rows->n; row++) {
        size_t n = rows->rows[row].n + 1;
        for (size_t i = 0; i < rows->n_maps * n; i++)
            largest = fmax(largest, rows->rows[row].weights[i]);
    }
    return largest;
}

/* One empty panel. */
static void plan_nothing(mmax_plot *plot)
{
    plot->n_rows = plot->n_columns = 1;
    plot->widths[0] = 240;
    plot->heights[0] = 64;
    plot->panels[0].x = (mmax_axis){.kind = MMAX_AXIS_CELLS, .high = 1};
    plot->panels[0].y = (mmax_axis){.high = 1};
}

void mmax_rows_plan(const mmax_shown_rows *rows, const mmax_row_axis *axes,
                    const char *const *titles, const char *const *maps, mmax_plot *plot)
{
    if (rows->n == 0) {
        plan_nothing(plot);
        return;
    }
    plot->n_rows = 1 + rows->n_maps;
    plot->n_columns = rows->n;
    double most = rows->n > 2 ? 150 : 400 / (double)rows->n,
           top = mmax_nice_top(largest_weight(rows));
    for (size_t row = 0; row < rows->n; row++) {
        const mmax_axis entries = {
            .kind = MMAX_AXIS_CELLS, .high = (double)axes[row].n, .labels = axes[row].labels};
        plot->widths[row] = fmin(fmax(12 * entries.high, 120), most);
        mmax_panel *logits = &plot->panels[mmax_rows_logits(rows, row)];
        *logits = (mmax_panel){.column = row,
                               .x = entries,
                               .y = axis_of_logits(&rows->rows[row]),
                               .title = titles[row]};
        logits->y.name = row == 0 ? "logit" : NULL;
        for (size_t map = 0; map < rows->n_maps; map++) {
            mmax_panel *panel = &plot->panels[mmax_rows_weights(rows, row, map)];
            *panel = (mmax_panel){.row = 1 + map,
                                  .column = row,
                                  .x = entries,
                                  .y = {.high = top, .is_labelled = row == 0},
                                  .title = row == 0 ? maps[map] : NULL};
            panel->y.name = row == 0 ? "weight" : NULL;
            panel->x.is_labelled = map + 1 == rows->n_maps;
        }
    }
    plot->heights[0] = 64;
    for (size_t map = 0; map < rows->n_maps; map++)
        plot->heights[1 + map] = 42;
}

mmax_rectangle mmax_rows_bar(const mmax_panel *panel, size_t place, double from, double to)
{
    mmax_rectangle bar = mmax_panel_bar(panel, (double)place + gap, 1 - 2 * gap, from, to);
    double missing = fmax(least_bar - bar.height, 0);
    bar.height += missing;
    bar.y -= to >= from ? missing : 0;
    return bar;
}
