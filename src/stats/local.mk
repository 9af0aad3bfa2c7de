noinst_LTLIBRARIES += libstats.la
libstats_la_SOURCES = src/stats/stats.h src/stats/parts.h src/stats/moments.c \
    src/stats/histogram.c \
    src/stats/accumulator.c src/stats/summary.c
libstats_la_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
