noinst_LTLIBRARIES += libmetrics.la
libmetrics_la_SOURCES = src/metrics/metrics.h
