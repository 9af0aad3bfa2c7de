#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* The name without its folders and its last suffix. */
static void base_name(const char *file, const char **start, size_t *length)
{
    const char *slash = strrchr(file, '/');
    *start = strcmp(file, "-") == 0 ? "stdin" : slash ? slash + 1 : file;
    const char *dot = strrchr(*start, '.');
    *length = dot && dot != *start ? (size_t)(dot - *start) : strlen(*start);
}

/* Appends what a code stands for.  A '%' of its own is doubled where another will read codes. */
static char *append_text(char *end, const char *text, size_t length, bool keep_percent)
{
    for (size_t i = 0; i < length; i++) {
        *end++ = text[i];
        if (text[i] == '%' && keep_percent)
            *end++ = '%';
    }
    return end;
}

/* An array may be called anything, but its name leads into no other folder, and shows in a terminal
 * as what it is. */
static char *name_array(const char *array)
{
    size_t length = strlen(array), size = 4 * length + 4;
    char *name = malloc(size);
    if (!name)
        return NULL;
    mmax_quote(array, length, name, size);
    for (char *c = name; *c; c++)
        if (*c == '/' || *c == '\\' || (c == name && *c == '.'))
            *c = '_';
    return name;
}

/* expand_name with the array's name made safe. */
static char *expand(const char *pattern, const name_codes *codes, bool keep_percent)
{
    const char *base, *array = codes->array, *figure = codes->figure;
    size_t base_length, figure_length = figure ? strlen(figure) : 0, size = 1;
    base_name(codes->file, &base, &base_length);
    for (const char *c = pattern; *c; c++)
        size += *c == '%' ? 2 * (base_length + strlen(array)) + figure_length + 2 : 1;
    char *name = malloc(size);
    char *end = name;
    for (const char *c = pattern; name && *c; c++) {
        char code = c[0] == '%' ? c[1] : '\0';
        c += code == 'f' || code == 'a' || (code == 'g' && figure) || code == '%';
        if (code == 'f')
            end = append_text(end, base, base_length, keep_percent);
        else if (code == 'a')
            end = append_text(end, array, strlen(array), keep_percent);
        else if (code == 'g' && figure)
            end = append_text(end, figure, figure_length, keep_percent);
        else
            end = append_text(end, c, 1, code == '%' && keep_percent);
    }
    if (name)
        *end = '\0';
    return name;
}

char *expand_name(const char *pattern, const name_codes *codes, bool keep_percent)
{
    name_codes safe = *codes;
    char *array = name_array(codes->array ? codes->array : "array");
    safe.array = array;
    char *name = array ? expand(pattern, &safe, keep_percent) : NULL;
    free(array);
    return name;
}

bool has_code(const char *pattern, char code)
{
    for (const char *c = pattern; *c; c++) {
        if (c[0] == '%' && c[1] == code)
            return true;
        c += c[0] == '%' && c[1] != '\0';
    }
    return false;
}

bool is_stdout(const char *file)
{
    return strcmp(file, "-") == 0 || strcmp(file, "/dev/stdout") == 0;
}

bool pattern_is_stdout(const char *pattern)
{
    size_t length = strlen(pattern);
    return is_stdout(pattern) || (length > 2 && strcmp(pattern + length - 2, ":-") == 0);
}
