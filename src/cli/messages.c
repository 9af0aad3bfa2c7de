#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The one door to standard error.  Names and cells of strangers' files are part of messages, so
 * whatever a terminal would act on is made visible here. */
#if defined __GNUC__
__attribute__((format(printf, 1, 0)))
#endif
static void
say(const char *format, va_list arguments)
{
    char message[2 * MMAX_MESSAGE_SIZE], harmless[4 * MMAX_MESSAGE_SIZE];
    vsnprintf(message, sizeof message, format, arguments);
    progress_hide();
    fprintf(stderr, PROGRAM ": %s\n",
            mmax_quote(message, strlen(message), harmless, sizeof harmless));
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

exit_status complain_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    fputs("Try '" PROGRAM " --help' for more information.\n", stderr);
    return EXIT_USAGE;
}

exit_status complain_of_setting(const mmax_error *error)
{
    if (error->status == MMAX_EUSAGE)
        return complain_usage("%s", error->message);
    complain_of(error);
    return EXIT_FAILED;
}

mmax_status fail(mmax_error *error, mmax_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

mmax_status fail_memory(mmax_error *error)
{
    return fail(error, MMAX_ENOMEM, "out of memory while naming the outputs");
}
