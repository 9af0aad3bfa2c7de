/* What the files of this test program share. */
#ifndef MMAX_TEST_RENDER_H
#define MMAX_TEST_RENDER_H

#include "analyze/figures.h"
#include "testing.h"

/* NAN is a float, of which the compilers warn in arrays of doubles. */
#define NOT_A_NUMBER ((double)NAN)

TCase *render_data_tests(void);
TCase *render_simplex_data_tests(void);
TCase *render_density_tests(void);
TCase *render_tradeoff_tests(void);
TCase *render_colormap_tests(void);
TCase *render_scale_tests(void);
TCase *render_layout_tests(void);
TCase *render_axes_tests(void);
TCase *render_distribution_tests(void);
TCase *render_curve_tests(void);
TCase *render_rows_tests(void);
TCase *render_layers_tests(void);
TCase *render_file_tests(void);
TCase *render_plot_file_tests(void);
TCase *render_odd_file_tests(void);
TCase *render_looks_tests(void);
TCase *render_show_tests(void);

/* The five default maps; the parameters of multimax are those of the paper's figure. */
struct mmax_plan figure_plan(void);

/* An input of these axes, as if from "demo.npy". */
mmax_input figure_input(size_t n_dims, const size_t *shape);

/* Gathers what the plan keeps into a result that knows its input, as the pass would from these
 * logits, with blocks of so many rows. */
void gather_figures(const struct mmax_plan *plan, const double *logits, size_t block,
                    const char *const *row_labels, mmax_result *result);

/* The same for one figure. */
mmax_heatmap *gather_heatmap(const struct mmax_plan *plan, const mmax_input *input,
                             const double *logits, size_t block, const char *const *row_labels);
mmax_simplex *gather_simplex(const struct mmax_plan *plan, const mmax_input *input,
                             const double *logits, size_t block);
void free_heatmap(mmax_heatmap *heatmap);
void free_simplex(mmax_simplex *simplex);

/* Whether a figure of an input can be gathered. */
bool can_have_figure(const mmax_input *input, mmax_figure_kind kind);

/* A result with every figure that the input can have, and nothing else. */
mmax_result figure_result(const struct mmax_plan *plan, const mmax_input *input,
                          const double *logits, const char *const *row_labels);
void free_figure_result(mmax_result *result);

#endif
