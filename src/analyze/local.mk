noinst_LTLIBRARIES += libanalyze.la
libanalyze_la_SOURCES = src/analyze/analyze.h
