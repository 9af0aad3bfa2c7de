#include "io/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- libarchive reads what a stream has ------------------------------------------------------ */

/* A stream as libarchive sees it. */
typedef struct feeder {
    struct archive *archive;
    mmax_stream *stream;
    size_t n_shown;     /* bytes that libarchive holds a pointer to */
    mmax_error failure; /* of the stream; its status is MMAX_OK if there was none */
} feeder;

static la_ssize_t feed(struct archive *archive, void *data, const void **bytes)
{
    feeder *self = data;
    const char *next;
    size_t n;
    mmax_stream_skip(self->stream, self->n_shown);
    self->n_shown = 0;
    if (mmax_stream_peek(self->stream, 1, &next, &n, &self->failure) != MMAX_OK) {
        archive_set_error(archive, EIO, "%s", self->failure.message);
        return -1;
    }
    self->n_shown = n;
    *bytes = next;
    return (la_ssize_t)n;
}

static la_int64_t feed_from(struct archive *archive, void *data, la_int64_t offset, int whence)
{
    feeder *self = data;
    size_t size = 0;
    (void)archive;
    mmax_stream_is_file(self->stream, &size);
    if (whence == SEEK_CUR)
        offset += (la_int64_t)(mmax_stream_offset(self->stream) + self->n_shown);
    else if (whence == SEEK_END)
        offset += (la_int64_t)size;
    if (offset < 0 || (size_t)offset > size)
        return ARCHIVE_FATAL;
    self->n_shown = 0;
    if (mmax_stream_seek(self->stream, (size_t)offset, &self->failure) != MMAX_OK)
        return ARCHIVE_FATAL;
    return offset;
}

static bool open_feeder(feeder *self)
{
    size_t n_bytes;
    archive_read_set_callback_data(self->archive, self);
    archive_read_set_read_callback(self->archive, feed);
    if (mmax_stream_is_file(self->stream, &n_bytes))
        archive_read_set_seek_callback(self->archive, feed_from);
    return archive_read_open1(self->archive) == ARCHIVE_OK;
}

/* What went wrong: with the stream itself, or with what libarchive makes of it. */
static mmax_status fail_reading(const feeder *self, const char *name, const char *what,
                                mmax_error *error)
{
    if (self->failure.status != MMAX_OK) {
        if (error)
            *error = self->failure;
        return self->failure.status;
    }
    const char *reason = archive_error_string(self->archive);
    char quoted[256] = "its reader does not say why";
    if (reason)
        mmax_quote(reason, strlen(reason), quoted, sizeof quoted);
    return mmax_fail(error, MMAX_EFORMAT, "%s: %s: %s", name, what, quoted);
}

static mmax_status read_data(feeder *self, const char *name, const char *what, char *bytes,
                             size_t n, size_t *n_read, mmax_error *error)
{
    la_ssize_t got;
    do
        got = archive_read_data(self->archive, bytes, n);
    while (got == ARCHIVE_RETRY);
    if (got < 0)
        return fail_reading(self, name, what, error);
    *n_read = (size_t)got;
    return MMAX_OK;
}

/* ---- compressed data ------------------------------------------------------------------------- */

typedef struct decompressor {
    feeder feeder;
} decompressor;

static const char damaged[] = "the compressed data is damaged or cut off";

static mmax_status decompress_some(void *self, char *bytes, size_t n, size_t *n_read,
                                   mmax_error *error)
{
    decompressor *d = self;
    return read_data(&d->feeder, mmax_stream_name(d->feeder.stream), damaged, bytes, n, n_read,
                     error);
}

static void decompressor_position(const void *self, size_t *n_done, size_t *n_total)
{
    const decompressor *d = self;
    mmax_stream_position(d->feeder.stream, n_done, n_total);
}

static void decompressor_close(void *self)
{
    decompressor *d = self;
    archive_read_free(d->feeder.archive);
    mmax_stream_free(d->feeder.stream);
    free(d);
}

static const mmax_supply decompressor_supply = {
    .read = decompress_some, .position = decompressor_position, .close = decompressor_close};

/* Only filters that libarchive has itself: none that run a program. */
static bool support_compressions(struct archive *archive)
{
    static int (*const filters[])(struct archive *) = {
        archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
        archive_read_support_filter_xz, archive_read_support_filter_zstd,
        archive_read_support_filter_lz4};
    bool ok = archive_read_support_format_raw(archive) == ARCHIVE_OK;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        ok &= filters[i](archive) == ARCHIVE_OK;
    return ok;
}

mmax_status mmax_decompress(mmax_stream *compressed, mmax_stream **plain, mmax_error *error)
{
    static const char doing[] = "opening compressed data";
    struct archive_entry *entry;
    const char *name = mmax_stream_name(compressed);
    decompressor *self = mmax_alloc_zeroed(1, sizeof *self);
    struct archive *archive = archive_read_new();
    mmax_status status = MMAX_OK;
    if (!self || !archive || !support_compressions(archive)) {
        status = mmax_fail_memory(error, doing);
        goto failed;
    }
    self->feeder = (feeder){.archive = archive, .stream = compressed};
    if (!open_feeder(&self->feeder) || archive_read_next_header(archive, &entry) != ARCHIVE_OK) {
        status = fail_reading(&self->feeder, name, damaged, error);
        goto failed;
    }
    /* What no filter knows passes as it is. */
    if (archive_filter_code(archive, 0) == ARCHIVE_FILTER_NONE) {
        status = mmax_fail(error, MMAX_EFORMAT, "%s: %s", name, damaged);
        goto failed;
    }
    status = mmax_stream_open_supply(name, &decompressor_supply, self, plain, error);
    if (status == MMAX_OK)
        return MMAX_OK;
failed:
    archive_read_free(archive);
    free(self);
    return status;
}

/* ---- zip archives ---------------------------------------------------------------------------- */

struct mmax_zip {
    feeder feeder;
    locale_t utf8;       /* 0: there is none */
    char *name;          /* of the current member */
    char *title;         /* "ARCHIVE[NAME]" */
    mmax_stream *member; /* its bytes */
};

static const char spoiled[] = "the archive is damaged or cut off";

static mmax_status read_member(void *self, char *bytes, size_t n, size_t *n_read, mmax_error *error)
{
    mmax_zip *zip = self;
    return read_data(&zip->feeder, zip->title, spoiled, bytes, n, n_read, error);
}

static void zip_position(const void *self, size_t *n_done, size_t *n_total)
{
    const mmax_zip *zip = self;
    mmax_stream_position(zip->feeder.stream, n_done, n_total);
}

static const mmax_supply member_supply = {.read = read_member, .position = zip_position};

/* libarchive gives names in the encoding of the thread's locale, as it was when it was first asked:
 * in UTF-8, then, whatever the caller's locale is. */
static locale_t enter_utf8(const mmax_zip *zip)
{
    return zip->utf8 ? uselocale(zip->utf8) : (locale_t)0;
}

static void leave_utf8(locale_t old)
{
    if (old)
        uselocale(old);
}

static bool open_reader(mmax_zip *zip)
{
    struct archive *archive = zip->feeder.archive;
    locale_t old = enter_utf8(zip);
    /* Old archives do not say what their names are written in; those of NumPy are UTF-8. */
    bool ok = archive_read_support_format_zip(archive) == ARCHIVE_OK &&
              archive_read_set_options(archive, "hdrcharset=UTF-8") == ARCHIVE_OK &&
              open_feeder(&zip->feeder);
    leave_utf8(old);
    return ok;
}

mmax_status mmax_zip_open(mmax_stream *stream, mmax_zip **zip, mmax_error *error)
{
    mmax_zip *self = mmax_alloc_zeroed(1, sizeof *self);
    struct archive *archive = archive_read_new();
    if (!self || !archive) {
        archive_read_free(archive);
        free(self);
        return mmax_fail_memory(error, "opening an archive");
    }
    self->feeder = (feeder){.archive = archive, .stream = stream};
    self->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!open_reader(self)) {
        mmax_status status = fail_reading(&self->feeder, mmax_stream_name(stream), spoiled, error);
        mmax_zip_free(self);
        return status;
    }
    *zip = self;
    return MMAX_OK;
}

void mmax_zip_free(mmax_zip *zip)
{
    if (!zip)
        return;
    mmax_stream_free(zip->member);
    archive_read_free(zip->feeder.archive);
    if (zip->utf8)
        freelocale(zip->utf8);
    free(zip->name);
    free(zip->title);
    free(zip);
}

/* Remembers what the member is called, in the archive and in messages. */
static mmax_status name_member(mmax_zip *zip, struct archive_entry *entry, mmax_error *error)
{
    static const char suffix[] = ".npy";
    const char *archive = mmax_stream_name(zip->feeder.stream);
    const char *name = archive_entry_pathname(entry);
    if (!name)
        name = "?";
    free(zip->name);
    free(zip->title);
    zip->name = mmax_copy_text(name);
    size_t length = strlen(name), n = sizeof suffix - 1;
    length -= length > n && strcmp(name + length - n, suffix) == 0 ? n : 0;
    size_t size = strlen(archive) + 4 * length + sizeof "[]" + 3;
    zip->title = mmax_alloc_array(size, 1);
    if (!zip->name || !zip->title)
        return mmax_fail_memory(error, "reading an archive");
    char *end = stpcpy(stpcpy(zip->title, archive), "[");
    mmax_quote(name, length, end, 4 * length + 4);
    strcat(end, "]");
    return MMAX_OK;
}

/* Whether the member's bytes lie in the file as they are, from *OFFSET on.  libarchive tells where
 * it stands; that NPY's first bytes are there makes sure of it. */
static bool lies_in_file(const mmax_zip *zip, struct archive_entry *entry, size_t *offset,
                         size_t *n_bytes)
{
    static const char magic[] = "\x93NUMPY";
    enum { MAGIC_SIZE = sizeof magic - 1 };
    struct archive *archive = zip->feeder.archive;
    size_t size;
    char first[MAGIC_SIZE];
    const char *format = archive_format_name(archive);
    la_int64_t at = archive_filter_bytes(archive, 0), length = archive_entry_size(entry);
    if (!mmax_stream_is_file(zip->feeder.stream, &size) || !format ||
        !strstr(format, "(uncompressed)") || !archive_entry_size_is_set(entry) || at < 0 ||
        length < MAGIC_SIZE || (uint64_t)length > size || (uint64_t)at > size - (size_t)length)
        return false;
    *offset = (size_t)at;
    *n_bytes = (size_t)length;
    return mmax_stream_read_at(zip->feeder.stream, *offset, first, MAGIC_SIZE, NULL) == MMAX_OK &&
           memcmp(first, magic, MAGIC_SIZE) == 0;
}

static mmax_status open_member(mmax_zip *zip, struct archive_entry *entry, mmax_error *error)
{
    size_t offset = 0, n_bytes = 0;
    if (archive_entry_is_data_encrypted(entry))
        return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: is encrypted; unpack it with its password",
                         zip->title);
    if (lies_in_file(zip, entry, &offset, &n_bytes))
        return mmax_stream_open_part(zip->feeder.stream, zip->title, offset, n_bytes, &zip->member,
                                     error);
    return mmax_stream_open_supply(zip->title, &member_supply, zip, &zip->member, error);
}

static int next_entry(const mmax_zip *zip, struct archive_entry **entry)
{
    int result;
    locale_t old = enter_utf8(zip);
    do
        result = archive_read_next_header(zip->feeder.archive, entry);
    while (result == ARCHIVE_RETRY);
    leave_utf8(old);
    return result;
}

mmax_status mmax_zip_next(mmax_zip *zip, const char **name, mmax_stream **bytes, mmax_error *error)
{
    struct archive_entry *entry;
    mmax_stream_free(zip->member);
    zip->member = NULL;
    for (;;) {
        int result = next_entry(zip, &entry);
        if (result == ARCHIVE_EOF) {
            *name = NULL;
            return MMAX_OK;
        }
        if (result < ARCHIVE_WARN)
            return fail_reading(&zip->feeder, mmax_stream_name(zip->feeder.stream), spoiled, error);
        if (archive_entry_filetype(entry) != AE_IFDIR)
            break;
    }
    locale_t old = enter_utf8(zip);
    mmax_status status = name_member(zip, entry, error);
    leave_utf8(old);
    if (status == MMAX_OK)
        status = open_member(zip, entry, error);
    if (status != MMAX_OK)
        return status;
    *name = zip->name;
    *bytes = zip->member;
    return MMAX_OK;
}
