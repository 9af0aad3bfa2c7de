noinst_LTLIBRARIES += libkernels.la
libkernels_la_SOURCES = src/kernels/kernels.h src/kernels/rows.h src/kernels/facts.c \
    src/kernels/softmax.c src/kernels/evsoftmax.c src/kernels/threshold.c \
    src/kernels/sparsemax.c src/kernels/entmax.c src/kernels/entmax_steep.c src/kernels/modulate.c \
    src/kernels/fused.h src/kernels/fused.c
libkernels_la_CPPFLAGS = $(AM_CPPFLAGS)
libkernels_la_LIBADD =
EXTRA_DIST += src/kernels/lanes/polynomials.py

# The bodies in lanes/, once for each instruction set and width.
lanes_sources = src/kernels/lanes/lanes.h src/kernels/lanes/emulated_fma.h \
    src/kernels/lanes/functions.h src/kernels/lanes/rows.h \
    src/kernels/lanes/facts.c src/kernels/lanes/softmax.c src/kernels/lanes/entmax.c \
    src/kernels/lanes/table.c

noinst_LTLIBRARIES += liblanes_baseline_32.la liblanes_baseline_64.la
libkernels_la_LIBADD += liblanes_baseline_32.la liblanes_baseline_64.la
liblanes_baseline_32_la_SOURCES = $(lanes_sources)
liblanes_baseline_32_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=baseline -DMMAX_WIDTH=32
liblanes_baseline_64_la_SOURCES = $(lanes_sources)
liblanes_baseline_64_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=baseline -DMMAX_WIDTH=64

if HAVE_AVX2
libkernels_la_CPPFLAGS += -DMMAX_HAVE_AVX2
noinst_LTLIBRARIES += liblanes_avx2_32.la liblanes_avx2_64.la
libkernels_la_LIBADD += liblanes_avx2_32.la liblanes_avx2_64.la
liblanes_avx2_32_la_SOURCES = $(lanes_sources)
liblanes_avx2_32_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=avx2 -DMMAX_WIDTH=32
liblanes_avx2_32_la_CFLAGS = $(AM_CFLAGS) $(MMAX_AVX2_CFLAGS)
liblanes_avx2_64_la_SOURCES = $(lanes_sources)
liblanes_avx2_64_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=avx2 -DMMAX_WIDTH=64
liblanes_avx2_64_la_CFLAGS = $(AM_CFLAGS) $(MMAX_AVX2_CFLAGS)
endif

if HAVE_AVX512
libkernels_la_CPPFLAGS += -DMMAX_HAVE_AVX512
noinst_LTLIBRARIES += liblanes_avx512_32.la liblanes_avx512_64.la
libkernels_la_LIBADD += liblanes_avx512_32.la liblanes_avx512_64.la
liblanes_avx512_32_la_SOURCES = $(lanes_sources)
liblanes_avx512_32_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=avx512 -DMMAX_WIDTH=32
liblanes_avx512_32_la_CFLAGS = $(AM_CFLAGS) $(MMAX_AVX512_CFLAGS)
liblanes_avx512_64_la_SOURCES = $(lanes_sources)
liblanes_avx512_64_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=avx512 -DMMAX_WIDTH=64
liblanes_avx512_64_la_CFLAGS = $(AM_CFLAGS) $(MMAX_AVX512_CFLAGS)
endif

if HAVE_NEON
libkernels_la_CPPFLAGS += -DMMAX_HAVE_NEON
noinst_LTLIBRARIES += liblanes_neon_32.la liblanes_neon_64.la
libkernels_la_LIBADD += liblanes_neon_32.la liblanes_neon_64.la
liblanes_neon_32_la_SOURCES = $(lanes_sources)
liblanes_neon_32_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=neon -DMMAX_WIDTH=32
liblanes_neon_64_la_SOURCES = $(lanes_sources)
liblanes_neon_64_la_CPPFLAGS = $(AM_CPPFLAGS) -DMMAX_SET=neon -DMMAX_WIDTH=64
endif
