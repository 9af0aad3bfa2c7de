/* NPZ: a zip archive whose members are NPY files, each named after its array. */
#include "io/archive.h"
#include "io/file.h"
#include "io/npy_header.h"

#include <stdlib.h>
#include <string.h>

typedef struct npz_file {
    mmax_file base;
    mmax_zip *zip;
    const char *member; /* where the archive stands: its name, */
    mmax_stream *bytes; /* and its bytes */
    bool at_end;        /* the archive is */
    bool is_pending;    /* that member has not been shown yet */
    mmax_error refusal; /* why that member is not read; MMAX_OK if it is */
    mmax_stream *kept;  /* the bytes of a member that the archive has left */
    mmax_npy_header header;
    char *name; /* of the array shown */
} npz_file;

/* ---- members --------------------------------------------------------------------------------- */

static const char suffix[] = ".npy";

/* The length of an array's name, that of its member without the suffix: it may be empty. */
static bool is_array(const char *member, size_t *length)
{
    size_t whole = strlen(member), n = sizeof suffix - 1;
    if (whole < n || strcmp(member + whole - n, suffix) != 0)
        return false;
    *length = whole - n;
    return true;
}

/* Goes to the next member that is an array; MEMBER is NULL at the end.  One that is encrypted says
 * nothing of those before and behind it: it fails when it is shown. */
static mmax_status next_member(npz_file *self, mmax_error *error)
{
    size_t length;
    do {
        self->refusal.status = MMAX_OK;
        mmax_status status = mmax_zip_next(self->zip, &self->member, &self->bytes, &self->refusal);
        if (status != MMAX_OK && (status != MMAX_EUNSUPPORTED || !self->member)) {
            self->base.is_broken = true;
            if (error)
                *error = self->refusal;
            return status;
        }
    } while (self->member && !is_array(self->member, &length));
    self->is_pending = self->member != NULL;
    self->at_end = !self->member;
    return MMAX_OK;
}

/* Keeps the bytes of the member that is shown while the archive goes on to the next one, to learn
 * whether there is one: those of a stored member stay in the file, others go to a temporary one. */
static mmax_status keep_bytes(npz_file *self, mmax_error *error)
{
    size_t n_bytes, offset = mmax_stream_offset(self->base.array_stream);
    if (!mmax_stream_is_file(self->base.array_stream, &n_bytes)) {
        mmax_status status = mmax_stream_spool(self->base.array_stream, SIZE_MAX, &n_bytes, error);
        if (status != MMAX_OK)
            return status;
        offset = 0;
    }
    const char *name = mmax_stream_name(self->base.array_stream);
    mmax_status status = mmax_stream_open_part(self->base.array_stream, name, offset,
                                               n_bytes - offset, &self->kept, error);
    if (status == MMAX_OK)
        self->base.array_stream = self->kept;
    return status;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static mmax_status show_member(npz_file *self, mmax_error *error)
{
    size_t length = 0;
    is_array(self->member, &length);
    mmax_array_info *info = &self->base.info;
    char *name = mmax_alloc_array(length + 1, 1);
    if (!name)
        return mmax_fail_memory(error, "reading an archive");
    memcpy(name, self->member, length);
    name[length] = '\0';
    free(self->name);
    self->name = name;
    info->array = name;
    self->is_pending = false;
    if (self->refusal.status != MMAX_OK) {
        if (error)
            *error = self->refusal;
        return self->refusal.status;
    }
    self->base.array_stream = self->bytes;
    mmax_status status = mmax_npy_header_describe(self->bytes, &self->header, info, error);
    if (status == MMAX_OK)
        self->base.is_float = self->header.is_read && mmax_dtype_is_float(&self->header.dtype);
    return status;
}

static mmax_status npz_next(mmax_file *file, mmax_error *error)
{
    npz_file *self = (npz_file *)file;
    mmax_status status = MMAX_OK;
    mmax_stream_free(self->kept);
    self->kept = NULL;
    if (!self->is_pending && !self->at_end)
        status = next_member(self, error);
    file->at_end = self->at_end && !self->is_pending;
    if (status != MMAX_OK || file->at_end)
        return status;
    status = show_member(self, error);
    bool must_tell =
        file->n_arrays == 0 && !file->options.array && (file->needs_alone || !file->is_float);
    if (status != MMAX_OK || !must_tell)
        return status;
    status = keep_bytes(self, error);
    if (status == MMAX_OK)
        status = next_member(self, error);
    file->is_alone = !self->is_pending;
    return status;
}

static mmax_status npz_array(mmax_file *file, mmax_source **source, mmax_error *error)
{
    npz_file *self = (npz_file *)file;
    return mmax_npy_open(file->array_stream, &self->header, &file->options, source, error);
}

static void npz_close(mmax_file *file)
{
    npz_file *self = (npz_file *)file;
    mmax_stream_free(self->kept);
    mmax_zip_free(self->zip);
    free(self->name);
}

static const mmax_file_methods npz_methods = {
    .next = npz_next, .open = npz_array, .close = npz_close};

mmax_status mmax_npz_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error)
{
    npz_file *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an archive");
    mmax_status status = mmax_zip_open(stream, &self->zip, error);
    if (status != MMAX_OK) {
        free(self);
        return status;
    }
    self->base.methods = &npz_methods;
    *file = &self->base;
    return MMAX_OK;
}
