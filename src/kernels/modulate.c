#include "kernels/kernels.h"

#include <math.h>

/* A term without a coefficient adds nothing, also where its distance is infinite.  The coefficient
 * is multiplied first: the square alone may overflow where the term does not. */
static double term(double coefficient, double distance, bool squared)
{
    double reach = distance > 0 ? distance : 0;
    double product = coefficient * reach * (squared ? reach : 1);
    return coefficient != 0 ? product : 0;
}

/* Zhou, Fritz and Keuper, MultiMax: Sparse and Multi-Modal Attention Learning, ICML 2024, arXiv
 * 2406.01189, in the form of the authors' released code.  Every term is on the original x. */
static double sigma(double x, const double ts[4], const double ranges[4])
{
    double first = term(ts[0], ranges[0] - x, false) + term(ts[1], x - ranges[1], false);
    double second = term(ts[2], ranges[2] - x, true) + term(ts[3], x - ranges[3], true);
    return x + first + second;
}

size_t mmax_kernel_modulate(const double *logits, size_t n_rows, size_t row_length,
                            const double ts[4], const double *ranges, double *modulated)
{
    size_t first_bad = n_rows;
    for (size_t i = 0; i < n_rows && first_bad == n_rows; i++) {
        const double *x = logits + i * row_length;
        double *y = modulated + i * row_length;
        bool overflows = false;
        for (size_t j = 0; j < row_length; j++) {
            bool masked = x[j] == -HUGE_VAL;
            double modulated_j = sigma(x[j], ts, ranges + 4 * i);
            overflows |= !masked && !isfinite(modulated_j);
            y[j] = masked ? -HUGE_VAL : modulated_j;
        }
        if (overflows)
            first_bad = i;
    }
    return first_bad;
}
