#include "render/axes.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points. */
static const double margin = 8, tick_length = 3, label_gap = 2, heading_gap = 3, column_gap = 10,
                    row_gap = 10, legend_gap = 12, symbol_room = 22, max_legend = 138,
                    entry_gap = 4, most_upright = 62, least_panel = 20;

/* ---- axes ------------------------------------------------------------------------------------ */

mmax_axis mmax_axis_around(double low, double high)
{
    static const double most = DBL_MAX / 2; /* so that the length of the axis is a number */
    double pad = low < high ? 0.1 * (high / 2 - low / 2) : 0.5 * fmax(1, fabs(low));
    return (mmax_axis){.kind = MMAX_AXIS_LINEAR,
                       .low = fmax(low - pad, -most),
                       .high = fmin(high + pad, most),
                       .is_labelled = true};
}

double mmax_axis_at(const mmax_axis *axis, double value)
{
    if (axis->kind == MMAX_AXIS_LOG)
        return log(value / axis->low) / log(axis->high / axis->low);
    return (value / 2 - axis->low / 2) / (axis->high / 2 - axis->low / 2);
}

/* As many ticks, up to eight, as leave their words apart. */
static void tick_linear(const mmax_measure *measure, const mmax_axis *axis, double length,
                        bool are_along, mmax_ticks *ticks)
{
    for (size_t n = 8; n > 0; n--) {
        mmax_range_ticks(measure, axis->low, axis->high, length, n, ticks);
        double step = ticks->n > 1 ? ticks->place[1] - ticks->place[0] : length;
        if (step >= (are_along ? ticks->widest + 10 : 2 * MMAX_TICK_SIZE))
            return;
    }
}

static void tick_axis(const mmax_measure *measure, const mmax_axis *axis, double length,
                      bool are_along, mmax_ticks *ticks)
{
    double line = mmax_line_height(MMAX_TICK_SIZE);
    if (axis->kind == MMAX_AXIS_LINEAR)
        tick_linear(measure, axis, length, are_along, ticks);
    else if (axis->kind == MMAX_AXIS_LOG)
        mmax_log_ticks(measure, axis->low, axis->high, length, are_along ? 5 : line, are_along,
                       ticks);
    else
        mmax_index_ticks(measure, (size_t)axis->high, length / axis->high, line, axis->labels,
                         most_upright, ticks);
}

/* Cells whose labels are too wide for them are labelled upright, numbers thinned instead. */
static void tick_cells_below(const mmax_measure *measure, mmax_panel *panel)
{
    double length = panel->area.width, cell = length / panel->x.high;
    size_t n = (size_t)panel->x.high;
    double gap = mmax_line_height(MMAX_TICK_SIZE);
    for (int i = 0; i < 2; i++) {
        mmax_index_ticks(measure, n, cell, gap, panel->x.labels, most_upright, &panel->x_ticks);
        gap = fmax(gap, panel->x_ticks.widest + 5);
        if (panel->x.labels)
            break;
    }
    panel->x_is_upright = panel->x.labels && panel->x_ticks.widest + 4 > cell;
}

/* One cell without a label needs no tick. */
static bool needs_ticks(const mmax_axis *axis)
{
    return axis->kind != MMAX_AXIS_CELLS || axis->high > 1 || axis->is_labelled;
}

static void tick_panel(const mmax_measure *measure, mmax_panel *panel)
{
    if (panel->x.kind == MMAX_AXIS_CELLS)
        tick_cells_below(measure, panel);
    else
        tick_axis(measure, &panel->x, panel->area.width, true, &panel->x_ticks);
    tick_axis(measure, &panel->y, panel->area.height, false, &panel->y_ticks);
    if (!needs_ticks(&panel->x))
        panel->x_ticks.n = 0;
    if (!needs_ticks(&panel->y))
        panel->y_ticks.n = 0;
}

/* ---- panels ---------------------------------------------------------------------------------- */

mmax_point mmax_panel_place(const mmax_panel *panel, double x, double y)
{
    double up = mmax_axis_at(&panel->y, y);
    return (mmax_point){panel->area.x + mmax_axis_at(&panel->x, x) * panel->area.width,
                        panel->area.y + (panel->y.is_downward ? up : 1 - up) * panel->area.height};
}

mmax_rectangle mmax_panel_bar(const mmax_panel *panel, double x, double width, double from,
                              double to)
{
    mmax_point a = mmax_panel_place(panel, x, from), b = mmax_panel_place(panel, x + width, to);
    return (mmax_rectangle){a.x, fmin(a.y, b.y), b.x - a.x, fabs(b.y - a.y)};
}

/* ---- the grid -------------------------------------------------------------------------------- */

/* What surrounds the panels of a row or a column. */
typedef struct grid {
    const mmax_measure *measure;
    double left[MMAX_PLOT_COLUMNS], right[MMAX_PLOT_COLUMNS];
    double above[MMAX_PLOT_ROWS], below[MMAX_PLOT_ROWS];
    double widths[MMAX_PLOT_COLUMNS], heights[MMAX_PLOT_ROWS]; /* of panels as laid out */
    double page_width, page_height;                            /* asked for; 0 for none */
    bool legend_is_below;
    double legend_width, legend_height; /* of an entry; of all of them in one column */
} grid;

static double sum(const double *values, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += values[i];
    return total;
}

static size_t last_row(const mmax_panel *panel)
{
    return panel->row + (panel->n_rows > 1 ? panel->n_rows - 1 : 0);
}

static double name_height(void)
{
    return mmax_line_height(MMAX_LABEL_SIZE);
}

static double x_label_height(const mmax_panel *panel)
{
    return panel->x_is_upright ? panel->x_ticks.widest : mmax_line_height(MMAX_TICK_SIZE);
}

/* Whether that raised it. */
static bool raise_to(double *value, double least)
{
    bool is_less = *value < least;
    *value = fmax(*value, least);
    return is_less;
}

/* Widens what surrounds a panel to what its words need; whether it was less. */
static bool surround(grid *self, const mmax_panel *panel)
{
    double left = 0, below = 0, overhang = 0;
    if (panel->x.is_labelled && !panel->x_is_upright)
        overhang = panel->x_ticks.widest / 2;
    if (panel->y.is_labelled)
        left = tick_length + label_gap + panel->y_ticks.widest;
    else if (panel->y.name)
        left = tick_length;
    left += panel->y.name ? label_gap + name_height() : 0;
    if (panel->x.is_labelled)
        below = tick_length + label_gap + x_label_height(panel);
    else if (panel->x.name)
        below = tick_length;
    below += panel->x.name ? label_gap + name_height() : 0;
    double above = panel->title ? heading_gap + mmax_line_height(MMAX_HEADING_SIZE) : 0;
    bool grew = raise_to(&self->left[panel->column], fmax(left, overhang));
    grew |= raise_to(&self->right[panel->column], overhang);
    grew |= raise_to(&self->below[last_row(panel)], below);
    grew |= raise_to(&self->above[panel->row], above);
    return grew;
}

/* ---- the legend ------------------------------------------------------------------------------ */

static void measure_entry(grid *self, mmax_entry *entry)
{
    const mmax_measure *measure = self->measure;
    double width = max_legend - symbol_room;
    mmax_wrap(measure, entry->text, MMAX_HEADING_SIZE, false, width, ":, ", 4, &entry->lines);
    mmax_wrap(measure, entry->note ? entry->note : "", MMAX_TICK_SIZE, false, width, " ", 3,
              &entry->notes);
    double widest = 0;
    for (size_t i = 0; i < entry->lines.n; i++)
        raise_to(&widest,
                 measure->width(measure->context, entry->lines.text[i], MMAX_HEADING_SIZE, false));
    for (size_t i = 0; i < entry->notes.n; i++)
        raise_to(&widest,
                 measure->width(measure->context, entry->notes.text[i], MMAX_TICK_SIZE, false));
    entry->place.height = (double)entry->lines.n * mmax_line_height(MMAX_HEADING_SIZE) +
                          (double)entry->notes.n * mmax_line_height(MMAX_TICK_SIZE);
    raise_to(&self->legend_width, symbol_room + widest);
    self->legend_height += entry->place.height + entry_gap;
}

/* How many entries stand side by side below the panels. */
static size_t entries_across(const grid *self, double width)
{
    double n = floor((width + legend_gap) / (self->legend_width + legend_gap));
    return n > 1 ? (size_t)n : 1;
}

/* Places the entries, ACROSS of them side by side; returns their height. */
static double place_entries(const grid *self, mmax_plot *plot, size_t across, double x, double y)
{
    double top = y, tallest = 0;
    for (size_t i = 0; i < plot->n_entries; i++) {
        mmax_entry *entry = &plot->entries[i];
        if (i % across == 0 && i > 0) {
            y += tallest + entry_gap;
            tallest = 0;
        }
        double left = x + (double)(i % across) * (self->legend_width + legend_gap);
        entry->symbol = (mmax_point){left + 9, y + mmax_line_height(MMAX_HEADING_SIZE) / 2};
        entry->place.x = left + symbol_room;
        entry->place.y = y;
        entry->place.width = self->legend_width - symbol_room;
        raise_to(&tallest, entry->place.height);
    }
    return y + tallest - top;
}

/* ---- sizes ----------------------------------------------------------------------------------- */

/* What the page is wide besides the panels. */
static double fixed_width(const grid *self, const mmax_plot *plot)
{
    double width = 2 * margin + sum(self->left, plot->n_columns) +
                   sum(self->right, plot->n_columns) + column_gap * (double)(plot->n_columns - 1);
    bool is_beside = plot->n_entries > 0 && !self->legend_is_below;
    return width + (is_beside ? legend_gap + self->legend_width : 0);
}

static double top_of_grid(void)
{
    return margin + mmax_line_height(MMAX_TITLE_SIZE) + 6;
}

static double caption_height(const mmax_plot *plot)
{
    return 6 + (double)plot->caption_lines.n * mmax_line_height(MMAX_TICK_SIZE) + margin;
}

static double grid_surroundings(const grid *self, const mmax_plot *plot)
{
    return sum(self->above, plot->n_rows) + sum(self->below, plot->n_rows) +
           row_gap * (double)(plot->n_rows - 1);
}

/* What the page is high besides the panels. */
static double fixed_height(const grid *self, mmax_plot *plot, double width)
{
    mmax_wrap(self->measure, plot->caption, MMAX_TICK_SIZE, false, width - 2 * margin, " ",
              MMAX_MAX_LINES, &plot->caption_lines);
    double below = 0;
    if (self->legend_is_below)
        below =
            legend_gap + place_entries(self, plot, entries_across(self, width - 2 * margin), 0, 0);
    return top_of_grid() + grid_surroundings(self, plot) + below + caption_height(plot);
}

static void stretch(const double *from, size_t n, double length, double *to)
{
    double total = sum(from, n);
    for (size_t i = 0; i < n; i++)
        to[i] = length > 0 ? from[i] * length / total : from[i];
}

/* Gives the panels the room that the page leaves; false if there is too little. */
static bool size_panels(grid *self, mmax_plot *plot)
{
    double fixed = fixed_width(self, plot), width = 0, height = 0;
    if (self->page_width > 0)
        width = self->page_width - fixed;
    double least_width = least_panel * (double)plot->n_columns;
    if (self->page_width > 0 && width < least_width)
        return false;
    stretch(plot->widths, plot->n_columns, width, self->widths);
    plot->width =
        self->page_width > 0 ? self->page_width : ceil(fixed + sum(self->widths, plot->n_columns));
    fixed = fixed_height(self, plot, plot->width);
    if (self->page_height > 0)
        height = self->page_height - fixed;
    if (self->page_height > 0 && height < least_panel * (double)plot->n_rows)
        return false;
    stretch(plot->heights, plot->n_rows, height, self->heights);
    double content = fixed + sum(self->heights, plot->n_rows);
    if (plot->n_entries > 0 && !self->legend_is_below)
        raise_to(&content, top_of_grid() + self->legend_height + caption_height(plot));
    plot->height = self->page_height > 0 ? self->page_height : ceil(content);
    return content <= plot->height + 0.01;
}

/* ---- places ---------------------------------------------------------------------------------- */

static double offset_of_row(const grid *self, size_t row)
{
    double y = top_of_grid() + self->above[0];
    for (size_t i = 0; i < row; i++)
        y += self->heights[i] + self->below[i] + row_gap + self->above[i + 1];
    return y;
}

static double offset_of_column(const grid *self, size_t column)
{
    double x = margin + self->left[0];
    for (size_t i = 0; i < column; i++)
        x += self->widths[i] + self->right[i] + column_gap + self->left[i + 1];
    return x;
}

static void place_area(const grid *self, mmax_panel *panel)
{
    double y = offset_of_row(self, panel->row);
    size_t last = last_row(panel);
    panel->area =
        (mmax_rectangle){offset_of_column(self, panel->column), y, self->widths[panel->column],
                         offset_of_row(self, last) + self->heights[last] - y};
}

/* How far a heading may reach beyond its panel on both sides: half the way to the next panels. */
static double heading_reach(const grid *self, const mmax_plot *plot, size_t column)
{
    double left = self->left[column], right = self->right[column];
    if (column > 0)
        left = (self->right[column - 1] + column_gap + left) / 2;
    if (column + 1 < plot->n_columns)
        right = (right + column_gap + self->left[column + 1]) / 2;
    return fmax(fmin(left, right) - 2, 0);
}

static bool is_last_heading(const mmax_plot *plot, const mmax_panel *panel)
{
    for (size_t i = 0; i < plot->n_panels; i++) {
        const mmax_panel *other = &plot->panels[i];
        if (other->title && other->row == panel->row && other->column > panel->column)
            return false;
    }
    return true;
}

/* In the middle above its panel; one that is too long for that may go on over panels without. */
static void place_heading(const grid *self, const mmax_plot *plot, mmax_panel *panel)
{
    const mmax_measure *measure = self->measure;
    double height = mmax_line_height(MMAX_HEADING_SIZE);
    double reach = heading_reach(self, plot, panel->column), width = panel->area.width + 2 * reach;
    double left = panel->area.x - reach,
           last = offset_of_column(self, plot->n_columns - 1) + self->widths[plot->n_columns - 1];
    mmax_elide(measure, panel->title, MMAX_HEADING_SIZE, false, last - panel->area.x,
               panel->heading_text);
    double needed = measure->width(measure->context, panel->heading_text, MMAX_HEADING_SIZE, false);
    if (needed > width && is_last_heading(plot, panel)) {
        left = panel->area.x;
        width = needed;
    }
    panel->heading = (mmax_rectangle){left, panel->area.y - heading_gap - height, width, height};
    mmax_elide(measure, panel->title, MMAX_HEADING_SIZE, false, width, panel->heading_text);
}

static void place_words(const grid *self, const mmax_plot *plot, mmax_panel *panel)
{
    mmax_rectangle area = panel->area;
    double x = area.x, y = area.y + area.height;
    if (panel->y.is_labelled) {
        double width = panel->y_ticks.widest;
        x -= tick_length + label_gap + width;
        panel->y_labels = (mmax_rectangle){x, area.y, width, area.height};
    } else {
        x -= tick_length;
    }
    if (panel->y.name)
        panel->y_name =
            (mmax_rectangle){x - label_gap - name_height(), area.y, name_height(), area.height};
    if (panel->x.is_labelled) {
        y += tick_length + label_gap;
        panel->x_labels = (mmax_rectangle){area.x, y, area.width, x_label_height(panel)};
        y += panel->x_labels.height;
    } else {
        y += tick_length;
    }
    if (panel->x.name)
        panel->x_name = (mmax_rectangle){area.x, y + label_gap, area.width, name_height()};
    if (panel->title)
        place_heading(self, plot, panel);
}

static void clear_surroundings(grid *self)
{
    memset(self->left, 0, sizeof self->left);
    memset(self->right, 0, sizeof self->right);
    memset(self->above, 0, sizeof self->above);
    memset(self->below, 0, sizeof self->below);
}

/* Ticks depend on the size of the panels, their words' widths on the ticks, and the panels' size on
 * these.  The first rounds, of panels that were much too large, count for nothing; from then on
 * what surrounds the panels only grows, so that this ends. */
static bool settle(grid *self, mmax_plot *plot)
{
    bool grew = true;
    for (int round = 0; grew; round++) {
        if (!size_panels(self, plot))
            return false;
        if (round < 2)
            clear_surroundings(self);
        grew = false;
        for (size_t i = 0; i < plot->n_panels; i++) {
            place_area(self, &plot->panels[i]);
            tick_panel(self->measure, &plot->panels[i]);
            grew |= surround(self, &plot->panels[i]);
        }
    }
    return true;
}

static void place_all(const grid *self, mmax_plot *plot)
{
    plot->heading = (mmax_rectangle){margin, margin, plot->width - 2 * margin,
                                     mmax_line_height(MMAX_TITLE_SIZE)};
    mmax_elide(self->measure, plot->title, MMAX_TITLE_SIZE, true, plot->heading.width,
               plot->heading_text);
    for (size_t i = 0; i < plot->n_panels; i++)
        place_words(self, plot, &plot->panels[i]);
    double bottom =
        top_of_grid() + grid_surroundings(self, plot) + sum(self->heights, plot->n_rows);
    if (self->legend_is_below)
        bottom +=
            legend_gap + place_entries(self, plot, entries_across(self, plot->width - 2 * margin),
                                       margin, bottom + legend_gap);
    else if (plot->n_entries > 0)
        raise_to(&bottom, top_of_grid() + place_entries(self, plot, 1,
                                                        plot->width - margin - self->legend_width,
                                                        top_of_grid()));
    plot->foot = (mmax_rectangle){margin, bottom + 6, plot->width - 2 * margin,
                                  (double)plot->caption_lines.n * mmax_line_height(MMAX_TICK_SIZE)};
}

/* ---- the whole ------------------------------------------------------------------------------- */

mmax_status mmax_plot_new(size_t n_panels, mmax_plot **plot, mmax_error *error)
{
    mmax_plot *self = mmax_alloc_zeroed(1, sizeof *self);
    mmax_panel *panels = mmax_alloc_zeroed(n_panels, sizeof *panels);
    if (!self || !panels) {
        free(self);
        free(panels);
        return mmax_fail_memory(error, "drawing a plot");
    }
    self->n_panels = n_panels;
    self->panels = panels;
    *plot = self;
    return MMAX_OK;
}

void mmax_plot_free(mmax_plot *plot)
{
    if (plot)
        free(plot->panels);
    free(plot);
}

mmax_status mmax_plot_lay_out(mmax_plot *plot, const mmax_figure_options *options,
                              const mmax_measure *measure, mmax_error *error)
{
    grid self = {.measure = measure};
    mmax_page_size(options, &self.page_width, &self.page_height);
    for (size_t i = 0; i < plot->n_entries; i++)
        measure_entry(&self, &plot->entries[i]);
    /* A narrow page has its legend below the panels. */
    double wanted = sum(plot->widths, plot->n_columns);
    self.legend_is_below = plot->n_entries > 0 && self.page_width > 0 &&
                           self.page_width - fixed_width(&self, plot) < 0.75 * wanted;
    bool has_room = settle(&self, plot);
    if (!has_room && !self.legend_is_below) {
        self.legend_is_below = plot->n_entries > 0;
        has_room = settle(&self, plot);
    }
    if (!has_room)
        return mmax_fail(error, MMAX_EUSAGE,
                         "a figure of %.0f x %.0f mm leaves no room for its panels; give it a "
                         "larger size",
                         self.page_width / 72 * 25.4, self.page_height / 72 * 25.4);
    place_all(&self, plot);
    return MMAX_OK;
}
