noinst_LTLIBRARIES += libkernels.la
libkernels_la_SOURCES = src/kernels/kernels.h
