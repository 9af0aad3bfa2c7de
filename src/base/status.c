#include "base/base.h"

#include <stdarg.h>
#include <string.h>

/* Ends a message that was cut off in "...", not in half a character. */
static void mark_cut(char message[MMAX_MESSAGE_SIZE])
{
    static const char ellipsis[] = "...";
    size_t end = MMAX_MESSAGE_SIZE - sizeof ellipsis;
    while (end > 0 && (message[end] & 0xc0) == 0x80)
        end--;
    memcpy(message + end, ellipsis, sizeof ellipsis);
}

mmax_status mmax_fail(mmax_error *error, mmax_status status, const char *format, ...)
{
    if (!error)
        return status;
    /* Apart from ERROR, so that a message may be made from the one that it replaces. */
    char message[MMAX_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length < 0)
        message[0] = '\0';
    if (length >= MMAX_MESSAGE_SIZE)
        mark_cut(message);
    error->status = status;
    memcpy(error->message, message, strlen(message) + 1);
    return status;
}

mmax_status mmax_fail_memory(mmax_error *error, const char *what)
{
    return mmax_fail(error, MMAX_ENOMEM, "out of memory while %s", what);
}
