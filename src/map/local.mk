noinst_LTLIBRARIES += libmap.la
libmap_la_SOURCES = src/map/map.h src/map/family.h src/map/table.c src/map/parse.c \
    src/map/softmax.c src/map/sparsemax.c src/map/entmax.c src/map/evsoftmax.c \
    src/map/multimax.c src/map/multimax_falls.c src/map/rows.c src/map/fused.c
