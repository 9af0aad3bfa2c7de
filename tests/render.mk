check_PROGRAMS += tests/test_render
TESTS += tests/test_render
tests_test_render_SOURCES = tests/test_render.h tests/test_render.c tests/test_render_data.c \
    tests/test_render_simplex.c tests/test_render_density.c tests/test_render_tradeoff.c \
    tests/test_render_layout.c \
    tests/test_render_places.h tests/test_render_places.c tests/test_render_colormap.c \
    tests/test_render_scale.c \
    tests/test_render_axes.c tests/test_render_distribution.c tests/test_render_rows.c \
    tests/test_render_curve.c tests/test_render_layers.c
tests_test_render_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CAIRO_CFLAGS)
tests_test_render_LDADD = libtesting.la librender.la libanalyze.la libstats.la \
    libmetrics.la libmap.la libkernels.la libio.la libbase.la $(GSL_LIBS) $(CHECK_LIBS)
if HAVE_CAIRO
tests_test_render_SOURCES += tests/test_render_files.c tests/test_render_odd.c \
    tests/test_render_looks.c tests/test_render_pixels.h tests/test_render_plots.c \
    tests/test_render_show.c
endif
