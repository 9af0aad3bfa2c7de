#include "io/archive.h"

#include "io/gzip.h"
#include "io/source.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- libarchive reads what a stream has ------------------------------------------------------ */

/* A stream as libarchive sees it. */
typedef struct feeder {
    struct archive *archive;
    struct archive_entry *entry; /* where its heads are read: one of its own it may lack */
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

/* False on lack of memory. */
static bool make_feeder(feeder *self, mmax_stream *stream)
{
    self->stream = stream;
    self->archive = archive_read_new();
    self->entry = self->archive ? archive_entry_new2(self->archive) : NULL;
    return self->entry != NULL;
}

static void free_feeder(feeder *self)
{
    archive_entry_free(self->entry);
    archive_read_free(self->archive);
}

static bool open_feeder(feeder *self)
{
    size_t n_bytes;
    errno = 0;
    if (archive_read_set_callback_data(self->archive, self) != ARCHIVE_OK)
        return false;
    archive_read_set_read_callback(self->archive, feed);
    if (mmax_stream_is_file(self->stream, &n_bytes))
        archive_read_set_seek_callback(self->archive, feed_from);
    return archive_read_open1(self->archive) >= ARCHIVE_WARN;
}

/* What went wrong: with the stream itself, or with what libarchive makes of it, which was called
 * with errno = 0: a lack of memory it does not always name. */
static mmax_status fail_reading(const feeder *self, const char *name, const char *what,
                                mmax_error *error)
{
    if (self->failure.status != MMAX_OK) {
        if (error)
            *error = self->failure;
        return self->failure.status;
    }
    const char *reason = archive_error_string(self->archive);
    char quoted[256];
    if (archive_errno(self->archive) == ENOMEM || errno == ENOMEM)
        return mmax_fail_memory(error, "decompressing an input");
    if (!reason)
        reason = "it ends too soon";
    /* Some of its reasons end in a newline. */
    mmax_quote(reason, strcspn(reason, "\n"), quoted, sizeof quoted);
    if (strncmp(reason, "Unsupported", strlen("Unsupported")) == 0)
        return mmax_fail(error, MMAX_EUNSUPPORTED,
                         "%s: is not read: %s; save it again with np.savez", name, quoted);
    return mmax_fail(error, MMAX_EFORMAT, "%s: %s: %s; make or copy it again", name, what, quoted);
}

static mmax_status read_data(feeder *self, const char *name, const char *what, char *bytes,
                             size_t n, size_t *n_read, mmax_error *error)
{
    la_ssize_t got;
    errno = 0;
    do
        got = archive_read_data(self->archive, bytes, n);
    while (got == ARCHIVE_RETRY);
    if (got < 0)
        return fail_reading(self, name, what, error);
    *n_read = (size_t)got;
    return MMAX_OK;
}

/* ---- compressed data ------------------------------------------------------------------------- */

/* Never the filters that run other programs, and none that is not named here. */
static const struct filter {
    const char *name; /* as the table of signatures has it */
    int code;
    const char *damaged;
} filters[] = {
    {"zstd", ARCHIVE_FILTER_ZSTD, "the zstd data is damaged"},
    {"xz", ARCHIVE_FILTER_XZ, "the xz data is damaged"},
    {"bzip2", ARCHIVE_FILTER_BZIP2, "the bzip2 data is damaged"},
    {"lz4", ARCHIVE_FILTER_LZ4, "the lz4 data is damaged"},
};

typedef struct decompressor {
    feeder feeder;
    const char *damaged;
    bool at_end;
} decompressor;

static mmax_status decompressor_read(void *supply, char *bytes, size_t n, size_t *n_read,
                                     mmax_error *error)
{
    decompressor *self = supply;
    *n_read = 0;
    mmax_status status = MMAX_OK;
    if (!self->at_end)
        status = read_data(&self->feeder, mmax_stream_name(self->feeder.stream), self->damaged,
                           bytes, n, n_read, error);
    self->at_end = *n_read == 0;
    return status;
}

static void decompressor_position(const void *supply, size_t *done, size_t *total)
{
    mmax_stream_position(((const decompressor *)supply)->feeder.stream, done, total);
}

static void decompressor_free(decompressor *self)
{
    if (!self)
        return;
    free_feeder(&self->feeder);
    free(self);
}

static void decompressor_close(void *supply)
{
    decompressor *self = supply;
    mmax_stream *stream = self->feeder.stream;
    decompressor_free(self);
    mmax_stream_free(stream);
}

/* Opens libarchive's raw format on one filter, that of the table and no other. */
static mmax_status begin_decompressing(decompressor *self, const struct filter *filter,
                                       mmax_error *error)
{
    const char *name = mmax_stream_name(self->feeder.stream);
    if (archive_read_support_format_raw(self->feeder.archive) != ARCHIVE_OK ||
        archive_read_support_format_empty(self->feeder.archive) != ARCHIVE_OK)
        return mmax_fail_memory(error, "decompressing an input");
    /* A warning means that libarchive would run a program. */
    int appended = archive_read_append_filter(self->feeder.archive, filter->code);
    if (appended != ARCHIVE_OK && archive_errno(self->feeder.archive) == ENOMEM)
        return mmax_fail_memory(error, "decompressing an input");
    if (appended != ARCHIVE_OK)
        return mmax_fail(error, MMAX_EUNSUPPORTED,
                         "%s: is compressed with %s, which the libarchive of this system does not "
                         "read; decompress it with %s -d",
                         name, filter->name, filter->name);
    int result = open_feeder(&self->feeder) ? ARCHIVE_OK : ARCHIVE_FATAL;
    /* Data that fail at once look empty, but for the reason that was left behind. */
    if (result == ARCHIVE_OK &&
        (archive_error_string(self->feeder.archive) || self->feeder.failure.status != MMAX_OK))
        result = ARCHIVE_FATAL;
    if (result == ARCHIVE_OK) {
        errno = 0;
        result = archive_read_next_header2(self->feeder.archive, self->feeder.entry);
    }
    if (result < ARCHIVE_WARN)
        return fail_reading(&self->feeder, name, filter->damaged, error);
    self->at_end = result == ARCHIVE_EOF;
    /* libarchive takes less than a head and a first block for nothing at all. */
    if (self->at_end && filter->code == ARCHIVE_FILTER_BZIP2)
        return fail_reading(&self->feeder, name, filter->damaged, error);
    return MMAX_OK;
}

static mmax_status open_filter(mmax_stream *stream, const struct filter *filter,
                               mmax_stream **plain, mmax_error *error)
{
    static const mmax_supply supply = {decompressor_read, decompressor_position,
                                       decompressor_close};
    decompressor *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self || !make_feeder(&self->feeder, stream)) {
        decompressor_free(self);
        return mmax_fail_memory(error, "decompressing an input");
    }
    self->damaged = filter->damaged;
    mmax_status status = begin_decompressing(self, filter, error);
    if (status == MMAX_OK)
        status = mmax_stream_open_supply(mmax_stream_name(stream), mmax_stream_cancel(stream),
                                         &supply, self, plain, error);
    if (status != MMAX_OK)
        decompressor_free(self);
    return status;
}

static mmax_status open_compressed(mmax_stream *stream, const char *compression,
                                   mmax_stream **plain, mmax_error *error)
{
    if (strcmp(compression, "gzip") == 0)
        return mmax_gzip_open(stream, plain, error);
    size_t i = 0;
    while (strcmp(filters[i].name, compression) != 0) {
        i++;
        assert(i < sizeof filters / sizeof *filters);
    }
    return open_filter(stream, &filters[i], plain, error);
}

mmax_status mmax_decompress(mmax_stream *compressed, mmax_stream **plain, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(compressed, MMAX_SIGNATURE_SIZE, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    const mmax_signature *signature = mmax_signature_find(bytes, n);
    assert(signature && signature->compression);
    return open_compressed(compressed, signature->compression, plain, error);
}

/* ---- zip archives ---------------------------------------------------------------------------- */

struct mmax_zip {
    feeder feeder;
    locale_t utf8;       /* 0: there is none */
    char *name;          /* of the current member */
    char *title;         /* "ARCHIVE[NAME]" */
    mmax_stream *member; /* its bytes */
    bool at_end;         /* all of them have been read */
};

static const char spoiled[] = "the archive is damaged or cut off";

static mmax_status read_member(void *self, char *bytes, size_t n, size_t *n_read, mmax_error *error)
{
    mmax_zip *zip = self;
    mmax_status status = MMAX_OK;
    *n_read = 0;
    if (!zip->at_end)
        status = read_data(&zip->feeder, zip->title, spoiled, bytes, n, n_read, error);
    zip->at_end = *n_read == 0;
    return status;
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
    /* Names that are not marked as UTF-8 stay the bytes that they are: NumPy's are UTF-8, and an
     * option to say so makes libarchive drop those that are not. */
    bool ok = archive_read_support_format_zip(archive) == ARCHIVE_OK && open_feeder(&zip->feeder);
    leave_utf8(old);
    return ok;
}

mmax_status mmax_zip_open(mmax_stream *stream, mmax_zip **zip, mmax_error *error)
{
    mmax_zip *self = mmax_alloc_zeroed(1, sizeof *self);
    errno = 0;
    if (self)
        self->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!self || (!self->utf8 && errno == ENOMEM) || !make_feeder(&self->feeder, stream)) {
        mmax_zip_free(self);
        return mmax_fail_memory(error, "opening an archive");
    }
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
    free_feeder(&zip->feeder);
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
    const char *name = archive_entry_pathname(entry);
    if (!name)
        name = "?";
    free(zip->name);
    free(zip->title);
    zip->name = mmax_copy_text(name);
    size_t length = strlen(name), n = sizeof suffix - 1;
    length -= length >= n && strcmp(name + length - n, suffix) == 0 ? n : 0;
    zip->title = mmax_stream_member_name(zip->feeder.stream, name, length);
    return zip->name && zip->title ? MMAX_OK : mmax_fail_memory(error, "reading an archive");
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
    return mmax_stream_open_supply(zip->title, mmax_stream_cancel(zip->feeder.stream),
                                   &member_supply, zip, &zip->member, error);
}

static int next_entry(const mmax_zip *zip)
{
    int result;
    locale_t old = enter_utf8(zip);
    errno = 0;
    do
        result = archive_read_next_header2(zip->feeder.archive, zip->feeder.entry);
    while (result == ARCHIVE_RETRY);
    leave_utf8(old);
    return result;
}

mmax_status mmax_zip_next(mmax_zip *zip, const char **name, mmax_stream **bytes, mmax_error *error)
{
    struct archive_entry *entry = zip->feeder.entry;
    mmax_stream_free(zip->member);
    zip->member = NULL;
    zip->at_end = false;
    *name = NULL;
    for (;;) {
        int result = next_entry(zip);
        if (result == ARCHIVE_EOF)
            return MMAX_OK;
        if (result < ARCHIVE_WARN)
            return fail_reading(&zip->feeder, mmax_stream_name(zip->feeder.stream), spoiled, error);
        if (archive_entry_filetype(entry) != AE_IFDIR)
            break;
    }
    locale_t old = enter_utf8(zip);
    mmax_status status = name_member(zip, entry, error);
    leave_utf8(old);
    if (status != MMAX_OK)
        return status;
    *name = zip->name;
    status = open_member(zip, entry, error);
    *bytes = zip->member;
    return status;
}
