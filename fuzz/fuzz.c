#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void fuzz_fail(const char *property, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, property);
    abort();
}

/* ---- the input ------------------------------------------------------------------------------- */

size_t fuzz_choose(fuzz_input *input, size_t n)
{
    if (input->n == 0)
        return 0;
    size_t byte = *input->bytes++;
    input->n--;
    return byte % n;
}

fuzz_input fuzz_part(fuzz_input *input, const char *mark)
{
    size_t length = strlen(mark), n = 0;
    while (n + length <= input->n && memcmp(input->bytes + n, mark, length) != 0)
        n++;
    bool is_marked = n + length <= input->n;
    fuzz_input part = {input->bytes, is_marked ? n : input->n};
    size_t n_past = is_marked ? n + length : input->n;
    input->bytes += n_past;
    input->n -= n_past;
    return part;
}

static void *checked(void *memory)
{
    REQUIRE(memory);
    return memory;
}

char *fuzz_text(fuzz_input input)
{
    char *text = checked(malloc(input.n + 1));
    if (input.n > 0)
        memcpy(text, input.bytes, input.n);
    text[input.n] = '\0';
    return text;
}

/* ---- files ----------------------------------------------------------------------------------- */

static char folder[4096];

static char *path_of(const char *name)
{
    size_t size = strlen(fuzz_folder()) + strlen(name) + 2;
    char *path = checked(malloc(size));
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

size_t fuzz_empty_folder(void)
{
    size_t n = 0;
    DIR *entries = opendir(fuzz_folder());
    const struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = path_of(entry->d_name);
        REQUIRE(unlink(path) == 0);
        free(path);
        n++;
    }
    REQUIRE(entries && closedir(entries) == 0);
    return n;
}

static void remove_folder(void)
{
    fuzz_empty_folder();
    REQUIRE(rmdir(folder) == 0);
}

const char *fuzz_folder(void)
{
    if (!folder[0]) {
        const char *parent = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/multimax-fuzz-XXXXXX",
                 parent && *parent ? parent : "/tmp");
        REQUIRE(mkdtemp(folder));
        REQUIRE(setenv("TMPDIR", folder, 1) == 0);
        REQUIRE(atexit(remove_folder) == 0);
    }
    return folder;
}

static void write_all(int descriptor, fuzz_input input)
{
    while (input.n > 0) {
        ssize_t n = write(descriptor, input.bytes, input.n);
        REQUIRE(n > 0);
        input.bytes += n;
        input.n -= (size_t)n;
    }
}

char *fuzz_file(const char *name, fuzz_input input)
{
    char *path = path_of(name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(descriptor >= 0);
    write_all(descriptor, input);
    REQUIRE(close(descriptor) == 0);
    return path;
}

bool fuzz_pipe(fuzz_input input)
{
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    /* Nobody reads while we write. */
    REQUIRE(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    bool has_room = input.n == 0 || write(ends[1], input.bytes, input.n) == (ssize_t)input.n;
    REQUIRE(close(ends[1]) == 0);
    REQUIRE(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    REQUIRE(close(ends[0]) == 0);
    return has_room;
}

/* ---- properties ------------------------------------------------------------------------------ */

bool fuzz_is_harmless(const char *text, size_t n, const char *allowed)
{
    enum { QUOTED_CHARACTER = 32 };
    for (size_t i = 0, length; i < n; i += length) {
        char quoted[QUOTED_CHARACTER];
        length = mmax_utf8_length(text + i, n - i);
        if (length == 0)
            return false;
        bool is_allowed = length == 1 && text[i] != '\0' && strchr(allowed, text[i]);
        mmax_quote(text + i, length, quoted, sizeof quoted);
        if (!is_allowed && (strlen(quoted) != length || memcmp(quoted, text + i, length) != 0))
            return false;
    }
    return true;
}

void fuzz_check_error(mmax_status status, const mmax_error *error)
{
    REQUIRE(status != MMAX_OK && error->status == status);
    REQUIRE(error->message[0] != '\0');
    REQUIRE(fuzz_is_harmless(error->message, strlen(error->message), ""));
}
