/* A library to preload into the program: it makes chosen system calls fail, fall short or be the
 * moment of a signal.
 *
 *     FAILING_SYSTEM='pread 2 EIO; write 3- short; rename 1 SIGINT; read 5 run truncate -s 9 a.npy'
 *
 * A rule is the name of a call, or "any"; which one, counted from 1, "N-" for that and all behind
 * it; and what happens:
 *
 *     EIO ...      the call is not made and fails so
 *     short        a read or write moves half of its bytes
 *     SIGINT ...   the signal comes right before the call
 *     run COMMAND  sh runs the command right before the call
 *     note         nothing
 *
 * FAILING_SYSTEM_UNDER names a folder: calls on its files, on relative names and on standard input
 * and output count, and no others.  FAILING_SYSTEM_LOG names a file that gets a line for each call
 * that a rule met.  What runs the program, a shell, goes undisturbed. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* which puts functions of its own in the place of these */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- rules ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int number;
} errors[] =
    {
        {"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EDQUOT", EDQUOT}, {"EINTR", EINTR},
        {"EIO", EIO},       {"EMFILE", EMFILE}, {"ENOENT", ENOENT}, {"ENOSPC", ENOSPC},
},
  signals[] = {{"SIGHUP", SIGHUP}, {"SIGINT", SIGINT}, {"SIGTERM", SIGTERM}, {"SIGXCPU", SIGXCPU}};

typedef struct rule {
    char call[32], fault[256];
    unsigned long first, last;
    int error, signal;
    const char *command;
    bool is_short;
    atomic_ulong n_calls;
} rule;

enum { MOST_RULES = 8 };
static rule rules[MOST_RULES];
static size_t n_rules;
static const char *under, *journal;

static void refuse(const char *text)
{
    fprintf(stderr, "failing-system: not a rule: '%s'\n", text);
    abort();
}

static void find_fault(rule *self, const char *text)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(self->fault, errors[i].name) == 0)
            self->error = errors[i].number;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(self->fault, signals[i].name) == 0)
            self->signal = signals[i].number;
    self->is_short = strcmp(self->fault, "short") == 0;
    if (strncmp(self->fault, "run ", 4) == 0)
        self->command = self->fault + 4;
    if (!self->error && !self->signal && !self->command && !self->is_short &&
        strcmp(self->fault, "note") != 0)
        refuse(text);
}

static void read_rule(const char *text)
{
    if (n_rules == MOST_RULES)
        refuse(text);
    rule *self = &rules[n_rules];
    char which[32], *end;
    if (sscanf(text, " %31s %31s %255[^;]", self->call, which, self->fault) != 3)
        refuse(text);
    self->first = strtoul(which, &end, 10);
    self->last = *end == '-' ? (unsigned long)-1 : self->first;
    find_fault(self, text);
    n_rules++;
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAILING_SYSTEM");
    if (!text || !strstr(program_invocation_short_name, "multimax-analyze"))
        return;
    under = getenv("FAILING_SYSTEM_UNDER");
    journal = getenv("FAILING_SYSTEM_LOG");
    char *copy = strdup(text), *rest = NULL;
    for (char *one = strtok_r(copy, ";", &rest); one; one = strtok_r(NULL, ";", &rest))
        read_rule(one);
    free(copy);
}

/* ---- the functions behind these -------------------------------------------------------------- */

/* Where files of 64 bits are not the only ones, the headers give their functions other names. */
#if defined _FILE_OFFSET_BITS && _FILE_OFFSET_BITS == 64 && !defined __LP64__
#define LARGE "64"
#else
#define LARGE ""
#endif

static void *find(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

/* Declares "next", the function that the name stands for elsewhere. */
#define NEXT(function, suffix)                                                                     \
    static __typeof__(function) *next;                                                             \
    if (!next)                                                                                     \
    *(void **)&next = find(#function suffix)

static int next_open(const char *name, int flags, mode_t mode)
{
    NEXT(open, LARGE);
    return next(name, flags, mode);
}

static ssize_t next_write(int descriptor, const void *bytes, size_t n)
{
    NEXT(write, "");
    return next(descriptor, bytes, n);
}

static ssize_t next_readlink(const char *name, char *target, size_t n)
{
    NEXT(readlink, "");
    return next(name, target, n);
}

static int next_close(int descriptor)
{
    NEXT(close, "");
    return next(descriptor);
}

/* ---- faults ---------------------------------------------------------------------------------- */

static bool is_under(const char *path)
{
    return !under || path[0] != '/' || strncmp(path, under, strlen(under)) == 0;
}

/* The descriptor is -1 for a call that has none, nor a path. */
static bool counts(int descriptor, const char *path)
{
    if (path)
        return is_under(path);
    if (!under || descriptor < 0 || descriptor == STDIN_FILENO || descriptor == STDOUT_FILENO)
        return true;
    char link[64], target[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t n = next_readlink(link, target, sizeof target - 1);
    if (n < 0)
        return false;
    target[n] = '\0';
    return target[0] == '/' && is_under(target);
}

static void note(const rule *self, const char *call, unsigned long nth)
{
    char line[512];
    int file = journal ? next_open(journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    if (file < 0)
        return;
    int n = snprintf(line, sizeof line, "%s %lu %s\n", call, nth, self->fault);
    if (next_write(file, line, (size_t)n) != n)
        abort();
    next_close(file);
}

/* What is to become of a call: 0, it is made; an errno; or FALLS_SHORT. */
enum { FALLS_SHORT = -1 };

static int fault_of(const char *call, int descriptor, const char *path)
{
    int result = 0, before = errno;
    for (size_t i = 0; i < n_rules; i++) {
        rule *self = &rules[i];
        if ((strcmp(self->call, "any") != 0 && strcmp(self->call, call) != 0) ||
            !counts(descriptor, path))
            continue;
        unsigned long nth = atomic_fetch_add(&self->n_calls, 1) + 1;
        if (nth < self->first || nth > self->last)
            continue;
        note(self, call, nth);
        if (self->signal)
            raise(self->signal);
        if (self->command && system(self->command) != 0)
            abort();
        if (self->error)
            result = self->error;
        else if (self->is_short)
            result = FALLS_SHORT;
    }
    errno = result > 0 ? result : before;
    return result;
}

/* ---- the calls ------------------------------------------------------------------------------- */

int open(const char *name, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return fault_of("open", -1, name) > 0 ? -1 : next_open(name, flags, mode);
}

/* As Linux has it, the descriptor is closed whatever close returns. */
int close(int descriptor)
{
    int fault = fault_of("close", descriptor, NULL), result = next_close(descriptor);
    if (fault <= 0)
        return result;
    errno = fault;
    return -1;
}

static size_t shorten(int fault, size_t n)
{
    return fault == FALLS_SHORT && n > 1 ? n / 2 | 1 : n;
}

ssize_t read(int descriptor, void *bytes, size_t n)
{
    NEXT(read, "");
    int fault = fault_of("read", descriptor, NULL);
    return fault > 0 ? -1 : next(descriptor, bytes, shorten(fault, n));
}

ssize_t pread(int descriptor, void *bytes, size_t n, off_t offset)
{
    NEXT(pread, LARGE);
    int fault = fault_of("pread", descriptor, NULL);
    return fault > 0 ? -1 : next(descriptor, bytes, shorten(fault, n), offset);
}

ssize_t write(int descriptor, const void *bytes, size_t n)
{
    int fault = fault_of("write", descriptor, NULL);
    return fault > 0 ? -1 : next_write(descriptor, bytes, shorten(fault, n));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t n, off_t offset)
{
    NEXT(pwrite, LARGE);
    int fault = fault_of("pwrite", descriptor, NULL);
    return fault > 0 ? -1 : next(descriptor, bytes, shorten(fault, n), offset);
}

off_t lseek(int descriptor, off_t offset, int whence)
{
    NEXT(lseek, LARGE);
    return fault_of("lseek", descriptor, NULL) > 0 ? -1 : next(descriptor, offset, whence);
}

int fstat(int descriptor, struct stat *status)
{
    NEXT(fstat, LARGE);
    return fault_of("fstat", descriptor, NULL) > 0 ? -1 : next(descriptor, status);
}

int fcntl(int descriptor, int command, ...)
{
    NEXT(fcntl, LARGE);
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fault_of("fcntl", descriptor, NULL) > 0 ? -1 : next(descriptor, command, argument);
}

int fchmod(int descriptor, mode_t mode)
{
    NEXT(fchmod, "");
    return fault_of("fchmod", descriptor, NULL) > 0 ? -1 : next(descriptor, mode);
}

int fchown(int descriptor, uid_t user, gid_t group)
{
    NEXT(fchown, "");
    return fault_of("fchown", descriptor, NULL) > 0 ? -1 : next(descriptor, user, group);
}

int stat(const char *name, struct stat *status)
{
    NEXT(stat, LARGE);
    return fault_of("stat", -1, name) > 0 ? -1 : next(name, status);
}

int access(const char *name, int mode)
{
    NEXT(access, "");
    return fault_of("access", -1, name) > 0 ? -1 : next(name, mode);
}

int faccessat(int folder, const char *name, int mode, int flags)
{
    NEXT(faccessat, "");
    return fault_of("faccessat", -1, name) > 0 ? -1 : next(folder, name, mode, flags);
}

ssize_t readlink(const char *name, char *target, size_t n)
{
    return fault_of("readlink", -1, name) > 0 ? -1 : next_readlink(name, target, n);
}

int rename(const char *from, const char *to)
{
    NEXT(rename, "");
    return fault_of("rename", -1, to) > 0 ? -1 : next(from, to);
}

int unlink(const char *name)
{
    NEXT(unlink, "");
    return fault_of("unlink", -1, name) > 0 ? -1 : next(name);
}

int mkstemp(char *name)
{
    NEXT(mkstemp, LARGE);
    return fault_of("mkstemp", -1, name) > 0 ? -1 : next(name);
}

int poll(struct pollfd *descriptors, nfds_t n, int timeout)
{
    NEXT(poll, "");
    return fault_of("poll", n > 0 ? descriptors[0].fd : -1, NULL) > 0
               ? -1
               : next(descriptors, n, timeout);
}

/* Whether a function is the program's or its library's.  GLib gives up the process where one of its
 * own threads does not start. */
static bool is_ours(void *(*work)(void *))
{
    Dl_info info;
    void *address;
    memcpy(&address, &work, sizeof address);
    const char *slash = dladdr(address, &info) ? strrchr(info.dli_fname, '/') : NULL;
    return slash && strstr(slash, "multimax");
}

/* Returns what went wrong instead of setting errno. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *),
                   void *argument)
{
    NEXT(pthread_create, "");
    int fault = is_ours(work) ? fault_of("pthread_create", -1, NULL) : 0;
    return fault > 0 ? fault : next(thread, attributes, work, argument);
}
