/* analyze: the plan, the pass over the blocks, the result.
 * In: a plan and a source.  Out: a result, and every row to the sinks on the way.  Called by report
 * and render, which read results and feed on sinks; the only room that knows the order of things.
 */
#ifndef MMAX_ANALYZE_H
#define MMAX_ANALYZE_H

#include "analyze/plot_data.h"
#include "base/base.h"
#include "io/io.h"
#include "map/map.h"
#include "metrics/metrics.h"
#include "stats/stats.h"

enum { MMAX_MAX_MAPS = 32 };

/* ---- plan ------------------------------------------------------------------------------------ */

/* What the entries of an input go through before they are logits, in this order; see transform.h.
 */
typedef struct mmax_transform_rules {
    bool from_probs;
    double scale; /* 0: entries are left as they are */
    bool is_causal;
    char *mask_file; /* NULL: none */
} mmax_transform_rules;

/* The maps of one place of a plan where every index of the first axis has its own; see layers.c. */
typedef struct mmax_layers {
    size_t n;
    mmax_map *maps; /* (n,) */
    char *spec;     /* as it was given: "multimax:@ts.npz" */
} mmax_layers;

/* A condition on one number of the summaries over all rows. */
typedef enum mmax_comparison {
    MMAX_IS_LESS,
    MMAX_IS_AT_MOST,
    MMAX_IS_GREATER,
    MMAX_IS_AT_LEAST,
    MMAX_IS_EQUAL,
    MMAX_IS_UNEQUAL
} mmax_comparison;

#define MMAX_EVERY_MAP SIZE_MAX

typedef struct mmax_check {
    char *text;       /* as it was given */
    size_t map;       /* the plan's, or MMAX_EVERY_MAP */
    size_t metric;    /* its place in the table of metrics */
    size_t statistic; /* its place among those of a summary */
    mmax_comparison comparison;
    double number;
} mmax_check;

struct mmax_plan {
    mmax_transform_rules transform;
    mmax_map maps[MMAX_MAX_MAPS];
    mmax_layers *layers[MMAX_MAX_MAPS]; /* NULL: the map is for all; else MAPS has the first's */
    char *files[MMAX_MAX_MAPS]; /* "multimax:@FILE", as a map was given; NULL: in another way */
    size_t n_maps;
    bool has_own_maps;        /* false: MAPS are the default ones */
    mmax_metric_list metrics; /* with those of the checks */
    mmax_check *checks;       /* (n_checks,) */
    size_t n_checks;
    mmax_relevance_rules relevance;
    mmax_per per;
    bool skip_invalid;
    size_t block_rows; /* 0: as many as fit the cache */
    size_t n_threads;  /* 0: as many as the process may use processors */
    const mmax_instruction_set *instructions;
    bool keeps_figure[MMAX_FIGURES];
    char *panels; /* of heatmaps, as they were given; NULL: the first */
    bool has_difference;
    size_t difference[2]; /* maps: the first minus the second */
    const volatile sig_atomic_t *cancel;
    mmax_progress_function *tell_progress; /* NULL: nobody asks */
    void *progress_data;
};

/* The level for an input: never MMAX_PER_AUTO. */
mmax_per mmax_plan_per(const mmax_plan *plan, const mmax_input *input);

/* The plan's map of a SPEC, or else the only one of that bare name; n_maps if there is none. */
size_t mmax_plan_find_map(const mmax_plan *plan, const char *text);

/* How messages call the map-th map: mmax_map_label, or "multimax:@FILE" where it has layers.
 * Either in LABEL or the plan's own. */
const char *mmax_plan_label(const mmax_plan *plan, size_t map, char label[MMAX_SPEC_SIZE]);

/* Has the metrics computed that the plan's checks are about: after another choice of metrics. */
void mmax_plan_add_checked_metrics(mmax_plan *plan);

/* Forgets the checks, and their metrics. */
void mmax_plan_drop_checks(mmax_plan *plan);

/* ---- layers ---------------------------------------------------------------------------------- */

/* Whether SPEC names a file of parameters: "multimax:@FILE". */
bool mmax_spec_has_file(const char *spec);

/* Reads the file of such a SPEC.  One set of parameters goes to *MAP, and *LAYERS is NULL; of
 * several the first goes there.  MMAX_EFORMAT for parameters that a SPEC could not have. */
mmax_status mmax_layers_read(const char *spec, mmax_map *map, mmax_layers **layers,
                             mmax_error *error);
void mmax_layers_free(mmax_layers *layers);

/* Whether they compute the same; either may be NULL. */
bool mmax_layers_equal(const mmax_layers *a, const mmax_layers *b);

/* MMAX_EDOMAIN if a map of the plan has layers and the input has not as many, on the first of at
 * least three axes. */
mmax_status mmax_plan_check_layers(const mmax_plan *plan, const mmax_input *input,
                                   mmax_error *error);

/* The map of a row of such an input; *N_ROWS is how many rows, from this one on, have the same. */
const mmax_map *mmax_plan_map_of_row(const mmax_plan *plan, size_t map, const mmax_input *input,
                                     size_t row, size_t *n_rows);

/* ---- figures' data --------------------------------------------------------------------------- */

/* Weights of some groups as matrices, pooled by maximum where they are large.  The groups are those
 * that the plan chose, or else the first MMAX_HEATMAP_PANELS. */
enum { MMAX_HEATMAP_PANELS = 12, MMAX_HEATMAP_MOST_PANELS = 64, MMAX_HEATMAP_CELLS = 1024 };

typedef struct mmax_heatmap {
    size_t n_groups;                         /* of the input */
    size_t n_panels;                         /* of them drawn */
    size_t groups[MMAX_HEATMAP_MOST_PANELS]; /* (n_panels,) which ones */
    bool are_chosen;                         /* by the plan */
    size_t n_pictures;                       /* a panel */
    size_t maps[MMAX_MAX_MAPS]; /* (n_pictures,) which of the result's maps each shows */
    bool has_difference;        /* the last picture shows the first minus the second instead */
    size_t n_rows, n_columns;   /* of the matrix of one group */
    size_t pool_rows,
        pool_columns;     /* rows and columns of it in a cell; 1 where nothing is pooled */
    size_t height, width; /* cells: at most MMAX_HEATMAP_CELLS each */
    float *cells;         /* (n_panels, n_pictures, height, width) the largest weight, or the
                             difference of largest magnitude; NaN: every entry masked */
    float *panel_max;     /* (n_panels, n_pictures) the largest magnitude */
    float *line;          /* (n_columns,) a row on its way into cells */
    char **row_labels;    /* (n_rows,) of the first panel, or NULL; only while nothing is pooled */
    char **column_labels; /* (n_columns,) or NULL; only while nothing is pooled */
} mmax_heatmap;

/* Whether a picture of each panel shows differences. */
bool mmax_heatmap_is_difference(const mmax_heatmap *heatmap, size_t picture);

/* The least magnitude above 0 that PERCENT of such magnitudes do not exceed, in (0, 100], among the
 * cells of the pictures that are CHOSEN, (n_panels, n_pictures); the nearest rank, without
 * interpolation.  0 if there are none.  Takes a pass over the cells. */
double mmax_heatmap_percentile(const mmax_heatmap *heatmap, const bool *chosen, double percent);

/* Rows as points of the 2-simplex. */
enum { MMAX_SIMPLEX_TRAJECTORIES = 8, MMAX_SIMPLEX_TEMPERATURES = 97 };

typedef struct mmax_simplex {
    size_t row_length; /* 3, or more: then COLUMNS were chosen by their mean softmax weight */
    size_t columns[3]; /* ascending */
    char *labels[3];   /* the columns' labels, or NULL */
    size_t n_rows;     /* of the input, without skipped ones */
    size_t n_kept;     /* of them, spread evenly, as many as memory is allowed for */
    size_t n_points;   /* of those the ones with all three entries live: they are drawn */
    size_t *rows;      /* (n_points,) which they are among all rows of the input, ascending */
    size_t n_maps;
    double *points;        /* (n_maps, n_points, 3) weights of the three, divided by their sum; NaN
                              where all three are 0 */
    double *share;         /* (n_maps,) mean over the points of that sum: 1 for rows of three */
    size_t n_trajectories; /* of softmax, for the first points */
    size_t trajectory_rows[MMAX_SIMPLEX_TRAJECTORIES]; /* as ROWS */
    double *temperatures; /* (MMAX_SIMPLEX_TEMPERATURES,) ascending, 0.05 to 500, geometric */
    double *trajectories; /* (n_trajectories, MMAX_SIMPLEX_TEMPERATURES, 3) */
} mmax_simplex;

/* ---- result ---------------------------------------------------------------------------------- */

struct mmax_result {
    mmax_input input;                    /* as at the end; its pointers are the source's */
    const volatile sig_atomic_t *cancel; /* the plan's; may be NULL */
    size_t n_maps;
    mmax_map maps[MMAX_MAX_MAPS];
    char *layer_specs[MMAX_MAX_MAPS]; /* as the plan's layers have it; NULL where it has none */
    mmax_metric_list metrics;
    size_t masked_rows, invalid_rows, masked_entries;
    int probability_axis; /* along which the input looks like weights; -1: none */
    mmax_per per;
    size_t n_groups;
    bool keeps_groups;       /* per = group, or a figure needs their summaries */
    size_t *group_rows;      /* (n_groups,) rows in the group's summary, or NULL unless kept */
    size_t rows;             /* rows in the summary of all: valid and not fully masked or masked */
    mmax_summary *all;       /* (n_maps, metrics.n) */
    mmax_summary *groups;    /* (n_groups, n_maps, metrics.n), or NULL unless they are kept */
    mmax_heatmap *heatmap;   /* NULL unless kept */
    mmax_simplex *simplex;   /* NULL unless kept */
    mmax_tradeoff *tradeoff; /* NULL unless kept */
    mmax_distribution *distribution; /* NULL unless kept */
    mmax_curve *curve;               /* NULL unless kept */
    mmax_layer_means *layer_means;   /* NULL unless kept */
    mmax_shown_rows *shown_rows;     /* NULL unless kept */
};

/* MMAX_EUSAGE unless the result keeps what the figure shows. */
mmax_status mmax_result_check_figure(const mmax_result *result, mmax_figure_kind kind,
                                     mmax_error *error);

/* How a figure calls the map-th map: mmax_map_label, or for layers the name alone where no other
 * map has it. */
void mmax_result_label(const mmax_result *result, size_t map, char label[MMAX_SPEC_SIZE]);

/* How a heatmap calls a picture of each panel: the same, and "A − B" for a difference. */
enum { MMAX_PICTURE_SIZE = 2 * MMAX_SPEC_SIZE + 8 };
void mmax_heatmap_label(const mmax_result *result, size_t picture, char label[MMAX_PICTURE_SIZE]);

/* The leading indices of a group as "0.3"; "" for rank 2 and below. */
enum { MMAX_INDEX_SIZE = 256 };
void mmax_group_index(const mmax_input *input, size_t group, char index[MMAX_INDEX_SIZE]);

/* ---- sinks ----------------------------------------------------------------------------------- */

/* A block of rows with their metrics.  Skipped rows are not in it. */
typedef struct mmax_row_block {
    const mmax_input *input;
    size_t n_rows;
    const size_t *rows;        /* (n_rows,) each row's index in C order over the leading axes */
    const size_t *n_live;      /* (n_rows,) */
    const char *const *labels; /* (n_rows,) of the rows, each may be NULL; or NULL */
    size_t n_maps, n_metrics;
    const double *metrics; /* (n_maps, n_rows, n_metrics); NaN where the row has no value */
} mmax_row_block;

/* A block of weights under one map.  Skipped rows are NaN. */
typedef struct mmax_weight_block {
    const mmax_input *input;
    size_t map;
    size_t n_rows;
    const double *weights; /* (n_rows, row_length) */
} mmax_weight_block;

typedef struct mmax_sink_methods {
    mmax_status (*begin)(mmax_sink *sink, const mmax_input *input, mmax_error *error);
    mmax_status (*rows)(mmax_sink *sink, const mmax_row_block *block, mmax_error *error);
    mmax_status (*weights)(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error);
    mmax_status (*end)(mmax_sink *sink, const mmax_input *input, mmax_error *error);
    void (*free)(mmax_sink *sink);
} mmax_sink_methods; /* any of them may be NULL */

/* The head of every sink; what it needs follows it. */
struct mmax_sink {
    const mmax_sink_methods *methods;
};

#endif
