/* Entmax of any alpha against a slow reference in long double, by bisection from the definition. */
#include "kernels/kernels.h"
#include "testing.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { MAX_ROW = 300, BISECTIONS = 130 };

static const double alphas[] = {1,         1 + DBL_EPSILON,
                                1 + 1e-12, 1 + 1e-9,
                                1.0001,    1.01,
                                1.1,       1.3,
                                1.5,       1.75,
                                1.99,      2,
                                2.01,      2.5,
                                3,         4,
                                6,         8,
                                10};
enum { N_ALPHAS = sizeof alphas / sizeof alphas[0] };

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* p at the threshold t, see below; returns the sum. */
static long double weights_at(const double *x, size_t n, long double max, long double a,
                              long double t, long double *p)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++) {
        long double d = (long double)x[i] - max, u = a * (t + d);
        p[i] = a == 0 ? expl(t + d) : u > -1 ? expl(log1pl(u) / a) : 0;
        sum += p[i];
    }
    return sum;
}

/* alpha <= 2: p = (1 + a (t + d))^(1/a), bisected in t. */
static void bisect_threshold(const double *x, size_t n, long double max, long double a,
                             long double *p)
{
    long double low = a > 0 ? (powl((long double)n, -a) - 1) / a - 1 : -logl((long double)n) - 1;
    long double high = 0;
    for (int i = 0; i < BISECTIONS; i++) {
        long double middle = (low + high) / 2;
        *(weights_at(x, n, max, a, middle, p) >= 1 ? &high : &low) = middle;
    }
    weights_at(x, n, max, a, high, p);
}

/* p with the weight y at x_k and what follows from it above; returns the sum. */
static long double weights_above(const double *x, size_t n, double x_k, long double a,
                                 long double y, long double *p)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++) {
        p[i] =
            x[i] < x_k ? 0 : powl(a * ((long double)x[i] - (long double)x_k) + powl(y, a), 1 / a);
        sum += p[i];
    }
    return sum;
}

/* alpha > 2, where a threshold in long double is too coarse: the support from the sorted row, then
 * the smallest weight, bisected. */
static void bisect_smallest_weight(const double *x, size_t n, long double a, long double *p)
{
    double sorted[MAX_ROW];
    for (size_t i = 0; i < n; i++)
        sorted[i] = x[i];
    qsort(sorted, n, sizeof sorted[0], descending);
    size_t k = n;
    while (weights_above(x, n, sorted[k - 1], a, 0, p) >= 1)
        k--;
    long double low = 0, high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
        long double middle = (low + high) / 2;
        *(weights_above(x, n, sorted[k - 1], a, middle, p) >= 1 ? &high : &low) = middle;
    }
    weights_above(x, n, sorted[k - 1], a, high, p);
}

static void reference_entmax(const double *x, size_t n, double alpha, long double *p)
{
    long double a = (long double)alpha - 1;
    double max = x[0];
    for (size_t i = 1; i < n; i++)
        max = fmax(max, x[i]);
    if (alpha <= 2)
        bisect_threshold(x, n, (long double)max, a, p);
    else
        bisect_smallest_weight(x, n, a, p);
}

static double error_of_row(testing_random *random, double alpha, double sigma, size_t n)
{
    double x[MAX_ROW] = {0}, p[MAX_ROW], worst = 0;
    long double expected[MAX_ROW];
    mmax_row_facts facts;
    size_t support;
    for (size_t i = 0; i < n; i++)
        x[i] = sigma * testing_normal(random);
    mmax_kernel_facts(x, 1, n, &facts);
    mmax_kernel_rows rows = {
        .logits = x,
        .facts = &facts,
        .n_rows = 1,
        .row_length = n,
        .weights = p,
        .support = &support,
    };
    mmax_kernel_entmax(&rows, alpha);
    reference_entmax(x, n, alpha, expected);
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, (double)fabsl((long double)p[i] - expected[i]));
    return worst;
}

/* 4 units in the last place of 1, and of the logarithms that sigma = 8 brings: by the conditioning
 * worked out in entmax.c and entmax_steep.c the error does not grow with alpha or n. */
START_TEST(entmax_is_right_to_the_last_places_for_every_alpha)
{
    static const double sigmas[] = {0.1, 1, 8};
    static const size_t lengths[] = {1, 2, 3, 5, 17, 64, 257};
    testing_random random = {(uint64_t)_i};
    double worst = 0;
    for (size_t s = 0; s < 3; s++)
        for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++)
            for (int repeat = 0; repeat < 2; repeat++)
                worst = fmax(worst, error_of_row(&random, alphas[_i], sigmas[s], lengths[l]));
    printf("entmax:%-22.17g worst error %.2e\n", alphas[_i], worst);
    ck_assert_double_le(worst, 4 * DBL_EPSILON);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels' reference");
    TCase *reference = tcase_create("entmax");
    tcase_set_timeout(reference, 60);
    tcase_add_loop_test(reference, entmax_is_right_to_the_last_places_for_every_alpha, 0, N_ALPHAS);
    suite_add_tcase(suite, reference);
    return testing_run(suite);
}
