noinst_LTLIBRARIES += libkernels.la
libkernels_la_SOURCES = src/kernels/kernels.h src/kernels/rows.h src/kernels/facts.c \
    src/kernels/softmax.c src/kernels/evsoftmax.c src/kernels/threshold.c \
    src/kernels/sparsemax.c src/kernels/entmax.c src/kernels/entmax_steep.c src/kernels/modulate.c
