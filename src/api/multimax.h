/* multimax.h: the public interface of libmultimax.
 *
 * A source hands out rows of logits; a plan says which maps and metrics to compute; mmax_analyze
 * makes one pass over the source and returns a result; reports and figures are made from results.
 *
 *     mmax_plan *plan;       mmax_plan_new        what to compute
 *     mmax_source *source;   mmax_source_open     where the rows come from
 *     mmax_result *result;   mmax_analyze         the summaries, and what the figures need
 *     mmax_report *report;   mmax_report_open     table, JSON, NDJSON, CSV or TSV
 *                            mmax_draw_figure     PNG, SVG or PDF
 *                            mmax_check_outcome_at  whether the conditions on it hold
 *
 * Conventions of every function here.  What can fail returns an mmax_status and writes its message
 * to the caller's mmax_error, which may be NULL.  On failure the out parameters are untouched.  Who
 * calls a _new, _open or mmax_analyze calls the matching _free, which does nothing for NULL.  A
 * const pointer is borrowed for the call unless the function says that it is kept.  The library
 * never prints, never exits and keeps no mutable globals: objects may be used from several threads
 * as long as each object is used by one thread at a time.
 *
 * One row is one vector of n logits x.  An entry equal to -inf is masked: its weight is exactly 0
 * and it takes no part in any metric.  The others are live.
 */
#ifndef MULTIMAX_H
#define MULTIMAX_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define MMAX_API __attribute__((visibility("default")))
#else
#define MMAX_API
#endif

/* ---- status ---------------------------------------------------------------------------------- */

typedef enum mmax_status {
    MMAX_OK = 0,
    MMAX_EUSAGE,       /* an argument is outside the domain that the function states */
    MMAX_ENOMEM,       /* memory could not be had */
    MMAX_EIO,          /* the operating system failed to open, read, write or rename */
    MMAX_EFORMAT,      /* a file is not what its format promises: truncated, malformed, lying */
    MMAX_EUNSUPPORTED, /* a well-formed file of a kind that is not read */
    MMAX_EDOMAIN,      /* a logit is NaN or +inf, a map overflows on it, or a mask or tokens do not
                          fit */
    MMAX_ECANCELED,    /* the plan's cancel flag was raised */
    MMAX_EPIPE         /* the reader of an output went away */
} mmax_status;

enum { MMAX_MESSAGE_SIZE = 1024 };

/* What went wrong, for people: where, what, and what to do; lower case, no full stop. */
typedef struct mmax_error {
    mmax_status status;
    char message[MMAX_MESSAGE_SIZE];
} mmax_error;

/* The version of the library, "MAJOR.MINOR.PATCH". */
MMAX_API const char *mmax_version(void);

/* The i-th line about how the library was built: compiler, GSL, libarchive, zlib, jansson, cairo,
 * pango, libpng; NULL after the last. */
MMAX_API const char *mmax_build_info(size_t i);

/* The candidate that NAME most likely meant: least edit distance, at most a third of the longer
 * word; NULL when none is that near.  O(n_candidates * length^2). */
MMAX_API const char *mmax_suggest(const char *name, const char *const *candidates,
                                  size_t n_candidates);

/* Makes TEXT harmless for a terminal and short enough for a message: bytes that are not UTF-8 and
 * those of characters that control a line (C0 and C1 controls, U+2028 to U+202E, U+2066 to U+2069)
 * become \xNN, more than SIZE - 1 bytes end in "...".  SIZE >= 4.  Returns QUOTED. */
MMAX_API const char *mmax_quote(const char *text, size_t length, char *quoted, size_t size);

/* ---- maps ------------------------------------------------------------------------------------ */

typedef enum mmax_map_kind {
    MMAX_SOFTMAX,
    MMAX_SPARSEMAX,
    MMAX_ENTMAX,
    MMAX_EVSOFTMAX,
    MMAX_MULTIMAX
} mmax_map_kind;

/* A map from logits to weights with its parameters.  A plain value: copy it freely.
 *
 * MultiMax is p = softmax(sigma(x)) with, every term on the original x,
 *     sigma(x) = x + ts0 relu(r0 - x) + ts1 relu(x - r1) + ts2 relu(r2 - x)^2 + ts3 relu(x - r3)^2
 * where ts = (1 - t_b1, t_d1 - 1, 1 - t_b2, t_d2 - 1) and ranges = (b1, d1, b2, d2) in the paper's
 * names. */
typedef struct mmax_map {
    mmax_map_kind kind;
    double temperature;       /* softmax: t > 0 */
    double alpha;             /* entmax: 1 <= alpha <= 10 */
    double ts[4];             /* multimax */
    double paper_ts[4];       /* multimax: t_b1, t_d1, t_b2, t_d2 as written, before rounding to
                                 ts; ignored where ts is another */
    double ranges[4];         /* multimax; a logit, unless range_is_epsilon */
    bool range_is_epsilon[4]; /* multimax: the breakpoint is the row's relevance threshold */
    bool paper_spelling;      /* multimax: written as tb, b, td, d rather than as ts, ranges */
} mmax_map;

/* One line of the table of maps. */
typedef struct mmax_map_info {
    const char *name;       /* "entmax" */
    const char *parameters; /* how to write them: "alpha=A" */
    const char *definition; /* one line of mathematics in plain text */
    const char *source;     /* where it comes from: authors, venue, year */
} mmax_map_info;

enum { MMAX_SPEC_SIZE = 512 };

/* The maps, in the order of --list-maps; NULL for i past the last. */
MMAX_API const mmax_map_info *mmax_map_info_at(size_t i);

/* Reads a SPEC: NAME[:PARAMETERS], e.g. "entmax:1.5", "multimax:tb=2,b=0,td=0.5,d=1",
 * "multimax:ts=-1/-0.5/0/0,ranges=0/1/0/0", "multimax:figure1".
 * MMAX_EUSAGE says what is wrong and names the nearest map or parameter, and for "multimax:@FILE"
 * that it needs a plan: see mmax_plan_add_map. */
MMAX_API mmax_status mmax_map_parse(const char *spec, mmax_map *map, mmax_error *error);

/* Writes the canonical SPEC, every parameter spelled out: mmax_map_parse reads it back to the same
 * map, bit for bit. */
MMAX_API void mmax_map_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);

/* Writes the shortest SPEC that means this map: "softmax", "entmax:1.5", "multimax". */
MMAX_API void mmax_map_label(const mmax_map *map, char label[MMAX_SPEC_SIZE]);

/* The name of the map's family: "entmax". */
MMAX_API const char *mmax_map_name(const mmax_map *map);

/* MultiMax: writes its parameters in the spelling that mmax_map_format does not use, so that the
 * paper's and the released code's can be shown together; "" for every other map. */
MMAX_API void mmax_map_other_spelling(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);

/* Whether the largest logit may fail to get the largest weight (MultiMax with a modulation that
 * falls somewhere).  Then INTERVAL, if not NULL, says where sigma falls, e.g. "x < eps" or
 * "3 < x < 5.2". */
MMAX_API bool mmax_map_falls(const mmax_map *map, char interval[MMAX_SPEC_SIZE]);

/* Weights of n_rows rows under one map.
 *
 * logits   (n_rows, row_length)  C order; finite or -inf
 * epsilon  (n_rows,)             the rows' relevance thresholds; NULL for logsumexp(x) - ln n
 * weights  (n_rows, row_length)  written; may be logits itself.  Exact zeros are exact
 * support  (n_rows,)             written unless NULL: entries in the map's support.  An entry of
 *                                softmax whose weight underflows is still counted
 *
 * A row without a live entry gets weights 0 and support 0.  MMAX_EDOMAIN for NaN or +inf, and where
 * sigma overflows; then weights and support are unspecified.  O(row_length) a row. */
MMAX_API mmax_status mmax_map_rows(const mmax_map *map, const double *logits, size_t n_rows,
                                   size_t row_length, const double *epsilon, double *weights,
                                   size_t *support, mmax_error *error);

/* ---- metrics --------------------------------------------------------------------------------- */

typedef enum mmax_better { MMAX_BETTER_NEITHER, MMAX_BETTER_HIGHER } mmax_better;

/* One line of the table of metrics. */
typedef struct mmax_metric_info {
    const char *key;        /* "entropy_normalized": in JSON, CSV and --metrics */
    const char *heading;    /* for a column of a table: "entropy/ln n" */
    const char *unit;       /* "nats", "entries", "weight", "share" or "" */
    const char *range;      /* "[0, ln n]" */
    const char *definition; /* one line */
    mmax_better better;     /* what the MultiMax paper calls better */
    bool by_default;        /* in the report unless --metrics says otherwise */
} mmax_metric_info;

/* The metrics, in the order of --list-metrics and of every report; NULL for i past the last. */
MMAX_API const mmax_metric_info *mmax_metric_info_at(size_t i);

/* ---- plan ------------------------------------------------------------------------------------ */

typedef enum mmax_per { MMAX_PER_AUTO, MMAX_PER_ALL, MMAX_PER_GROUP, MMAX_PER_ROW } mmax_per;

typedef struct mmax_plan mmax_plan;

/* A plan without maps (mmax_analyze then takes the default ones), with the default metrics,
 * epsilon = reference = uniform, per = auto. */
MMAX_API mmax_status mmax_plan_new(mmax_plan **plan, mmax_error *error);
MMAX_API void mmax_plan_free(mmax_plan *plan);

/* Adds a map; see mmax_map_parse.  The same map twice is MMAX_EUSAGE.
 *
 * "multimax:@FILE" takes MultiMax's parameters from a file, which is read now:
 *     ts.npz    with ranges.npz beside it, each of one array (4,) or (layers, 4), or of one (4,) a
 *               layer; .npy likewise
 *     any.npz   or .safetensors, of arrays named multimax_ts and multimax_ranges, or ts and ranges,
 *               behind a prefix that numbers the layers or alone
 *     any.json  {"ts": [...], "ranges": [...]}, with lists of lists for layers; {"tb": 2, "b": 0,
 *               ...}; or a list of such objects
 * One set of parameters is a map as any other.  Several are for the layers of an input: the indices
 * of the first of at least three axes, of which there must be as many (MMAX_EDOMAIN of
 * mmax_analyze). */
MMAX_API mmax_status mmax_plan_add_map(mmax_plan *plan, const char *spec, mmax_error *error);

/* The metrics by their keys, separated by commas, or "all".  Reports keep the table's order. */
MMAX_API mmax_status mmax_plan_set_metrics(mmax_plan *plan, const char *list, mmax_error *error);

/* The threshold between relevant and irrelevant logits: "uniform", "mean" or a number. */
MMAX_API mmax_status mmax_plan_set_epsilon(mmax_plan *plan, const char *text, mmax_error *error);

/* The reference weight s of sparsity: "uniform", "softmax-min", "geomean" or a positive number. */
MMAX_API mmax_status mmax_plan_set_reference(mmax_plan *plan, const char *text, mmax_error *error);

/* The level of the report: "all", "group" or "row".  Without it: group for inputs of rank 3 and
 * more, all for the others. */
MMAX_API mmax_status mmax_plan_set_per(mmax_plan *plan, const char *text, mmax_error *error);

/* What a NaN or +inf does: "error", or "skip" to leave its row out and count it. */
MMAX_API mmax_status mmax_plan_set_invalid(mmax_plan *plan, const char *text, mmax_error *error);

/* What the entries of an input go through before anything else sees them, in this order, in
 * float64; entries that are -inf stay so.
 *
 * from_probs  the input holds weights: x = ln p, and 0 is masked; a negative one is MMAX_EDOMAIN
 * scale       "0.125", "sqrt(64)", "1/sqrt(64)": logits are multiplied by it; finite and not 0
 * mask        "causal": key > query is masked on the last two axes, and in a matrix that is not
 *             square the last query sees every key; a text must be square.  Else a file of an array
 *             that broadcasts to the input as NumPy has it: boolean (0 masks) or added to the
 *             logits (0, -inf); a file of that name is "./causal".  It is opened by mmax_analyze */
MMAX_API void mmax_plan_set_from_probs(mmax_plan *plan);
MMAX_API mmax_status mmax_plan_set_scale(mmax_plan *plan, const char *text, mmax_error *error);
MMAX_API mmax_status mmax_plan_set_mask(mmax_plan *plan, const char *text, mmax_error *error);

/* How many threads compute; 0, the default, is one for each processor that the process may use.
 * Changes no result: reading, sinks and progress are the calling thread's in any case.  Each thread
 * has two blocks.  A text, and an array of few rows, is computed by fewer. */
MMAX_API void mmax_plan_set_threads(mmax_plan *plan, size_t n);

/* Rows to compute at once; 0, the default, picks a cache-sized block.  Changes no result. */
MMAX_API void mmax_plan_set_block_rows(mmax_plan *plan, size_t n_rows);

typedef enum mmax_figure_kind {
    MMAX_FIGURE_HEATMAP,  /* the weights as matrices, maps across and groups down */
    MMAX_FIGURE_SIMPLEX,  /* rows of three entries as points of the 2-simplex, with the trajectories
                             of softmax over temperature; of longer rows the three heaviest */
    MMAX_FIGURE_TRADEOFF, /* sparsity against multi-modality: softmax over temperature, entmax over
                             alpha, a marker for each map */
    MMAX_FIGURE_CURVE,    /* sigma of MultiMax over the logits, and the weight of one of two */
    MMAX_FIGURE_DISTRIBUTION, /* how many weights have which size: histogram and cumulative */
    MMAX_FIGURE_ROWS,         /* the first rows: bars of the logits and of the weights */
    MMAX_FIGURE_LAYERS,       /* metrics by layer and head */
    MMAX_FIGURES
} mmax_figure_kind;

/* Its name as in options: "heatmap"; NULL for no kind. */
MMAX_API const char *mmax_figure_name(mmax_figure_kind kind);

/* Keeps what a figure shows, in bounded memory, so that mmax_draw_figure can draw it. */
MMAX_API void mmax_plan_keep_figure(mmax_plan *plan, mmax_figure_kind kind);

/* Which leading indices a heatmap shows, in this order, instead of the first 12: indices as reports
 * have them, separated by commas, where "*" stands for every one of an axis: "0.3,0.5,2.*".
 * MMAX_EUSAGE; whether an input has them, and no more than 64, mmax_analyze finds out
 * (MMAX_EDOMAIN). */
MMAX_API mmax_status mmax_plan_set_panels(mmax_plan *plan, const char *list, mmax_error *error);

/* The two maps of "MAPA,MAPB", and MAPA - MAPB, are what a heatmap shows instead of every map. They
 * are named as mmax_plan_add_map takes them, or by a bare name that only one of the plan's maps
 * has. To be called when the plan has its maps; the next mmax_plan_add_map undoes it.  MMAX_EUSAGE.
 */
MMAX_API mmax_status mmax_plan_set_difference(mmax_plan *plan, const char *pair, mmax_error *error);

/* Adds a condition on the summaries over all rows of an input, whatever the level of the report:
 *
 *     [MAP ":"] METRIC "." STATISTIC OPERATOR NUMBER      "softmax:entropy.mean > 0.5"
 *
 * MAP        as mmax_plan_set_difference has it; without it, the condition is on each of the plan's
 *            maps
 * METRIC     its key; computed if it is not among those of the plan, and then in no report
 * STATISTIC  a number of mmax_summary, by its name
 * OPERATOR   <, <=, >, >=, == or !=
 * NUMBER     decimal or hexadecimal, in no locale; may be infinite but not NaN
 *
 * Blanks may surround any of them.  To be called when the plan has its maps; the next
 * mmax_plan_add_map takes the checks away.  MMAX_EUSAGE says which part is wrong, and suggests the
 * nearest name.  See mmax_check_outcome_at. */
MMAX_API mmax_status mmax_plan_add_check(mmax_plan *plan, const char *text, mmax_error *error);

/* The instructions that kernels are made of: "baseline", "avx2", "avx512", "neon"; NULL, the
 * default, takes the best that the processor has.  All give the same bits.  MMAX_EUSAGE for what is
 * not known or cannot run here, with what can. */
MMAX_API mmax_status mmax_plan_set_instructions(mmax_plan *plan, const char *name,
                                                mmax_error *error);

/* A flag that stops mmax_analyze with MMAX_ECANCELED soon after it becomes non-zero, for instance
 * from a signal handler; so it does what writes a report or a figure, which is then not put in its
 * place.  Kept, not copied. */
MMAX_API void mmax_plan_set_cancel(mmax_plan *plan, const volatile sig_atomic_t *flag);

/* The i-th map of the plan, the default ones where none was added; of one with layers that of the
 * first layer.  NULL past the last. */
MMAX_API const mmax_map *mmax_plan_map_at(const mmax_plan *plan, size_t i);

/* The map that the i-th one is for the layer-th index of the first axis, where parameters came from
 * a file for every layer; else that one itself for layer 0.  NULL past the last. */
MMAX_API const mmax_map *mmax_plan_layer_at(const mmax_plan *plan, size_t i, size_t layer);

/* The SPEC of the i-th map: "multimax:@FILE", as it was given, where it has layers, else that of
 * mmax_map_format.  Either in SPEC or the plan's own; i must be one of the plan's maps. */
MMAX_API const char *mmax_plan_spec(const mmax_plan *plan, size_t i, char spec[MMAX_SPEC_SIZE]);

/* ---- source ---------------------------------------------------------------------------------- */

enum { MMAX_MAX_DIMS = 8 };

typedef enum mmax_format {
    MMAX_FORMAT_AUTO,
    MMAX_FORMAT_NPY,
    MMAX_FORMAT_NPZ,
    MMAX_FORMAT_SAFETENSORS,
    MMAX_FORMAT_CSV,
    MMAX_FORMAT_TSV
} mmax_format;

typedef enum mmax_header { MMAX_HEADER_AUTO, MMAX_HEADER_YES, MMAX_HEADER_NO } mmax_header;

/* How to open an input; all zero is the default. */
typedef struct mmax_source_options {
    mmax_format format; /* auto: by the first bytes, then by the suffix */
    mmax_header header; /* CSV and TSV: whether the first record names the columns */
    char delimiter;     /* CSV and TSV: 0 for tab in TSV, and in CSV for what the first lines show:
                           ',', or ';', tab or blanks where no comma is; ' ' counts in runs */
    const char
        *columns;      /* CSV and TSV: see mmax_columns_check; NULL for all but the rows' labels */
    const char *array; /* NPZ and safetensors: the one array that counts; NULL: all of them */
    const char
        *select;   /* the part to take, see mmax_select_check; NULL: all.  Kept with the file */
    bool has_axis; /* rows run along AXIS of what is selected, negative from the end; */
    int axis;      /* else along the last */
    const volatile sig_atomic_t *cancel; /* as in mmax_plan_set_cancel; may be NULL */
} mmax_source_options;

/* What is known of an input.  Rows run along the last axis of SHAPE; the axes before it are the
 * leading ones, and n_rows is their product.  Rank 0 is one row of one entry, rank 1 one row. */
typedef struct mmax_input {
    const char *file;         /* as given; "-" is standard input */
    const char *array;        /* the member's name; NULL for a file of one array */
    const char *keys;         /* the file of keys, where the logits are products; else NULL */
    const char *format;       /* "npy", "npz", "safetensors", "csv", "tsv", "memory" or "product" */
    const char *dtype;        /* as NumPy writes it: "<f4"; "bfloat16"; text is read as "<f8" */
    const char *dtype_name;   /* the same in words: "float32" */
    const char *stored_dtype; /* what the file says where it cannot name the type: "|V2" for
                                 bfloat16; else NULL */
    size_t n_dims;
    size_t shape[MMAX_MAX_DIMS]; /* as selected, the axis that rows run along moved last */
    int axis;                    /* the axis that was moved, as it was asked for; -1 for the last */
    bool rows_known; /* false while a text is read: then n_rows and shape[0] are those so far */
    size_t n_rows;
    size_t row_length;
    size_t vector_length; /* entries of a query and a key; 0 where logits are no products */
    const char *const *column_labels; /* (row_length,) UTF-8, or NULL */
    const char *const *row_labels;    /* (rows of a group,) by tokens, UTF-8, or NULL */
} mmax_input;

typedef struct mmax_source mmax_source;

/* The name of a format as --input-format takes it, and back; mmax_format_parse returns false for
 * another name. */
MMAX_API const char *mmax_format_name_at(size_t i);
MMAX_API bool mmax_format_parse(const char *name, mmax_format *format);

/* Checks, before any file is opened, a list of columns that are logits, in the order in which they
 * become a row: items separated by commas, each a name of the header, or a number (from 1, counting
 * every cell of a record) or a range of them: "3-6", "3-", "-4".  A name that looks like one of
 * these or holds a comma stands in double quotes.  What other columns hold does not matter, but for
 * row labels in the first one.  MMAX_EUSAGE. */
MMAX_API mmax_status mmax_columns_check(const char *text, mmax_error *error);

/* Whether TEXT selects a part of some array, as NumPy's basic slicing writes it between the
 * brackets: items separated by commas, one for each axis from the first on; axes without one are
 * taken whole.  An integer takes one index and drops the axis, START:STOP:STEP any of whose parts
 * may be missing takes a range, "..." stands for as many whole axes as there are left, "newaxis" or
 * "None" puts in an axis of one.  Integers may be negative: indices and bounds then count from the
 * end, a step goes backwards.  MMAX_EUSAGE says at which character it is wrong. */
MMAX_API mmax_status mmax_select_check(const char *text, mmax_error *error);

/* Opens the one array of a file, or of standard input for "-", and reads as far as its header and
 * the length of its rows.  Bounded memory, whatever the file's size or its header's claims.
 * MMAX_EIO, MMAX_EFORMAT and MMAX_EUNSUPPORTED name the file, the place and what to do; a file of
 * several arrays of which none is named, see mmax_file_open, is MMAX_EUSAGE. */
MMAX_API mmax_status mmax_source_open(const char *file, const mmax_source_options *options,
                                      mmax_source **source, mmax_error *error);

/* A source over an array in memory, C order, kept and not copied until mmax_source_free.
 * shape (n_dims,), at most MMAX_MAX_DIMS. */
MMAX_API mmax_status mmax_source_open_memory(const double *logits, const size_t *shape,
                                             size_t n_dims, mmax_source **source,
                                             mmax_error *error);

/* A source of the products of queries and keys: the logits are Q K^T, in float64, of shape
 * (..., n_queries, n_keys).
 *
 * queries  (..., n_queries, d) in a file, or standard input for "-"; (d,) is one query, whose
 *          result has no axis of queries
 * keys     (..., n_keys, d) in another; not both "-"
 *
 * Leading axes broadcast, either way, as in NumPy's matmul.  OPTIONS are those of both files.  The
 * input's dtype is "<f4" where both hold floats of at most 32 bits, "<f8" else.
 *
 * The logits are computed block by block: 64 MiB of them at most, and 8 MiB of keys.  Keys of one
 * leading index that need more are read again for every block.  What has to be read again and is
 * not a plain NPY file in C order is kept, in 8 MiB of memory or else in a temporary file.
 *
 * A product that overflows, and one of a vector that is not finite, is NaN or +inf, never -inf: a
 * broken vector masks nothing.
 *
 * MMAX_EDOMAIN for shapes without a product; else as mmax_source_open. */
MMAX_API mmax_status mmax_source_open_product(const char *queries, const char *keys,
                                              const mmax_source_options *options,
                                              mmax_source **source, mmax_error *error);
MMAX_API void mmax_source_free(mmax_source *source);

/* Lives as long as the source; its numbers grow while a text is read. */
MMAX_API const mmax_input *mmax_source_input(const mmax_source *source);

/* Writes the shape of the array as it was selected, its axes in their own order: shape (n_dims,).
 */
MMAX_API void mmax_input_own_shape(const mmax_input *input, size_t shape[MMAX_MAX_DIMS]);

/* A function that mmax_analyze calls after every block with DATA and its source, whose position
 * tells how far it is.  Both are kept, not copied. */
typedef void mmax_progress_function(void *data, const mmax_source *source);
MMAX_API void mmax_plan_set_progress(mmax_plan *plan, mmax_progress_function *tell, void *data);

/* How many bytes of the file have been read so far, and how many there are; 0 where that is not
 * known.  Of a compressed file the compressed ones. */
MMAX_API void mmax_source_position(const mmax_source *source, size_t *n_done, size_t *n_total);

/* ---- files of arrays ------------------------------------------------------------------------- */

/* An array of a file, before it is opened. */
typedef struct mmax_array_info {
    const char *file;       /* as given, without an array in brackets */
    const char *array;      /* the member's name; NULL in a file of one array */
    const char *format;     /* as in mmax_input */
    const char *dtype;      /* as NumPy writes it, of any type: "<f4", "|O"; text is "<f8" */
    const char *dtype_name; /* the same in words where it is read: "float32"; else DTYPE */
    size_t n_dims;
    size_t shape[MMAX_MAX_DIMS];
    bool rows_known; /* false for text: shape[0] is known when it has been read */
    bool is_read;    /* it is of numbers, not of Python objects, words, dates, complex numbers */
    bool is_input;   /* it is to be analysed: the only array, one of floating-point numbers, or the
                        one that was asked for by its name */
} mmax_array_info;

/* The arrays of a file, one after the other, so that a pipe will do. */
typedef struct mmax_file mmax_file;

/* Opens a file, or standard input for "-", as far as the first bytes that tell its format.
 * "heads.npz[attn]" is the array attn of heads.npz, unless there is a file of that very name. */
MMAX_API mmax_status mmax_file_open(const char *file, const mmax_source_options *options,
                                    mmax_file **opened, mmax_error *error);
MMAX_API void mmax_file_free(mmax_file *file);

/* Goes to the next array, in the file's order; *INFO is NULL after the last, else it lives until
 * the next call.  When one is named only that one is shown, and MMAX_EUSAGE names those there are
 * if it is not among them.  After a failure the arrays behind can still be asked for, until *INFO
 * is NULL. */
MMAX_API mmax_status mmax_file_next(mmax_file *file, const mmax_array_info **info,
                                    mmax_error *error);

/* Opens the array that mmax_file_next came to, once.  The source must be freed before the file is
 * asked for the next array. */
MMAX_API mmax_status mmax_file_array(mmax_file *file, mmax_source **source, mmax_error *error);

/* Reads an array whose rows are not known to its end, instead of opening it, and counts them in
 * the info of mmax_file_next. */
MMAX_API mmax_status mmax_file_count_rows(mmax_file *file, mmax_error *error);

/* ---- tokens ---------------------------------------------------------------------------------- */

/* Labels of keys or queries, such as the tokens of a text. */
typedef struct mmax_tokens mmax_tokens;

/* Reads a file, or standard input for "-": one label a line, in UTF-8, which ends in LF or CRLF,
 * the last one in either or neither.  An empty line is an empty label, and blanks at the ends
 * belong to it; what mmax_quote escapes is escaped.  A byte order mark is passed.
 *
 * cancel  as in mmax_plan_set_cancel; may be NULL
 *
 * MMAX_EFORMAT for more than 2^24 labels, 64 KiB in a line or 256 MiB in all. */
MMAX_API mmax_status mmax_tokens_read(const char *file, const volatile sig_atomic_t *cancel,
                                      mmax_tokens **tokens, mmax_error *error);
MMAX_API void mmax_tokens_free(mmax_tokens *tokens);

/* Labels the columns of a source by the tokens of its keys, and the rows of every group by those of
 * its queries, instead of labels of its own.  Without tokens of queries those of the keys label the
 * rows, too, where the last two axes are equally long; in a text, whose rows are not counted before
 * its end, they do so in heatmaps only, and only rows without labels of their own.
 *
 * keys, queries  each may be NULL; kept, not copied, until mmax_source_free
 *
 * MMAX_EDOMAIN if their number is another than that of the keys or queries; of the queries of a
 * text, mmax_analyze finds out. */
MMAX_API mmax_status mmax_source_set_tokens(mmax_source *source, const mmax_tokens *keys,
                                            const mmax_tokens *queries, mmax_error *error);

/* ---- analysis -------------------------------------------------------------------------------- */

/* Summary of one metric over the rows of a group.  A number that does not exist is NaN: all of them
 * for count = 0, std for count = 1.  Quantiles interpolate linearly between order statistics
 * (NumPy's default).  They are exact up to MMAX_EXACT_ROWS rows, and within 1/1000 of the metric's
 * range beyond. */
typedef struct mmax_summary {
    size_t count;               /* rows with a value */
    size_t missing;             /* rows without one */
    double mean, std, min, max; /* std with n - 1 */
    double p05, p25, p50, p75, p95;
} mmax_summary;

enum { MMAX_EXACT_ROWS = 8192 };

typedef struct mmax_result mmax_result;

/* Somewhere that rows or weights go while the pass is made; see mmax_report_rows and
 * mmax_probs_new. */
typedef struct mmax_sink mmax_sink;

/* Makes the one pass: reads SOURCE to its end, applies every map to every row, computes the
 * metrics, their summaries and what the figures need, and feeds the sinks.  No result depends on
 * the size of the blocks or on the number of threads.
 *
 * sinks (n_sinks,)  may be NULL when n_sinks is 0
 *
 * The result speaks of the source's names and labels: the source must outlive it.
 * Memory: two blocks a thread, and a fixed amount for each map, metric and group. */
MMAX_API mmax_status mmax_analyze(const mmax_plan *plan, mmax_source *source,
                                  mmax_sink *const *sinks, size_t n_sinks, mmax_result **result,
                                  mmax_error *error);
MMAX_API void mmax_result_free(mmax_result *result);

/* The input as it was when the pass ended; lives as long as the source. */
MMAX_API const mmax_input *mmax_result_input(const mmax_result *result);

MMAX_API size_t mmax_result_masked_rows(const mmax_result *result);    /* no live entry */
MMAX_API size_t mmax_result_invalid_rows(const mmax_result *result);   /* skipped: NaN or +inf */
MMAX_API size_t mmax_result_masked_entries(const mmax_result *result); /* in rows with a live one */

/* Whether every row of the input was at least 0 and summed to 1, within 1/1000, and the plan did
 * not take them for weights. */
MMAX_API bool mmax_result_looks_like_probabilities(const mmax_result *result);

/* The same along any axis: the last one along which every entry of the input was at least 0 and all
 * sums were 1, where that is longer than 1; -1 if there is none.  An axis is followed while the
 * axes after it have at most 2^20 entries. */
MMAX_API int mmax_result_probability_axis(const mmax_result *result);

/* The number of groups: the product of all axes but the last two, 1 for rank 2 and less; 0 for an
 * input without rows. */
MMAX_API size_t mmax_result_groups(const mmax_result *result);

/* The summary of a metric (by its key) under the plan's map-th map, over all rows; NULL for a map
 * that the plan does not have, and for a metric that neither it nor a check of it asks for. */
MMAX_API const mmax_summary *mmax_result_summary(const mmax_result *result, size_t map,
                                                 const char *metric);

/* The same over the rows of one group; NULL also when the plan's level is not group. */
MMAX_API const mmax_summary *mmax_result_group_summary(const mmax_result *result, size_t group,
                                                       size_t map, const char *metric);

/* ---- checks ---------------------------------------------------------------------------------- */

/* What a check of a plan is under one map. */
typedef struct mmax_check_outcome {
    const char *check;               /* as it was given to mmax_plan_add_check; the plan's */
    size_t map;                      /* the plan's map-th */
    double value;                    /* that was compared; NaN where it does not exist */
    bool holds;                      /* never for NaN, whatever the operator */
    char message[MMAX_MESSAGE_SIZE]; /* for people: "check 'entropy.mean > 0.5' does not hold under
                                        softmax: entropy.mean is 0.25" */
} mmax_check_outcome;

/* The i-th outcome: check by check in the order in which they were added, and under each the maps
 * that it is about.  False past the last, and OUTCOME is untouched.
 *
 * plan    that the result was made by, not changed since
 *
 * The value is compared as it is, all digits of it, as machine-readable reports have them. */
MMAX_API bool mmax_check_outcome_at(const mmax_plan *plan, const mmax_result *result, size_t i,
                                    mmax_check_outcome *outcome);

/* ---- weights as output ----------------------------------------------------------------------- */

/* Writes the weights of every map to files while the pass is made: whole files, written beside
 * their names and renamed at the end.  The plan is kept, not copied.
 *
 * file   NAME.npy, NAME.csv, NAME.tsv, or "-" for NPY on standard output.  %m becomes the map's
 *        name, and is needed with several maps; %% becomes %
 * dtype  NULL: the input's (float64 for text); "f4" or "f8"
 *
 * Masked entries and those outside the support are 0; a skipped row is NaN in NPY and empty cells
 * in text. */
MMAX_API mmax_status mmax_probs_new(const mmax_plan *plan, const char *file, const char *dtype,
                                    mmax_sink **sink, mmax_error *error);

/* The file that the weights of the plan's map-th map go to: PATTERN with %m and %% replaced.  To be
 * freed with free; NULL on lack of memory. */
MMAX_API char *mmax_probs_file(const mmax_plan *plan, const char *pattern, size_t map);

/* Frees a sink of mmax_probs_new; files that mmax_analyze did not complete vanish. */
MMAX_API void mmax_sink_free(mmax_sink *sink);

/* ---- reports --------------------------------------------------------------------------------- */

typedef enum mmax_report_format {
    MMAX_REPORT_TABLE,
    MMAX_REPORT_JSON,
    MMAX_REPORT_NDJSON,
    MMAX_REPORT_CSV,
    MMAX_REPORT_TSV
} mmax_report_format;

typedef struct mmax_report_options {
    mmax_report_format format;
    bool color;      /* table: emphasise the best value of a column with terminal attributes */
    bool row_labels; /* per = row: beside each row its label, where it has one */
    const mmax_source_options *source; /* JSON: how inputs are opened, for the record; kept; may be
                                      NULL */
} mmax_report_options;

typedef struct mmax_report mmax_report;

/* The name of a report format as --format takes it, and back. */
MMAX_API const char *mmax_report_format_name_at(size_t i);
MMAX_API bool mmax_report_format_parse(const char *name, mmax_report_format *format);

/* Opens a report on FILE, or on standard output for "-".  It holds the results of any number of
 * inputs, one after the other.  The plan is kept, not copied. */
MMAX_API mmax_status mmax_report_open(const mmax_plan *plan, const char *file,
                                      const mmax_report_options *options, mmax_report **report,
                                      mmax_error *error);

/* The sink to pass to mmax_analyze for each input: with per = row it writes the rows as they come,
 * otherwise it does nothing.  Owned by the report. */
MMAX_API mmax_sink *mmax_report_rows(mmax_report *report);

/* Adds the summaries of one input. */
MMAX_API mmax_status mmax_report_add(mmax_report *report, const mmax_result *result,
                                     mmax_error *error);

/* Says that the input that was being reported failed, so that what was already written of it is
 * closed; does nothing if nothing was. */
MMAX_API mmax_status mmax_report_fail(mmax_report *report, const char *message, mmax_error *error);

/* The inputs that were added. */
MMAX_API size_t mmax_report_inputs(const mmax_report *report);

/* Ends the document and puts the file in its place.  mmax_report_free alone discards it. */
MMAX_API mmax_status mmax_report_finish(mmax_report *report, mmax_error *error);
MMAX_API void mmax_report_free(mmax_report *report);

/* ---- lists of arrays ------------------------------------------------------------------------- */

/* What the inputs hold, in a format of reports: a line for each array, or an object. */
typedef struct mmax_listing mmax_listing;

/* Opens a list on FILE, or on standard output for "-".
 *
 * cancel  as in mmax_plan_set_cancel; may be NULL */
MMAX_API mmax_status mmax_listing_open(const char *file, mmax_report_format format,
                                       const volatile sig_atomic_t *cancel, mmax_listing **listing,
                                       mmax_error *error);
MMAX_API mmax_status mmax_listing_add(mmax_listing *listing, const mmax_array_info *info,
                                      mmax_error *error);

/* The arrays that were added. */
MMAX_API size_t mmax_listing_arrays(const mmax_listing *listing);

/* Ends the list and puts the file in its place.  mmax_listing_free alone discards it. */
MMAX_API mmax_status mmax_listing_finish(mmax_listing *listing, mmax_error *error);
MMAX_API void mmax_listing_free(mmax_listing *listing);

/* ---- figures --------------------------------------------------------------------------------- */

typedef enum mmax_theme { MMAX_THEME_LIGHT, MMAX_THEME_DARK } mmax_theme;

/* Colours of numbers: of weights, from 0 to the largest, or of differences about 0. */
typedef enum mmax_colormap {
    MMAX_VIRIDIS,
    MMAX_CIVIDIS,
    MMAX_MAGMA,
    MMAX_GREYS,
    MMAX_BLUEORANGE, /* of differences */
    MMAX_COLORMAPS
} mmax_colormap;

typedef struct mmax_colormap_info {
    const char *name, *description;
    bool is_signed; /* of differences */
} mmax_colormap_info;

/* The colour maps, in the order of --list-colormaps; NULL for i past the last. */
MMAX_API const mmax_colormap_info *mmax_colormap_info_at(size_t i);

/* The colour map of weights of a name.  MMAX_EUSAGE suggests the nearest. */
MMAX_API mmax_status mmax_colormap_parse(const char *name, mmax_colormap *colormap,
                                         mmax_error *error);

/* How a number becomes a place on a colour scale. */
typedef enum mmax_color_scale {
    MMAX_COLORS_LINEAR,
    MMAX_COLORS_LOG, /* of at most six powers of ten */
    MMAX_COLORS_SQRT
} mmax_color_scale;

/* How a figure looks; all zero is the default. */
typedef struct mmax_figure_options {
    const char *title;    /* NULL: the input's name */
    double width, height; /* 0: as the content asks */
    bool size_in_mm;      /* else in px at 96 a inch */
    double dpi;           /* PNG; 0: 144 */
    mmax_theme theme;     /* dark words on light paper, or the other way round */
    bool rows_by_logit;   /* figures of rows: entries by their logits, the largest first; else in
                             their order */
    const char *command;  /* recorded in the file's metadata; may be NULL */

    mmax_colormap colormap; /* of weights and of metrics; differences have their own */

    /* Of heatmaps. */
    mmax_color_scale color_scale; /* of weights; that of differences is linear */
    bool has_own_scales;          /* each panel its own, else one for all */
    double vmax;             /* the top of the scale; 0: a round number that holds all weights */
    bool vmax_is_percentile; /* of the cells above 0; then of the differences, too */
} mmax_figure_options;

/* Reads the top of a colour scale: a weight above 0, such as "0.05", or a percentile of the cells
 * in (0, 100], "p99".  MMAX_EUSAGE. */
MMAX_API mmax_status mmax_vmax_parse(const char *text, mmax_figure_options *options,
                                     mmax_error *error);

/* Whether this build can draw figures (it can not with --without-cairo). */
MMAX_API bool mmax_can_draw(void);

/* Checks, without drawing, that FILE names a figure: .png, .svg or .pdf, or "png:-", "svg:-",
 * "pdf:-" for standard output. */
MMAX_API mmax_status mmax_figure_check(const char *file, mmax_error *error);

/* Draws a figure to a file that is named as mmax_figure_check has it.  The plan must have kept it.
 *
 * options  may be NULL
 *
 * MMAX_EUSAGE for options that make no sense and a figure that was not kept, MMAX_EUNSUPPORTED
 * where the build has no figures, MMAX_EIO. */
MMAX_API mmax_status mmax_draw_figure(const mmax_result *result, mmax_figure_kind kind,
                                      const char *file, const mmax_figure_options *options,
                                      mmax_error *error);

typedef enum mmax_terminal_colors {
    MMAX_COLORS_NONE, /* no escape sequence of any kind */
    MMAX_COLORS_256,
    MMAX_COLORS_TRUE /* 24 bits */
} mmax_terminal_colors;

/* What a figure is shown on; all zero is a pipe. */
typedef struct mmax_terminal {
    size_t columns; /* 0: 80 */
    mmax_terminal_colors colors;
    bool is_ascii; /* shades and markers are ASCII, without colours; labels are what they are */
    char *const *environment; /* what it is known by, as main's: where a build with libchafa finds
                                 one of sixel, kitty and iTerm2 there, pixels are shown.  NULL:
                                 characters in any case */
    size_t cell_width, cell_height; /* of a character in pixels; 0: 10 and 20 */
} mmax_terminal;

/* Shows a figure as text, on FILE or on standard output for "-": pixels or blocks in colours, or
 * shades without any, and then its words as characters.  The plan must have kept it.
 *
 * options  may be NULL; size and resolution are the terminal's.  Shades are those of the dark theme
 *
 * MMAX_EUSAGE where the terminal is too narrow, and as mmax_draw_figure. */
MMAX_API mmax_status mmax_show_figure(const mmax_result *result, mmax_figure_kind kind,
                                      const char *file, const mmax_terminal *terminal,
                                      const mmax_figure_options *options, mmax_error *error);

/* Writes the numbers that a figure draws to FILE, or to standard output for "-", as CSV, or as TSV
 * where the name ends in .tsv: a line of column names, then one line for each mark.  Numbers read
 * back to the same double, those of a heatmap to the same float32; what is masked is empty.
 *
 *     heatmap  a cell: map, index (of the leading axes, joined by dots), row, column, row_label,
 *              column_label, weight.  Of cells that stand for a square of entries the first row and
 *              column, and the largest weight
 *     simplex  part, map, index, row, column, label, temperature, p1, p2, p3.  A part is a corner
 *              (the column it is for, and its label), a marker (a row under a map), or a point of a
 *              curve (a row under softmax of that temperature)
 *     tradeoff part, map, index, row, parameter, multimodality, sparsity.  A part is a marker (a
 * row under a map, or without a row the mean), a point of a curve (the same under softmax or entmax
 * of that parameter), or a row (where markers are means)
 *
 * The plan must have kept the figure; no build without figures lacks this.
 *
 * MMAX_EUSAGE for a figure that was not kept, MMAX_EPIPE, MMAX_EIO. */
MMAX_API mmax_status mmax_write_figure_data(const mmax_result *result, mmax_figure_kind kind,
                                            const char *file, mmax_error *error);

#ifdef __cplusplus
}
#endif

#endif
