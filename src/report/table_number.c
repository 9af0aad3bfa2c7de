#include "report/table.h"

#include <math.h>
#include <string.h>

/* Below, decimals would only show zeros; from 1e15 on a double's decimals are not its own. */
static const double least_plain = 1e-4, most_plain = 1e15;

static bool is_plain(double value)
{
    return fabs(value) >= least_plain && fabs(value) < most_plain;
}

static bool is_whole(double value)
{
    return fabs(value) < most_plain && value == trunc(value);
}

/* Decimals that show DIGITS significant digits. */
static int decimals_for(double value, int digits)
{
    int decimals = digits - 1 - (int)floor(log10(fabs(value)));
    return decimals > 0 ? decimals : 0;
}

int mmax_cell_decimals(double value)
{
    return !is_plain(value) || is_whole(value) ? 0 : decimals_for(value, 3);
}

/* Digit by digit, because printf would put the locale's decimal point. */
static void write_fixed(double value, int decimals, char text[MMAX_CELL_SIZE])
{
    double scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    char digits[MMAX_CELL_SIZE];
    size_t begin = sizeof digits - 1;
    digits[begin] = '\0';
    unsigned long long rest = (unsigned long long)llround(fabs(value) * scale);
    bool is_negative = value < 0 && rest > 0;
    for (int i = 0; rest > 0 || i <= decimals; i++, rest /= 10) {
        if (i > 0 && i == decimals)
            digits[--begin] = '.';
        digits[--begin] = (char)('0' + rest % 10);
    }
    if (is_negative)
        digits[--begin] = '-';
    strcpy(text, digits + begin);
}

static void write_power(double value, char text[MMAX_CELL_SIZE])
{
    char printed[MMAX_CELL_SIZE];
    snprintf(printed, sizeof printed, "%.1e", fabs(value));
    const char *power = strchr(printed, 'e');
    snprintf(text, MMAX_CELL_SIZE, "%s%c.%c%.5s", value < 0 ? "-" : "", printed[0], power[-1],
             power);
}

size_t mmax_cell_write(double value, int decimals, char text[MMAX_CELL_SIZE])
{
    int own = 0;
    if (!isfinite(value)) {
        strcpy(text, "-");
    } else if (is_whole(value)) {
        write_fixed(value, 0, text);
    } else if (!is_plain(value)) {
        write_power(value, text);
        return 0;
    } else {
        own = decimals_for(value, 4);
        own = own < decimals ? own : decimals;
        write_fixed(value, own, text);
    }
    return (size_t)((decimals > 0 ? decimals + 1 : 0) - (own > 0 ? own + 1 : 0));
}
