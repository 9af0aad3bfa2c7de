#include "map/family.h"

#include <string.h>

/* The only list of the maps: in the order of --list-maps and of mmax_map_kind. */
static const mmax_map_family families[] = {
    [MMAX_SOFTMAX] =
        {
            .info = {"softmax", "t=T", "p[i] = exp(x[i]/T) / sum exp(x[j]/T); T > 0, default 1",
                     "Bridle, in Neurocomputing, NATO ASI Series F 68, 1990"},
            .keys = {"t"},
            .parse = mmax_softmax_parse,
            .format = mmax_softmax_format,
            .label = mmax_softmax_label,
            .apply = mmax_softmax_apply,
        },
    [MMAX_SPARSEMAX] =
        {
            .info = {"sparsemax", "", "p[i] = max(x[i] - tau, 0) with sum p = 1",
                     "Martins and Astudillo, ICML 2016, arXiv 1602.02068"},
            .apply = mmax_sparsemax_apply,
        },
    [MMAX_ENTMAX] =
        {
            .info = {"entmax", "alpha=A",
                     "p[i] = max((A-1) x[i] - tau, 0)^(1/(A-1)) with sum p = 1; 1 <= A <= 10, "
                     "default 1.5; 1 is softmax, 2 sparsemax",
                     "Peters, Niculae and Martins, ACL 2019; Correia, Niculae and Martins, "
                     "EMNLP 2019"},
            .keys = {"alpha"},
            .parse = mmax_entmax_parse,
            .format = mmax_entmax_format,
            .label = mmax_entmax_label,
            .apply = mmax_entmax_apply,
        },
    [MMAX_EVSOFTMAX] =
        {
            .info = {"evsoftmax", "", "softmax over the entries x[i] >= mean(x), 0 elsewhere",
                     "Chen, Itkina, Senanayake and Kochenderfer, NeurIPS 2021, arXiv 2110.14182"},
            .apply = mmax_evsoftmax_apply,
        },
    [MMAX_MULTIMAX] =
        {
            .info =
                {"multimax",
                 "tb=T,b=B,td=T,d=D[,tb2=T,b2=B,td2=T,d2=D] or ts=A/B/C/D,ranges=A/B/C/D or "
                 "figure1 or @FILE",
                 "p = softmax(x + (1-tb) max(b-x,0) + (td-1) max(x-d,0) + (1-tb2) max(b2-x,0)^2 "
                 "+ (td2-1) max(x-d2,0)^2); default tb=2,b=eps,td=0.5,d=eps",
                 "Zhou, Fritz and Keuper, ICML 2024, arXiv 2406.01189"},
            .keys = {"tb", "b", "td", "d", "tb2", "b2", "td2", "d2", "ts", "ranges"},
            .parse = mmax_multimax_parse,
            .format = mmax_multimax_format,
            .label = mmax_multimax_label,
            .apply = mmax_multimax_apply,
        },
};

enum { N_FAMILIES = sizeof families / sizeof families[0] };

const mmax_map_family *mmax_map_family_of(mmax_map_kind kind)
{
    return &families[kind];
}

const mmax_map_info *mmax_map_info_at(size_t i)
{
    return i < N_FAMILIES ? &families[i].info : NULL;
}

const char *mmax_map_name(const mmax_map *map)
{
    return families[map->kind].info.name;
}

void mmax_map_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    const mmax_map_family *family = &families[map->kind];
    snprintf(spec, MMAX_SPEC_SIZE, "%s", family->info.name);
    if (family->format)
        family->format(map, spec);
}

void mmax_map_label(const mmax_map *map, char label[MMAX_SPEC_SIZE])
{
    const mmax_map_family *family = &families[map->kind];
    snprintf(label, MMAX_SPEC_SIZE, "%s", family->info.name);
    if (family->label)
        family->label(map, label);
}

void mmax_map_other_spelling(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    spec[0] = '\0';
    if (map->kind != MMAX_MULTIMAX)
        return;
    mmax_map other = *map;
    other.paper_spelling = !map->paper_spelling;
    mmax_map_format(&other, spec);
}

/* Two maps are equal when they compute the same, however they are spelled. */
bool mmax_map_equal(const mmax_map *a, const mmax_map *b)
{
    mmax_map plain_a = *a, plain_b = *b;
    char spec_a[MMAX_SPEC_SIZE], spec_b[MMAX_SPEC_SIZE];
    plain_a.paper_spelling = plain_b.paper_spelling = false;
    mmax_map_format(&plain_a, spec_a);
    mmax_map_format(&plain_b, spec_b);
    return strcmp(spec_a, spec_b) == 0;
}

size_t mmax_default_maps(mmax_map maps[], size_t max_maps)
{
    size_t n = 0;
    for (; n < N_FAMILIES && n < max_maps; n++) {
        /* A name alone is a valid SPEC. */
        mmax_map_parse(families[n].info.name, &maps[n], NULL);
    }
    return n;
}

mmax_status mmax_map_apply(const mmax_map *map, const mmax_kernel_rows *rows, const double *epsilon,
                           size_t *bad_row, mmax_error *error)
{
    return families[map->kind].apply(map, rows, epsilon, bad_row, error);
}
