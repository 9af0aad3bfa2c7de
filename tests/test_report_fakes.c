/* What the report calls from other rooms, for a build in which they are not linked. */
#include "report/report.h"

#include <string.h>

const char *mmax_version(void)
{
    return PACKAGE_VERSION;
}

static const mmax_metric_info metrics[] = {
    {"multimodality", "multi-modality", "", "", "", MMAX_BETTER_HIGHER, true},
    {"sparsity", "sparsity", "", "", "", MMAX_BETTER_HIGHER, true},
    {"n_relevant", "relevant", "entries", "", "", MMAX_BETTER_NEITHER, false},
    {"n_irrelevant", "irrelevant", "entries", "", "", MMAX_BETTER_NEITHER, false},
    {"entropy", "entropy", "nats", "", "", MMAX_BETTER_NEITHER, true},
    {"entropy_normalized", "entropy/ln n", "", "", "", MMAX_BETTER_NEITHER, false},
    {"perplexity", "perplexity", "entries", "", "", MMAX_BETTER_NEITHER, true},
    {"participation", "participation", "entries", "", "", MMAX_BETTER_NEITHER, false},
    {"support", "support", "entries", "", "", MMAX_BETTER_NEITHER, true},
    {"zeros", "zeros", "share", "", "", MMAX_BETTER_NEITHER, true},
    {"max_prob", "max prob", "weight", "", "", MMAX_BETTER_NEITHER, true},
    {"margin", "margin", "weight", "", "", MMAX_BETTER_NEITHER, false},
    {"modes", "modes", "entries", "", "", MMAX_BETTER_NEITHER, true},
    {"hoyer", "Hoyer", "", "", "", MMAX_BETTER_NEITHER, false},
    {"gini", "Gini", "", "", "", MMAX_BETTER_NEITHER, false},
    {"peaks", "peaks", "", "", "", MMAX_BETTER_NEITHER, false},
    {"sink", "sink", "weight", "", "", MMAX_BETTER_NEITHER, false},
    {"distance", "distance", "entries", "", "", MMAX_BETTER_NEITHER, false},
};

const mmax_metric_info *mmax_metric_info_at(size_t i)
{
    return i < sizeof metrics / sizeof *metrics ? &metrics[i] : NULL;
}

static const char *const map_names[] = {"softmax", "sparsemax", "entmax", "evsoftmax", "multimax"};

const char *mmax_map_name(const mmax_map *map)
{
    return map_names[map->kind];
}

static size_t write_number(char *text, const char *before, double value)
{
    char number[MMAX_NUMBER_SIZE];
    mmax_number_write(value, number);
    return (size_t)snprintf(text, MMAX_SPEC_SIZE, "%s%s", before, number);
}

static size_t write_breakpoint(char *text, const char *before, const mmax_map *map, size_t i)
{
    if (map->range_is_epsilon[i])
        return (size_t)snprintf(text, MMAX_SPEC_SIZE, "%seps", before);
    return write_number(text, before, map->ranges[i]);
}

static void write_paper(const mmax_map *map, char *spec)
{
    spec += write_number(spec, "multimax:tb=", 1 - map->ts[0]);
    spec += write_breakpoint(spec, ",b=", map, 0);
    spec += write_number(spec, ",td=", 1 + map->ts[1]);
    spec += write_breakpoint(spec, ",d=", map, 1);
    if (map->ts[2] == 0 && map->ts[3] == 0)
        return;
    spec += write_number(spec, ",tb2=", 1 - map->ts[2]);
    spec += write_breakpoint(spec, ",b2=", map, 2);
    spec += write_number(spec, ",td2=", 1 + map->ts[3]);
    write_breakpoint(spec, ",d2=", map, 3);
}

static void write_code(const mmax_map *map, char *spec)
{
    for (size_t i = 0; i < 4; i++)
        spec += write_number(spec, i > 0 ? "/" : "multimax:ts=", map->ts[i]);
    for (size_t i = 0; i < 4; i++)
        spec += write_breakpoint(spec, i > 0 ? "/" : ",ranges=", map, i);
}

void mmax_map_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    if (map->kind == MMAX_SOFTMAX)
        write_number(spec, "softmax:t=", map->temperature);
    else if (map->kind == MMAX_ENTMAX)
        write_number(spec, "entmax:alpha=", map->alpha);
    else if (map->kind == MMAX_MULTIMAX)
        (map->paper_spelling ? write_paper : write_code)(map, spec);
    else
        strcpy(spec, mmax_map_name(map));
}

void mmax_map_other_spelling(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    spec[0] = '\0';
    if (map->kind == MMAX_MULTIMAX)
        (map->paper_spelling ? write_code : write_paper)(map, spec);
}

void mmax_map_label(const mmax_map *map, char label[MMAX_SPEC_SIZE])
{
    bool is_default = map->range_is_epsilon[0] && map->ts[0] == -1 && map->ts[1] == -0.5;
    if (map->kind == MMAX_ENTMAX)
        write_number(label, "entmax:", map->alpha);
    else if (map->kind == MMAX_MULTIMAX && !is_default)
        mmax_map_format(map, label);
    else
        strcpy(label, mmax_map_name(map));
}

bool mmax_map_falls(const mmax_map *map, char interval[MMAX_SPEC_SIZE])
{
    bool falls = map->kind == MMAX_MULTIMAX && map->ts[0] > 1;
    if (falls && interval)
        write_breakpoint(interval, "x < ", map, 0);
    return falls;
}

void mmax_epsilon_write(const mmax_relevance_rules *rules, char text[MMAX_NUMBER_SIZE])
{
    static const char *const names[] = {"uniform", "mean"};
    if (rules->epsilon == MMAX_EPSILON_NUMBER)
        mmax_number_write(rules->epsilon_number, text);
    else
        strcpy(text, names[rules->epsilon]);
}

void mmax_reference_write(const mmax_relevance_rules *rules, char text[MMAX_NUMBER_SIZE])
{
    static const char *const names[] = {"uniform", "softmax-min", "geomean"};
    if (rules->reference == MMAX_REFERENCE_NUMBER)
        mmax_number_write(rules->reference_number, text);
    else
        strcpy(text, names[rules->reference]);
}

void mmax_unravel(const mmax_input *input, size_t row, size_t index[MMAX_MAX_DIMS])
{
    for (size_t i = input->n_dims - 1; i-- > 0;) {
        index[i] = i > 0 ? row % input->shape[i] : row;
        row /= i > 0 ? input->shape[i] : 1;
    }
}

void mmax_group_index(const mmax_input *input, size_t group, char index[MMAX_INDEX_SIZE])
{
    size_t indices[MMAX_MAX_DIMS], used = 0;
    index[0] = '\0';
    if (input->n_dims < 3)
        return;
    mmax_unravel(input, group * input->shape[input->n_dims - 2], indices);
    for (size_t i = 0; i + 2 < input->n_dims; i++)
        used += (size_t)snprintf(index + used, MMAX_INDEX_SIZE - used, "%s%zu", i > 0 ? "." : "",
                                 indices[i]);
}
