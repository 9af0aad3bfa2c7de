/* npz-pack [-d] FILE.npz MEMBER...: packs files, as np.savez does, or with -d as
 * np.savez_compressed, for the tests of the command line.  With FILE "-" it writes to standard
 * output, as to a pipe.
 *
 * npz-pack -n N FILE.npz MEMBER: packs one file N times, as 0.npy and so on. */
#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void fail(const char *what)
{
    fprintf(stderr, "npz-pack: %s\n", what);
    exit(1);
}

typedef struct bytes {
    char *data;
    size_t n;
} bytes;

static bytes read_all(const char *name)
{
    struct stat status;
    FILE *file = fopen(name, "rb");
    if (!file || fstat(fileno(file), &status) != 0)
        fail(name);
    bytes all = {malloc((size_t)status.st_size + 1), (size_t)status.st_size};
    if (!all.data || fread(all.data, 1, all.n, file) != all.n)
        fail(name);
    fclose(file);
    return all;
}

static void pack(struct archive *zip, const char *name, const bytes *all)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (int64_t)all->n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (archive_write_header(zip, entry) != ARCHIVE_OK ||
        archive_write_data(zip, all->data, all->n) < 0)
        fail(archive_error_string(zip));
    archive_entry_free(entry);
}

/* Under its own name, or for N > 0 so many times under numbers. */
static void pack_file(struct archive *zip, const char *name, long n)
{
    bytes all = read_all(name);
    if (n == 0)
        pack(zip, name, &all);
    for (long i = 0; i < n; i++) {
        char member[32];
        snprintf(member, sizeof member, "%ld.npy", i);
        pack(zip, member, &all);
    }
    free(all.data);
}

int main(int argc, char **argv)
{
    int at = 1;
    bool deflates = argc > 1 && strcmp(argv[1], "-d") == 0;
    long n = argc > 2 && strcmp(argv[1], "-n") == 0 ? strtol(argv[2], NULL, 10) : 0;
    at += deflates ? 1 : n > 0 ? 2 : 0;
    if (argc - at < 2)
        fail("expected [-d|-n N] FILE.npz MEMBER...");
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    archive_write_set_options(zip, deflates ? "zip:compression=deflate" : "zip:compression=store");
    const char *file = strcmp(argv[at], "-") == 0 ? NULL : argv[at];
    if (archive_write_open_filename(zip, file) != ARCHIVE_OK)
        fail(archive_error_string(zip));
    for (at++; at < argc; at++)
        pack_file(zip, argv[at], n);
    if (archive_write_close(zip) != ARCHIVE_OK)
        fail(archive_error_string(zip));
    archive_write_free(zip);
    return 0;
}
