/* What the parts of the differential test share: batches of rows of one length, and the worst that
 * was found. */
#ifndef MMAX_TEST_NUMBERS_H
#define MMAX_TEST_NUMBERS_H

#include "analyze/analyze.h"
#include "reference_metrics.h"
#include "reference_rows.h"

enum { MAX_SORTS = 32, MAX_BATCH_MAPS = 12, N_METRIC_KEYS = 18 };

/* Rows of every sort and of one length, and the maps that they go through. */
typedef struct batch {
    size_t index, n, n_rows, n_maps;
    bool is_single; /* of float32 values */
    double *x;      /* (n_rows, n) */
    mmax_map maps[MAX_BATCH_MAPS];
    mmax_relevance_rules rules;
} batch;

/* What an analysis made of a batch. */
typedef struct analysis {
    const batch *of;
    bool is_left_out[MAX_SORTS]; /* rows that would end it */
    double *logits;              /* (n_rows, n) room for the batch as it is analysed */
    double *weights;             /* (n_maps, n_rows, n) */
    double *metrics;             /* (n_maps, n_rows, N_METRIC_KEYS) */
} analysis;

/* From memory, or from a file of float32. */
void analyze_batch(analysis *a, bool is_file);
double *analysis_weights(const analysis *a, size_t row, size_t map);
double *analysis_metrics(const analysis *a, size_t row, size_t map);

/* What one evaluation gave for one row under one map. */
typedef struct outcome {
    const char *path;
    const double *p;       /* (n,) */
    size_t support;        /* SIZE_MAX: not known */
    const double *metrics; /* (N_METRIC_KEYS,), or NULL */
    size_t query;
} outcome;

/* The reference of one row under one map, with room for its bounds. */
typedef struct expectation {
    const batch *of;
    size_t row, map;
    reference_row *reference;
    bounds bounds;
    precision precision;
} expectation;

/* Counts what is wrong with an outcome, and prints the first few. */
void check_weights(const expectation *expected, const outcome *found);

/* Each (n,). */
typedef struct metric_room {
    precise *numbers;
    signed char *above, *below;
} metric_room;

/* SPACING is that of the type of the logits. */
void check_metrics(const expectation *expected, const outcome *found, double spacing,
                   const metric_room *room);

/* What an evaluation gave is wrong, in printf's words. */
void complain(const expectation *expected, const outcome *found, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

TCase *number_identities(void);

/* The tables of the worst, on standard output, and the number of complaints. */
size_t print_worst_weights(void);
void print_worst_metrics(void);

#endif
