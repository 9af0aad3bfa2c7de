noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = src/base/base.h src/base/number.h src/base/status.c src/base/version.c \
    src/base/memory.c \
    src/base/text.c src/base/number_read.c src/base/number_exact.c src/base/number_write.c \
    src/base/powers_of_ten.c src/base/output.c src/base/display_width.h src/base/display_width.c \
    src/base/character_widths.c
EXTRA_DIST += src/base/powers_of_ten.py src/base/character_widths.py
