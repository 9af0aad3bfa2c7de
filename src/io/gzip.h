/* gzip becomes plain bytes, each of its checksums compared. */
#ifndef MMAX_IO_GZIP_H
#define MMAX_IO_GZIP_H

#include "io/stream.h"

/* A stream of what STREAM holds compressed with gzip, all members one after the other.  Takes over
 * the stream when it succeeds.  What follows the last member is ignored, as gzip -d does; damage is
 * MMAX_EFORMAT, and that of a checksum shows after the last byte that it vouches for.
 *
 * zlib itself and not libarchive, which does not look at gzip's checksums (3.6.2): damage that
 * still inflates would have become numbers.
 *
 * The format: Deutsch, GZIP File Format Specification Version 4.3, RFC 1952, 1996. */
mmax_status mmax_gzip_open(mmax_stream *stream, mmax_stream **plain, mmax_error *error);

#endif
