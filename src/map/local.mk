noinst_LTLIBRARIES += libmap.la
libmap_la_SOURCES = src/map/map.h
