#include "render/hatch.h"

#include <math.h>
#include <stdlib.h>

static const double hatch_gap = 3.6, shortest_hatch = 0.4;

/* Cells of a panel to be hatched, and the strokes found so far. */
typedef struct hatcher {
    mmax_rectangle panel;
    const float *cells;
    size_t high, wide;
    mmax_point *ends; /* (2 n_lines,) */
    size_t n_lines, room;
} hatcher;

static void add_stroke(hatcher *hatching, double sum, double from, double to)
{
    if (to - from < shortest_hatch)
        return;
    if (hatching->n_lines == hatching->room) {
        size_t room = 2 * hatching->room + 64;
        mmax_point *ends = mmax_resize_array(hatching->ends, room, 2 * sizeof *ends);
        if (!ends)
            return; /* a stroke is missing, no more: the grey below tells enough */
        hatching->ends = ends;
        hatching->room = room;
    }
    mmax_point *ends = hatching->ends + 2 * hatching->n_lines++;
    ends[0] = (mmax_point){hatching->panel.x + from, hatching->panel.y + sum - from};
    ends[1] = (mmax_point){hatching->panel.x + to, hatching->panel.y + sum - to};
}

static bool is_masked(const hatcher *hatching, double x, double y)
{
    size_t column = (size_t)(x / hatching->panel.width * (double)hatching->wide);
    size_t row = (size_t)(y / hatching->panel.height * (double)hatching->high);
    column = column < hatching->wide ? column : hatching->wide - 1;
    row = row < hatching->high ? row : hatching->high - 1;
    return isnan(hatching->cells[row * hatching->wide + column]);
}

/* Walks the line x + y = SUM from cell to cell, left to right, and strokes what is masked: so that
 * neighbouring cells share their strokes and a large masked area costs few. */
static void hatch_diagonal(hatcher *hatching, double sum)
{
    double cell_width = hatching->panel.width / (double)hatching->wide;
    double cell_height = hatching->panel.height / (double)hatching->high;
    double x = fmax(0, sum - hatching->panel.height), end = fmin(sum, hatching->panel.width);
    double from = x;
    bool strokes = false;
    while (x < end) {
        double next_column = (floor(x / cell_width + 1e-9) + 1) * cell_width;
        double next_row = sum - (ceil((sum - x) / cell_height - 1e-9) - 1) * cell_height;
        double next = fmin(fmin(next_column, next_row), end);
        bool masked = is_masked(hatching, (x + next) / 2, sum - (x + next) / 2);
        if (masked && !strokes)
            from = x;
        if (!masked && strokes)
            add_stroke(hatching, sum, from, x);
        strokes = masked;
        x = fmax(next, x + 1e-9 * hatching->panel.width);
    }
    if (strokes)
        add_stroke(hatching, sum, from, end);
}

void mmax_hatch(mmax_canvas *canvas, mmax_rectangle panel, const float *cells, size_t high,
                size_t wide)
{
    hatcher hatching = {.panel = panel, .cells = cells, .high = high, .wide = wide};
    for (double sum = hatch_gap / 2; sum < panel.width + panel.height; sum += hatch_gap)
        hatch_diagonal(&hatching, sum);
    mmax_paint paint = mmax_paint_outline(mmax_canvas_inks(canvas)->hatch, 0.5);
    mmax_canvas_lines(canvas, hatching.ends, hatching.n_lines, &paint);
    free(hatching.ends);
}
