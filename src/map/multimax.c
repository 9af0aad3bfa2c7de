#include "map/family.h"

#include <math.h>
#include <string.h>

/* The paper's keys come in four pairs, one a term of sigma in the order of ts and ranges; the
 * released code's are two lists. */
enum { N_TERMS = 4, KEY_TS = 2 * N_TERMS, KEY_RANGES };

/* Rows at a time: what apply keeps of them lies on the stack. */
enum { BLOCK_ROWS = 32 };

/* Reproduces the points of the paper's figures for (10, k, -1), k = 2 ... 10: an illustration, not
 * the authors' trained values, which are not published. */
static const mmax_map figure1 = {
    .kind = MMAX_MULTIMAX,
    .ts = {-2.9, -0.4265, 0, -0.0259},
    .ranges = {2.3, 3, 0, 3},
};

/* ---- the two spellings ----------------------------------------------------------------------- */

/* t_b and its like pull below a breakpoint, t_d and its like above one. */
static double ts_of_paper(size_t term, double t)
{
    return term % 2 == 0 ? 1 - t : t - 1;
}

/* 0.1 and not 0.09999999999999998 for ts0 = 0.9.  Rounded by arithmetic, because printf would put
 * the locale's decimal point: powers of ten are exact up to the 22nd. */
static double shortest_t(size_t term, double ts)
{
    double t = term % 2 == 0 ? 1 - ts : ts + 1, scale = 1;
    for (int decimals = 0; decimals <= 22; decimals++, scale *= 10) {
        double rounded = rint(t * scale) / scale;
        if (ts_of_paper(term, rounded) == ts)
            return rounded;
    }
    return t;
}

/* A map made by hand may have ts alone: what was written counts only where it gives this ts. */
double mmax_multimax_paper_t(const mmax_map *map, size_t term)
{
    double written = map->paper_ts[term], ts = map->ts[term];
    return ts_of_paper(term, written) == ts ? written : shortest_t(term, ts);
}

static void complete_from_paper(mmax_map *map)
{
    map->paper_spelling = true;
    for (size_t i = 0; i < N_TERMS; i++)
        map->ts[i] = ts_of_paper(i, map->paper_ts[i]);
}

static void set_default(mmax_map *map)
{
    static const double ts[N_TERMS] = {2, 0.5, 1, 1};
    memcpy(map->paper_ts, ts, sizeof ts);
    map->range_is_epsilon[0] = map->range_is_epsilon[1] = true;
    complete_from_paper(map);
}

/* ---- parsing --------------------------------------------------------------------------------- */

static const char *key_at(size_t i)
{
    return mmax_map_family_of(MMAX_MULTIMAX)->keys[i];
}

static mmax_status parse_breakpoint(const mmax_parameters *given, mmax_piece text, size_t term,
                                    mmax_map *map, mmax_error *error)
{
    double ignored;
    if (mmax_piece_is(text, "eps")) {
        map->range_is_epsilon[term] = true;
        return MMAX_OK;
    }
    if (!mmax_number_read(text.start, text.length, &ignored)) {
        char quoted[64];
        return mmax_invalid_map(error, given->spec, "'%s' is neither a number nor eps",
                                mmax_quote(text.start, text.length, quoted, sizeof quoted));
    }
    return mmax_piece_number(given, text, &map->ranges[term], error);
}

static mmax_status parse_paper(const mmax_parameters *given, mmax_map *map, mmax_error *error)
{
    for (size_t i = 0; i < N_TERMS; i++) {
        mmax_piece t = given->values[2 * i], breakpoint = given->values[2 * i + 1];
        map->paper_ts[i] = 1;
        if (!t.start && !breakpoint.start)
            continue;
        if (!breakpoint.start || !t.start)
            return mmax_invalid_map(error, given->spec, "'%s' needs '%s'",
                                    key_at(t.start ? 2 * i : 2 * i + 1),
                                    key_at(t.start ? 2 * i + 1 : 2 * i));
        mmax_status status = mmax_piece_number(given, t, &map->paper_ts[i], error);
        if (status == MMAX_OK)
            status = parse_breakpoint(given, breakpoint, i, map, error);
        if (status != MMAX_OK)
            return status;
    }
    complete_from_paper(map);
    return MMAX_OK;
}

/* Takes "a/b/c/d" apart. */
static mmax_status split_list(const mmax_parameters *given, size_t key, mmax_piece items[N_TERMS],
                              mmax_error *error)
{
    const char *at = given->values[key].start, *end = at + given->values[key].length;
    size_t n = 0;
    for (;; n++) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *item_end = slash ? slash : end;
        if (n < N_TERMS)
            items[n] = (mmax_piece){at, (size_t)(item_end - at)};
        if (!slash)
            break;
        at = slash + 1;
    }
    if (n + 1 != N_TERMS)
        return mmax_invalid_map(error, given->spec, "'%s' must be four values: %s=A/B/C/D",
                                key_at(key), key_at(key));
    return MMAX_OK;
}

static mmax_status parse_lists(const mmax_parameters *given, mmax_map *map, mmax_error *error)
{
    bool has_ts = given->values[KEY_TS].start, has_ranges = given->values[KEY_RANGES].start;
    if (!has_ts || !has_ranges)
        return mmax_invalid_map(error, given->spec, "'%s' needs '%s'",
                                key_at(has_ts ? KEY_TS : KEY_RANGES),
                                key_at(has_ts ? KEY_RANGES : KEY_TS));
    mmax_piece ts[N_TERMS], ranges[N_TERMS];
    mmax_status status = split_list(given, KEY_TS, ts, error);
    if (status == MMAX_OK)
        status = split_list(given, KEY_RANGES, ranges, error);
    for (size_t i = 0; i < N_TERMS && status == MMAX_OK; i++) {
        status = mmax_piece_number(given, ts[i], &map->ts[i], error);
        if (status == MMAX_OK)
            status = parse_breakpoint(given, ranges[i], i, map, error);
    }
    return status;
}

static mmax_status parse_preset(const mmax_parameters *given, mmax_map *map, mmax_error *error)
{
    static const char *const presets[] = {"figure1"};
    if (mmax_piece_is(given->bare, presets[0])) {
        *map = figure1;
        return MMAX_OK;
    }
    char word[64], quoted[64];
    snprintf(word, sizeof word, "%.*s", (int)given->bare.length, given->bare.start);
    mmax_quote(given->bare.start, given->bare.length, quoted, sizeof quoted);
    if (mmax_suggest(word, presets, 1))
        return mmax_invalid_map(error, given->spec, "unknown preset '%s'; did you mean '%s'?",
                                quoted, presets[0]);
    return mmax_invalid_map(error, given->spec, "'%s' is neither KEY=VALUE nor the preset '%s'",
                            quoted, presets[0]);
}

mmax_status mmax_multimax_parse(const mmax_parameters *given, mmax_map *map, mmax_error *error)
{
    size_t first_paper = KEY_TS, first_list = KEY_RANGES + 1;
    for (size_t i = KEY_TS; i-- > 0;)
        first_paper = given->values[i].start ? i : first_paper;
    for (size_t i = KEY_RANGES + 1; i-- > KEY_TS;)
        first_list = given->values[i].start ? i : first_list;
    bool paper = first_paper < KEY_TS, lists = first_list <= KEY_RANGES;
    if (given->bare.start)
        return parse_preset(given, map, error);
    if (paper && lists)
        return mmax_invalid_map(error, given->spec,
                                "'%s' and '%s' belong to two spellings; use one of them",
                                key_at(first_paper), key_at(first_list));
    if (paper)
        return parse_paper(given, map, error);
    if (lists)
        return parse_lists(given, map, error);
    set_default(map);
    return MMAX_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void add_breakpoint(const mmax_map *map, size_t term, char spec[MMAX_SPEC_SIZE])
{
    if (map->range_is_epsilon[term])
        mmax_spec_add(spec, "eps");
    else
        mmax_spec_add_number(spec, map->ranges[term]);
}

static bool is_neutral(const mmax_map *map, size_t term)
{
    return map->ts[term] == 0 && map->ranges[term] == 0 && !map->range_is_epsilon[term];
}

static void format_paper(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    bool first_order = is_neutral(map, 2) && is_neutral(map, 3);
    for (size_t i = 0; i < (first_order ? 2 : N_TERMS); i++) {
        mmax_spec_add(spec, i == 0 ? ":" : ",");
        mmax_spec_add(spec, key_at(2 * i));
        mmax_spec_add(spec, "=");
        mmax_spec_add_number(spec, mmax_multimax_paper_t(map, i));
        mmax_spec_add(spec, ",");
        mmax_spec_add(spec, key_at(2 * i + 1));
        mmax_spec_add(spec, "=");
        add_breakpoint(map, i, spec);
    }
}

void mmax_multimax_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    if (map->paper_spelling) {
        format_paper(map, spec);
        return;
    }
    for (size_t i = 0; i < N_TERMS; i++) {
        mmax_spec_add(spec, i == 0 ? ":ts=" : "/");
        mmax_spec_add_number(spec, map->ts[i]);
    }
    for (size_t i = 0; i < N_TERMS; i++) {
        mmax_spec_add(spec, i == 0 ? ",ranges=" : "/");
        add_breakpoint(map, i, spec);
    }
}

void mmax_multimax_label(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    mmax_map default_map = {.kind = MMAX_MULTIMAX};
    set_default(&default_map);
    if (mmax_map_equal(map, &default_map))
        return;
    if (mmax_map_equal(map, &figure1))
        mmax_spec_add(spec, ":figure1");
    else
        mmax_multimax_format(map, spec);
}

/* ---- weights --------------------------------------------------------------------------------- */

mmax_status mmax_multimax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                                const double *epsilon, size_t *bad_row, mmax_error *error)
{
    double ranges[BLOCK_ROWS][N_TERMS];
    mmax_row_facts facts[BLOCK_ROWS];
    for (size_t start = 0; start < rows->n_rows; start += BLOCK_ROWS) {
        size_t left = rows->n_rows - start, n_rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
        size_t offset = start * rows->row_length;
        double *modulated = rows->weights + offset;
        for (size_t i = 0; i < n_rows; i++)
            for (size_t j = 0; j < N_TERMS; j++)
                ranges[i][j] = map->range_is_epsilon[j] ? epsilon[start + i] : map->ranges[j];
        size_t bad = mmax_kernel_modulate(rows->logits + offset, n_rows, rows->row_length, map->ts,
                                          ranges[0], modulated);
        if (bad < n_rows) {
            *bad_row = start + bad;
            return mmax_fail(error, MMAX_EDOMAIN,
                             "multimax's sigma overflows; mask with -inf, not with huge numbers");
        }
        /* Softmax asks of its logits only for their extremes. */
        mmax_kernel_extremes(modulated, n_rows, rows->row_length, facts);
        mmax_kernel_rows block = {
            .logits = modulated,
            .facts = facts,
            .n_rows = n_rows,
            .row_length = rows->row_length,
            .weights = modulated,
            .log_weights = rows->log_weights ? rows->log_weights + offset : NULL,
            .support = rows->support + start,
        };
        mmax_kernel_softmax(&block, 1);
    }
    return MMAX_OK;
}
