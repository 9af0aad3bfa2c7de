noinst_LTLIBRARIES += libio.la
libio_la_SOURCES = src/io/io.h src/io/stream.h src/io/stream.c src/io/header.c \
    src/io/temporary.c src/io/archive.h src/io/archive.c src/io/gzip.h src/io/gzip.c \
    src/io/signature.c src/io/file.h src/io/format.c src/io/file.c src/io/source.h src/io/source.c \
    src/io/convert.h src/io/convert.c src/io/gather.h src/io/gather.c \
    src/io/array.h src/io/array.c src/io/view.h src/io/view.c src/io/text_view.c \
    src/io/npy_header.h src/io/npy_header.c src/io/npy.c src/io/npz.c \
    src/io/safetensors.h src/io/safetensors.c src/io/safetensors_file.c \
    src/io/csv_record.h src/io/csv_record.c src/io/csv_cell.h src/io/csv_cell.c \
    src/io/csv_sniff.h src/io/csv_sniff.c src/io/columns.h src/io/columns.c \
    src/io/csv_columns.h src/io/csv_columns.c src/io/csv_layout.h src/io/csv_layout.c \
    src/io/csv.c \
    src/io/memory.c src/io/mask.c src/io/vectors.h src/io/vectors.c src/io/key_block.h \
    src/io/key_block.c src/io/product_shape.h src/io/product_shape.c src/io/product.c \
    src/io/tokens.h src/io/tokens.c src/io/parameters.h src/io/parameters_parts.h \
    src/io/parameters.c src/io/parameters_json.c src/io/parameters_list.c \
    src/io/parameters_arrays.c src/io/array_writer.c
libio_la_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS) $(JANSSON_CFLAGS) $(GSL_CFLAGS)
libio_la_LIBADD = $(ARCHIVE_LIBS) $(ZLIB_LIBS) $(JANSSON_LIBS)
