#include "base/base.h"

#include <string.h>

mmax_status mmax_vmax_parse(const char *text, mmax_figure_options *options, mmax_error *error)
{
    bool is_percentile = text[0] == 'p';
    const char *number = text + is_percentile;
    double value;
    if (mmax_number_read(number, strlen(number), &value) && value > 0 &&
        value <= (is_percentile ? 100 : 1)) {
        options->vmax = value;
        options->vmax_is_percentile = is_percentile;
        return MMAX_OK;
    }
    char quoted[64];
    return mmax_fail(
        error, MMAX_EUSAGE,
        "invalid top of a colour scale '%s': expected a weight above 0 and up to 1, or "
        "a percentile such as p99, up to p100",
        mmax_quote(text, strlen(text), quoted, sizeof quoted));
}
