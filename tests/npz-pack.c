/* npz-pack [-d] FILE.npz MEMBER...: packs files, as np.savez does, or with -d as
 * np.savez_compressed, for the tests of the command line.  With FILE "-" it writes to standard
 * output, as to a pipe. */
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

static void pack(struct archive *zip, const char *name)
{
    struct stat status;
    char bytes[4096];
    FILE *file = fopen(name, "rb");
    struct archive_entry *entry = archive_entry_new();
    if (!file || stat(name, &status) != 0)
        fail(name);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, status.st_size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (archive_write_header(zip, entry) != ARCHIVE_OK)
        fail(archive_error_string(zip));
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        if (archive_write_data(zip, bytes, n) < 0)
            fail(archive_error_string(zip));
    archive_entry_free(entry);
    fclose(file);
}

int main(int argc, char **argv)
{
    int at = 1;
    bool deflates = argc > 1 && strcmp(argv[1], "-d") == 0;
    at += deflates;
    if (argc - at < 2)
        fail("expected [-d] FILE.npz MEMBER...");
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    archive_write_set_options(zip, deflates ? "zip:compression=deflate" : "zip:compression=store");
    const char *file = strcmp(argv[at], "-") == 0 ? NULL : argv[at];
    if (archive_write_open_filename(zip, file) != ARCHIVE_OK)
        fail(archive_error_string(zip));
    for (at++; at < argc; at++)
        pack(zip, argv[at]);
    if (archive_write_close(zip) != ARCHIVE_OK)
        fail(archive_error_string(zip));
    archive_write_free(zip);
    return 0;
}
