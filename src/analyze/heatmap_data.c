#include "analyze/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All cells of a figure together: 64 MiB.  Many panels share the paper anyway: twelve groups under
 * five maps leave 30 mm for each, and 512 cells a side are still 430 a inch. */
enum { MAX_CELLS = 1 << 24 };

/* Cells a side, a power of two.  Depends on the number of panels alone, so that a picture whose
 * height is not known ends like one whose height is. */
static size_t side_limit(size_t n_pictures)
{
    size_t side = MMAX_HEATMAP_CELLS;
    while (side > 1 && n_pictures > MAX_CELLS / (side * side))
        side /= 2;
    return side;
}

static size_t cells_of(size_t n, size_t pool)
{
    return n / pool + (n % pool != 0);
}

/* The smallest power of two that brings n entries down to SIDE cells. */
static size_t pool_for(size_t n, size_t side)
{
    size_t pool = 1;
    while (cells_of(n, pool) > side)
        pool *= 2;
    return pool;
}

static size_t heatmap_groups(const mmax_input *input)
{
    size_t n_groups = 1;
    for (size_t i = 0; i + 2 < input->n_dims; i++)
        n_groups *= input->shape[i];
    return n_groups;
}

static bool copy_labels(mmax_heatmap *heatmap, const mmax_input *input)
{
    if (!input->column_labels || heatmap->pool_columns > 1)
        return true;
    heatmap->column_labels = mmax_alloc_zeroed(heatmap->n_columns, sizeof(char *));
    for (size_t i = 0; heatmap->column_labels && i < heatmap->n_columns; i++) {
        heatmap->column_labels[i] = mmax_copy_text(input->column_labels[i]);
        if (!heatmap->column_labels[i])
            return false;
    }
    return heatmap->column_labels != NULL;
}

static bool allocate(mmax_heatmap *heatmap, const mmax_input *input)
{
    size_t n_pictures = heatmap->n_panels * heatmap->n_maps;
    size_t n_cells = n_pictures * heatmap->height * heatmap->width;
    heatmap->cells = mmax_alloc_array(n_cells, sizeof *heatmap->cells);
    heatmap->panel_max = mmax_alloc_zeroed(n_pictures, sizeof *heatmap->panel_max);
    heatmap->line = mmax_alloc_array(heatmap->n_columns, sizeof *heatmap->line);
    if (!heatmap->cells || !heatmap->panel_max || !heatmap->line)
        return false;
    for (size_t i = 0; i < n_cells; i++)
        heatmap->cells[i] = NAN;
    return copy_labels(heatmap, input);
}

/* An empty picture of the input under every map.  What is drawn of it follows from the input's
 * shape; where the number of rows is not known yet, the picture is halved as rows come in, which
 * ends in the same cells. */
static mmax_status begin(const mmax_plan *plan, mmax_result *result, mmax_error *error)
{
    const mmax_input *input = &result->input;
    mmax_heatmap *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "preparing a heatmap");
    result->heatmap = self;
    self->n_maps = plan->n_maps;
    self->n_groups = heatmap_groups(input);
    self->n_panels = self->n_groups < MMAX_HEATMAP_PANELS ? self->n_groups : MMAX_HEATMAP_PANELS;
    self->n_columns = input->row_length;
    size_t side = side_limit(self->n_panels * self->n_maps);
    self->pool_columns = pool_for(self->n_columns, side);
    self->width = cells_of(self->n_columns, self->pool_columns);
    self->pool_rows = 1;
    self->height = side; /* room, until the end, where the rows are not known */
    if (input->rows_known) {
        self->n_rows = mmax_group_rows(input);
        self->pool_rows = pool_for(self->n_rows, side);
        self->height = cells_of(self->n_rows, self->pool_rows);
    }
    return allocate(self, input) ? MMAX_OK : mmax_fail_memory(error, "preparing a heatmap");
}

static void free_labels(char ***labels, size_t n)
{
    for (size_t i = 0; *labels && i < n; i++)
        free((*labels)[i]);
    free(*labels);
    *labels = NULL;
}

/* Row labels are kept for every row that an unpooled picture can have. */
static void free_row_labels(mmax_heatmap *heatmap)
{
    free_labels(&heatmap->row_labels, MMAX_HEATMAP_CELLS);
}

/* The larger weight; a masked entry, NaN, gives way. */
static float pooled(float a, float b)
{
    return b > a || isnan(a) ? b : a;
}

/* Halves every picture of one panel of unknown height. */
static void halve(mmax_heatmap *heatmap)
{
    size_t width = heatmap->width, height = heatmap->height;
    for (size_t map = 0; map < heatmap->n_maps; map++) {
        float *cells = heatmap->cells + map * height * width;
        for (size_t row = 0; row < height / 2; row++)
            for (size_t column = 0; column < width; column++)
                cells[row * width + column] =
                    pooled(cells[2 * row * width + column], cells[(2 * row + 1) * width + column]);
        for (size_t i = height / 2 * width; i < height * width; i++)
            cells[i] = NAN;
    }
    heatmap->pool_rows *= 2;
    free_row_labels(heatmap);
}

/* In place of a masked entry while a row is pooled: less than any weight, so that a plain maximum,
 * which compilers turn into lanes, passes it over. */
static const float masked_weight = -1;

/* Pools a row of weights into heatmap->line, half by half. */
static void pool_columns(mmax_heatmap *heatmap, const double *logits, const double *weights)
{
    float *line = heatmap->line;
    size_t n = heatmap->n_columns;
    for (size_t i = 0; i < n; i++)
        line[i] = isfinite(logits[i]) ? (float)weights[i] : masked_weight;
    for (size_t pool = heatmap->pool_columns; pool > 1; pool /= 2) {
        for (size_t i = 0; i < n / 2; i++)
            line[i] = line[2 * i] > line[2 * i + 1] ? line[2 * i] : line[2 * i + 1];
        if (n % 2 != 0)
            line[n / 2] = line[n - 1];
        n = n / 2 + n % 2;
    }
}

static void pool_row(mmax_heatmap *heatmap, const double *logits, const double *weights,
                     float *cells, float *largest)
{
    pool_columns(heatmap, logits, weights);
    for (size_t i = 0; i < heatmap->width; i++) {
        float weight = heatmap->line[i];
        if (weight == masked_weight)
            continue;
        cells[i] = pooled(cells[i], weight);
        *largest = pooled(*largest, weight);
    }
}

static mmax_status label_row(mmax_heatmap *heatmap, size_t row, const char *label,
                             mmax_error *error)
{
    if (!heatmap->row_labels)
        heatmap->row_labels = mmax_alloc_zeroed(MMAX_HEATMAP_CELLS, sizeof(char *));
    if (!heatmap->row_labels)
        return mmax_fail_memory(error, "keeping the labels of rows");
    heatmap->row_labels[row] = mmax_copy_text(label);
    return heatmap->row_labels[row] ? MMAX_OK
                                    : mmax_fail_memory(error, "keeping the labels of rows");
}

/* Row I of a block, under every map. */
static mmax_status add_row(mmax_heatmap *heatmap, const mmax_figure_block *block, size_t i,
                           mmax_error *error)
{
    bool grows = heatmap->n_rows == 0;
    size_t index = block->first_row + i, offset = i * heatmap->n_columns;
    size_t panel = grows ? 0 : index / heatmap->n_rows;
    size_t row = grows ? index : index % heatmap->n_rows;
    if (panel >= heatmap->n_panels)
        return MMAX_OK;
    while (row / heatmap->pool_rows >= heatmap->height)
        halve(heatmap);
    for (size_t map = 0; map < heatmap->n_maps; map++) {
        size_t picture = panel * heatmap->n_maps + map;
        size_t line = picture * heatmap->height + row / heatmap->pool_rows;
        pool_row(heatmap, block->logits + offset, block->weights[map] + offset,
                 heatmap->cells + line * heatmap->width, &heatmap->panel_max[picture]);
    }
    const char *label = block->labels[i];
    return label && panel == 0 && heatmap->pool_rows == 1 ? label_row(heatmap, row, label, error)
                                                          : MMAX_OK;
}

static mmax_status add(mmax_result *result, const mmax_figure_block *block, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < block->n_rows && status == MMAX_OK; i++)
        status = add_row(result->heatmap, block, i, error);
    return status;
}

/* Tokens that turned out to label the rows of a text only at its end. */
static mmax_status label_late(mmax_heatmap *heatmap, const mmax_input *input, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    if (!input->row_labels || heatmap->row_labels || heatmap->pool_rows > 1)
        return MMAX_OK;
    for (size_t i = 0; i < heatmap->n_rows && status == MMAX_OK; i++)
        status = label_row(heatmap, i, input->row_labels[i], error);
    return status;
}

static mmax_status end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error)
{
    (void)plan;
    (void)rows;
    mmax_heatmap *heatmap = result->heatmap;
    if (heatmap->n_rows != 0 || heatmap->n_panels == 0)
        return MMAX_OK;
    size_t room = heatmap->height * heatmap->width;
    heatmap->n_rows = mmax_group_rows(&result->input);
    heatmap->height = cells_of(heatmap->n_rows, heatmap->pool_rows);
    size_t used = heatmap->height * heatmap->width;
    for (size_t map = 1; map < heatmap->n_maps; map++)
        memmove(heatmap->cells + map * used, heatmap->cells + map * room,
                used * sizeof *heatmap->cells);
    return label_late(heatmap, &result->input, error);
}

static void free_data(mmax_result *result)
{
    mmax_heatmap *heatmap = result->heatmap;
    if (!heatmap)
        return;
    free(heatmap->cells);
    free(heatmap->panel_max);
    free(heatmap->line);
    free_row_labels(heatmap);
    free_labels(&heatmap->column_labels, heatmap->n_columns);
    free(heatmap);
}

const mmax_figure_gatherer mmax_gather_heatmap = {
    .wants_logits = true,
    .wants_weights = true,
    .begin = begin,
    .add = add,
    .end = end,
    .free = free_data,
};
