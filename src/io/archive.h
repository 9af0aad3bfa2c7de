/* Compressed data and zip archives, as streams; libarchive is behind this door only. */
#ifndef MMAX_IO_ARCHIVE_H
#define MMAX_IO_ARCHIVE_H

#include "io/stream.h"

/* Takes over a stream of gzip, bzip2, xz, zstd or lz4 data, as its first bytes tell, and makes one
 * of what they decompress to, of the same name.  Members and frames that follow one another are
 * read as one; what is compressed again stays so.  On failure the stream is left to the caller.
 * Damaged data is MMAX_EFORMAT when it is reached, a wrong checksum behind the last byte: see
 * mmax_stream_check_end.  Memory: a buffer and what the compression needs, 1 GiB at most (xz -9: 65
 * MiB). */
mmax_status mmax_decompress(mmax_stream *compressed, mmax_stream **plain, mmax_error *error);

typedef struct mmax_zip mmax_zip;

/* Opens a zip archive on a stream, which is kept and not owned.  In a file the members are those of
 * the central directory; on a pipe they are taken as they come. */
mmax_status mmax_zip_open(mmax_stream *stream, mmax_zip **zip, mmax_error *error);
void mmax_zip_free(mmax_zip *zip);

/* Goes to the next member that is no folder: its name as the archive has it, in UTF-8, and its
 * bytes as a stream called "ARCHIVE[NAME]", a suffix ".npy" left out.  *NAME is NULL at the end.
 * Both live until the next call.  One that is encrypted is MMAX_EUNSUPPORTED, its name is told, and
 * those behind it can be asked for; *NAME is NULL after every other failure.  An NPY file that is
 * stored without compression in a file comes as a part of that file, as fast as it would be alone,
 * and as unprotected by a checksum.
 *
 * The format: PKWARE, .ZIP File Format Specification, APPNOTE 6.3, 2006. */
mmax_status mmax_zip_next(mmax_zip *zip, const char **name, mmax_stream **bytes, mmax_error *error);

#endif
