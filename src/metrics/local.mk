noinst_LTLIBRARIES += libmetrics.la
libmetrics_la_SOURCES = src/metrics/metrics.h src/metrics/parts.h src/metrics/relevance.c \
    src/metrics/table.c src/metrics/row.c src/metrics/shape.c
