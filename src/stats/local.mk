noinst_LTLIBRARIES += libstats.la
libstats_la_SOURCES = src/stats/stats.h
libstats_la_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
