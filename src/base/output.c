#include "base/base.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_SIZE = 1 << 16 };

struct mmax_output {
    int descriptor;
    bool is_borrowed;  /* standard output or another descriptor that is not ours to close */
    bool is_temporary; /* TEMPORARY exists and is to be renamed to TARGET */
    char *target;      /* the file's name with symbolic links resolved */
    char *temporary;
    const volatile sig_atomic_t *cancel; /* or NULL */
    int failure;                         /* errno of the first failure; 0 */
    size_t n_buffered;
    size_t n_flushed;
    char name[256]; /* as given, made harmless for messages */
    char buffer[BUFFER_SIZE];
};

static mmax_status fail_with(const mmax_output *output, const char *what, int number,
                             mmax_error *error)
{
    char reason[128];
    if (strerror_r(number, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", number);
    return mmax_fail(error, MMAX_EIO, "%s: %s: %s", output->name, what, reason);
}

static mmax_status report(const mmax_output *output, mmax_error *error)
{
    if (output->failure == EPIPE)
        return mmax_fail(error, MMAX_EPIPE, "%s: the reader went away", output->name);
    if (output->failure == ECANCELED)
        return mmax_fail(error, MMAX_ECANCELED, "%s: writing was cancelled", output->name);
    if (output->failure == ENOMEM)
        return mmax_fail_memory(error, "writing an output");
    return fail_with(output, "cannot write", output->failure, error);
}

static bool is_cancelled(const mmax_output *output)
{
    return output->cancel && *output->cancel;
}

/* ---- where to write -------------------------------------------------------------------------- */

/* The descriptor that FILE stands for; -1 for a file of its own.  Opening /dev/stdout anew would
 * start at the beginning of a file that others have written to, and replace a redirected one. */
static int descriptor_of(const char *file)
{
    static const char folder[] = "/dev/fd/";
    if (strcmp(file, "-") == 0 || strcmp(file, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(file, "/dev/stderr") == 0)
        return STDERR_FILENO;
    if (strncmp(file, folder, sizeof folder - 1) != 0)
        return -1;
    const char *digits = file + sizeof folder - 1;
    size_t n = strlen(digits);
    return n > 0 && n < 9 && strspn(digits, "0123456789") == n ? atoi(digits) : -1;
}

/* The length of the part of FILE that names its folder, with the last '/'; 0 without one. */
static size_t folder_length(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? (size_t)(slash - file) + 1 : 0;
}

/* The name in the folder of FILE; NULL on lack of memory. */
static char *name_beside(const char *file, const char *name)
{
    size_t folder = folder_length(file), length = strlen(name);
    char *path = mmax_alloc_array(folder + length + 1, 1);
    if (!path)
        return NULL;
    memcpy(path, file, folder);
    memcpy(path + folder, name, length + 1);
    return path;
}

/* Follows symbolic links by hand: a link may lead to a file that is yet to be made, which realpath
 * refuses. */
static mmax_status resolve(mmax_output *output, const char *file, mmax_error *error)
{
    enum { MAX_LINKS = 40, LINK_SIZE = 4096 };
    output->target = mmax_copy_text(file);
    for (int i = 0; output->target; i++) {
        char link[LINK_SIZE];
        ssize_t n = readlink(output->target, link, sizeof link);
        if (n < 0)
            return MMAX_OK; /* no link, or nothing there; if it is worse, opening it tells */
        if (i == MAX_LINKS || n == LINK_SIZE)
            return fail_with(output, "cannot open", i == MAX_LINKS ? ELOOP : ENAMETOOLONG, error);
        link[n] = '\0';
        char *next = link[0] == '/' ? mmax_copy_text(link) : name_beside(output->target, link);
        free(output->target);
        output->target = next;
    }
    return mmax_fail_memory(error, "opening an output");
}

static mmax_status fail_to_create(const mmax_output *output, int number, mmax_error *error)
{
    size_t n = folder_length(output->target);
    if (number != ENOENT || n == 0)
        return fail_with(output, "cannot create", number, error);
    char folder[256];
    mmax_quote(output->target, n > 1 ? n - 1 : n, folder, sizeof folder);
    return mmax_fail(error, MMAX_EIO, "%s: directory '%s' does not exist; create it first",
                     output->name, folder);
}

/* Opens a new file beside the target.  The name is short, whatever the target's: a long one plus a
 * suffix could exceed what the file system allows.  mkstemp neither closes its file on exec nor
 * leaves the mode to the umask, which cannot be read without changing it for every thread. */
static mmax_status create_beside(mmax_output *output, mode_t mode, mmax_error *error)
{
    enum { MAX_TRIES = 1000 };
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    for (int i = 0; i < MAX_TRIES; i++) {
        char name[64];
        snprintf(name, sizeof name, ".multimax-%lx-%lx.tmp", (long)getpid(), now.tv_nsec + i);
        free(output->temporary);
        output->temporary = name_beside(output->target, name);
        if (!output->temporary)
            return mmax_fail_memory(error, "opening an output");
        output->descriptor = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (output->descriptor >= 0) {
            output->is_temporary = true;
            return MMAX_OK;
        }
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    return fail_to_create(output, errno, error);
}

/* Gives the new file the owner, if we may, the group and the mode of the one that it will replace.
 * Where the group cannot be kept, its rights are not handed to another. */
static mmax_status take_mode(mmax_output *output, const struct stat *old, mmax_error *error)
{
    mode_t mode = old->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    if (fchown(output->descriptor, old->st_uid, old->st_gid) != 0 &&
        fchown(output->descriptor, (uid_t)-1, old->st_gid) != 0)
        mode &= ~(mode_t)S_IRWXG;
    if (fchmod(output->descriptor, mode) != 0)
        return fail_with(output, "cannot set its mode", errno, error);
    return MMAX_OK;
}

/* What is no regular file.  Opening a FIFO waits for its reader. */
static mmax_status open_special(mmax_output *output, mmax_error *error)
{
    do {
        if (is_cancelled(output)) {
            output->failure = ECANCELED;
            return report(output, error);
        }
        output->descriptor = open(output->target, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    } while (output->descriptor < 0 && errno == EINTR);
    if (output->descriptor < 0)
        return fail_with(output, "cannot open", errno, error);
    return MMAX_OK;
}

static mmax_status open_target(mmax_output *output, mmax_error *error)
{
    struct stat old;
    size_t length = strlen(output->target);
    bool exists = stat(output->target, &old) == 0;
    if (!exists && errno != ENOENT)
        return fail_with(output, "cannot open", errno, error);
    if (length == 0)
        return mmax_fail(error, MMAX_EIO, "the name of an output file is empty");
    if (exists ? S_ISDIR(old.st_mode) : output->target[length - 1] == '/')
        return mmax_fail(error, MMAX_EIO, "%s: is a directory; give a file name", output->name);
    if (!exists)
        return create_beside(output, 0666, error);
    /* A rename needs no right to the old file, but whoever took that right away meant it. */
    if (faccessat(AT_FDCWD, output->target, W_OK, AT_EACCESS) != 0)
        return fail_with(output, "cannot open", errno, error);
    if (S_ISREG(old.st_mode)) {
        mmax_status status = create_beside(output, S_IRUSR | S_IWUSR, error);
        return status == MMAX_OK ? take_mode(output, &old, error) : status;
    }
    return open_special(output, error);
}

mmax_status mmax_output_open(const char *file, const volatile sig_atomic_t *cancel,
                             mmax_output **output, mmax_error *error)
{
    mmax_output *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an output");
    const char *name = strcmp(file, "-") == 0 ? "standard output" : file;
    mmax_quote(name, strlen(name), self->name, sizeof self->name);
    self->cancel = cancel;
    self->descriptor = descriptor_of(file);
    self->is_borrowed = self->descriptor >= 0;
    mmax_status status = MMAX_OK;
    if (!self->is_borrowed)
        status = resolve(self, file, error);
    if (!self->is_borrowed && status == MMAX_OK)
        status = open_target(self, error);
    if (status != MMAX_OK) {
        mmax_output_free(self);
        return status;
    }
    *output = self;
    return MMAX_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Deals with a call that wrote nothing: tried again after a signal that does not mean to end it,
 * and when a descriptor that somebody else made non-blocking is ready; otherwise the failure is
 * latched. */
static void write_failed(mmax_output *output, int number)
{
    if (number == EINTR && !is_cancelled(output))
        return;
    if (is_cancelled(output))
        number = ECANCELED;
    if (number == EAGAIN || number == EWOULDBLOCK) {
        struct pollfd ready = {.fd = output->descriptor, .events = POLLOUT};
        if (poll(&ready, 1, -1) >= 0 || errno == EINTR)
            return;
    }
    output->failure = number;
}

/* Writes at OFFSET, or behind what was written before if it is negative. */
static void write_fully(mmax_output *output, const char *bytes, size_t n_bytes, off_t offset)
{
    enum { MOST_AT_ONCE = 1 << 30 }; /* some systems refuse more than INT_MAX */
    while (n_bytes > 0 && output->failure == 0) {
        size_t n_now = n_bytes < MOST_AT_ONCE ? n_bytes : MOST_AT_ONCE;
        ssize_t n = offset < 0 ? write(output->descriptor, bytes, n_now)
                               : pwrite(output->descriptor, bytes, n_now, offset);
        if (n <= 0) {
            write_failed(output, n < 0 ? errno : EIO);
            continue;
        }
        bytes += n;
        n_bytes -= (size_t)n;
        if (offset < 0)
            output->n_flushed += (size_t)n;
        else
            offset += n;
    }
}

static void flush(mmax_output *output)
{
    write_fully(output, output->buffer, output->n_buffered, -1);
    output->n_buffered = 0;
}

void mmax_output_write(mmax_output *output, const void *bytes, size_t n_bytes)
{
    if (n_bytes > BUFFER_SIZE - output->n_buffered)
        flush(output);
    if (n_bytes >= BUFFER_SIZE) {
        write_fully(output, bytes, n_bytes, -1);
    } else if (n_bytes > 0) {
        memcpy(output->buffer + output->n_buffered, bytes, n_bytes);
        output->n_buffered += n_bytes;
    }
}

void mmax_output_text(mmax_output *output, const char *text)
{
    mmax_output_write(output, text, strlen(text));
}

void mmax_output_format(mmax_output *output, const char *format, ...)
{
    char text[1024], *longer = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text) {
        longer = mmax_alloc_array((size_t)length + 1, 1);
        va_start(arguments, format);
        length = longer ? vsnprintf(longer, (size_t)length + 1, format, arguments) : -1;
        va_end(arguments);
    }
    if (length >= 0)
        mmax_output_write(output, longer ? longer : text, (size_t)length);
    else if (output->failure == 0)
        output->failure = errno;
    free(longer);
}

/* Room for a number at the end of the buffer, where it can be written in its place. */
static char *room_for_number(mmax_output *output)
{
    if (BUFFER_SIZE - output->n_buffered < MMAX_NUMBER_SIZE)
        flush(output);
    return output->buffer + output->n_buffered;
}

void mmax_output_number(mmax_output *output, double value)
{
    output->n_buffered += mmax_number_write(value, room_for_number(output));
}

void mmax_output_count(mmax_output *output, size_t count)
{
    char *text = room_for_number(output);
    size_t n = 1;
    for (size_t rest = count / 10; rest > 0; rest /= 10)
        n++;
    output->n_buffered += n;
    for (; n > 0; count /= 10)
        text[--n] = (char)('0' + count % 10);
}

void mmax_output_flush(mmax_output *output)
{
    if (!output->is_temporary)
        flush(output);
}

bool mmax_output_can_patch(const mmax_output *output)
{
    return output->is_temporary;
}

void mmax_output_patch(mmax_output *output, size_t offset, const void *bytes, size_t n_bytes)
{
    assert(mmax_output_can_patch(output));
    flush(output);
    assert(output->failure ||
           (offset <= output->n_flushed && n_bytes <= output->n_flushed - offset));
    write_fully(output, bytes, n_bytes, (off_t)offset);
}

mmax_status mmax_output_status(const mmax_output *output, mmax_error *error)
{
    return output->failure ? report(output, error) : MMAX_OK;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Some file systems tell of a full disk only on close.  A borrowed descriptor stays open for
 * others; closing a duplicate asks all the same. */
static void close_checked(mmax_output *output)
{
    int descriptor = output->descriptor;
    if (output->is_borrowed)
        descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    else
        output->descriptor = -1;
    if ((descriptor < 0 || close(descriptor) != 0) && output->failure == 0)
        output->failure = errno;
}

mmax_status mmax_output_commit(mmax_output *output, mmax_error *error)
{
    if (is_cancelled(output) && output->failure == 0)
        output->failure = ECANCELED;
    flush(output);
    if (output->descriptor >= 0)
        close_checked(output);
    if (output->failure)
        return report(output, error);
    /* No fsync: that a crash of the machine may cost the file is the usual bargain, and waiting
     * for the disk would take longer than all the rest. */
    if (output->is_temporary) {
        if (rename(output->temporary, output->target) != 0)
            return fail_with(output, "cannot rename", errno, error);
        output->is_temporary = false;
    }
    return MMAX_OK;
}

void mmax_output_free(mmax_output *output)
{
    if (!output)
        return;
    if (output->descriptor >= 0 && !output->is_borrowed)
        close(output->descriptor);
    if (output->is_temporary)
        unlink(output->temporary);
    free(output->target);
    free(output->temporary);
    free(output);
}
