bin_PROGRAMS += multimax-analyze
# All but what it does with signals, for which a fuzzer has its own ways.
CLI_SOURCES = src/cli/cli.h src/cli/main.c src/cli/options.c src/cli/option_table.c \
    src/cli/figure_options.c src/cli/help.c src/cli/messages.c src/cli/outputs.c src/cli/claims.c \
    src/cli/names.c src/cli/run.c src/cli/analysis.c src/cli/notes.c src/cli/progress.c \
    src/cli/show.c
multimax_analyze_SOURCES = $(CLI_SOURCES) src/cli/signals.c
# Only the public header: what the program can do, any program can.
multimax_analyze_CPPFLAGS = -include config.h -D_XOPEN_SOURCE=700 -I$(top_srcdir)/src/api
multimax_analyze_CFLAGS = $(AM_CFLAGS) $(MMAX_PIE_CFLAGS)
multimax_analyze_LDFLAGS = $(AM_LDFLAGS) $(MMAX_PIE_LDFLAGS)
multimax_analyze_LDADD = libmultimax.la
