#include "base/base.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

bool mmax_number_read(const char *text, size_t length, double *value)
{
    char copy[512];
    if (length == 0 || length >= sizeof copy || strchr(" \t\n\r\v\f", text[0]))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t old = uselocale(c_locale);
    char *end;
    double number = strtod(copy, &end);
    uselocale(old);
    freelocale(c_locale);
    if (end != copy + length)
        return false;
    *value = number;
    return true;
}
