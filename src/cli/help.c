#include "cli.h"

#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 29 };

static void print_option(const option_row *row)
{
    int width = row->short_name ? printf("  -%c, --%s", row->short_name, row->name)
                                : printf("      --%s", row->name);
    if (row->argument)
        width += printf("=%s", row->argument);
    if (width > HELP_COLUMN - 2) {
        putchar('\n');
        width = 0;
    }
    printf("%*s", HELP_COLUMN - width, "");
    for (const char *line = row->help; line;) {
        size_t length = strcspn(line, "\n");
        printf("%.*s\n", (int)length, line);
        line = line[length] ? line + length + 1 : NULL;
        if (line)
            printf("%*s", HELP_COLUMN, "");
    }
}

void print_help(void)
{
    fputs("Usage: multimax-analyze [OPTION]... [FILE]...\n"
          "Apply SoftMax, SparseMax, EntMax, EvSoftMax and MultiMax to every row of logits\n"
          "in each FILE (.npy, .npz, .safetensors, .csv, .tsv, compressed or not; standard\n"
          "input without one, or for -), and report how sparse and how multi-modal the\n"
          "weights are.\n"
          "\n"
          "Examples:\n"
          "  multimax-analyze heads.npy                  a table, head by head\n"
          "  multimax-analyze --heatmap=heads.pdf heads.npy\n"
          "  multimax-analyze -m softmax -m multimax:tb=3,b=0,td=0.5,d=2 heads.npy\n"
          "  multimax-analyze --per=row -f csv heads.npy | head\n"
          "  multimax-analyze -m entmax:1.5 --probs=weights.npy logits.csv\n",
          stdout);
    for (size_t g = 0; g < n_option_groups; g++) {
        printf("\n%s:\n", option_groups[g]->title);
        for (size_t i = 0; i < option_groups[g]->n_rows; i++)
            print_option(&option_groups[g]->rows[i]);
    }
    fputs("\n"
          "Exit status: 0 done; 1 an input or output failed, the others were done; 2 wrong\n"
          "usage; 3 a --check does not hold; 130 interrupted.\n"
          "\n"
          "The manual: man multimax-analyze; of the files: man multimax-formats.\n"
          "The paper: Zhou, Fritz and Keuper, MultiMax, ICML 2024, arXiv:2406.01189.\n",
          stdout);
}

void print_version(void)
{
    printf(PROGRAM " %s\n", mmax_version());
    for (size_t i = 0; mmax_build_info(i); i++)
        printf("%s\n", mmax_build_info(i));
    fputs("\nLicense GPL-3.0-or-later: free software, without any warranty, to the extent\n"
          "permitted by law.\n",
          stdout);
}

/* Fills lines of at most 80 columns, each indented by four. */
static void print_wrapped(const char *text)
{
    enum { INDENT = 4, WIDTH = 80 };
    int column = 0;
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (column > 0 && column + 1 + length > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column +=
            column ? printf(" %.*s", length, text) : printf("%*s%.*s", INDENT, "", length, text);
        text += length;
        text += *text == ' ';
    }
    putchar('\n');
}

void print_maps(void)
{
    const mmax_map_info *map;
    for (size_t i = 0; (map = mmax_map_info_at(i)); i++) {
        printf("%s%s%s%s\n", i ? "\n" : "", map->name, *map->parameters ? ":" : "",
               map->parameters);
        print_wrapped(map->definition);
        if (*map->source)
            print_wrapped(map->source);
    }
}

void print_metrics(void)
{
    const mmax_metric_info *metric;
    for (size_t i = 0; (metric = mmax_metric_info_at(i)); i++) {
        bool has_unit = *metric->unit && strcmp(metric->unit, "share") != 0;
        printf("%s%s  in %s%s%s%s\n", i ? "\n" : "", metric->key, metric->range,
               has_unit ? " " : "", has_unit ? metric->unit : "",
               metric->better == MMAX_BETTER_HIGHER ? ", higher is better" : "");
        print_wrapped(metric->definition);
        if (metric->by_default)
            print_wrapped("In the report unless --metrics says otherwise.");
    }
}

void print_colormaps(void)
{
    const mmax_colormap_info *map;
    for (size_t i = 0; (map = mmax_colormap_info_at(i)); i++) {
        printf("%s%s\n", i ? "\n" : "", map->name);
        print_wrapped(map->description);
    }
}

void print_citation(void)
{
    printf("@inproceedings{zhou2024multimax,\n"
           "  title     = {{MultiMax}: Sparse and Multi-Modal Attention Learning},\n"
           "  author    = {Zhou, Yuxuan and Fritz, Mario and Keuper, Margret},\n"
           "  booktitle = {Proceedings of the 41st International Conference on Machine Learning},\n"
           "  series    = {Proceedings of Machine Learning Research},\n"
           "  publisher = {PMLR},\n"
           "  year      = {2024},\n"
           "  note      = {arXiv:2406.01189}\n"
           "}\n"
           "\n"
           "@software{multimaxanalyze,\n"
           "  title   = {multimax-analyze: sparsity and multi-modality of attention},\n"
           "  author  = {{The multimax-analyze contributors}},\n"
           "  version = {%s}\n"
           "}\n",
           mmax_version());
}
