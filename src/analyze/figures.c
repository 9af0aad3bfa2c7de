#include "analyze/figures.h"

#include <assert.h>

static bool has_heatmap(const mmax_result *result)
{
    return result->heatmap != NULL;
}

static bool has_simplex(const mmax_result *result)
{
    return result->simplex != NULL;
}

static bool has_tradeoff(const mmax_result *result)
{
    return result->tradeoff != NULL;
}

static bool has_curve(const mmax_result *result)
{
    return result->curve != NULL;
}

static bool has_distribution(const mmax_result *result)
{
    return result->distribution != NULL;
}

static bool has_rows(const mmax_result *result)
{
    return result->shown_rows != NULL;
}

static bool has_layers(const mmax_result *result)
{
    return result->layer_means != NULL;
}

/* The figures: their names, how their data are gathered, and whether a result has them. */
static const struct {
    const char *name;
    const mmax_figure_gatherer *gatherer;
    bool (*is_kept)(const mmax_result *result);
} figures[MMAX_FIGURES] = {
    [MMAX_FIGURE_HEATMAP] = {"heatmap", &mmax_gather_heatmap, has_heatmap},
    [MMAX_FIGURE_SIMPLEX] = {"simplex", &mmax_gather_simplex, has_simplex},
    [MMAX_FIGURE_TRADEOFF] = {"tradeoff", &mmax_gather_tradeoff, has_tradeoff},
    [MMAX_FIGURE_CURVE] = {"curve", &mmax_gather_curve, has_curve},
    [MMAX_FIGURE_DISTRIBUTION] = {"distribution", &mmax_gather_distribution, has_distribution},
    [MMAX_FIGURE_ROWS] = {"rows", &mmax_gather_rows, has_rows},
    [MMAX_FIGURE_LAYERS] = {"layers", &mmax_gather_layers, has_layers},
};

const char *mmax_figure_name(mmax_figure_kind kind)
{
    return kind < MMAX_FIGURES ? figures[kind].name : NULL;
}

void mmax_plan_keep_figure(mmax_plan *plan, mmax_figure_kind kind)
{
    assert(kind < MMAX_FIGURES);
    plan->keeps_figure[kind] = true;
}

mmax_status mmax_result_check_figure(const mmax_result *result, mmax_figure_kind kind,
                                     mmax_error *error)
{
    if (figures[kind].is_kept(result))
        return MMAX_OK;
    return mmax_fail(error, MMAX_EUSAGE,
                     "the result keeps no %s figure: call mmax_plan_keep_figure before "
                     "mmax_analyze",
                     figures[kind].name);
}

/* The i-th figure's gatherer; NULL where the plan does not keep it. */
static const mmax_figure_gatherer *gatherer_of(const mmax_plan *plan, size_t i)
{
    return plan->keeps_figure[i] ? figures[i].gatherer : NULL;
}

bool mmax_figures_want_logits(const mmax_plan *plan)
{
    bool want = false;
    for (size_t i = 0; i < MMAX_FIGURES; i++) {
        const mmax_figure_gatherer *gatherer = gatherer_of(plan, i);
        want |= gatherer && (gatherer->wants_logits || gatherer->wants_kept_rows);
    }
    return want;
}

bool mmax_figures_want_weights(const mmax_plan *plan)
{
    bool want = false;
    for (size_t i = 0; i < MMAX_FIGURES; i++) {
        const mmax_figure_gatherer *gatherer = gatherer_of(plan, i);
        want |= gatherer && gatherer->wants_weights;
    }
    return want;
}

bool mmax_figures_want_groups(const mmax_plan *plan)
{
    bool want = false;
    for (size_t i = 0; i < MMAX_FIGURES; i++) {
        const mmax_figure_gatherer *gatherer = gatherer_of(plan, i);
        want |= gatherer && gatherer->wants_groups;
    }
    return want;
}

mmax_status mmax_figures_begin(const mmax_plan *plan, mmax_result *result, mmax_kept_rows **rows,
                               mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < MMAX_FIGURES && status == MMAX_OK; i++) {
        const mmax_figure_gatherer *gatherer = gatherer_of(plan, i);
        if (gatherer && gatherer->begin)
            status = gatherer->begin(plan, result, error);
        if (status == MMAX_OK && gatherer && gatherer->wants_kept_rows && !*rows)
            status = mmax_kept_rows_new(&result->input, rows, error);
    }
    return status;
}

mmax_status mmax_figures_add(const mmax_plan *plan, mmax_result *result, mmax_kept_rows *rows,
                             const mmax_figure_block *block, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    if (rows)
        mmax_kept_rows_add(rows, block->first_row, block->n_rows, block->logits, block->relevance);
    for (size_t i = 0; i < MMAX_FIGURES && status == MMAX_OK; i++) {
        const mmax_figure_gatherer *gatherer = gatherer_of(plan, i);
        if (gatherer && gatherer->add)
            status = gatherer->add(result, block, error);
    }
    return status;
}

mmax_status mmax_figures_end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                             mmax_error *error)
{
    mmax_status status = rows ? mmax_kept_rows_check(rows, error) : MMAX_OK;
    for (size_t i = 0; i < MMAX_FIGURES && status == MMAX_OK; i++) {
        const mmax_figure_gatherer *gatherer = gatherer_of(plan, i);
        if (gatherer && gatherer->end)
            status = gatherer->end(plan, result, rows, error);
    }
    return status;
}

void mmax_figures_free(mmax_result *result)
{
    for (size_t i = 0; i < MMAX_FIGURES; i++)
        figures[i].gatherer->free(result);
}
