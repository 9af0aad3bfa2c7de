check_PROGRAMS += tests/test_io
TESTS += tests/test_io
tests_test_io_SOURCES = \
    tests/test_io.h \
    tests/test_io.c \
    tests/test_io_archive.c \
    tests/test_io_array.c \
    tests/test_io_csv.c \
    tests/test_io_half.c \
    tests/test_io_mask.c \
    tests/test_io_npy.c \
    tests/test_io_parameters.c \
    tests/test_io_parameter_arrays.c \
    tests/test_io_product.h \
    tests/test_io_product.c \
    tests/test_io_product_blocks.c \
    tests/test_io_real.c \
    tests/test_io_safetensors.c \
    tests/test_io_source.c \
    tests/test_io_stream.c \
    tests/test_io_text.c \
    tests/test_io_text_view.c \
    tests/test_io_tokens.c \
    tests/test_io_view.c \
    tests/test_io_writer.c \
    tests/test_io_zip.h \
    tests/test_io_zip.c \
    tests/test_io_zip_archive.c \
    tests/test_io_zip_hostile.c
tests_test_io_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(ARCHIVE_CFLAGS)
tests_test_io_LDADD = libtesting.la libio.la libbase.la $(GSL_LIBS) $(CHECK_LIBS)
