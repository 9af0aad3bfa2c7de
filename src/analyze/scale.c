#include "analyze/transform.h"

#include <math.h>
#include <string.h>

/* NUMBER or sqrt(NUMBER); false for anything else. */
static bool read_atom(const char *text, size_t length, double *value)
{
    static const char head[] = "sqrt(";
    size_t n_head = sizeof head - 1;
    bool is_root = length > n_head && memcmp(text, head, n_head) == 0 && text[length - 1] == ')';
    if (!is_root)
        return mmax_number_read(text, length, value);
    if (!mmax_number_read(text + n_head, length - n_head - 1, value))
        return false;
    *value = sqrt(*value);
    return true;
}

static bool read_ratio(const char *text, double *value)
{
    const char *slash = strchr(text, '/');
    double denominator = 1;
    bool is_negative = text[0] == '-';
    const char *first = text + is_negative;
    if (*first == '-' || *first == '+')
        return false;
    size_t length = slash ? (size_t)(slash - first) : strlen(first);
    if (!read_atom(first, length, value) ||
        (slash && !read_atom(slash + 1, strlen(slash + 1), &denominator)))
        return false;
    *value = (is_negative ? -*value : *value) / denominator;
    return true;
}

mmax_status mmax_scale_parse(const char *text, double *scale, mmax_error *error)
{
    double value;
    char quoted[64];
    mmax_quote(text, strlen(text), quoted, sizeof quoted);
    if (!read_ratio(text, &value))
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid scale '%s': expected a number, sqrt(NUMBER), or a ratio of two "
                         "such as 1/sqrt(64)",
                         quoted);
    if (!isfinite(value) || value == 0)
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid scale '%s': it is %s; expected a finite number other than 0",
                         quoted,
                         value == 0     ? "0"
                         : isnan(value) ? "not a number"
                                        : "infinite");
    *scale = value;
    return MMAX_OK;
}
