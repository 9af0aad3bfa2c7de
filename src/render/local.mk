noinst_LTLIBRARIES += librender.la
librender_la_SOURCES = src/render/render.h
librender_la_CFLAGS = $(AM_CFLAGS) $(CAIRO_CFLAGS)
librender_la_LIBADD = $(CAIRO_LIBS)
