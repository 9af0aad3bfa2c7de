noinst_LTLIBRARIES += libio.la
libio_la_SOURCES = src/io/io.h
