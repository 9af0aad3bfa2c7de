/* Files without a name, for what must be kept and does not fit memory. */
#include "io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int mmax_temporary_file(void)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";
    static const char pattern[] = "/multimax-XXXXXX";
    size_t size = strlen(folder) + sizeof pattern;
    char *name = mmax_alloc_array(size, 1);
    if (!name) {
        errno = ENOMEM;
        return -1;
    }
    snprintf(name, size, "%s%s", folder, pattern);
    int descriptor = mkstemp(name);
    if (descriptor >= 0) {
        unlink(name);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    free(name);
    return descriptor;
}

bool mmax_write_fully(int descriptor, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n > 0) {
        ssize_t written = write(descriptor, from, n);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            from += written;
            n -= (size_t)written;
        }
    }
    return true;
}

mmax_status mmax_fail_temporary(const char *name, mmax_error *error)
{
    if (errno == ENOMEM)
        return mmax_fail_memory(error, "keeping an input in a temporary file");
    return mmax_fail(error, MMAX_EIO,
                     "%s: cannot be kept in a temporary file: %s; let TMPDIR name a folder with "
                     "room",
                     name, strerror(errno));
}
