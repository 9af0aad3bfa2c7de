#include "io/source.h"

#include <string.h>

/* A literal with its length: signatures may hold NUL. */
#define BYTES(literal) literal, sizeof(literal) - 1

/* The first that fits counts. */
static const mmax_signature signatures[] = {
    {0, BYTES("\x93NUMPY"), MMAX_FORMAT_NPY, "an NPY file", NULL, NULL},
    /* Before all that is told by a few bytes: it begins with a length, which may be any of them. */
    {4, BYTES("\0\0\0\0{"), MMAX_FORMAT_SAFETENSORS, "a safetensors file", NULL, NULL},
    {0, BYTES("version https://git-lfs"), MMAX_FORMAT_AUTO, "a git-lfs pointer, not the file",
     "run 'git lfs pull'", NULL},
    {0, BYTES("\x80"), MMAX_FORMAT_AUTO, "a Python pickle, which is never loaded",
     "save the array with np.save", NULL},
    {0, BYTES("PK\x03\x04"), MMAX_FORMAT_NPZ, "a zip archive", NULL, NULL},
    {0, BYTES("PK\x05\x06"), MMAX_FORMAT_AUTO, "an empty zip archive",
     "save one array as .npy with np.save", NULL},
    {0, BYTES("\x89HDF\r\n\x1a\n"), MMAX_FORMAT_AUTO, "an HDF5 file",
     "save one array as .npy with np.save", NULL},
    {0, BYTES("MATLAB 5.0 MAT-file"), MMAX_FORMAT_AUTO, "a MATLAB file",
     "save one array as .npy with np.save", NULL},
    {0, BYTES("PAR1\x15"), MMAX_FORMAT_AUTO, "a Parquet file", "save its numbers as .csv or .npy",
     NULL},
    {0, BYTES("ARROW1\0\0"), MMAX_FORMAT_AUTO, "an Arrow file", "save its numbers as .csv or .npy",
     NULL},
    {0, BYTES("\x1f\x8b"), MMAX_FORMAT_AUTO, "compressed with gzip", NULL, "gzip"},
    {0, BYTES("\x28\xb5\x2f\xfd"), MMAX_FORMAT_AUTO, "compressed with zstd", NULL, "zstd"},
    {0,
     BYTES("\xfd"
           "7zXZ\0"),
     MMAX_FORMAT_AUTO, "compressed with xz", NULL, "xz"},
    {4, BYTES("1AY&SY"), MMAX_FORMAT_AUTO, "compressed with bzip2", NULL, "bzip2"},
    {0, BYTES("\x04\x22\x4d\x18"), MMAX_FORMAT_AUTO, "compressed with lz4", NULL, "lz4"},
    {0, BYTES("\x89PNG\r\n\x1a\n"), MMAX_FORMAT_AUTO, "a PNG picture", "give the numbers behind it",
     NULL},
    {0, BYTES("\xff\xd8\xff"), MMAX_FORMAT_AUTO, "a JPEG picture", "give the numbers behind it",
     NULL},
    {0, BYTES("GIF8"), MMAX_FORMAT_AUTO, "a GIF picture", "give the numbers behind it", NULL},
    {0, BYTES("%PDF-"), MMAX_FORMAT_AUTO, "a PDF document", "give the numbers behind it", NULL},
    {0, BYTES("\xd0\xcf\x11\xe0"), MMAX_FORMAT_AUTO, "an old Office document",
     "save the sheet as .csv", NULL},
    {0, BYTES("\xff\xfe\0\0"), MMAX_FORMAT_AUTO, "UTF-32 text",
     "convert it with iconv -f UTF-32 -t UTF-8", NULL},
    {0, BYTES("\0\0\xfe\xff"), MMAX_FORMAT_AUTO, "UTF-32 text",
     "convert it with iconv -f UTF-32 -t UTF-8", NULL},
    {0, BYTES("\xff\xfe"), MMAX_FORMAT_AUTO, "UTF-16 text",
     "convert it with iconv -f UTF-16 -t UTF-8", NULL},
    {0, BYTES("\xfe\xff"), MMAX_FORMAT_AUTO, "UTF-16 text",
     "convert it with iconv -f UTF-16 -t UTF-8", NULL},
    {0, BYTES("<!DOCTYPE html"), MMAX_FORMAT_AUTO, "a web page", "download the file itself", NULL},
    {0, BYTES("<html"), MMAX_FORMAT_AUTO, "a web page", "download the file itself", NULL},
    {0, BYTES("{\""), MMAX_FORMAT_AUTO, "JSON text", "save its numbers as .csv or .npy", NULL},
    {0, BYTES("{\n"), MMAX_FORMAT_AUTO, "JSON text", "save its numbers as .csv or .npy", NULL},
};

const mmax_signature *mmax_signature_find(const char *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const mmax_signature *s = &signatures[i];
        if (s->offset + s->n_bytes <= n && memcmp(bytes + s->offset, s->bytes, s->n_bytes) == 0)
            return s;
    }
    return NULL;
}
