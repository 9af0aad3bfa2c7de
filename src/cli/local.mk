bin_PROGRAMS += multimax-analyze
multimax_analyze_SOURCES = src/cli/main.c
# Only the public header: what the program can do, any program can.
multimax_analyze_CPPFLAGS = -include config.h -D_XOPEN_SOURCE=700 -I$(top_srcdir)/src/api
multimax_analyze_LDADD = libmultimax.la
