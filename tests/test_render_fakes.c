/* Stand-ins for the rooms below, plain and slow, until those are linked here. */
#include "analyze/analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void mmax_kernel_facts(const double *logits, size_t n_rows, size_t row_length,
                       mmax_row_facts *facts)
{
    for (size_t i = 0; i < n_rows; i++) {
        const double *x = logits + i * row_length;
        mmax_row_facts f = {.invalid = MMAX_NO_COLUMN, .max = -HUGE_VAL, .min = HUGE_VAL};
        for (size_t j = 0; j < row_length; j++) {
            if (!(x[j] < HUGE_VAL) && f.invalid == MMAX_NO_COLUMN)
                f.invalid = j;
            if (isinf(x[j]))
                continue;
            f.n_live++;
            f.max = fmax(f.max, x[j]);
            f.min = fmin(f.min, x[j]);
            f.mean += x[j];
        }
        f.mean /= (double)f.n_live;
        double sum = 0;
        for (size_t j = 0; j < row_length; j++)
            sum += exp(x[j] - f.max);
        f.log_sum_exp = f.max + log(sum);
        facts[i] = f;
    }
}

static void softmax(const double *x, size_t n, double t, double least, double *p)
{
    double max = -HUGE_VAL, sum = 0;
    for (size_t j = 0; j < n; j++)
        max = fmax(max, x[j]);
    for (size_t j = 0; j < n; j++) {
        p[j] = x[j] >= least && isfinite(x[j]) ? exp((x[j] - max) / t) : 0;
        sum += p[j];
    }
    for (size_t j = 0; j < n && sum > 0; j++)
        p[j] /= sum;
}

static void entmax(const double *x, size_t n, double max, double alpha, double *p)
{
    double low = -1, high = 0;
    for (int round = 0; round < 80; round++) {
        double tau = (low + high) / 2, sum = 0;
        for (size_t j = 0; j < n; j++) {
            double z = (alpha - 1) * (x[j] - max) - tau;
            p[j] = z > 0 ? pow(z, 1 / (alpha - 1)) : 0;
            sum += p[j];
        }
        *(sum > 1 ? &low : &high) = tau;
    }
}

static void multimax(const mmax_map *map, const double *x, size_t n, double epsilon, double *p)
{
    for (size_t j = 0; j < n; j++) {
        double r[4];
        for (int k = 0; k < 4; k++)
            r[k] = map->range_is_epsilon[k] ? epsilon : map->ranges[k];
        double a = fmax(r[0] - x[j], 0), b = fmax(x[j] - r[1], 0), c = fmax(r[2] - x[j], 0),
               d = fmax(x[j] - r[3], 0);
        const double *t = map->ts;
        p[j] = isinf(x[j]) ? x[j] : x[j] + t[0] * a + t[1] * b + t[2] * c * c + t[3] * d * d;
    }
    softmax(p, n, 1, -HUGE_VAL, p);
}

mmax_status mmax_map_apply(const mmax_map *map, const mmax_kernel_rows *rows, const double *epsilon,
                           size_t *bad_row, mmax_error *error)
{
    (void)bad_row;
    (void)error;
    size_t n = rows->row_length;
    for (size_t i = 0; i < rows->n_rows; i++) {
        const double *x = rows->logits + i * n;
        double *p = rows->weights + i * n;
        if (map->kind == MMAX_SOFTMAX || rows->facts[i].n_live == 0)
            softmax(x, n, map->temperature, -HUGE_VAL, p);
        else if (map->kind == MMAX_EVSOFTMAX)
            softmax(x, n, 1, rows->facts[i].mean, p);
        else if (map->kind == MMAX_MULTIMAX)
            multimax(map, x, n, epsilon[i], p);
        else
            entmax(x, n, rows->facts[i].max, map->kind == MMAX_SPARSEMAX ? 2 : map->alpha, p);
    }
    return MMAX_OK;
}

static const char *const names[] = {"softmax", "sparsemax", "entmax", "evsoftmax", "multimax"};

const char *mmax_map_name(const mmax_map *map)
{
    return names[map->kind];
}

void mmax_map_label(const mmax_map *map, char label[MMAX_SPEC_SIZE])
{
    if (map->kind == MMAX_ENTMAX)
        snprintf(label, MMAX_SPEC_SIZE, "entmax:%g", map->alpha);
    else if (map->kind == MMAX_MULTIMAX && !map->range_is_epsilon[0])
        snprintf(label, MMAX_SPEC_SIZE, "multimax:ts=%g/%g/%g/%g,ranges=%g/%g/%g/%g", map->ts[0],
                 map->ts[1], map->ts[2], map->ts[3], map->ranges[0], map->ranges[1], map->ranges[2],
                 map->ranges[3]);
    else
        snprintf(label, MMAX_SPEC_SIZE, "%s", names[map->kind]);
}

size_t mmax_group_rows(const mmax_input *input)
{
    return input->n_dims < 2 ? 1 : input->shape[input->n_dims - 2];
}

void mmax_group_index(const mmax_input *input, size_t group, char index[MMAX_INDEX_SIZE])
{
    index[0] = '\0';
    for (size_t i = input->n_dims < 2 ? 0 : input->n_dims - 2; i-- > 0;) {
        char rest[MMAX_INDEX_SIZE / 2];
        snprintf(rest, sizeof rest, "%s%.100s", index[0] ? "." : "", index);
        snprintf(index, MMAX_INDEX_SIZE, "%zu%s", group % input->shape[i], rest);
        group /= input->shape[i];
    }
}
