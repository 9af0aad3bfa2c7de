#include "report/delimited.h"

#include <math.h>
#include <string.h>

/* A character, escaped as by mmax_quote unless it is one of KEPT. */
static void write_character(const mmax_delimited *line, const char *text, size_t n,
                            const char *kept)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
    char character[4 * 4 + 1];
    if (strchr(kept, *text))
        memcpy(character, (char[]){*text, '\0'}, 2);
    else
        mmax_quote(text, n, character, sizeof character);
    for (const char *c = character; *c; c++) {
        const char *found = line->is_tsv ? strchr(special, *c) : NULL;
        if (found)
            mmax_output_format(line->output, "\\%c", letters[found - special]);
        else
            mmax_output_write(line->output, *c == '"' && !line->is_tsv ? "\"\"" : c,
                              *c == '"' && !line->is_tsv ? 2 : 1);
    }
}

/* Whether nothing of TEXT needs another spelling in either format: nearly always. */
static bool is_plain(const char *text)
{
    while (*text >= ' ' && *text <= '~' && *text != ',' && *text != '"' && *text != '\\')
        text++;
    return *text == '\0';
}

static void write_text(mmax_delimited *line, const char *text, const char *kept)
{
    mmax_field_none(line);
    if (!text)
        return;
    if (is_plain(text)) {
        mmax_output_text(line->output, text);
        return;
    }
    size_t length = strlen(text);
    bool is_quoted = !line->is_tsv && (strpbrk(text, ",\"") || text[strcspn(text, kept)] != '\0');
    if (is_quoted)
        mmax_output_text(line->output, "\"");
    for (size_t i = 0; i < length;) {
        size_t n = mmax_utf8_length(text + i, length - i);
        n = n > 0 ? n : 1;
        write_character(line, text + i, n, kept);
        i += n;
    }
    if (is_quoted)
        mmax_output_text(line->output, "\"");
}

void mmax_field_none(mmax_delimited *line)
{
    if (line->in_line)
        mmax_output_text(line->output, line->is_tsv ? "\t" : ",");
    line->in_line = true;
}

/* The format holds tabs and line ends, but for a carriage return in CSV, which would let a terminal
 * write over what stands before it. */
void mmax_field_text(mmax_delimited *line, const char *text)
{
    write_text(line, text, line->is_tsv ? "\t\n\r" : "\t\n");
}

void mmax_field_label(mmax_delimited *line, const char *label)
{
    write_text(line, label, "");
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
