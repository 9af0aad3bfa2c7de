noinst_LTLIBRARIES += libanalyze.la
libanalyze_la_SOURCES = src/analyze/analyze.h src/analyze/pass.h \
    src/analyze/figures.h src/analyze/figures.c src/analyze/kept_rows.h src/analyze/kept_rows.c \
    src/analyze/transform.h src/analyze/transform.c src/analyze/weights.h src/analyze/weights.c \
    src/analyze/scale.c src/analyze/plan.c src/analyze/check.c src/analyze/layers.c \
    src/analyze/analyze.c src/analyze/pool.h src/analyze/pool.c src/analyze/block.c \
    src/analyze/fused_block.h src/analyze/fused_block.c src/analyze/tally.c \
    src/analyze/sink.c src/analyze/result.c src/analyze/probs.c src/analyze/heatmap_data.c \
    src/analyze/heatmap_plan.h src/analyze/panels.c src/analyze/difference.c \
    src/analyze/heatmap_scale.c src/analyze/simplex_data.c src/analyze/tradeoff_data.c \
    src/analyze/plot_data.h src/analyze/distribution_data.c src/analyze/rows_data.c \
    src/analyze/curve_data.c src/analyze/layers_data.c
