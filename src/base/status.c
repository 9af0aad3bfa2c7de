#include "base/base.h"

#include <stdarg.h>

mmax_status mmax_fail(mmax_error *error, mmax_status status, const char *format, ...)
{
    if (!error)
        return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

mmax_status mmax_fail_memory(mmax_error *error, const char *what)
{
    return mmax_fail(error, MMAX_ENOMEM, "out of memory while %s", what);
}
