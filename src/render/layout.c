#include "render/layout.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void mmax_append(char *buffer, size_t size, const char *format, ...)
{
    size_t used = strlen(buffer);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer + used, size - used, format, arguments);
    va_end(arguments);
}

double mmax_line_height(double size)
{
    return 1.25 * size;
}

/* The length of the longest beginning of TEXT, of whole characters, that is at most LENGTH. */
static size_t whole_characters(const char *text, size_t length)
{
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static double width_of(const mmax_measure *measure, const char *text, double size, bool is_bold)
{
    return measure->width(measure->context, text, size, is_bold);
}

void mmax_elide(const mmax_measure *measure, const char *text, double size, bool is_bold,
                double width, char elided[MMAX_LINE_SIZE])
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    char whole[MMAX_LINE_SIZE - sizeof ellipsis];
    mmax_quote(text, strlen(text), whole, sizeof whole);
    strcpy(elided, whole);
    if (width_of(measure, whole, size, is_bold) <= width)
        return;
    size_t fits = 0, too_long = strlen(whole);
    while (too_long - fits > 1) {
        size_t middle = fits + (too_long - fits) / 2;
        size_t length = whole_characters(whole, middle);
        memcpy(elided, whole, length);
        strcpy(elided + length, ellipsis);
        if (width_of(measure, elided, size, is_bold) <= width)
            fits = middle;
        else
            too_long = middle;
    }
    fits = whole_characters(whole, fits);
    while (fits > 0 && whole[fits - 1] == ' ')
        fits--;
    memcpy(elided, whole, fits);
    strcpy(elided + fits, ellipsis);
}

/* The length of the longest line at the head of TEXT that ends at a break and fits; of the first
 * break if none does; of the whole if there is no break. */
static size_t line_length(const mmax_measure *measure, const char *text, double size, bool is_bold,
                          double width, const char *breaks)
{
    char line[MMAX_LINE_SIZE];
    size_t best = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        bool ends = text[i + 1] == '\0' || strchr(breaks, text[i]);
        if (!ends)
            continue;
        size_t length = i + 1;
        size_t shown = text[i] == ' ' ? i : length;
        if (shown >= sizeof line)
            return best ? best : whole_characters(text, sizeof line - 1);
        memcpy(line, text, shown);
        line[shown] = '\0';
        if (width_of(measure, line, size, is_bold) > width)
            return best ? best : length;
        best = length;
    }
    return best;
}

void mmax_wrap(const mmax_measure *measure, const char *text, double size, bool is_bold,
               double width, const char *breaks, size_t max_lines, mmax_lines *lines)
{
    lines->n = 0;
    while (*text != '\0' && lines->n < max_lines && lines->n < MMAX_MAX_LINES) {
        size_t length = line_length(measure, text, size, is_bold, width, breaks);
        char line[MMAX_LINE_SIZE];
        if (lines->n + 1 == max_lines || lines->n + 1 == MMAX_MAX_LINES)
            length = strlen(text);
        size_t shown = length < sizeof line ? length : whole_characters(text, sizeof line - 1);
        memcpy(line, text, shown);
        while (shown > 0 && line[shown - 1] == ' ')
            shown--;
        line[shown] = '\0';
        mmax_elide(measure, line, size, is_bold, width, lines->text[lines->n++]);
        text += length;
    }
}

/* The least of 1, 2 and 5 times a power of ten that is at least X > 0, as its two factors. */
static void nice_step(double x, double *factor, int *exponent)
{
    static const double factors[] = {1, 2, 5, 10};
    *exponent = (int)floor(log10(x));
    double power = pow(10, *exponent);
    size_t i = 0;
    while (i < 3 && factors[i] * power < x * (1 - 1e-9))
        i++;
    *factor = factors[i];
}

/* factor * 10^exponent with a single rounding, so that it prints in few digits. */
static double scaled(double factor, int exponent)
{
    return exponent < 0 ? factor / pow(10, -exponent) : factor * pow(10, exponent);
}

double mmax_power_of_ten(int exponent)
{
    return scaled(1, exponent);
}

double mmax_round_digits(double x, int n_digits)
{
    if (!(fabs(x) > 0) || isinf(x))
        return x;
    int exponent = (int)floor(log10(fabs(x))) - n_digits + 1;
    return scaled(round(x / mmax_power_of_ten(exponent)), exponent);
}

void mmax_append_rounded(char *buffer, size_t size, double value)
{
    char number[MMAX_NUMBER_SIZE];
    number[mmax_number_write(mmax_round_digits(value, 3), number)] = '\0';
    mmax_append(buffer, size, "%s", number);
}

void mmax_append_percent(char *buffer, size_t size, size_t count, size_t total)
{
    char number[MMAX_NUMBER_SIZE];
    double tenths = floor(1000 * ((double)count / (double)total) + 0.5);
    const char *sign = "";
    if (tenths < 1 && count > 0) {
        sign = "< ";
        tenths = 1;
    } else if (tenths > 999 && count < total) {
        sign = "> ";
        tenths = 999;
    }
    number[mmax_number_write(tenths / 10, number)] = '\0';
    mmax_append(buffer, size, "%s%s %%", sign, number);
}

/* Counts the tick whose text is there. */
static void count_tick(const mmax_measure *measure, double place, mmax_ticks *ticks)
{
    double width = width_of(measure, ticks->text[ticks->n], MMAX_TICK_SIZE, false);
    ticks->widest = fmax(ticks->widest, width);
    ticks->place[ticks->n++] = place;
}

void mmax_add_tick(const mmax_measure *measure, double place, const char *text, mmax_ticks *ticks)
{
    if (ticks->n == MMAX_MAX_TICKS)
        return;
    snprintf(ticks->text[ticks->n], MMAX_LINE_SIZE, "%s", text);
    count_tick(measure, place, ticks);
}

/* How many cells lie between two ticks: a number that is easy to count in, for indices. */
static size_t tick_step(double cell, double gap, bool is_index)
{
    if (cell >= gap)
        return 1;
    if (!is_index)
        return (size_t)ceil(gap / cell);
    double factor;
    int exponent;
    nice_step(gap / cell, &factor, &exponent);
    double step = ceil(scaled(factor, exponent));
    return step < 1e15 ? (size_t)step : (size_t)1e15;
}

void mmax_index_ticks(const mmax_measure *measure, size_t n, double cell, double gap,
                      const char *const *labels, double max_width, mmax_ticks *ticks)
{
    ticks->n = 0;
    ticks->widest = 0;
    if (n == 0)
        return;
    double least_gap = (double)n * cell / (MMAX_MAX_TICKS - 1);
    size_t step = tick_step(cell, fmax(gap, least_gap), !labels);
    for (size_t i = 0; ticks->n < MMAX_MAX_TICKS; i += step) {
        char *text = ticks->text[ticks->n];
        if (labels)
            mmax_elide(measure, labels[i] ? labels[i] : "", MMAX_TICK_SIZE, false, max_width, text);
        else
            snprintf(text, MMAX_LINE_SIZE, "%zu", i);
        count_tick(measure, ((double)i + 0.5) * cell, ticks);
        if (n - i <= step)
            break;
    }
}

void mmax_range_ticks(const mmax_measure *measure, double low, double high, double length, size_t n,
                      mmax_ticks *ticks)
{
    ticks->n = 0;
    ticks->widest = 0;
    double factor, range = high / 2 - low / 2; /* the whole of it may overflow */
    int exponent;
    nice_step(2 * (range / (double)n), &factor, &exponent);
    double first = ceil(low / scaled(factor, exponent) * (1 - copysign(1e-9, low)));
    for (size_t i = 0; ticks->n < MMAX_MAX_TICKS; i++) {
        double value = scaled((first + (double)i) * factor, exponent) + 0.0; /* no -0 */
        double place = (value / 2 - low / 2) / range;
        if (!(place <= 1 + 1e-9))
            break;
        char *text = ticks->text[ticks->n];
        text[mmax_number_write(value, text)] = '\0';
        count_tick(measure, length * place, ticks);
    }
}

size_t mmax_round_values(double top, size_t n, double values[MMAX_MAX_TICKS])
{
    double factor;
    int exponent;
    nice_step(top / (double)n, &factor, &exponent);
    size_t n_values = 0;
    for (; n_values < MMAX_MAX_TICKS; n_values++) {
        double value = scaled((double)n_values * factor, exponent);
        if (value > top * (1 + 1e-9))
            break;
        values[n_values] = value;
    }
    return n_values;
}

void mmax_value_ticks(const mmax_measure *measure, double top, double length, size_t n,
                      mmax_ticks *ticks)
{
    mmax_range_ticks(measure, 0, top, length, n, ticks);
}

/* ---- logarithmic ticks ----------------------------------------------------------------------- */

/* 10^exponent as a number if it is PLAIN, else with a raised exponent. */
static void write_power(int exponent, bool is_plain, char text[MMAX_LINE_SIZE])
{
    static const char *const raised[] = {
        "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
        "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};
    if (is_plain || exponent == 0 || exponent == 1) {
        text[mmax_number_write(scaled(1, exponent), text)] = '\0';
        return;
    }
    char digits[16];
    snprintf(digits, sizeof digits, "%d", abs(exponent));
    snprintf(text, MMAX_LINE_SIZE, "10%s", exponent < 0 ? "\xe2\x81\xbb" : "");
    for (const char *c = digits; *c != '\0'; c++)
        mmax_append(text, MMAX_LINE_SIZE, "%s", raised[*c - '0']);
}

/* Ticks at every STEP-th power of ten. */
static void add_decades(const mmax_measure *measure, double low, double high, double length,
                        int step, mmax_ticks *ticks)
{
    double from = log10(low), to = log10(high);
    int first = (int)ceil(from - 1e-9), last = (int)floor(to + 1e-9);
    bool is_plain = first >= -3 && last <= 3;
    ticks->n = 0;
    ticks->widest = 0;
    /* Counted from 10^0, so that 1 is among them wherever it is on the scale. */
    for (int i = first; i <= last && ticks->n < MMAX_MAX_TICKS; i++)
        if (i % step == 0) {
            write_power(i, is_plain, ticks->text[ticks->n]);
            count_tick(measure, length * (i - from) / (to - from), ticks);
        }
}

static void add_parts_of_decades(const mmax_measure *measure, double low, double high,
                                 double length, mmax_ticks *ticks)
{
    static const double parts[] = {1, 2, 5};
    double from = log10(low), to = log10(high);
    ticks->n = 0;
    ticks->widest = 0;
    for (int i = (int)floor(from); i <= (int)ceil(to); i++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            double place = (i + log10(parts[k]) - from) / (to - from);
            if (place < -1e-9 || place > 1 + 1e-9)
                continue;
            char *text = ticks->text[ticks->n];
            text[mmax_number_write(scaled(parts[k], i), text)] = '\0';
            count_tick(measure, length * place, ticks);
        }
}

static bool are_apart(const mmax_ticks *ticks, double gap, bool are_along)
{
    double least = are_along ? ticks->widest + gap : gap;
    for (size_t i = 1; i < ticks->n; i++)
        if (ticks->place[i] - ticks->place[i - 1] < least)
            return false;
    return true;
}

void mmax_log_ticks(const mmax_measure *measure, double low, double high, double length, double gap,
                    bool are_along, mmax_ticks *ticks)
{
    if (high / low <= 100) {
        add_parts_of_decades(measure, low, high, length, ticks);
        if (are_apart(ticks, gap, are_along))
            return;
    }
    for (int step = 1; step <= 512; step++) {
        add_decades(measure, low, high, length, step, ticks);
        if (are_apart(ticks, gap, are_along))
            return;
    }
}

double mmax_nice_top(double largest)
{
    if (!(largest > 0) || largest > 0.5)
        return 1;
    double factor;
    int exponent;
    nice_step(largest / 5, &factor, &exponent);
    /* A float32 of 0.4 is a little more than 0.4. */
    return scaled(ceil(largest / scaled(factor, exponent) * (1 - 1e-6)) * factor, exponent);
}

size_t mmax_pool_for(size_t n_cells, double n_pixels)
{
    size_t pool = 1;
    while (n_cells > 1 && (double)((n_cells - 1) / pool + 1) > fmax(n_pixels, 1))
        pool *= 2;
    return pool;
}

size_t mmax_pooled(size_t n, size_t pool)
{
    return n / pool + (n % pool != 0);
}

void mmax_page_size(const mmax_figure_options *options, double *width, double *height)
{
    double points = options->size_in_mm ? 72 / 25.4 : 72.0 / 96;
    *width = options->width * points;
    *height = options->height * points;
}
