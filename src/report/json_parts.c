#include "report/json_parts.h"

#include <math.h>
#include <string.h>

static void write_escaped(mmax_output *output, unsigned code)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = code > 0 && code < 0x80 ? strchr(plain, (int)code) : NULL;
    if (found)
        mmax_output_format(output, "\\%c", letters[found - plain]);
    else
        mmax_output_format(output, "\\u%04x", code);
}

static unsigned code_point(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    unsigned code = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (s[i] & 0x3f);
    return code;
}

/* Characters that JSON wants escaped, and those that a terminal would act on. */
static bool must_escape(const char *text, size_t n)
{
    char quoted[4 * 4 + 1];
    mmax_quote(text, n, quoted, sizeof quoted);
    return quoted[n] != '\0' || *text == '"' || *text == '\\';
}

void mmax_json_string(mmax_output *output, const char *text)
{
    if (!text) {
        mmax_output_text(output, "null");
        return;
    }
    size_t length = strlen(text);
    mmax_output_text(output, "\"");
    for (size_t i = 0; i < length;) {
        size_t n = mmax_utf8_length(text + i, length - i);
        if (n == 0)
            mmax_output_text(output, "\xef\xbf\xbd");
        else if (must_escape(text + i, n))
            write_escaped(output, code_point(text + i, n));
        else
            mmax_output_write(output, text + i, n);
        i += n > 0 ? n : 1;
    }
    mmax_output_text(output, "\"");
}

void mmax_json_key(mmax_output *output, bool is_first, const char *key)
{
    mmax_output_text(output, is_first ? "\"" : ", \"");
    mmax_output_text(output, key);
    mmax_output_text(output, "\": ");
}

void mmax_json_number(mmax_output *output, double value)
{
    if (isfinite(value))
        mmax_output_number(output, value);
    else
        mmax_output_text(output, "null");
}

void mmax_json_index(mmax_output *output, const char *index)
{
    mmax_output_text(output, "[");
    for (const char *c = index; *c; c++)
        if (*c == '.')
            mmax_output_text(output, ", ");
        else
            mmax_output_write(output, c, 1);
    mmax_output_text(output, "]");
}

void mmax_json_summary(mmax_output *output, const mmax_summary *summary)
{
    double statistics[MMAX_STATISTICS];
    mmax_summary_statistics(summary, statistics);
    mmax_output_text(output, "{");
    for (size_t i = 0; i < MMAX_STATISTICS; i++) {
        mmax_json_key(output, i == 0, mmax_statistic_names[i]);
        mmax_json_number(output, statistics[i]);
    }
    mmax_output_text(output, "}");
}

void mmax_json_metrics(mmax_output *output, const mmax_metric_list *list, const double *values)
{
    mmax_output_text(output, "{");
    for (size_t k = 0; k < list->n_reported; k++) {
        mmax_json_key(output, k == 0, mmax_report_metric(list, k)->key);
        mmax_json_number(output, values[k]);
    }
    mmax_output_text(output, "}");
}

void mmax_json_row(mmax_report *report, const mmax_row_block *block, size_t i, size_t map,
                   const mmax_row_place *place)
{
    mmax_output *output = report->output;
    mmax_json_index(output, place->index);
    mmax_output_text(output, ", \"row\": ");
    mmax_output_count(output, place->row);
    if (report->options.row_labels) {
        mmax_output_text(output, ", \"query\": ");
        mmax_json_string(output, mmax_block_label(block, i));
    }
    mmax_output_text(output, ", \"n\": ");
    mmax_output_count(output, block->n_live[i]);
    mmax_output_text(output, ", \"metrics\": ");
    mmax_json_metrics(output, &report->plan->metrics, mmax_block_metrics(block, map, i));
    mmax_output_text(output, "}");
}

void mmax_json_input(mmax_output *output, const mmax_input *input)
{
    mmax_output_text(output, "\"file\": ");
    mmax_json_string(output, input->file);
    mmax_output_text(output, ", \"array\": ");
    mmax_json_string(output, input->array);
    if (!input->keys)
        return;
    mmax_output_text(output, ", \"keys\": ");
    mmax_json_string(output, input->keys);
}
