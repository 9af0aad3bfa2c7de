#include "analyze/figures.h"
#include "analyze/heatmap_plan.h"

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

bool mmax_heatmap_is_difference(const mmax_heatmap *heatmap, size_t picture)
{
    return heatmap->has_difference && picture + 1 == heatmap->n_pictures;
}

void mmax_heatmap_label(const mmax_result *result, size_t picture, char label[MMAX_PICTURE_SIZE])
{
    const mmax_heatmap *heatmap = result->heatmap;
    char first[MMAX_SPEC_SIZE], second[MMAX_SPEC_SIZE];
    mmax_result_label(result, heatmap->maps[picture], first);
    snprintf(label, MMAX_PICTURE_SIZE, "%s", first);
    if (!mmax_heatmap_is_difference(heatmap, picture))
        return;
    mmax_result_label(result, heatmap->maps[1], second);
    snprintf(label, MMAX_PICTURE_SIZE, "%s \xe2\x88\x92 %s", first, second);
}

/* In place of a masked weight until the end: less than any, so that a plain maximum passes it over.
 * Of differences it is 0; their first map's picture tells which are masked. */
static const float masked_weight = -1;

static void clear_cells(const mmax_heatmap *heatmap, size_t picture, float *cells, size_t n)
{
    float empty = mmax_heatmap_is_difference(heatmap, picture) ? 0 : masked_weight;
    for (size_t i = 0; i < n; i++)
        cells[i] = empty;
}

static bool allocate(mmax_heatmap *heatmap, const mmax_input *input)
{
    size_t n_pictures = heatmap->n_panels * heatmap->n_pictures;
    size_t n_cells = n_pictures * heatmap->height * heatmap->width;
    heatmap->cells = mmax_alloc_array(n_cells, sizeof *heatmap->cells);
    heatmap->panel_max = mmax_alloc_zeroed(n_pictures, sizeof *heatmap->panel_max);
    heatmap->line = mmax_alloc_array(heatmap->n_columns, sizeof *heatmap->line);
    if (!heatmap->cells || !heatmap->panel_max || !heatmap->line)
        return false;
    for (size_t i = 0; i < n_pictures; i++)
        clear_cells(heatmap, i % heatmap->n_pictures,
                    heatmap->cells + i * heatmap->height * heatmap->width,
                    heatmap->height * heatmap->width);
    return copy_labels(heatmap, input);
}

/* The panels: what is drawn of the input. */
static mmax_status choose_panels(const mmax_plan *plan, const mmax_input *input,
                                 mmax_heatmap *heatmap, mmax_error *error)
{
    heatmap->n_groups = heatmap_groups(input);
    heatmap->are_chosen = plan->panels != NULL;
    if (heatmap->are_chosen)
        return mmax_panels_choose(plan->panels, input, heatmap->groups, &heatmap->n_panels, error);
    heatmap->n_panels =
        heatmap->n_groups < MMAX_HEATMAP_PANELS ? heatmap->n_groups : MMAX_HEATMAP_PANELS;
    for (size_t i = 0; i < heatmap->n_panels; i++)
        heatmap->groups[i] = i;
    return MMAX_OK;
}

/* The pictures of each: every map, or two and their difference. */
static void choose_pictures(const mmax_plan *plan, mmax_heatmap *heatmap)
{
    heatmap->has_difference = plan->has_difference;
    heatmap->n_pictures = plan->has_difference ? 3 : plan->n_maps;
    for (size_t i = 0; i < heatmap->n_pictures; i++)
        heatmap->maps[i] = plan->has_difference ? plan->difference[i % 2] : i;
}

/* Empty pictures.  What is drawn of the input follows from its shape; where the number of rows is
 * not known yet, the picture is halved as rows come in, which ends in the same cells. */
static mmax_status begin(const mmax_plan *plan, mmax_result *result, mmax_error *error)
{
    const mmax_input *input = &result->input;
    mmax_heatmap *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "preparing a heatmap");
    result->heatmap = self;
    mmax_status status = choose_panels(plan, input, self, error);
    if (status != MMAX_OK)
        return status;
    choose_pictures(plan, self);
    self->n_columns = input->row_length;
    size_t side = side_limit(self->n_panels * self->n_pictures);
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

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* The one of larger magnitude; of two opposite ones the positive, in whatever order they come. */
static float farther(float a, float b)
{
    float of_a = fabsf(a), of_b = fabsf(b);
    return of_a == of_b ? larger(a, b) : of_a > of_b ? a : b;
}

/* Pools the cells of FROM into those of TO, of the same picture. */
static void pool_into(const mmax_heatmap *heatmap, size_t picture, const float *from, float *to)
{
    size_t n = heatmap->width;
    if (mmax_heatmap_is_difference(heatmap, picture))
        for (size_t i = 0; i < n; i++)
            to[i] = farther(to[i], from[i]);
    else
        for (size_t i = 0; i < n; i++)
            to[i] = larger(to[i], from[i]);
}

/* Halves every picture of one panel of unknown height, which is even. */
static void halve(mmax_heatmap *heatmap)
{
    size_t width = heatmap->width, height = heatmap->height;
    for (size_t picture = 0; picture < heatmap->n_pictures; picture++) {
        float *cells = heatmap->cells + picture * height * width;
        for (size_t row = 0; row < height / 2; row++) {
            float *to = cells + row * width, *from = cells + 2 * row * width;
            memmove(to, from, width * sizeof *to);
            pool_into(heatmap, picture, from + width, to);
        }
        clear_cells(heatmap, picture, cells + height / 2 * width, height / 2 * width);
    }
    heatmap->pool_rows *= 2;
    free_row_labels(heatmap);
}

/* Pools the first N entries of heatmap->line by POOL, half by half: it is then a row of cells. */
static void pool_line(mmax_heatmap *heatmap, size_t picture, size_t n, size_t pool)
{
    float *line = heatmap->line;
    for (; pool > 1; pool /= 2) {
        if (mmax_heatmap_is_difference(heatmap, picture))
            for (size_t i = 0; i < n / 2; i++)
                line[i] = farther(line[2 * i], line[2 * i + 1]);
        else
            for (size_t i = 0; i < n / 2; i++)
                line[i] = larger(line[2 * i], line[2 * i + 1]);
        if (n % 2 != 0)
            line[n / 2] = line[n - 1];
        n = n / 2 + n % 2;
    }
}

/* The weights of a row without masked entries as a row of cells.  Most rows are such, and those of
 * large matrices are pooled: halved on the way, they need half the steps. */
static void take_live_row(mmax_heatmap *heatmap, size_t picture, const double *weights)
{
    float *line = heatmap->line;
    size_t n = heatmap->n_columns;
    if (heatmap->pool_columns == 1) {
        for (size_t i = 0; i < n; i++)
            line[i] = (float)weights[i];
        return;
    }
    for (size_t i = 0; i < n / 2; i++)
        line[i] =
            (float)(weights[2 * i] > weights[2 * i + 1] ? weights[2 * i] : weights[2 * i + 1]);
    if (n % 2 != 0)
        line[n / 2] = (float)weights[n - 1];
    pool_line(heatmap, picture, n / 2 + n % 2, heatmap->pool_columns / 2);
}

/* The same of any row.  Entries that are not finite are masked, or those of a skipped row. */
static void take_row(mmax_heatmap *heatmap, size_t picture, const double *logits,
                     const double *weights)
{
    for (size_t i = 0; i < heatmap->n_columns; i++)
        heatmap->line[i] = isfinite(logits[i]) ? (float)weights[i] : masked_weight;
    pool_line(heatmap, picture, heatmap->n_columns, heatmap->pool_columns);
}

static void take_difference(mmax_heatmap *heatmap, size_t picture, const double *logits,
                            const double *weights, const double *minus)
{
    for (size_t i = 0; i < heatmap->n_columns; i++)
        heatmap->line[i] = isfinite(logits[i]) ? (float)(weights[i] - minus[i]) : 0;
    pool_line(heatmap, picture, heatmap->n_columns, heatmap->pool_columns);
}

/* Adds the I-th row of a block to a row of a picture's cells. */
static void add_to_picture(mmax_heatmap *heatmap, const mmax_figure_block *block, size_t i,
                           size_t picture, float *cells)
{
    size_t offset = i * heatmap->n_columns;
    const double *logits = block->logits + offset;
    const double *weights = block->weights[heatmap->maps[picture]] + offset;
    if (mmax_heatmap_is_difference(heatmap, picture))
        take_difference(heatmap, picture, logits, weights,
                        block->weights[heatmap->maps[1]] + offset);
    else if (block->facts[i].n_live == heatmap->n_columns)
        take_live_row(heatmap, picture, weights);
    else
        take_row(heatmap, picture, logits, weights);
    pool_into(heatmap, picture, heatmap->line, cells);
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

/* The panel of a group; n_panels if it is not drawn. */
static size_t panel_of(const mmax_heatmap *heatmap, size_t group)
{
    size_t panel = 0;
    while (panel < heatmap->n_panels && heatmap->groups[panel] != group)
        panel++;
    return panel;
}

/* Row I of a block, in every picture. */
static mmax_status add_row(mmax_heatmap *heatmap, const mmax_figure_block *block, size_t i,
                           mmax_error *error)
{
    bool grows = heatmap->n_rows == 0;
    size_t index = block->first_row + i;
    size_t panel = grows ? 0 : panel_of(heatmap, index / heatmap->n_rows);
    size_t row = grows ? index : index % heatmap->n_rows;
    if (panel == heatmap->n_panels)
        return MMAX_OK;
    while (row / heatmap->pool_rows >= heatmap->height)
        halve(heatmap);
    for (size_t picture = 0; picture < heatmap->n_pictures; picture++) {
        size_t line =
            (panel * heatmap->n_pictures + picture) * heatmap->height + row / heatmap->pool_rows;
        add_to_picture(heatmap, block, i, picture, heatmap->cells + line * heatmap->width);
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

/* Cuts the only panel to the rows that came. */
static void cut_room(mmax_heatmap *heatmap, const mmax_input *input)
{
    size_t room = heatmap->height * heatmap->width;
    heatmap->n_rows = mmax_group_rows(input);
    heatmap->height = cells_of(heatmap->n_rows, heatmap->pool_rows);
    size_t used = heatmap->height * heatmap->width;
    for (size_t picture = 1; picture < heatmap->n_pictures; picture++)
        memmove(heatmap->cells + picture * used, heatmap->cells + picture * room,
                used * sizeof *heatmap->cells);
}

/* Marks masked cells of weights and returns the largest. */
static float finish_weights(float *cells, size_t n)
{
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        largest = larger(largest, cells[i]);
        cells[i] = cells[i] == masked_weight ? NAN : cells[i];
    }
    return largest;
}

/* The same of differences, masked where those of WEIGHTS are; the largest magnitude. */
static float finish_differences(const float *weights, float *cells, size_t n)
{
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        largest = larger(largest, fabsf(cells[i]));
        cells[i] = isnan(weights[i]) ? NAN : cells[i];
    }
    return largest;
}

static void finish_pictures(mmax_heatmap *heatmap)
{
    size_t n_cells = heatmap->height * heatmap->width;
    for (size_t i = 0; i < heatmap->n_panels * heatmap->n_pictures; i++) {
        size_t picture = i % heatmap->n_pictures;
        float *cells = heatmap->cells + i * n_cells;
        heatmap->panel_max[i] = mmax_heatmap_is_difference(heatmap, picture)
                                    ? finish_differences(cells - picture * n_cells, cells, n_cells)
                                    : finish_weights(cells, n_cells);
    }
}

static mmax_status end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error)
{
    (void)plan;
    (void)rows;
    mmax_heatmap *heatmap = result->heatmap;
    bool grew = heatmap->n_rows == 0 && heatmap->n_panels > 0;
    if (grew)
        cut_room(heatmap, &result->input);
    finish_pictures(heatmap);
    return grew ? label_late(heatmap, &result->input, error) : MMAX_OK;
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
