#include "report/delimited.h"

#include <math.h>
#include <string.h>

static void write_quoted(mmax_output *output, const char *text)
{
    mmax_output_text(output, "\"");
    for (const char *c = text; *c; c++)
        mmax_output_write(output, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    mmax_output_text(output, "\"");
}

static void write_escaped(mmax_output *output, const char *text)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
    for (const char *c = text; *c; c++) {
        const char *found = strchr(special, *c);
        if (found)
            mmax_output_format(output, "\\%c", letters[found - special]);
        else
            mmax_output_write(output, c, 1);
    }
}

void mmax_field_none(mmax_delimited *line)
{
    if (line->in_line)
        mmax_output_text(line->output, line->is_tsv ? "\t" : ",");
    line->in_line = true;
}

void mmax_field_text(mmax_delimited *line, const char *text)
{
    mmax_field_none(line);
    if (!text)
        return;
    if (line->is_tsv)
        write_escaped(line->output, text);
    else if (strpbrk(text, ",\"\r\n"))
        write_quoted(line->output, text);
    else
        mmax_output_text(line->output, text);
}

/* No line ends are left in an escaped label; in CSV only commas and quotes are to quote for. */
void mmax_field_label(mmax_delimited *line, const char *label)
{
    mmax_field_none(line);
    if (!label)
        return;
    size_t length = strlen(label);
    bool is_quoted = !line->is_tsv && strpbrk(label, ",\"");
    if (is_quoted)
        mmax_output_text(line->output, "\"");
    for (size_t i = 0; i < length;) {
        size_t n = mmax_utf8_length(label + i, length - i);
        char character[4 * 4 + 1];
        n = n > 0 ? n : 1;
        mmax_quote(label + i, n, character, sizeof character);
        if (line->is_tsv)
            write_escaped(line->output, character);
        else
            mmax_output_text(line->output, *character == '"' ? "\"\"" : character);
        i += n;
    }
    if (is_quoted)
        mmax_output_text(line->output, "\"");
}

void mmax_field_number(mmax_delimited *line, double value)
{
    mmax_field_none(line);
    if (isfinite(value))
        mmax_output_number(line->output, value);
}

void mmax_field_float(mmax_delimited *line, float value)
{
    char text[MMAX_NUMBER_SIZE];
    mmax_field_none(line);
    if (isfinite(value))
        mmax_output_write(line->output, text, mmax_number_write_float(value, text));
}

void mmax_field_count(mmax_delimited *line, size_t count)
{
    mmax_field_none(line);
    mmax_output_count(line->output, count);
}

void mmax_end_line(mmax_delimited *line)
{
    mmax_output_text(line->output, "\n");
    line->in_line = false;
}
