noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = src/base/base.h src/base/status.c src/base/memory.c src/base/text.c \
    src/base/number_read.c src/base/number_write.c src/base/output.c
