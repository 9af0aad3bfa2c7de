noinst_LTLIBRARIES += librender.la
librender_la_SOURCES = src/render/render.h src/render/colormap.h src/render/colormap.c \
    src/render/colormap_tables.h \
    src/render/colormap_viridis.c src/render/colormap_cividis.c src/render/colormap_magma.c \
    src/render/colormap_greys.c src/render/colormap_blueorange.c src/render/theme.h \
    src/render/theme.c \
    src/render/figure_file.h src/render/figure_file.c src/render/layout.h src/render/layout.c \
    src/render/heatmap_layout.h src/render/heatmap_layout.c src/render/heatmap_bars.c \
    src/render/heatmap_caption.c src/render/heatmap_scale.h src/render/heatmap_scale.c \
    src/render/figure_options.c src/render/simplex_layout.h src/render/simplex_layout.c \
    src/render/simplex_density.h src/render/simplex_density_layout.c \
    src/render/axes.h src/render/axes.c src/render/tradeoff_layout.h src/render/tradeoff_layout.c \
    src/render/distribution_layout.h src/render/distribution_layout.c \
    src/render/rows_layout.h src/render/rows_layout.c \
    src/render/curve_layout.h src/render/curve_layout.c \
    src/render/layers_layout.h src/render/layers_layout.c
librender_la_CFLAGS = $(AM_CFLAGS) $(CAIRO_CFLAGS) $(CHAFA_CFLAGS)
librender_la_LIBADD = $(CAIRO_LIBS) $(CHAFA_LIBS)
if HAVE_CAIRO
librender_la_SOURCES += src/render/canvas.h src/render/canvas.c src/render/canvas_backend.h \
    src/render/canvas_cairo.c src/render/canvas_svg.c src/render/canvas_png.c \
    src/render/canvas_libraries.c \
    src/render/figure.h src/render/figure.c src/render/looks.h src/render/looks.c \
    src/render/hatch.h src/render/hatch.c src/render/plot.h src/render/plot.c \
    src/render/heatmap.c src/render/heatmap_cells.h src/render/heatmap_cells.c \
    src/render/simplex.c src/render/simplex_density.c src/render/tradeoff.c src/render/distribution.c src/render/rows.c \
    src/render/curve.c src/render/layers.c \
    src/render/picture.h src/render/picture.c src/render/terminal.h src/render/terminal.c \
    src/render/terminal_chafa.h src/render/show.c
if HAVE_CHAFA
librender_la_SOURCES += src/render/terminal_chafa.c
else
librender_la_SOURCES += src/render/terminal_none.c
endif
else
librender_la_SOURCES += src/render/figure_none.c
endif
EXTRA_DIST += src/render/colormap_computed.py
