/* Runs a fuzz target on files, without a fuzzer: those that are named, and those in folders that
 * are named.  Prints how many.
 *
 * usage: TARGET FILE-OR-FOLDER... */
#include "fuzz.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t n_run;

static void give_up(const char *name)
{
    perror(name);
    exit(2);
}

static void run_file(const char *name, size_t size)
{
    /* Exactly as large as the file, so that the address sanitizer sees what lies behind. */
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    FILE *file = fopen(name, "rb");
    if (!bytes || !file || fread(bytes, 1, size, file) != size)
        give_up(name);
    fclose(file);
    /* What aborts does not return to say where it was. */
    fprintf(stderr, "%s\n", name);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    n_run++;
}

static void run(const char *name);

static void run_folder(const char *name)
{
    DIR *entries = opendir(name);
    const struct dirent *entry;
    if (!entries)
        give_up(name);
    while ((entry = readdir(entries))) {
        if (entry->d_name[0] == '.')
            continue;
        size_t size = strlen(name) + strlen(entry->d_name) + 2;
        char *path = malloc(size);
        if (!path)
            give_up(name);
        snprintf(path, size, "%s/%s", name, entry->d_name);
        run(path);
        free(path);
    }
    closedir(entries);
}

static void run(const char *name)
{
    struct stat status;
    if (stat(name, &status) != 0)
        give_up(name);
    if (S_ISDIR(status.st_mode))
        run_folder(name);
    else
        run_file(name, (size_t)status.st_size);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run(argv[i]);
    printf("%zu inputs\n", n_run);
    return n_run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
