#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SIZE = 1 << 16 };

struct mmax_output {
    int descriptor;
    bool is_stdout;
    bool is_temporary; /* TEMPORARY exists and is to be renamed to TARGET */
    char *name;        /* as given, for messages */
    char *target;      /* NAME with its symbolic links resolved */
    char *temporary;
    int failure; /* errno of the first failure; 0 */
    size_t n_buffered;
    size_t n_flushed;
    char buffer[BUFFER_SIZE];
};

static mmax_status report(const mmax_output *output, mmax_error *error)
{
    const char *name = output->is_stdout ? "standard output" : output->name;
    if (output->failure == EPIPE)
        return mmax_fail(error, MMAX_EPIPE, "%s: the reader went away", name);
    return mmax_fail(error, MMAX_EIO, "%s: cannot write: %s", name, strerror(output->failure));
}

/* The mode of the file that is replaced, or what open would have given a new one. */
static mode_t mode_of(const struct stat *old, bool exists)
{
    if (exists)
        return old->st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static char *temporary_name(const char *target)
{
    static const char suffix[] = ".XXXXXX";
    const char *slash = strrchr(target, '/');
    size_t folder = slash ? (size_t)(slash - target) + 1 : 0;
    size_t size = strlen(target) + 1 + sizeof suffix;
    char *name = mmax_alloc_array(size, 1);
    if (name)
        snprintf(name, size, "%.*s.%s%s", (int)folder, target, target + folder, suffix);
    return name;
}

static mmax_status open_beside(mmax_output *output, const struct stat *old, bool exists,
                               mmax_error *error)
{
    output->temporary = temporary_name(output->target);
    if (!output->temporary)
        return mmax_fail_memory(error, "opening an output");
    output->descriptor = mkstemp(output->temporary);
    if (output->descriptor < 0)
        return mmax_fail(error, MMAX_EIO, "%s: cannot create: %s", output->name, strerror(errno));
    output->is_temporary = true;
    if (fchmod(output->descriptor, mode_of(old, exists)) != 0)
        return mmax_fail(error, MMAX_EIO, "%s: cannot set its mode: %s", output->name,
                         strerror(errno));
    return MMAX_OK;
}

static mmax_status open_named(mmax_output *output, mmax_error *error)
{
    char *resolved = realpath(output->name, NULL);
    output->target = resolved ? resolved : mmax_copy_text(output->name);
    if (!output->target)
        return mmax_fail_memory(error, "opening an output");
    struct stat old;
    bool exists = stat(output->target, &old) == 0;
    if (exists && S_ISDIR(old.st_mode))
        return mmax_fail(error, MMAX_EIO, "%s: is a directory; give a file name", output->name);
    if (!exists || S_ISREG(old.st_mode))
        return open_beside(output, &old, exists, error);
    output->descriptor = open(output->target, O_WRONLY | O_CLOEXEC);
    if (output->descriptor < 0)
        return mmax_fail(error, MMAX_EIO, "%s: cannot open: %s", output->name, strerror(errno));
    return MMAX_OK;
}

mmax_status mmax_output_open(const char *file, mmax_output **output, mmax_error *error)
{
    mmax_output *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an output");
    self->descriptor = -1;
    self->is_stdout = strcmp(file, "-") == 0;
    self->name = mmax_copy_text(file);
    mmax_status status = MMAX_OK;
    if (!self->name)
        status = mmax_fail_memory(error, "opening an output");
    else if (self->is_stdout)
        self->descriptor = STDOUT_FILENO;
    else
        status = open_named(self, error);
    if (status != MMAX_OK) {
        mmax_output_free(self);
        return status;
    }
    *output = self;
    return MMAX_OK;
}

static void write_fully(mmax_output *output, const char *bytes, size_t n_bytes)
{
    while (n_bytes > 0 && output->failure == 0) {
        ssize_t n = write(output->descriptor, bytes, n_bytes);
        if (n < 0 && errno != EINTR)
            output->failure = errno;
        if (n <= 0)
            continue;
        bytes += n;
        n_bytes -= (size_t)n;
        output->n_flushed += (size_t)n;
    }
}

static void flush(mmax_output *output)
{
    write_fully(output, output->buffer, output->n_buffered);
    output->n_buffered = 0;
}

void mmax_output_write(mmax_output *output, const void *bytes, size_t n_bytes)
{
    if (n_bytes > BUFFER_SIZE - output->n_buffered)
        flush(output);
    if (n_bytes >= BUFFER_SIZE) {
        write_fully(output, bytes, n_bytes);
        return;
    }
    memcpy(output->buffer + output->n_buffered, bytes, n_bytes);
    output->n_buffered += n_bytes;
}

void mmax_output_text(mmax_output *output, const char *text)
{
    mmax_output_write(output, text, strlen(text));
}

void mmax_output_format(mmax_output *output, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text) {
        output->failure = output->failure ? output->failure : EOVERFLOW;
        return;
    }
    mmax_output_write(output, text, (size_t)length);
}

void mmax_output_number(mmax_output *output, double value)
{
    char text[MMAX_NUMBER_SIZE];
    mmax_output_write(output, text, mmax_number_write(value, text));
}

bool mmax_output_can_patch(const mmax_output *output)
{
    return output->is_temporary;
}

void mmax_output_patch(mmax_output *output, size_t offset, const void *bytes, size_t n_bytes)
{
    flush(output);
    const char *from = bytes;
    while (n_bytes > 0 && output->failure == 0) {
        ssize_t n = pwrite(output->descriptor, from, n_bytes, (off_t)offset);
        if (n < 0 && errno != EINTR)
            output->failure = errno;
        if (n <= 0)
            continue;
        from += n;
        offset += (size_t)n;
        n_bytes -= (size_t)n;
    }
}

mmax_status mmax_output_status(const mmax_output *output, mmax_error *error)
{
    return output->failure ? report(output, error) : MMAX_OK;
}

mmax_status mmax_output_commit(mmax_output *output, mmax_error *error)
{
    flush(output);
    /* Some file systems tell of a full disk only on close; standard output stays open for others.
     */
    if (output->descriptor >= 0 && !output->is_stdout) {
        if (close(output->descriptor) != 0 && output->failure == 0)
            output->failure = errno;
        output->descriptor = -1;
    }
    if (output->failure)
        return report(output, error);
    if (output->is_temporary) {
        if (rename(output->temporary, output->target) != 0)
            return mmax_fail(error, MMAX_EIO, "%s: cannot rename: %s", output->name,
                             strerror(errno));
        output->is_temporary = false;
    }
    return MMAX_OK;
}

void mmax_output_free(mmax_output *output)
{
    if (!output)
        return;
    if (output->descriptor >= 0 && !output->is_stdout)
        close(output->descriptor);
    if (output->is_temporary)
        unlink(output->temporary);
    free(output->name);
    free(output->target);
    free(output->temporary);
    free(output);
}
