#include "report/table.h"

#include <string.h>

/* What a line of the legend explains stands in a column as wide as the labels. */
typedef struct legend_writer {
    mmax_pen pen;
    const mmax_plan *plan;
    size_t width;
} legend_writer;

static void begin_item(legend_writer *legend, const char *what)
{
    mmax_pen_left(&legend->pen, what, legend->width + 2);
}

static void write_item(legend_writer *legend, const char *what, const char *text)
{
    begin_item(legend, what);
    mmax_pen_text(&legend->pen, text);
    mmax_pen_end_line(&legend->pen);
}

static bool has_metric(const mmax_plan *plan, const char *key)
{
    for (size_t k = 0; k < plan->metrics.n_reported; k++)
        if (strcmp(mmax_report_metric(&plan->metrics, k)->key, key) == 0)
            return true;
    return false;
}

static bool has_marks(const mmax_plan *plan)
{
    bool has = false;
    for (size_t k = 0; k < plan->metrics.n_reported; k++)
        has |= mmax_report_metric(&plan->metrics, k)->better == MMAX_BETTER_HIGHER;
    return has && plan->n_maps > 1;
}

static bool has_epsilon(const mmax_map *map)
{
    for (size_t i = 0; map->kind == MMAX_MULTIMAX && i < 4; i++)
        if (map->range_is_epsilon[i])
            return true;
    return false;
}

static bool mentions_epsilon(const mmax_plan *plan)
{
    const mmax_map *map;
    for (size_t m = 0; m < plan->n_maps; m++)
        for (size_t i = 0; (map = mmax_plan_layer_at(plan, m, i)); i++)
            if (has_epsilon(map))
                return true;
    return has_metric(plan, "multimodality") || has_metric(plan, "sparsity") ||
           has_metric(plan, "n_relevant") || has_metric(plan, "n_irrelevant");
}

static bool mentions_logits(const mmax_plan *plan)
{
    const mmax_transform_rules *rules = &plan->transform;
    return rules->from_probs || rules->scale != 0 || rules->is_causal || rules->mask_file;
}

/* What became of the input before it counted as logits, in that order. */
static void write_logits(legend_writer *legend)
{
    const mmax_transform_rules *rules = &legend->plan->transform;
    char number[MMAX_NUMBER_SIZE], file[MMAX_MESSAGE_SIZE];
    begin_item(legend, "logits");
    mmax_pen_text(&legend->pen, rules->from_probs ? "ln of the input" : "the input");
    if (rules->scale != 0) {
        mmax_number_write(rules->scale, number);
        mmax_pen_text(&legend->pen, " times ");
        mmax_pen_text(&legend->pen, number);
    }
    if (rules->is_causal)
        mmax_pen_text(&legend->pen, ", keys after the query masked");
    if (rules->mask_file) {
        mmax_pen_text(&legend->pen, ", masked by ");
        mmax_pen_text(&legend->pen,
                      mmax_quote(rules->mask_file, strlen(rules->mask_file), file, sizeof file));
    }
    mmax_pen_end_line(&legend->pen);
}

static void write_epsilon(legend_writer *legend)
{
    char number[MMAX_NUMBER_SIZE];
    begin_item(legend, "eps");
    switch (legend->plan->relevance.epsilon) {
    case MMAX_EPSILON_UNIFORM:
        mmax_pen_text(&legend->pen, "logsumexp(x) - ln n of a row's n live logits x");
        break;
    case MMAX_EPSILON_MEAN:
        mmax_pen_text(&legend->pen, "mean of a row's live logits");
        break;
    case MMAX_EPSILON_NUMBER:
        mmax_epsilon_write(&legend->plan->relevance, number);
        mmax_pen_text(&legend->pen, number);
        break;
    }
    mmax_pen_text(&legend->pen, "; relevant: x > eps");
    mmax_pen_end_line(&legend->pen);
}

static void write_reference(legend_writer *legend)
{
    char number[MMAX_NUMBER_SIZE];
    begin_item(legend, "s");
    switch (legend->plan->relevance.reference) {
    case MMAX_REFERENCE_UNIFORM:
        mmax_pen_text(&legend->pen, "1/n");
        break;
    case MMAX_REFERENCE_SOFTMAX_MIN:
        mmax_pen_text(&legend->pen, "smallest softmax weight of a row");
        break;
    case MMAX_REFERENCE_GEOMEAN:
        mmax_pen_text(&legend->pen, "geometric mean of irrelevant softmax weights");
        break;
    case MMAX_REFERENCE_NUMBER:
        mmax_reference_write(&legend->plan->relevance, number);
        mmax_pen_text(&legend->pen, number);
        break;
    }
    mmax_pen_text(&legend->pen, "; sparsity averages exp(-p/s)");
    mmax_pen_end_line(&legend->pen);
}

/* The parameters of a SPEC, without the name of its map. */
static const char *parameters(const char *spec)
{
    const char *colon = strchr(spec, ':');
    return colon ? colon + 1 : spec;
}

/* Both spellings, and where the order of the logits is not kept. */
static void write_multimax(legend_writer *legend, const mmax_map *map, const char *label)
{
    char spec[MMAX_SPEC_SIZE], shortest[MMAX_SPEC_SIZE], interval[MMAX_SPEC_SIZE];
    mmax_map_format(map, spec);
    mmax_map_label(map, shortest);
    begin_item(legend, label);
    mmax_pen_text(&legend->pen, parameters(spec));
    if (strcmp(shortest, mmax_map_name(map)) == 0)
        mmax_pen_text(&legend->pen, " (illustrative, not trained)");
    mmax_pen_end_line(&legend->pen);
    mmax_map_other_spelling(map, spec);
    if (spec[0])
        write_item(legend, "", parameters(spec));
    if (!mmax_map_falls(map, interval))
        return;
    begin_item(legend, "");
    mmax_pen_text(&legend->pen, "falls: ");
    mmax_pen_text(&legend->pen, interval);
    mmax_pen_text(&legend->pen, "; there a larger logit can get a smaller weight");
    mmax_pen_end_line(&legend->pen);
}

/* Where the parameters are from, and the layers that do not keep the order of the logits. */
static void write_layers(legend_writer *legend, const mmax_layers *layers, const char *label)
{
    char line[MMAX_SPEC_SIZE + 96], interval[MMAX_SPEC_SIZE];
    size_t n_falling = 0, first = 0;
    for (size_t i = layers->n; i-- > 0;)
        if (mmax_map_falls(&layers->maps[i], NULL)) {
            n_falling++;
            first = i;
        }
    write_item(
        legend, label,
        mmax_quote(parameters(layers->spec), strlen(parameters(layers->spec)), line, sizeof line));
    snprintf(line, sizeof line, "parameters of their own for each of %zu layers; JSON has them",
             layers->n);
    write_item(legend, "", line);
    if (n_falling == 0)
        return;
    mmax_map_falls(&layers->maps[first], interval);
    snprintf(line, sizeof line, "falls in %zu of them; in layer %zu: %s", n_falling, first,
             interval);
    write_item(legend, "", line);
    write_item(legend, "", "there a larger logit can get a smaller weight");
}

static void write_maps(legend_writer *legend)
{
    char label[MMAX_LABEL_WIDTH + 1], spec[MMAX_SPEC_SIZE];
    for (size_t m = 0; m < legend->plan->n_maps; m++) {
        const mmax_map *map = &legend->plan->maps[m];
        bool is_short_name = mmax_table_label(legend->plan, m, label);
        mmax_map_format(map, spec);
        if (legend->plan->layers[m])
            write_layers(legend, legend->plan->layers[m], label);
        else if (map->kind == MMAX_MULTIMAX)
            write_multimax(legend, map, label);
        else if (is_short_name)
            write_item(legend, label, spec);
    }
}

void mmax_table_legend(const mmax_report *report)
{
    bool tells_logits = mentions_logits(report->plan);
    legend_writer legend = {.pen.output = report->output,
                            .plan = report->plan,
                            .width = strlen(tells_logits ? "logits" : "more")};
    char label[MMAX_LABEL_WIDTH + 1];
    for (size_t m = 0; m < report->plan->n_maps; m++) {
        mmax_table_label(report->plan, m, label);
        legend.width = strlen(label) > legend.width ? strlen(label) : legend.width;
    }
    mmax_output_text(report->output, "\n");
    if (has_marks(report->plan))
        write_item(&legend, "*", "best of the maps, where higher is better");
    if (tells_logits)
        write_logits(&legend);
    if (mentions_epsilon(report->plan))
        write_epsilon(&legend);
    if (has_metric(report->plan, "sparsity"))
        write_reference(&legend);
    write_maps(&legend);
    write_item(&legend, "more", "standard deviations, extremes and quantiles: JSON, CSV and TSV");
}
