#include "shortage_files.h"

#include "testing.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Before the tests begin, when Check cannot tell of failures. */
static void must(bool succeeds)
{
    if (succeeds)
        return;
    perror("cannot make the files of the test");
    abort();
}

/* Bytes in the making. */
typedef struct bytes {
    char data[4096];
    size_t n;
} bytes;

static void append(bytes *to, const void *data, size_t n)
{
    must(to->n + n <= sizeof to->data);
    memcpy(to->data + to->n, data, n);
    to->n += n;
}

static void append_text(bytes *to, const char *text)
{
    append(to, text, strlen(text));
}

static void save(const char *name, const bytes *content)
{
    FILE *file = fopen(name, "wb");
    must(file);
    must(fwrite(content->data, 1, content->n, file) == content->n);
    must(fclose(file) == 0);
}

static void save_text(const char *name, const char *text)
{
    bytes content = {.n = 0};
    append_text(&content, text);
    save(name, &content);
}

/* An NPY file of version 1.0, whose header fills 128 bytes. */
static bytes npy_of(const char *type, const char *order, const char *shape, const bytes *data)
{
    bytes npy = {.n = 0};
    char header[128];
    int length =
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", type,
                 order, shape);
    memset(header + length, ' ', sizeof header - (size_t)length);
    header[117] = '\n';
    append(&npy, "\x93NUMPY\x01\x00\x76\x00", 10);
    append(&npy, header, 118);
    append(&npy, data->data, data->n);
    return npy;
}

/* Logits that differ, n of them, as numbers of 32 or 64 bits. */
static bytes logits(size_t n, size_t n_bits)
{
    bytes data = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        double wide = (double)((7 * i) % 16) / 4 - 2;
        float narrow = (float)wide;
        append(&data, n_bits == 64 ? (const void *)&wide : &narrow, n_bits / 8);
    }
    return data;
}

/* ---- archives -------------------------------------------------------------------------------- */

static void add_member(struct archive *archive, const char *name, const bytes *content)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)content->n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    must(archive_write_header(archive, entry) == ARCHIVE_OK);
    must(archive_write_data(archive, content->data, content->n) == (la_ssize_t)content->n);
    archive_entry_free(entry);
}

/* With SECOND unless it is NULL. */
static void save_zip(const char *file, const char *options, const char *first, const bytes *one,
                     const char *second, const bytes *other)
{
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    archive_write_set_options(zip, options);
    must(archive_write_open_filename(zip, file) == ARCHIVE_OK);
    add_member(zip, first, one);
    if (second)
        add_member(zip, second, other);
    must(archive_write_close(zip) == ARCHIVE_OK);
    archive_write_free(zip);
}

static void save_compressed(const char *file, int filter, const bytes *content)
{
    struct archive *archive = archive_write_new();
    archive_write_set_format_raw(archive);
    must(archive_write_add_filter(archive, filter) == ARCHIVE_OK);
    must(archive_write_open_filename(archive, file) == ARCHIVE_OK);
    add_member(archive, "data", content);
    must(archive_write_close(archive) == ARCHIVE_OK);
    archive_write_free(archive);
}

/* ---- safetensors ----------------------------------------------------------------------------- */

static void save_safetensors(const char *file, const char *header, const bytes *data)
{
    bytes content = {.n = 0};
    unsigned char length[8] = {(unsigned char)(strlen(header) & 255),
                               (unsigned char)(strlen(header) >> 8)};
    append(&content, length, sizeof length);
    append_text(&content, header);
    append(&content, data->data, data->n);
    save(file, &content);
}

/* ---- the files ------------------------------------------------------------------------------- */

static void save_heads(void)
{
    const bytes narrow = logits(64, 32), wide = logits(64, 64);
    const bytes heads = npy_of("<f4", "False", "(2, 2, 4, 4)", &narrow);
    const bytes fortran = npy_of("<f8", "True", "(2, 2, 4, 4)", &wide);
    save("heads.npy", &heads);
    save("fortran.npy", &fortran);
    save_compressed("heads.npy.gz", ARCHIVE_FILTER_GZIP, &heads);
    save_compressed("heads.npy.zst", ARCHIVE_FILTER_ZSTD, &heads);
    save_compressed("heads.npy.xz", ARCHIVE_FILTER_XZ, &heads);
    save_compressed("heads.npy.bz2", ARCHIVE_FILTER_BZIP2, &heads);
    bytes numbers = {.n = 0};
    append(&numbers, "\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0", 16);
    const bytes ids = npy_of("<i4", "False", "(4,)", &numbers);
    save_zip("stored.npz", "zip:compression=store", "heads.npy", &heads, "ids.npy", &ids);
    save_zip("deflated.npz", "zip:compression=deflate", "heads.npy", &heads, "ids.npy", &ids);
    bytes data = narrow;
    append(&data, numbers.data, numbers.n);
    save_safetensors("heads.safetensors",
                     "{\"__metadata__\":{\"format\":\"pt\"},"
                     "\"heads\":{\"dtype\":\"F32\",\"shape\":[2,2,4,4],\"data_offsets\":[0,256]},"
                     "\"ids\":{\"dtype\":\"I32\",\"shape\":[4],\"data_offsets\":[256,272]}}",
                     &data);
}

/* The work of several threads. */
static void save_long(void)
{
    enum { N_ROWS = 8192, ROW_LENGTH = 64 };
    const bytes row = logits(ROW_LENGTH, 32), nothing = {.n = 0};
    const bytes head = npy_of("<f4", "False", "(8192, 64)", &nothing);
    save("long.npy", &head);
    FILE *file = fopen("long.npy", "ab");
    must(file);
    for (size_t i = 0; i < N_ROWS; i++)
        must(fwrite(row.data, 1, row.n, file) == row.n);
    must(fclose(file) == 0);
}

static void save_rows(void)
{
    static const char csv[] = "row,a,b,c\n"
                              "first,0.5,1,-2\n"
                              "second,1.25,-inf,3\n"
                              "third,\"2\",2,2\n"
                              "fourth,-1,0,1.5\n";
    static const char tsv[] = "a\tb\tc\n"
                              "0.5\t1\t-2\n"
                              "1.25\t0\t3\n";
    bytes content = {.n = 0};
    append_text(&content, csv);
    save("rows.csv", &content);
    save_compressed("rows.csv.gz", ARCHIVE_FILTER_GZIP, &content);
    save_text("rows.tsv", tsv);
}

static void save_vectors(void)
{
    const bytes data = logits(48, 32);
    const bytes vectors = npy_of("<f4", "False", "(2, 2, 4, 3)", &data);
    save("queries.npy", &vectors);
    save("keys.npy", &vectors);
}

static void save_parameters(void)
{
    const double ts[] = {-1, -0.5, 0, 0, -0.5, -0.25, 0, 0};
    const double ranges[] = {0, 1, 0, 0, 0, 2, 0, 0};
    bytes numbers = {.n = 0}, of_ts = {.n = 0}, of_ranges = {.n = 0};
    append(&of_ts, ts, sizeof ts);
    append(&of_ranges, ranges, sizeof ranges);
    append(&numbers, ts, sizeof ts);
    append(&numbers, ranges, sizeof ranges);
    const bytes ts_npy = npy_of("<f8", "False", "(2, 4)", &of_ts);
    const bytes ranges_npy = npy_of("<f8", "False", "(2, 4)", &of_ranges);
    const char *options = "zip:compression=deflate";
    save_zip("ts.npz", options, "ts.npy", &ts_npy, NULL, NULL);
    save_zip("ranges.npz", options, "ranges.npy", &ranges_npy, NULL, NULL);
    save_zip("layers.npz", options, "ts.npy", &ts_npy, "ranges.npy", &ranges_npy);
    save_text("layers.json", "{\"ts\": [[-1, -0.5, 0, 0], [-0.5, -0.25, 0, 0]],"
                             " \"ranges\": [[0, 1, 0, 0], [0, 2, 0, 0]]}");
    save_safetensors("layers.safetensors",
                     "{\"ts\":{\"dtype\":\"F64\",\"shape\":[2,4],\"data_offsets\":[0,64]},"
                     "\"ranges\":{\"dtype\":\"F64\",\"shape\":[2,4],\"data_offsets\":[64,128]}}",
                     &numbers);
}

void shortage_make_files(void)
{
    must(chdir(testing_folder()) == 0);
    must(mkdir("out", 0777) == 0);
    must(mkdir("in", 0777) == 0);
    must(chdir("in") == 0);
    save_heads();
    save_long();
    save_rows();
    save_vectors();
    save_parameters();
    bytes booleans = {.n = 0};
    append(&booleans, "\1\0\0\0\1\1\0\0\1\1\1\0\1\1\1\1", 16);
    const bytes mask = npy_of("|b1", "False", "(4, 4)", &booleans);
    save("mask.npy", &mask);
    save_text("tokens.txt", "the\nquick\nbrown\nfox\n");
}
