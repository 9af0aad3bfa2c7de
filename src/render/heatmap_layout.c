#include "render/heatmap_layout.h"

#include <math.h>
#include <string.h>

enum { MAX_LABELS = 40 };

/* Points.  The default page is as wide as a journal's two columns, 180 mm, and no higher than its
 * page. */
static const double margin = 8, least_gap = 9, gap_y = 8, default_width = 510, max_height = 690,
                    min_page_width = 250, max_panel = 170, max_lone_panel = 260,
                    max_label_width = 62, max_group_width = 80, tick_length = 3, bar_gap = 14,
                    legend_height = 18, least_tick_gap = 8.4, least_default_height = 16,
                    max_pitch = 56, lone_overhang = 48;

/* What the layout knows while it is being made: room around the panels, and the panels' size. */
typedef struct blueprint {
    const mmax_heatmap *data;
    const mmax_heatmap_words *words;
    const mmax_figure_options *options;
    const mmax_measure *measure;
    double page_width, page_height; /* asked for; 0 for none */
    double left, right, top, bottom;
    double labels_height; /* of the columns */
    double note_height;   /* of the notes above the panels; 0 without */
    double pixel;         /* of a terminal, in points: edges lie between two; else 0 */
    size_t heading_lines, caption_lines;
    char caption[MMAX_HEATMAP_CAPTION_SIZE];
    double panel_width, panel_height;
    double aspect;                                        /* width / height of a panel */
    size_t n_across, n_down;                              /* panels */
    double gap_across, gap_down;                          /* between them */
    const char *const *row_labels, *const *column_labels; /* NULL: indices do */
} blueprint;

static double width_of(const blueprint *plan, const char *text, double size, bool is_bold)
{
    return plan->measure->width(plan->measure->context, text, size, is_bold);
}

/* Labels that at least every third cell has room for; of fewer, indices say more. */
static const char *const *useful_labels(char **labels, size_t n, double length)
{
    bool fits = 3 * length >= least_tick_gap * (double)n;
    return labels && n <= MAX_LABELS && fits ? (const char *const *)labels : NULL;
}

static double widest_label(const blueprint *plan, const char *const *labels, size_t n)
{
    char text[MMAX_LINE_SIZE];
    double widest = 0;
    for (size_t i = 0; labels && i < n; i++) {
        mmax_elide(plan->measure, labels[i] ? labels[i] : "", MMAX_TICK_SIZE, false,
                   max_label_width, text);
        widest = fmax(widest, width_of(plan, text, MMAX_TICK_SIZE, false));
    }
    if (labels)
        return widest;
    snprintf(text, sizeof text, "%zu", n > 0 ? n - 1 : 0);
    return width_of(plan, text, MMAX_TICK_SIZE, false);
}

static double widest_group(const blueprint *plan)
{
    double widest = 0;
    for (size_t i = 0; i < plan->data->n_panels; i++) {
        char text[MMAX_LINE_SIZE];
        mmax_elide(plan->measure, plan->words->groups[i], MMAX_HEADING_SIZE, true, max_group_width,
                   text);
        widest = fmax(widest, width_of(plan, text, MMAX_HEADING_SIZE, true));
    }
    return widest;
}

/* Square cells where the matrix is not too far from square. */
static double panel_aspect(const mmax_heatmap *data)
{
    if (data->n_rows == 0 || data->n_columns == 0)
        return 1;
    return fmin(fmax((double)data->n_columns / (double)data->n_rows, 0.25), 12);
}

/* ---- room around the panels ------------------------------------------------------------------ */

static void room_left(blueprint *plan, mmax_heatmap_layout *layout)
{
    const mmax_heatmap *data = plan->data;
    double labels = widest_label(plan, plan->row_labels, data->n_rows);
    double groups = widest_group(plan);
    double x = margin;
    layout->row_axis = (mmax_rectangle){.x = x, .width = mmax_line_height(MMAX_LABEL_SIZE)};
    x += layout->row_axis.width + 4;
    layout->groups[0] = (mmax_rectangle){.x = x, .width = groups};
    x += groups > 0 ? groups + 6 : 0;
    layout->row_labels = (mmax_rectangle){.x = x, .width = labels};
    plan->left = x + labels + tick_length + 2;
}

static void room_right(blueprint *plan, mmax_heatmap_layout *layout)
{
    double bars = mmax_heatmap_make_bars(plan->data, plan->options, plan->measure, layout);
    double swatch = 0;
    if (plan->words->masked)
        swatch = 10 + 4 + width_of(plan, plan->words->masked, MMAX_TICK_SIZE, false);
    plan->right = bar_gap + fmax(bars, swatch) + margin;
}

/* How much wider than its panel a heading may be. */
static double heading_overhang(const blueprint *plan)
{
    if (plan->n_across > 1)
        return plan->gap_across - 3;
    return plan->data->n_pictures > 1 ? 0 : lone_overhang; /* stacked, the bars are beside them */
}

/* Wraps the headings; returns the most lines that one has. */
static size_t wrap_headings(const blueprint *plan, size_t max_lines, mmax_heatmap_layout *layout)
{
    size_t most = 1;
    for (size_t i = 0; i < layout->n_pictures; i++) {
        mmax_wrap(plan->measure, plan->words->pictures[i], MMAX_HEADING_SIZE, false,
                  plan->panel_width + heading_overhang(plan), ":, ", max_lines,
                  &layout->heading_lines[i]);
        if (layout->heading_lines[i].n > most)
            most = layout->heading_lines[i].n;
    }
    return most;
}

/* Labels of columns lie flat where each fits its cell, and else stand upright. */
static void room_for_columns(blueprint *plan, mmax_heatmap_layout *layout)
{
    const mmax_heatmap *data = plan->data;
    const char *const *labels = plan->column_labels;
    double widest = widest_label(plan, labels, data->n_columns);
    layout->columns_are_upright =
        labels && widest + 4 > plan->panel_width / (double)data->n_columns;
    plan->labels_height = mmax_line_height(MMAX_TICK_SIZE);
    if (layout->columns_are_upright)
        plan->labels_height = plan->pixel > 0 ? 2 * widest : widest; /* letters in rows are high */
}

/* ---- size of the panels ---------------------------------------------------------------------- */

static double across(const blueprint *plan, double panel_width)
{
    double n = (double)plan->n_across;
    return plan->left + n * panel_width + (n - 1) * plan->gap_across + plan->right;
}

static double panels_height(const blueprint *plan, double panel_height)
{
    double n = (double)plan->n_down;
    return n * panel_height + (n - 1) * plan->gap_down;
}

/* The page's width, but for what a larger page leaves empty. */
static double content_width(const blueprint *plan)
{
    double width = fmax(across(plan, plan->panel_width), min_page_width);
    return plan->page_width > 0 ? fmin(width, plan->page_width) : width;
}

static void fit_width(blueprint *plan)
{
    plan->gap_across = least_gap;
    double width = plan->page_width > 0 ? plan->page_width : default_width;
    plan->panel_width = (width - across(plan, 0)) / (double)plan->n_across;
    if (plan->page_width > 0)
        return;
    double most = plan->aspect > 2 ? width : plan->n_across == 1 ? max_lone_panel : max_panel;
    plan->panel_width = fmin(fmax(plan->panel_width, 40), most * fmin(plan->aspect, 1));
}

/* In a terminal every cell is as many pixels as any other. */
static double whole_pixels(const blueprint *plan, size_t n_cells, double length)
{
    if (plan->pixel == 0 || n_cells == 0)
        return length;
    double n_pixels = floor(length / plan->pixel);
    size_t pool = mmax_pool_for(n_cells, n_pixels);
    double n_drawn = (double)mmax_pooled(n_cells, pool);
    return plan->pixel * n_drawn * fmax(floor(n_pixels / n_drawn), 1);
}

static void fit_height(blueprint *plan)
{
    double height = plan->page_height > 0 ? plan->page_height : max_height;
    double room = height - plan->top - plan->bottom - panels_height(plan, 0);
    double most = room / (double)plan->n_down;
    double ideal = plan->panel_width / plan->aspect;
    if (plan->page_height == 0) {
        most = fmax(most, 24);
        ideal = fmax(ideal, least_default_height);
    }
    plan->panel_height = fmin(ideal, most);
    plan->panel_width = fmin(plan->panel_width, plan->panel_height * plan->aspect);
    /* On half points, which are pixels at the usual 144 a inch: edges stay crisp. */
    plan->panel_width = floor(2 * plan->panel_width) / 2;
    plan->panel_height = floor(2 * plan->panel_height) / 2;
    plan->panel_width = whole_pixels(plan, plan->data->width, plan->panel_width);
    plan->panel_height = whole_pixels(plan, plan->data->height, plan->panel_height);
}

/* Narrow panels move apart, as far as the page allows, until their headings fit on a line. */
static void spread(blueprint *plan)
{
    if (plan->n_across < 2)
        return;
    double widest = 0;
    for (size_t i = 0; i < plan->data->n_pictures; i++)
        widest = fmax(widest, width_of(plan, plan->words->pictures[i], MMAX_HEADING_SIZE, false));
    double wanted = fmin(widest + 5, max_pitch) - plan->panel_width;
    double width = plan->page_width > 0 ? plan->page_width : default_width;
    double spare = (width - across(plan, plan->panel_width)) / (double)(plan->n_across - 1);
    plan->gap_across = fmax(least_gap, fmin(wanted, least_gap + spare));
    if (plan->pixel > 0)
        plan->gap_across = plan->pixel * fmax(floor(plan->gap_across / plan->pixel), 1);
}

static mmax_status check_room(const blueprint *plan, mmax_error *error)
{
    if (plan->panel_width >= 6 && plan->panel_height >= 2)
        return MMAX_OK;
    double width = plan->page_width / 72 * 25.4, height = plan->page_height / 72 * 25.4;
    return mmax_fail(error, MMAX_EUSAGE,
                     "a figure of %.0f x %.0f mm leaves no room for %zu x %zu heatmaps; give it a "
                     "larger size",
                     width, height, plan->n_across, plan->n_down);
}

/* ---- cells ----------------------------------------------------------------------------------- */

static void pool_cells(const blueprint *plan, double pixels, mmax_heatmap_layout *layout)
{
    const mmax_heatmap *data = plan->data;
    layout->pool_rows = mmax_pool_for(data->height, plan->panel_height * pixels);
    layout->pool_columns = mmax_pool_for(data->width, plan->panel_width * pixels);
    layout->cells_high = mmax_pooled(data->height, layout->pool_rows);
    layout->cells_wide = mmax_pooled(data->width, layout->pool_columns);
    layout->entry_rows = layout->pool_rows * data->pool_rows;
    layout->entry_columns = layout->pool_columns * data->pool_columns;
}

/* ---- places ---------------------------------------------------------------------------------- */

static void place_panel(const blueprint *plan, double x, double y, size_t panel, size_t picture,
                        mmax_heatmap_layout *layout)
{
    size_t column = layout->is_stacked ? 0 : picture, row = layout->is_stacked ? picture : panel;
    if (plan->pixel > 0) {
        x = plan->pixel * ceil(x / plan->pixel - 1e-6);
        y = plan->pixel * ceil(y / plan->pixel - 1e-6);
    }
    mmax_rectangle place =
        (mmax_rectangle){x + (double)column * (plan->panel_width + plan->gap_across),
                         y + (double)row * (plan->panel_height + plan->gap_down), plan->panel_width,
                         plan->panel_height};
    layout->panels[panel][picture] = place;
    if (plan->note_height > 0)
        layout->notes[panel][picture] = (mmax_rectangle){
            place.x, place.y - plan->note_height, place.width, mmax_line_height(MMAX_TICK_SIZE)};
}

static void place_panels(const blueprint *plan, double x, double y, mmax_heatmap_layout *layout)
{
    for (size_t panel = 0; panel < layout->n_panels; panel++) {
        for (size_t picture = 0; picture < layout->n_pictures; picture++)
            place_panel(plan, x, y, panel, picture, layout);
        layout->groups[panel] = (mmax_rectangle){
            layout->groups[0].x, layout->panels[panel][0].y + plan->panel_height / 2 - 5,
            layout->groups[0].width, 10};
        mmax_elide(plan->measure, plan->words->groups[panel], MMAX_HEADING_SIZE, true,
                   max_group_width, layout->group_text[panel]);
    }
    double overhang = heading_overhang(plan), line = mmax_line_height(MMAX_HEADING_SIZE);
    for (size_t i = 0; i < layout->n_pictures && layout->n_panels > 0; i++) {
        mmax_rectangle panel = layout->panels[0][i];
        double height = (double)layout->heading_lines[i].n * line;
        layout->headings[i] =
            (mmax_rectangle){panel.x - overhang / 2, panel.y - plan->note_height - 2 - height,
                             panel.width + overhang, height};
    }
}

/* A last label that reaches into the next panel's would read as one number with it. */
static void drop_overhanging(const blueprint *plan, mmax_ticks *ticks)
{
    while (ticks->n > 1) {
        double half = width_of(plan, ticks->text[ticks->n - 1], MMAX_TICK_SIZE, false) / 2;
        if (ticks->place[ticks->n - 1] + half <= plan->panel_width + least_gap / 2 - 2)
            break;
        ticks->n--;
    }
}

/* The axes' names, in the middle of all the panels; a short one where these are too low. */
static void place_names(const blueprint *plan, double x, double y, double bottom,
                        mmax_heatmap_layout *layout)
{
    double middle = (y + bottom) / 2;
    layout->row_name = "query (row)";
    if (width_of(plan, layout->row_name, MMAX_LABEL_SIZE, false) > bottom - y)
        layout->row_name = "row";
    double height = width_of(plan, layout->row_name, MMAX_LABEL_SIZE, false);
    layout->row_axis.y = middle - height / 2;
    layout->row_axis.height = height;
    double across_all = across(plan, plan->panel_width) - plan->left - plan->right;
    layout->column_name = "key (column)";
    double width = width_of(plan, layout->column_name, MMAX_LABEL_SIZE, false);
    layout->column_axis = (mmax_rectangle){fmax(x + (across_all - width) / 2, margin),
                                           bottom + tick_length + 1.5 + plan->labels_height + 2,
                                           width, mmax_line_height(MMAX_LABEL_SIZE)};
}

static void place_axes(const blueprint *plan, double x, double y, double bottom,
                       mmax_heatmap_layout *layout)
{
    const mmax_heatmap *data = plan->data;
    place_names(plan, x, y, bottom, layout);
    layout->row_labels.y = y;
    layout->row_labels.height = plan->panel_height;
    layout->column_labels =
        (mmax_rectangle){x, bottom + tick_length + 1.5, plan->panel_width, plan->labels_height};
    double rows = (double)(layout->cells_high * layout->entry_rows);
    double columns = (double)(layout->cells_wide * layout->entry_columns);
    double flat = widest_label(plan, plan->column_labels, data->n_columns) + 4;
    mmax_index_ticks(plan->measure, data->n_rows, plan->panel_height / rows, least_tick_gap,
                     plan->row_labels, max_label_width, &layout->row_ticks);
    mmax_index_ticks(plan->measure, data->n_columns, plan->panel_width / columns,
                     layout->columns_are_upright ? least_tick_gap : flat, plan->column_labels,
                     max_label_width, &layout->column_ticks);
    if (!layout->columns_are_upright)
        drop_overhanging(plan, &layout->column_ticks);
}

/* The colour bars beside the panels' upper end, and the legend below them; returns where they end.
 */
static double place_bars(const blueprint *plan, double x, double y, double bottom,
                         mmax_heatmap_layout *layout)
{
    double legend = plan->words->masked ? legend_height : 0;
    double end =
        mmax_heatmap_place_bars(plan->measure, (mmax_point){x, y}, bottom - y - legend, layout);
    if (!plan->words->masked)
        return end;
    double text = width_of(plan, plan->words->masked, MMAX_TICK_SIZE, false);
    layout->swatch = (mmax_rectangle){x, end + legend_height - 10, 10, 10};
    layout->swatch_text = (mmax_rectangle){x + 14, layout->swatch.y, text, 10};
    return end + legend_height;
}

static void move_rectangle(mmax_rectangle *rectangle, double x, double y)
{
    rectangle->x += x;
    rectangle->y += y;
}

static void move_all(mmax_heatmap_layout *layout, double x, double y)
{
    mmax_rectangle *single[] = {&layout->title,       &layout->row_labels,  &layout->column_labels,
                                &layout->row_axis,    &layout->column_axis, &layout->swatch,
                                &layout->swatch_text, &layout->caption};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        move_rectangle(single[i], x, y);
    for (size_t i = 0; i < layout->n_bars; i++) {
        mmax_heatmap_bar *bar = &layout->bars[i];
        mmax_rectangle *parts[] = {&bar->bar, &bar->above, &bar->below, &bar->labels, &bar->axis};
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            move_rectangle(parts[k], x, y);
    }
    for (size_t panel = 0; panel < layout->n_panels; panel++) {
        move_rectangle(&layout->groups[panel], x, y);
        for (size_t i = 0; i < layout->n_pictures; i++) {
            move_rectangle(&layout->panels[panel][i], x, y);
            move_rectangle(&layout->notes[panel][i], x, y);
        }
    }
    for (size_t i = 0; i < layout->n_pictures; i++)
        move_rectangle(&layout->headings[i], x, y);
}

/* Places everything on a page as large as it needs, then in the middle of a larger one. */
static void place_all(const blueprint *plan, mmax_heatmap_layout *layout)
{
    double x = plan->left, y = plan->top;
    double bottom = y + panels_height(plan, plan->panel_height);
    double width = content_width(plan);
    layout->title =
        (mmax_rectangle){margin, margin, width - 2 * margin, mmax_line_height(MMAX_TITLE_SIZE)};
    mmax_elide(plan->measure, plan->words->title, MMAX_TITLE_SIZE, true, layout->title.width,
               layout->title_text);
    place_panels(plan, x, y, layout);
    place_axes(plan, x, y, bottom, layout);
    double bar_x = across(plan, plan->panel_width) - plan->right + bar_gap;
    double end = place_bars(plan, bar_x, y, bottom, layout);
    end = fmax(end, layout->column_axis.y + layout->column_axis.height);

    layout->caption =
        (mmax_rectangle){margin, end + 6, width - 2 * margin,
                         (double)layout->caption_lines.n * mmax_line_height(MMAX_TICK_SIZE)};
    double height = layout->caption.y + layout->caption.height + margin;
    layout->width = plan->page_width > 0 ? plan->page_width : width;
    layout->height = plan->page_height > 0 ? plan->page_height : ceil(height);
    move_all(layout, floor(fmax(layout->width - width, 0)) / 2,
             floor(fmax(layout->height - height, 0)) / 2);
}

/* Makes room above and below for panels of the present size, within a number of lines. */
static void reserve(blueprint *plan, double pixels, size_t heading_lines, size_t caption_lines,
                    mmax_heatmap_layout *layout)
{
    pool_cells(plan, pixels, layout);
    room_for_columns(plan, layout);
    plan->heading_lines = wrap_headings(plan, heading_lines, layout);
    mmax_heatmap_write_caption(plan->data, plan->words, plan->options, layout, plan->caption);
    mmax_wrap(plan->measure, plan->caption, MMAX_TICK_SIZE, false, content_width(plan) - 2 * margin,
              " ", caption_lines, &layout->caption_lines);
    plan->caption_lines = layout->caption_lines.n;
    double headings = (double)plan->heading_lines * mmax_line_height(MMAX_HEADING_SIZE);
    plan->gap_down = gap_y + plan->note_height + (layout->is_stacked ? headings : 0);
    plan->top = margin + mmax_line_height(MMAX_TITLE_SIZE) + 4 + headings + 2 + plan->note_height;
    plan->bottom = tick_length + 1.5 + plan->labels_height + 2 + mmax_line_height(MMAX_LABEL_SIZE) +
                   6 + (double)plan->caption_lines * mmax_line_height(MMAX_TICK_SIZE) + margin;
}

/* Words take height, height limits the panels, and narrower panels need more lines of words: the
 * second round makes room for those, and the third may take no more than that. */
static void fit_page(blueprint *plan, double pixels, mmax_heatmap_layout *layout)
{
    const mmax_heatmap *data = plan->data;
    plan->row_labels = useful_labels(data->row_labels, data->n_rows, max_height);
    plan->column_labels = useful_labels(data->column_labels, data->n_columns, max_height);
    for (int round = 0; round < 3; round++) {
        room_left(plan, layout);
        fit_width(plan);
        if (round == 0)
            plan->panel_height = plan->panel_width / plan->aspect;
        else
            fit_height(plan);
        spread(plan);
        if (round < 2) {
            plan->row_labels = useful_labels(data->row_labels, data->n_rows, plan->panel_height);
            plan->column_labels =
                useful_labels(data->column_labels, data->n_columns, plan->panel_width);
        }
        reserve(plan, pixels, round < 2 ? MMAX_HEADING_LINES : plan->heading_lines,
                round < 2 ? MMAX_MAX_LINES : plan->caption_lines, layout);
    }
}

mmax_status mmax_heatmap_lay_out(const mmax_heatmap *data, const mmax_heatmap_words *words,
                                 const mmax_figure_options *options, double pixels,
                                 const mmax_measure *measure, mmax_heatmap_layout *layout,
                                 mmax_error *error)
{
    memset(layout, 0, sizeof *layout);
    blueprint plan = {.data = data,
                      .words = words,
                      .options = options,
                      .measure = measure,
                      .pixel = pixels < 1 ? 1 / pixels : 0,
                      .aspect = panel_aspect(data)};
    mmax_page_size(options, &plan.page_width, &plan.page_height);
    layout->n_pictures = data->n_pictures;
    layout->n_panels = data->n_panels;
    /* Those of a wide matrix lie one below the other: side by side each would be a stripe. */
    layout->is_stacked = data->n_panels == 1 && data->n_pictures > 1 && plan.aspect > 2;
    plan.n_across = layout->is_stacked ? 1 : data->n_pictures;
    plan.n_down = layout->is_stacked ? data->n_pictures : data->n_panels ? data->n_panels : 1;
    plan.note_height = options->has_own_scales ? mmax_line_height(MMAX_TICK_SIZE) + 1 : 0;
    plan.gap_down = plan.pixel > 0 ? plan.pixel * ceil(gap_y / plan.pixel) : gap_y;
    room_right(&plan, layout);
    fit_page(&plan, pixels, layout);
    mmax_status status = check_room(&plan, error);
    if (status == MMAX_OK)
        place_all(&plan, layout);
    return status;
}
